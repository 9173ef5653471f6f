"""What stands in the way is found out before anything is changed, and told all at once."""

import json
from typing import Iterator

import pytest

from accounts import Account
from deployment import Deployment
from functions import TRUST
from local_dev import local_dev

LOOK = {"BEDROCK_GATEWAY_SKIP_AGENT_CHECK": "false"}
SCENARIO = {
    "agent": {"name": "SOLOMON", "id": "MAGICOUNCL", "alias": "LIVE"},
    "collaborators": [
        {"name": "DRAFT", "id": "DRAFT00001", "alias": "TSTALIASID", "status": "NOT_PREPARED"},
        {"name": "BROKEN", "id": "BROKEN0001", "alias": "LIVE", "status": "FAILED"}],
    "runtimes": [{"name": "ready", "id": "ready-0000000001"},
                 {"name": "new", "id": "new-0000000001", "status": "CREATING"},
                 {"name": "agui", "id": "agui-0000000001", "protocol": "AGUI"},
                 {"name": "a2a", "id": "a2a-0000000001", "protocol": "A2A"},
                 {"name": "tools", "id": "tools-0000000001", "protocol": "MCP"}],
    "harnesses": [{"name": "ready", "id": "ready-0000000001"},
                  {"name": "remembers", "id": "remembers-0000000001", "memory": "managed"},
                  {"name": "forgets", "id": "forgets-0000000001", "memory": "disabled"}],
    "answers": [{"steps": [{"say": {"text": "はい"}}]}],
}


def arn(kind: str, identifier: str) -> str:
    return f"arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:{kind}/{identifier}"


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """A local AWS with agents in every state."""
    home = tmp_path_factory.mktemp("preflight")
    (home / "scenario.yaml").write_text(json.dumps(SCENARIO))
    with local_dev(home, "--speed", "0", "--scenario", "scenario.yaml") as line:
        yield Account.of_line(line)


def test_ready_agents_of_every_kind_are_deployed_with_one_request_each_and_one_for_a_runtimes_protocol(
        deployment: Deployment):
    deployment.configure(agent=None, default_agent="a", agents={
        "a": {"id": "MAGICOUNCL", "alias": "LIVE"},
        "b": {"runtime": arn("runtime", "ready-0000000001")},
        "c": {"harness": arn("harness", "ready-0000000001")}})

    run = deployment.up(environment=LOOK)

    assert run.code == 0 and "warning" not in run.err, run
    looks = [request for request in deployment.recorder.requests if "/runtimes/" in request.path
             or "/harnesses/" in request.path or "/agents/" in request.path]
    assert len(looks) == 4
    # Nothing to change: nobody looks again.
    again = deployment.up(environment=LOOK)
    assert "nothing to change" in again.err and len(deployment.recorder.requests) == 10 + 4, again


def test_a_runtime_that_is_asked_in_another_protocol_than_its_own_stands_in_the_way(deployment: Deployment):
    agents = {"agui": {"runtime": arn("runtime", "agui-0000000001")},
              "a2a": {"runtime": arn("runtime", "a2a-0000000001"), "protocol": "ag-ui"},
              "tools": {"runtime": arn("runtime", "tools-0000000001")}}
    deployment.configure(agent=None, default_agent="agui", agents=agents)

    run = deployment.up(environment=LOOK)

    assert run.code == 1 and deployment.recorder.writes == [], run
    for finding in ("agents.agui: runtime", "protocol AGUI and is asked in `http`", "write `protocol: ag-ui`",
                    "agents.a2a: runtime", "protocol A2A and is asked in `ag-ui`", "write `protocol: a2a`",
                    "agents.tools: runtime", "is an MCP server"):
        assert finding in run.err, (finding, run)
    # What it says to do is enough.
    del agents["tools"]
    agents["agui"]["protocol"], agents["a2a"]["protocol"] = "ag-ui", "a2a"
    deployment.configure(agent=None, default_agent="agui", agents=agents)
    run = deployment.up(environment=LOOK)
    assert run.code == 0 and "protocol" not in run.err.replace("protocol ag-ui", "").replace("protocol a2a", ""), run


def test_a_program_that_reads_another_protocol_than_aws_was_told_is_only_noted(deployment: Deployment):
    deployment.configure(agent={"runtime": arn("runtime", "ready-0000000001"), "protocol": "ag-ui"})
    deployment.made()

    run = deployment.provision("doctor", environment=LOOK)

    assert run.code == 0 and "made with the protocol HTTP and is asked in `ag-ui`" in run.out, run


