"""A command that was killed before or after any of its requests is finished by the next run: the account then
equals that of a run that nobody disturbed, and nothing is left over."""

import itertools
from concurrent.futures import Future, ThreadPoolExecutor
from subprocess import Popen

import pytest

from deployment import Deployment
from faults import FaultyAws, snapshot, tiny_binary

_numbers = itertools.count(1)
NO_PROBE = {"BEDROCK_GATEWAY_PROBE": "none"}
SIDE_BY_SIDE = 6


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    aws = FaultyAws(tmp_path_factory.mktemp("quick"))
    yield aws.account
    aws.close()


@pytest.fixture
def quick_account(request, kind: str):
    """Each account in turn, the local one without waits."""
    return request.getfixturevalue("moto" if kind == "moto" else "quick")


def arguments(deployment: Deployment, way: str) -> list[str]:
    return ["down", "--yes", "--logs"] if way == "down" else ["up", "--yes", "--binary", str(deployment.binary)]


def finish(deployment: Deployment, way: str) -> None:
    deployment.recorder.clear()
    done = deployment.provision(*arguments(deployment, way), environment=NO_PROBE)
    assert done.code == 0, done


def begin(deployment: Deployment, way: str, first, other) -> None:
    """Leads to where `way` begins."""
    deployment.configure(auth="none")
    deployment.binary = first
    if way != "create":
        finish(deployment, "up")
    if way == "update":
        deployment.configure(auth="none", memory_mb=512, environment={"ROUND": "2"})
        deployment.binary = other


def killed(deployment: Deployment, way: str, number: int, answered: bool) -> bool:
    """False when the run ended before its `number`-th request."""
    deployment.recorder.clear()
    # Its first requests may come before it is known here.
    started: Future[Popen] = Future()
    deployment.recorder.strike_at_request(number, answered=answered, blow=lambda: started.result().kill())
    process = deployment.provision.start(*arguments(deployment, way), environment=NO_PROBE)
    started.set_result(process)
    _, err = process.communicate("", timeout=300)
    assert process.returncode in (0, -9), err
    return process.returncode == -9


# On moto only after: before a request the account is as after the one before it.
@pytest.mark.parametrize(("kind", "answered"), [("local AWS", False), ("local AWS", True), ("moto", True)],
                         ids=["local AWS, before", "local AWS, after", "moto, after"])
@pytest.mark.parametrize("way", ["create", "update", "down"])
def test_killed_at_any_request(quick_account, deployments, tmp_path, way, answered):
    binaries = [tiny_binary(tmp_path / f"bootstrap-{build}", build) for build in (1, 2)]

    def fresh() -> Deployment:
        deployment = deployments(quick_account, f"killed-{next(_numbers)}-x")
        begin(deployment, way, *binaries)
        return deployment

    undisturbed = fresh()
    finish(undisturbed, way)
    wanted = snapshot(undisturbed)
    requests = len(undisturbed.recorder.requests)

    def one(number: int) -> bool:
        deployment = fresh()
        if not killed(deployment, way, number, answered):
            return False
        finish(deployment, way)
        assert snapshot(deployment) == wanted, f"killed at request {number}"
        return True

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        struck = list(pool.map(one, range(1, requests + 1)))
    # A run waits for Lambda with a request more or less.
    assert sum(struck) >= requests - 2, struck
