"""A version is on trial until it has shown behind the URL that it works: whoever may call, and whatever
becomes of the run that has let it be called."""

import json
import signal
import subprocess

import pytest

from accounts import AGENT_ALIAS
from deployment import KEPT, Deployment
from function_url import FunctionUrl

WRONG_AGENT = {"id": "NOSUCHAGNT", "alias": AGENT_ALIAS}


def status(deployment: Deployment, url: str, *, signed: bool) -> int:
    """What somebody gets who asks."""
    caller = FunctionUrl(url, deployment.account if signed else None)
    return caller.post({"question": "可否は？"}).status


def callers(deployment: Deployment, url: str) -> dict:
    """Who gets an answer, and what says so."""
    return {"signed": status(deployment, url, signed=True),
            "anyone": status(deployment, url, signed=False),
            "auth type": deployment.url_config()["AuthType"],
            "statements": sorted(statement["Sid"] for statement in deployment.statements())}


@pytest.mark.parametrize(("before", "after"), [("none", "iam"), ("iam", "none")])
def test_who_could_call_before_can_call_again(local_deployment: Deployment, before, after):
    deployment = local_deployment
    deployment.configure(auth=before)
    url = deployment.made()
    could = callers(deployment, url)
    assert could["anyone" if before == "none" else "signed"] == 200
    deployment.configure(auth=after, agent=WRONG_AGENT)

    run = deployment.up("--probe", "ask")

    assert run.code == KEPT and "version 1 again" in run.err, run
    assert callers(deployment, url) == could, run


def test_a_rollback_lets_in_whoever_the_version_takes(local_deployment: Deployment):
    deployment = local_deployment
    deployment.configure(auth="iam")
    url = deployment.made()
    signed_only = callers(deployment, url)
    deployment.configure(auth="none")
    deployment.made()
    public = callers(deployment, url)

    closing = deployment.rollback("--probe", "ask")

    assert closing.code == 0 and "auth NONE -> AWS_IAM" in closing.err, closing
    assert callers(deployment, url) == signed_only

    refused = deployment.rollback("--to", "2")
    assert refused.code == 1 and "--allow-public" in refused.err, refused
    assert deployment.recorder.writes == []
    opening = deployment.rollback("--to", "2", "--allow-public", "--probe", "ask")
    assert opening.code == 0, opening
    assert callers(deployment, url) == public


def test_what_did_not_work_is_not_taken_for_working_by_the_next_run(local_deployment: Deployment):
    deployment = local_deployment
    deployment.configure(agent=WRONG_AGENT, probe="ask")
    # In CI no missing line in .env.local says that it was not finished.
    for _ in range(2):
        run = deployment.up("--no-env-file")
        assert (run.code, run.out) == (1, ""), run
        assert "agent_not_found" in run.err and "it is the one that callers get" in run.err, run
    assert deployment.versions() == ["1"]

    deployment.configure(probe="ask")
    assert json.loads(deployment.up("--json").out)["probe"]["kind"] == "ask"
    again = json.loads(deployment.up("--json").out)
    assert (again["changed"], again["probe"]) == (False, None)


def test_a_run_that_was_killed_before_the_proof_is_finished_by_the_next(local_deployment: Deployment):
    deployment = local_deployment
    deployment.made()
    deployment.configure(memory_mb=512)
    deployment.recorder.clear()
    started: list[subprocess.Popen] = []
    # Configuration, version, its trial: then the alias.
    deployment.recorder.strike_at_write(4, answered=True, blow=lambda: started[0].kill())
    started.append(deployment.provision.start("up", "--binary", str(deployment.binary)))
    started[0].communicate("", timeout=120)
    assert (started[0].returncode, deployment.version()) == (-9, "2")

    finished = json.loads(deployment.up("--json").out)
    assert (finished["changed"], finished["probe"]["kind"]) == (False, "health")
    again = json.loads(deployment.up("--json").out)
    assert again["probe"] is None and deployment.recorder.writes == []


def test_an_interrupted_trial_is_taken_back(local_deployment: Deployment, hand_agent):
    deployment = local_deployment
    deployment.made()
    deployment.configure(environment=hand_agent.environment)
    process = deployment.provision.start("up", "--probe", "ask", "--binary", str(deployment.binary))
    assert hand_agent.asked.wait(60)

    process.send_signal(signal.SIGINT)
    _, err = process.communicate("", timeout=60)

    assert process.returncode == KEPT and "interrupted" in err, err
    assert deployment.version() == "1"
    hand_agent.end()