def test_everything_that_stands_in_the_way_is_told_at_once_and_nothing_is_changed(deployment: Deployment):
    deployment.configure(agent=None, default_agent="draft", agents={
        "draft": {"id": "DRAFT00001", "alias": "TSTALIASID"},
        "broken": {"id": "BROKEN0001", "alias": "LIVE"},
        "missing": {"id": "NOBODY0001", "alias": "LIVE"},
        "new": {"runtime": arn("runtime", "new-0000000001")},
        "gone": {"harness": arn("harness", "gone-0000000001")}})
    not_elf = deployment.project / "bootstrap"
    not_elf.write_text("#!/bin/sh\n")
    deployment.binary = not_elf

    run = deployment.up(environment=LOOK)

    assert (run.code, run.out) == (1, ""), run
    assert deployment.recorder.writes == []
    for finding in ("could not make the deployment package", "agents.draft", "is not prepared",
                    "agents.broken", "FAILED", "agents.missing", "does not exist", "agents.new",
                    "CREATING", "agents.gone"):
        assert finding in run.err, (finding, run)
    assert run.err.count("-> ") >= 6, run


@pytest.mark.parametrize("harness, history, complaint", [
    ("remembers", "session", None), ("forgets", "client", None),
    ("forgets", "session", "has no memory"), ("remembers", "client", "remembers its sessions")])
def test_who_keeps_the_conversation_is_told_where_the_harness_says_otherwise(
        deployment: Deployment, harness: str, history: str, complaint: str | None):
    deployment.configure(agent={"harness": arn("harness", f"{harness}-0000000001"), "history": history})

    up = deployment.up("--probe", "none", environment=LOOK)
    doctor = deployment.provision("doctor", "--probe", "none", environment=LOOK)

    # It stands in nobody's way.
    assert (up.code, doctor.code) == (0, 0), (up, doctor)
    for said in (up.err, doctor.out):
        assert ("agents.default: harness" in said) == (complaint is not None), said
        assert complaint is None or (complaint in said and "`history" in said), said


def test_an_agent_of_another_account_need_not_be_looked_at(deployment: Deployment):
    deployment.configure(agent={"id": "NOBODY0001", "alias": "LIVE"})

    assert deployment.up(environment=LOOK).code == 1
    assert deployment.up("--skip-agent-check", environment=LOOK).code == 0


def test_region_and_vpc_are_looked_at_whoever_skips_the_agents(deployments, moto: Account, name: str):
    """The local AWS has no VPC."""
    deployment = deployments(moto, name)
    deployment.made("--probe", "none")
    deployment.change_elsewhere(VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]})
    deployment.configure(memory_mb=512)

    run = deployment.up("--skip-agent-check")
    assert run.code == 1 and "do not stream inside a VPC" in run.err, run
    assert "--vpc-config SubnetIds=[]" in run.err and deployment.recorder.writes == [], run
    run = deployment.provision("doctor", "--skip-agent-check", "--probe", "none")
    assert run.code == 1 and "--vpc-config SubnetIds=[]" in run.out, run

    run = deployment.up("--skip-agent-check", "--region", "il-central-1")
    assert run.code == 1 and "no function URLs in il-central-1" in run.err, run
    assert deployment.recorder.writes == []


def test_what_somebody_else_made_is_told_together_with_agents_that_are_not_ready(deployment: Deployment):
    deployment.account.client("iam").create_role(
        RoleName=f"{deployment.name}-role", AssumeRolePolicyDocument=json.dumps(TRUST))
    deployment.configure(agent={"id": "DRAFT00001", "alias": "TSTALIASID"})

    run = deployment.up(environment=LOOK)

    assert run.code == 1 and deployment.recorder.writes == [], run
    assert f"role `{deployment.name}-role` exists already" in run.err and "is not prepared" in run.err, run
    assert run.err.count("nothing was changed") == 1, run


def test_a_binary_that_cannot_run_is_told_together_with_credentials_that_are_not_accepted(deployment: Deployment):
    deployment.binary = deployment.project / "bootstrap"
    deployment.binary.write_text("#!/bin/sh\n")

    run = deployment.up(environment={"AWS_SECRET_ACCESS_KEY": "wrong"})

    assert run.code == 1 and "could not make the deployment package" in run.err, run
    assert "could not read the deployment from AWS" in run.err and "check `--profile`" in run.err, run


def test_the_doctor_looks_too(deployment: Deployment):
    deployment.made()
    deployment.configure(agent={"id": "DRAFT00001", "alias": "TSTALIASID"})

    run = deployment.provision("doctor", environment=LOOK)

    assert run.code == 1 and "is not prepared" in run.out, run
