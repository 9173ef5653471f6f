"""`up` as most run it: it builds the function itself and looks whether the agents are ready. What that costs."""

from collections import Counter
from pathlib import Path

import pytest

from deployment import Deployment
from permissions import action_of
from provision import Provision, Run
from recorder import Request

UP = ("up", "--yes", "--build")


@pytest.fixture
def environment(tmp_path: Path, bootstrap: Path) -> dict[str, str]:
    """A `cargo` that has built the function before anybody looks."""
    cargo = tmp_path / "bin" / "cargo"
    cargo.parent.mkdir()
    target = tmp_path / "target"
    cargo.write_text(f"""#!/bin/sh
env >> {tmp_path}/environment
case "$1" in
metadata) echo '{{"packages": [{{"name": "gateway"}}], "target_directory": "{target}", "workspace_root": "{tmp_path}"}}' ;;
build) mkdir -p "{target}/release" && cp "{bootstrap}" "{target}/release/bootstrap" && touch "{target}/built"
  echo '{{"target": {{"name": "bootstrap", "kind": ["bin"]}}, "executable": "{target}/release/bootstrap"}}' ;;
*) exit 1 ;;
esac
""")
    cargo.chmod(0o755)
    return {"PATH": f"{cargo.parent}:/usr/bin:/bin", "BEDROCK_GATEWAY_SKIP_AGENT_CHECK": "false"}


def up(deployment: Deployment, environment: dict[str, str]) -> tuple[Run, Counter]:
    """How it ended, and how many requests of each kind it took."""
    deployment.recorder.clear()
    run = deployment.provision.done(*UP, environment=environment)
    return run, Counter(map(kind, deployment.recorder.requests))


def kind(request: Request) -> str:
    # The agents' control plane signs as `bedrock`, which is another service to botocore.
    return "bedrock:GetAgentAlias" if "/agentaliases/" in request.path else action_of(request)


def test_a_run_that_changes_nothing_asks_each_thing_once(local_deployment: Deployment, environment):
    up(local_deployment, environment)

    run, requests = up(local_deployment, environment)

    assert "nothing to change" in run.err, run
    assert requests == Counter([
        "lambda:GetFunction", "lambda:GetAlias", "lambda:GetFunctionUrlConfig", "lambda:GetPolicy",
        "lambda:ListAliases", "lambda:ListVersionsByFunction", "iam:GetRole", "iam:GetRolePolicy",
        "logs:DescribeLogGroups", "logs:ListTagsForResource", "bedrock:GetAgentAlias"])


def test_a_first_run_sends_twenty_four_besides_waiting(local_deployment: Deployment, environment):
    local_deployment.configure(auth="none", reserved_concurrency=5, cors={"allow_origins": ["*"]})

    _, requests = up(local_deployment, environment)

    assert requests["bedrock:GetAgentAlias"] == 1
    # Waiting asks for the configuration, and asks again where a role is not yet known.
    del requests["lambda:GetFunctionConfiguration"]
    requests["lambda:CreateFunction"] = 1
    assert requests.total() <= 24, requests


def test_missing_credentials_are_told_before_anything_is_built(local_deployment: Deployment, environment, tmp_path):
    nobody = Provision(None, local_deployment.project, local_deployment.project)

    run = nobody(*UP, environment=environment)

    assert run.code == 1 and "no credentials for AWS" in run.err and "aws sso login" in run.err, run
    assert not (tmp_path / "target/built").exists()


def test_cargo_gets_no_credentials_of_aws(local_deployment: Deployment, environment, tmp_path):
    local_deployment.provision.done("plan", "--build", environment=environment)
    up(local_deployment, environment)

    told = (tmp_path / "environment").read_text()
    assert "PATH=" in told and "AWS_" not in told, told
