"""Whatever goes wrong at AWS, a command ends: with success or with what failed, on what, and what to do next.

After the fault the same command makes the account equal to that of an undisturbed run.
"""

import itertools

import pytest

from deployment import Deployment
from faults import FaultyAws, snapshot, tiny_binary
from permissions import action_of

_numbers = itertools.count(1)
NO_PROBE = {"BEDROCK_GATEWAY_PROBE": "none"}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    aws = FaultyAws(tmp_path_factory.mktemp("faulty"))
    yield aws
    aws.close()


@pytest.fixture
def make(faulty: FaultyAws, deployments, tmp_path):
    """A deployment of its own with everything that takes a request."""
    faulty.rules()

    def make() -> Deployment:
        deployment = deployments(faulty.account, f"faults-{next(_numbers)}")
        deployment.configure(auth="none", reserved_concurrency=5)
        deployment.binary = tiny_binary(tmp_path / "bootstrap")
        return deployment
    yield make
    faulty.rules()


def run(deployment: Deployment, command: str, **environment):
    arguments = {"up": ("up", "--yes", "--binary", str(deployment.binary)),
                 "down": ("down", "--yes", "--logs"), "url": ("url",)}[command]
    return deployment.provision(*arguments, environment={**NO_PROBE, **environment})


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, str]:
    """What the account holds after a run without faults, by the way to it."""
    return {}


def prepare(deployment: Deployment, way: str) -> str:
    """Leads to where `way` begins, and returns the command that is struck."""
    if way != "create":
        assert run(deployment, "up").code == 0
    if way == "update":
        deployment.configure(auth="none", reserved_concurrency=5, memory_mb=512)
    return {"create": "up", "update": "up"}.get(way, way)


def expected(undisturbed: dict, make, way: str) -> str:
    if way not in undisturbed:
        deployment = make()
        command = prepare(deployment, way)
        done = run(deployment, command)
        assert done.code == 0, done
        undisturbed[way] = snapshot(deployment)
    return undisturbed[way]


def rule(operation: str, kind: str, **more) -> dict:
    fault = {"kind": kind, **{key: more.pop(key) for key in ("status", "milliseconds", "update", "reason_code")
                              if key in more}}
    return {"operation": operation, "fault": fault, **more}


PASSING = [
    ("create", rule("lambda:CreateFunction", "throttled", times=1)),
    ("create", rule("iam:CreateRole", "throttled", times=1)),
    ("create", rule("logs:CreateLogGroup", "status", status=503, times=1)),
    ("create", rule("lambda:PublishVersion", "status", status=500, times=1)),
    ("create", rule("lambda:CreateFunction", "reset-before", times=1)),
    ("create", rule("lambda:CreateFunction", "role-not-assumable", times=2)),
    ("create", rule("*", "slow", milliseconds=20)),
    ("update", rule("lambda:UpdateFunctionConfiguration", "in-progress", times=2)),
    ("update", rule("lambda:UpdateFunctionConfiguration", "reset-before", times=1)),
    ("update", rule("lambda:UpdateAlias", "throttled", times=1)),
    ("down", rule("lambda:DeleteFunction", "throttled", times=1)),
    ("down", rule("iam:DeleteRole", "reset-after", times=1)),
    ("down", rule("lambda:DeleteFunction", "reset-after", times=1)),
    ("url", rule("lambda:GetFunctionUrlConfig", "reset-before", times=1)),
]


def named(value):
    if isinstance(value, dict):
        return f"{value['operation'].replace('*', 'all')} {value['fault']['kind']}"
    return value


@pytest.mark.parametrize(("way", "fault"), PASSING, ids=named)
def test_what_passes_is_waited_for(faulty, make, undisturbed, way, fault):
    wanted = expected(undisturbed, make, way)
    deployment = make()
    command = prepare(deployment, way)
    faulty.rules(fault)

    done = run(deployment, command)

    assert faulty.struck() > 0, "nothing was struck"
    faulty.rules()
    assert done.code == 0, done
    assert snapshot(deployment) == wanted


