"""A command that was killed before or after any of its requests is finished by the next run: the account then
equals that of a run that nobody disturbed, and nothing is left over."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from binaries import never_run
from deployment import Deployment
from faults import FaultyAws, snapshot
from killing import killed_at_request

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
    return ["down", "--yes", "--logs"] if way == "down" else deployment.up_command()


def finish(deployment: Deployment, way: str) -> str:
    """What it prints: the URL, if there is one."""
    deployment.recorder.clear()
    done = deployment.provision(*arguments(deployment, way), environment=NO_PROBE)
    assert done.code == 0, done
    return done.out


def begin(deployment: Deployment, way: str, first, other) -> str:
    """Leads to where `way` begins; the URL so far."""
    deployment.configure(auth="none")
    deployment.binary = first
    url = "" if way == "create" else finish(deployment, "up")
    if way == "update":
        deployment.configure(auth="none", memory_mb=512, environment={"ROUND": "2"})
        deployment.binary = other
    return url


# On moto only after: before a request the account is as after the one before it.
@pytest.mark.parametrize(("kind", "answered"), [("local AWS", False), ("local AWS", True), ("moto", True)],
                         ids=["local AWS, before", "local AWS, after", "moto, after"])
@pytest.mark.parametrize("way", ["create", "update", "down"])
def test_killed_at_any_request(quick_account, deployments, tmp_path, way, answered):
    binaries = [never_run(tmp_path / f"bootstrap-{build}", build) for build in (1, 2)]

    def fresh() -> tuple[Deployment, str]:
        deployment = deployments(quick_account, f"killed-{next(_numbers)}-x")
        return deployment, begin(deployment, way, *binaries)

    undisturbed, _ = fresh()
    finish(undisturbed, way)
    wanted = snapshot(undisturbed)
    requests = len(undisturbed.recorder.requests)

    def one(number: int) -> bool:
        deployment, url = fresh()
        if not killed_at_request(deployment, number, arguments(deployment, way), answered=answered, environment=NO_PROBE):
            return False
        wrote = bool(deployment.recorder.requests[-1].writes)
        printed = finish(deployment, way)
        assert snapshot(deployment) == wanted, f"killed at request {number}"
        if way == "update":
            assert printed == url, f"killed at request {number}"
        if wrote:
            # Nothing is left for another run.
            finish(deployment, way)
            assert deployment.recorder.writes == [], f"killed at request {number}"
        return True

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        struck = list(pool.map(one, range(1, requests + 1)))
    # A run waits for Lambda with a request more or less.
    assert sum(struck) >= requests - 2, struck
