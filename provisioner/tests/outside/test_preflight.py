"""What stands in the way is found out before anything is changed, and told all at once."""

import json
from typing import Iterator

import pytest

from accounts import Account
from deployment import Deployment
from local_dev import local_dev

LOOK = {"BEDROCK_GATEWAY_SKIP_AGENT_CHECK": "false"}
SCENARIO = {
    "agent": {"name": "SOLOMON", "id": "MAGICOUNCL", "alias": "LIVE"},
    "collaborators": [
        {"name": "DRAFT", "id": "DRAFT00001", "alias": "TSTALIASID", "status": "NOT_PREPARED"},
        {"name": "BROKEN", "id": "BROKEN0001", "alias": "LIVE", "status": "FAILED"}],
    "runtimes": [{"name": "ready", "id": "ready-0000000001"},
                 {"name": "new", "id": "new-0000000001", "status": "CREATING"}],
    "harnesses": [{"name": "ready", "id": "ready-0000000001"}],
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


def test_ready_agents_of_every_kind_are_deployed_with_one_request_each(deployment: Deployment):
    deployment.configure(agent=None, default_agent="a", agents={
        "a": {"id": "MAGICOUNCL", "alias": "LIVE"},
        "b": {"runtime": arn("runtime", "ready-0000000001")},
        "c": {"harness": arn("harness", "ready-0000000001")}})

    run = deployment.up(environment=LOOK)

    assert run.code == 0 and "warning" not in run.err, run
    looks = [request for request in deployment.recorder.requests if "/runtimes/" in request.path
             or "/harnesses/" in request.path or "/agents/" in request.path]
    assert len(looks) == 3
    # Nothing to change: nobody looks again.
    again = deployment.up(environment=LOOK)
    assert "nothing to change" in again.err and len(deployment.recorder.requests) <= 6, again


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


def test_an_agent_of_another_account_need_not_be_looked_at(deployment: Deployment):
    deployment.configure(agent={"id": "NOBODY0001", "alias": "LIVE"})

    assert deployment.up(environment=LOOK).code == 1
    assert deployment.up("--skip-agent-check", environment=LOOK).code == 0


def test_the_doctor_looks_too(deployment: Deployment):
    deployment.made()
    deployment.configure(agent={"id": "DRAFT00001", "alias": "TSTALIASID"})

    run = deployment.provision("doctor", environment=LOOK)

    assert run.code == 1 and "is not prepared" in run.out, run
