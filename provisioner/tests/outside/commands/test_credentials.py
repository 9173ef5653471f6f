"""Credentials come from a helper that people wait for: it is asked as seldom as can be, and not waited for without end."""

import json

import pytest

from deployment import Deployment
from provision import Provision


@pytest.fixture
def helped(local_deployment: Deployment, tmp_path):
    """Runs `up` with a `credential_process` that answers so many times, and then hangs."""
    local_deployment.made()
    home = tmp_path / "helped"
    (home / ".aws").mkdir(parents=True)
    asked = home / "asked"
    account = local_deployment.account
    keys = json.dumps({"Version": 1, "AccessKeyId": account.access_key_id,
                       "SecretAccessKey": account.secret_access_key})

    def up(answers: int):
        helper = home / "helper"
        helper.write_text(f"""#!/bin/sh
echo asked >> {asked}
if [ "$(wc -l < {asked})" -gt {answers} ]; then exec sleep 60; fi
echo '{keys}'
""")
        helper.chmod(0o755)
        (home / ".aws/config").write_text(f"[profile helped]\ncredential_process = {helper}\n")
        asked.write_text("")
        run = Provision(None, home, local_deployment.project)(
            "up", "--yes", "--binary", str(local_deployment.binary), "--probe", "health",
            "--endpoint-url", account.endpoint, "--read-timeout", "2",
            environment={"AWS_PROFILE": "helped", "BEDROCK_GATEWAY_SKIP_AGENT_CHECK": "false"})
        return run, asked.read_text().count("asked")

    return up


@pytest.mark.parametrize("command", [["init"], ["status", "--name", "magi"]])
def test_who_has_none_is_told_what_to_do_and_nothing_of_what_is_not_set_up(provision: Provision, command: list[str]):
    run = provision(*command, "--region", "ap-northeast-1")

    assert run.code == 1 and "sign in with `aws sso login`" in run.err, run
    assert "Attempted" not in run.err and "WebIdentityToken" not in run.err, run


def test_a_helper_that_hangs_does_not_hang_up(helped):
    run, _ = helped(1)

    assert run.code == 1 and "no credentials within 2 s" in run.err, run


def test_the_agents_and_the_probe_take_the_same_credentials(helped, local_deployment):
    local_deployment.configure(memory_mb=512)

    run, asked = helped(2)

    # Once for the SDK's clients, once for requests that no client signs.
    assert run.code == 0 and asked == 2, (asked, run)
