"""A new version is tried out before callers reach it; what does not work is taken back by itself."""

import json

from accounts import AGENT_ALIAS, AGENT_ID
from deployment import KEPT, Deployment
from killing import killed_after_write


def next_version(deployment: Deployment, number: int) -> None:
    deployment.configure(environment={"ROUND": str(number)})
    deployment.made()


def test_a_version_that_does_not_start_reaches_nobody(local_deployment, broken_bootstrap):
    deployment = local_deployment
    url = deployment.made()
    good, deployment.binary = deployment.binary, broken_bootstrap

    run = deployment.up()

    assert (run.code, run.out) == (KEPT, ""), run
    assert "version 2" in run.err and "version 1" in run.err and "exit status 1" in run.err, run
    assert deployment.version() == "1"
    # Nobody but us has changed anything: not even the strictest run minds.
    deployment.binary = good
    assert deployment.made("--strict") == url
    assert deployment.version() == "1"
    deployment.configure(memory_mb=512)
    assert deployment.made("--strict") == url


def test_a_first_version_that_does_not_start_is_never_made_public(local_deployment, broken_bootstrap):
    deployment = local_deployment
    good, deployment.binary = deployment.binary, broken_bootstrap

    run = deployment.up()

    assert run.code == 1, run
    assert "nobody can reach it" in run.err, run
    functions = deployment.account.client("lambda")
    assert functions.list_aliases(FunctionName=deployment.name)["Aliases"] == []
    deployment.binary = good
    deployment.made()
    assert deployment.version() == "2"


def test_a_version_that_fails_behind_the_url_goes_back(local_deployment: Deployment):
    deployment = local_deployment
    deployment.made("--probe", "ask")
    wrong = {"id": "NOSUCHAGNT", "alias": AGENT_ALIAS}
    deployment.configure(agent=wrong)

    run = deployment.up("--probe", "ask")

    assert (run.code, run.out) == (KEPT, ""), run
    assert "version 1 again" in run.err and "agent_not_found" in run.err, run
    assert deployment.version() == "1"
    assert AGENT_ID in deployment.environment()["GATEWAY_AGENTS"]
    # It did move, and moved back.
    moves = [request for request in deployment.recorder.writes
             if request.method == "PUT" and request.path.endswith("/aliases/live")]
    assert len(moves) == 2


def test_the_question_proves_that_it_streams(local_deployment: Deployment):
    run = local_deployment.up("--probe", "ask", "--json")

    assert run.code == 0, run
    probe = json.loads(run.out)["probe"]
    assert probe["kind"] == "ask" and probe["chunks"] > 1, run
    assert probe["firstByteMs"] <= probe["totalMs"]
    assert "chunks in" in run.err, run


def test_health_is_probed_after_changes_and_when_asked_for(local_deployment: Deployment):
    first = json.loads(local_deployment.up("--json").out)
    assert (first["probe"]["kind"], first["probe"]["chunks"]) == ("health", None)

    again = json.loads(local_deployment.up("--json").out)
    assert (again["changed"], again["probe"]) == (False, None)

    asked = json.loads(local_deployment.up("--json", "--probe", "health").out)
    assert (asked["changed"], asked["probe"]["kind"]) == (False, "health")


def test_without_a_probe_nothing_is_called(local_deployment: Deployment, broken_bootstrap):
    local_deployment.configure(probe="none")
    local_deployment.binary = broken_bootstrap

    run = local_deployment.up()

    assert run.code == 0, run
    assert not [request for request in local_deployment.recorder.requests
                if "invocations" in request.path]


def test_a_stopped_function_is_deployed_and_not_probed(local_deployment: Deployment):
    deployment = local_deployment
    deployment.made()
    deployment.account.client("lambda").put_function_concurrency(
        FunctionName=deployment.name, ReservedConcurrentExecutions=0)
    deployment.configure(memory_mb=512)

    run = deployment.up()

    assert run.code == 0 and "not probed" in run.err, run
    assert deployment.version() == "2"
    assert deployment.reserved_concurrency() == 0


def test_rollback_and_forward_again(deployment: Deployment):
    url = deployment.made()
    next_version(deployment, 2)
    assert deployment.version() == "2"

    run = deployment.rollback("--json")

    assert run.code == 0, run
    result = json.loads(run.out)
    assert (result["from"], result["version"], result["url"]) == ("2", "1", url)
    assert deployment.version() == "1"
    uploads = [request for request in deployment.recorder.requests
               if request.path.partition("?")[0].endswith("/code")]
    assert uploads == []

    # What is configured is still the newer one, and that is no change of somebody else's.
    assert deployment.made("--strict") == url
    assert deployment.version() == "2"
    assert deployment.versions() == ["1", "2"]