LASTING = [
    ("create", rule("iam:CreateRole", "reset-after", times=1), "iam:CreateRole", "role"),
    ("create", rule("logs:CreateLogGroup", "reset-after", times=1), "logs:CreateLogGroup", "log group"),
    ("create", rule("lambda:CreateFunction", "reset-after", times=1), "lambda:CreateFunction", "function"),
    ("create", rule("lambda:AddPermission", "reset-after", times=1), "lambda:AddPermission", "resource policy"),
    ("create", rule("lambda:CreateFunctionUrlConfig", "reset-after", times=1),
     "lambda:CreateFunctionUrlConfig", "function URL"),
    ("create", rule("lambda:CreateFunction", "throttled"), "lambda:CreateFunction", "function"),
    ("create", rule("lambda:CreateFunction", "status", status=500), "lambda:CreateFunction", "function"),
    ("create", rule("lambda:GetFunctionConfiguration", "failed", update=False,
                    reason_code="InvalidZipFileException"), "", "function"),
    ("update", rule("lambda:UpdateFunctionConfiguration", "reset-after", times=1),
     "lambda:UpdateFunctionConfiguration", "function"),
    ("update", rule("lambda:UpdateAlias", "reset-after", times=1), "lambda:UpdateAlias", "alias"),
    ("update", rule("lambda:GetFunctionConfiguration", "failed", update=True, first=2,
                    reason_code="InternalError"), "", "function"),
]


@pytest.mark.parametrize(("way", "fault", "operation", "resource"), LASTING, ids=named)
def test_what_lasts_is_told_and_the_next_run_makes_it_good(
        faulty, make, undisturbed, way, fault, operation, resource):
    wanted = expected(undisturbed, make, way)
    deployment = make()
    command = prepare(deployment, way)
    faulty.rules(fault)

    failed = run(deployment, command)

    assert faulty.struck() > 0, "nothing was struck"
    faulty.rules()
    # A lost answer may be made good at once, by reading what there is.
    if failed.code != 0:
        assert_told(failed, operation, resource)
    again = run(deployment, command)
    assert again.code == 0, again
    assert snapshot(deployment) == wanted


def assert_told(failed, operation: str, resource: str) -> None:
    """The error names the action, the resource and the next step."""
    assert failed.code == 1 and failed.out == "", failed
    assert operation in failed.err and resource in failed.err and "hint" in failed.err, failed


def actions_of(deployment: Deployment) -> list[str]:
    return sorted({action_of(request) for request in deployment.recorder.requests})


def test_each_missing_permission_is_named_and_nothing_gets_worse(faulty, make, undisturbed):
    """One permission after the other is missing on every way, and is then given."""
    hidden = []
    for way in ("create", "update", "down", "url"):
        wanted = expected(undisturbed, make, way)
        probing = make()
        command = prepare(probing, way)
        probing.recorder.clear()
        assert run(probing, command).code == 0
        for action in actions_of(probing):
            deployment = make()
            command = prepare(deployment, way)
            operation = {"lambda:InvokeFunction": "lambda:Invoke"}.get(action, action)
            faulty.rules(rule(operation, "access-denied"))
            failed = run(deployment, command)
            struck = faulty.struck()
            faulty.rules()
            assert struck, (way, action)
            if failed.code == 0:
                hidden.append((way, action))
            else:
                assert failed.code == 1 and action in failed.err and "hint" in failed.err, (way, action, failed)
            again = run(deployment, command)
            assert again.code == 0, (way, action, again)
            assert snapshot(deployment) == wanted, (way, action)
    assert hidden == [], hidden


def test_a_url_that_refuses_at_first_is_tried_again(faulty, make, bootstrap):
    deployment = make()
    deployment.binary = bootstrap
    faulty.rules(rule("lambda:InvokeFunctionUrl", "access-denied", times=2, about=deployment.name))

    done = run(deployment, "up", BEDROCK_GATEWAY_PROBE="health")

    assert faulty.struck() == 2
    assert done.code == 0, done


def test_a_run_that_changes_nothing_reads_in_few_rounds(faulty, make):
    deployment = make()
    assert run(deployment, "up").code == 0
    # Wide enough for what is under way at the same time to be seen so.
    faulty.rules(rule("*", "slow", milliseconds=200))
    deployment.recorder.clear()

    assert run(deployment, "up").code == 0

    assert len(deployment.recorder.requests) <= 6
    assert deployment.recorder.rounds() < 5
