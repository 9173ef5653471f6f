"""Whatever goes wrong at AWS, a command ends: with success or with what failed, on what, and what to do next.

After the fault the same command makes the account equal to that of an undisturbed run, and between the two callers
get the old version or the new one.
"""

import random

import pytest

from binaries import never_run
from fault_kinds import LASTS, LOST, PASSES
from fault_table import CHANGES, WAYS, Row, Table
from faults import FaultyAws
from permissions import action_of


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    aws = FaultyAws(tmp_path_factory.mktemp("faulty"))
    yield aws
    aws.close()


@pytest.fixture(scope="module")
def table(request, faulty, tmp_path_factory):
    """Begins at once with the rows of all tests that were chosen."""
    table = Table(faulty, tmp_path_factory.mktemp("table"))
    table.begin([item.callspec.params["row"] for item in request.session.items
                 if item.module is request.module and "row" in item.fixturenames])
    yield table
    table.close()


def rows(what: str, kinds, ways=WAYS):
    return pytest.mark.parametrize("row", [Row(what, way, kind) for kind in kinds for way in ways], ids=str)


@rows("lasts", LASTS)
def test_what_lasts_is_told_and_the_next_run_gets_further(table, row):
    table.wait(row)


@rows("lost", LOST, CHANGES)
def test_a_change_whose_answer_is_lost_is_found_by_the_next_run(table, row):
    table.wait(row)


@rows("passes", PASSES)
def test_what_passes_is_waited_for(table, row):
    table.wait(row)


@pytest.mark.parametrize("row", [
    Row("fails", "create", "InternalError InvalidZipFileException KMSKeyAccessDenied"),
    Row("fails", "update", "InsufficientRolePermissions InvalidConfiguration FunctionError.InitTimeout"),
], ids=str)
def test_a_function_that_fails_is_told_with_its_reason(table, row):
    table.wait(row)


@rows("untried", LASTS, ["update"])
def test_a_version_that_cannot_be_tried_out_is_not_given_to_callers(table, row):
    table.wait(row)


def test_an_upload_has_as_much_more_time_as_it_takes(faulty, deployments, tmp_path):
    deployment = deployments(faulty.account, "slow-upload")
    deployment.binary = never_run(tmp_path / "bootstrap")
    # Of random bytes, so that the package is not smaller: more than five seconds at 50 kB/s.
    deployment.binary.write_bytes(deployment.binary.read_bytes() + random.randbytes(200_000))
    faulty.rules({"operation": "lambda:CreateFunction", "about": deployment.name,
                  "fault": {"kind": "slow", "milliseconds": 1500}})

    deployment.made("--probe", "none", "--read-timeout", "1")

    assert faulty.struck() == 1


def test_a_url_that_refuses_at_first_is_tried_again(faulty, deployments, bootstrap):
    deployment = deployments(faulty.account, "refuses-at-first")
    deployment.binary = bootstrap
    faulty.rules({"operation": "lambda:InvokeFunctionUrl", "about": deployment.name, "times": 2,
                  "fault": {"kind": "access-denied"}})

    deployment.made()

    assert faulty.struck() == 2


def test_a_function_that_has_failed_is_sent_again(faulty, deployments, tmp_path):
    deployment = deployments(faulty.account, "has-failed")
    deployment.binary = never_run(tmp_path / "bootstrap")
    failed = {"about": deployment.name, "fault": {"kind": "failed", "update": False, "reason_code": "InternalError"}}
    faulty.rules({"operation": "lambda:GetFunctionConfiguration", **failed})
    run = deployment.up("--probe", "none")
    assert run.code == 1 and "failed to become ready" in run.err, run

    # It is still seen as it was left.
    faulty.rules({"operation": "lambda:GetFunction", "times": 1, **failed})
    run = deployment.up("--probe", "none")

    assert run.code == 0 and "the function is in state Failed" in run.err, run
    sent = [action_of(request) for request in deployment.recorder.writes]
    assert {"lambda:UpdateFunctionConfiguration", "lambda:UpdateFunctionCode"} <= set(sent), sent
    assert deployment.made("--probe", "none") and deployment.recorder.writes == []


def changed(faulty, deployments, tmp_path, name: str):
    """A deployment with another retention to set: one write."""
    deployment = deployments(faulty.account, name)
    deployment.binary = never_run(tmp_path / "bootstrap")
    deployment.made("--probe", "none")
    deployment.configure(log_retention_days=7)
    return deployment


def test_a_deployment_that_cannot_be_looked_at_again_is_done(faulty, deployments, tmp_path):
    deployment = changed(faulty, deployments, tmp_path, "not-seen-again")
    # Seen once with all the rest, once before the write, and once at the end.
    faulty.rules({"operation": "lambda:GetFunction", "about": deployment.name, "first": 3,
                  "fault": {"kind": "access-denied"}})

    run = deployment.up("--probe", "none")

    assert faulty.struck() == 1
    assert (run.code, run.out) == (0, deployment.url_config()["FunctionUrl"] + "\n"), run
    assert "the deployment is done" in run.err and "lambda:GetFunction" in run.err, run
    assert (deployment.project / ".env.local").exists()