def test_rollback_goes_where_it_is_told(deployment: Deployment):
    deployment.made()
    for number in (2, 3, 4):
        next_version(deployment, number)

    assert deployment.rollback("--to", "2").code == 0
    assert deployment.version() == "2"
    # From there one further back, not forth to where it came from.
    assert deployment.rollback().code == 0
    assert deployment.version() == "1"
    oldest = deployment.rollback()
    assert oldest.code == 1 and "oldest" in oldest.err, oldest
    assert deployment.recorder.writes == []


def test_rollback_refuses_what_is_not_there(deployment: Deployment):
    nothing = deployment.rollback()
    assert nothing.code == 1 and "provision up" in nothing.err, nothing
    deployment.made()
    next_version(deployment, 2)

    missing = deployment.rollback("--to", "7")
    assert missing.code == 1 and "1, 2" in missing.err, missing
    live = deployment.rollback("--to", "2")
    assert live.code == 1 and "live already" in live.err, live
    assert deployment.version() == "2"


def test_rollback_passes_over_a_version_that_never_went_live(local_deployment, broken_bootstrap):
    deployment = local_deployment
    deployment.made()
    good, deployment.binary = deployment.binary, broken_bootstrap
    assert deployment.up().code == KEPT
    deployment.binary = good
    next_version(deployment, 3)
    assert (deployment.versions(), deployment.version()) == (["1", "2", "3"], "3")

    assert deployment.rollback().code == 0

    assert deployment.version() == "1"


def test_rollback_to_a_version_that_does_not_work_changes_nothing(local_deployment, broken_bootstrap):
    deployment = local_deployment
    deployment.made()
    good, deployment.binary = deployment.binary, broken_bootstrap
    assert deployment.up().code == KEPT
    deployment.binary = good

    run = deployment.rollback("--to", "2")

    assert run.code == KEPT and "exit status 1" in run.err, run
    assert deployment.version() == "1"


def test_old_versions_go_and_those_that_are_in_use_stay(local_deployment: Deployment):
    # moto 5.2.5 gives a deleted version's number to the next.
    deployment = local_deployment
    deployment.configure(keep_versions=3)
    deployment.made()
    functions = deployment.account.client("lambda")
    functions.create_alias(FunctionName=deployment.name, Name="theirs", FunctionVersion="1")

    for number in range(2, 7):
        deployment.configure(keep_versions=3, environment={"ROUND": str(number)})
        deployment.made()

    assert deployment.version() == "6"
    assert deployment.versions() == ["1", "4", "5", "6"]
    plan = deployment.plan("--detailed-exitcode")
    assert plan.code == 0, plan


def test_the_version_that_is_live_stays_however_old(local_deployment, broken_bootstrap):
    deployment = local_deployment
    deployment.configure(keep_versions=2)
    deployment.made()
    good = deployment.binary
    for number in range(3):
        deployment.binary = broken_bootstrap
        deployment.configure(keep_versions=2, environment={"ROUND": str(number)})
        assert deployment.up().code == KEPT

    assert deployment.version() == "1" and "1" in deployment.versions()
    deployment.binary = good
    deployment.made()
    assert deployment.version() == "5"


def test_a_release_killed_after_any_write_ends_like_one_that_was_not(deployments, local_account, name):
    number = 1
    while True:
        deployment = deployments(local_account, f"{name}-{number}")
        for round in (1, 2, 3):
            deployment.configure(keep_versions=2, environment={"ROUND": str(round)})
            deployment.made()
        # The one that `rollback` goes to, and so many of the newest.
        assert deployment.versions() == ["1", "2", "3"]
        deployment.configure(keep_versions=2, environment={"ROUND": "4"})
        if not killed_after_write(deployment, number):
            break
        deployment.made("--strict")
        assert (deployment.version(), deployment.versions()) == ("4", ["2", "3", "4"]), number
        deployment.made("--strict")
        assert deployment.recorder.writes == [], number
        number += 1
    assert (deployment.version(), deployment.versions()) == ("4", ["2", "3", "4"])
    # Configuration, old version, new version, its trial, alias.
    assert number > 5


def test_runs_that_fail_leave_the_version_that_a_rollback_goes_to(local_deployment, broken_bootstrap):
    deployment = local_deployment
    settings = {"keep_versions": 2}
    deployment.configure(**settings)
    deployment.made()
    deployment.configure(**settings, memory_mb=1024)
    deployment.made()
    deployment.binary = broken_bootstrap
    for number in (1, 2):
        deployment.configure(**settings, environment={"ROUND": str(number)})
        assert deployment.up().code == KEPT

    assert {"1", "2"} <= set(deployment.versions())
    run = deployment.rollback()

    assert run.code == 0 and deployment.version() == "1", run
    assert deployment.configuration()["MemorySize"] == 2048
    # What comes next says what changes for callers, although `$LATEST` is as it should be.
    deployment.configure(**settings, environment={"ROUND": "2"})
    plan = deployment.plan()
    assert "ROUND (unset) -> (value hidden)" in plan.out and "code sha256 " in plan.out, plan
