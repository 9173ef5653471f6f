"""A function that fails behind a function URL of the local AWS, in every way that there is."""

import http.client
import json

import pytest

import processes
from processes import wait_until
from raw_function import assert_bad_gateway, package


def test_an_error_in_trailers_ends_the_answer_cleanly(raw):
    answer = raw.call("/trailers")

    assert (answer.status, answer.body, answer.cut) == (200, b"partial", False)


def test_an_error_in_trailers_is_told_to_who_can_hear_it(raw):
    answer = raw.account.client("lambda").invoke_with_response_stream(
        FunctionName=raw.name, Payload=json.dumps({"rawPath": "/trailers"}))

    *chunks, end = answer["EventStream"]
    assert b"".join(chunk["PayloadChunk"]["Payload"] for chunk in chunks).endswith(b"partial")
    assert end["InvokeComplete"]["ErrorCode"] == "Function.AgentGone"
    assert json.loads(end["InvokeComplete"]["ErrorDetails"]) == {"errorMessage": "gone"}


def test_an_error_before_the_first_byte_is_a_bad_gateway(raw):
    pid = raw.call("/pid").body

    assert_bad_gateway(raw.call("/error"))
    # The function is well: it has only said no.
    assert raw.call("/pid").body == pid


def test_a_crash_before_the_first_byte_is_a_bad_gateway(raw):
    pid = raw.call("/pid").body

    assert_bad_gateway(raw.call("/crash"))
    assert raw.call("/pid").body != pid


def test_a_crash_cuts_the_connection_behind_what_was_said(raw):
    pid = raw.call("/pid").body

    answer = raw.call("/crash-behind-a-chunk")

    assert (answer.status, len(answer.body), answer.cut) == (200, 100_000, True)
    assert raw.call("/pid").body != pid


def test_a_crash_later_cuts_the_connection_as_well(raw, tmp_path):
    pid = raw.call("/pid").body

    connection, response = raw.open(f"/crash-midway?read={tmp_path}/read")
    assert (response.status, response.read(7)) == (200, b"partial")
    (tmp_path / "read").touch()

    with pytest.raises(http.client.IncompleteRead):
        response.read()
    connection.close()
    assert raw.call("/pid").body != pid


def test_a_broken_connection_of_the_runtime_cuts_the_answer(raw):
    pid = raw.call("/pid").body

    answer = raw.call("/break-midway")

    assert (answer.status, answer.body, answer.cut) == (200, b"partial", True)
    assert raw.call("/pid").body == pid


def test_an_answer_is_whole_even_if_its_process_ends_with_it(raw):
    for _ in range(5):
        answer = raw.call("/answer-and-exit")
        assert (answer.status, answer.body, answer.cut) == (200, b"whole", False)


def test_a_function_out_of_time_is_killed(raw_functions):
    function = raw_functions(timeout=3)
    pid = int(function.call("/pid").body)

    assert_bad_gateway(function.call("/hang"))
    assert pid not in processes.all_pids()

    answer = function.call("/hang-midway")
    assert (answer.status, answer.body, answer.cut) == (200, b"partial", True)
    assert function.call("/pid").status == 200
    reports = function.reports(invocations=4)
    assert [report["status"] for report in reports] == ["success", "timeout", "timeout", "success"]
    assert all(report["metrics"]["durationMs"] >= 3000 for report in reports[1:3])


def test_a_function_that_cannot_start_is_a_bad_gateway(raw_functions):
    for environment in ({"START": "exit"}, {"START": "error"}):
        function = raw_functions(environment=environment)
        assert_bad_gateway(function.call("/pid"))
        # Tried twice: once as initialization, once at the expense of the invocation.
        assert [report["status"] for report in function.reports()] == ["error"]
        assert len(function.platform_lines("platform.initReport")) == 1


@pytest.mark.parametrize("code", [
    package(b"#!/bin/sh\n", name="other"), package(b"#!/bin/sh\n", mode=0o644),
    package(b"\x7fELF of another machine"),
], ids=["no bootstrap", "not executable", "not a program"])
def test_what_cannot_be_run_is_a_bad_gateway(raw_functions, code):
    function = raw_functions(code=code)

    assert_bad_gateway(function.call("/pid"))
    assert [report["errorType"] for report in function.reports()] == ["Runtime.InvalidEntrypoint"]


def test_a_slow_start_is_tried_again_with_the_functions_own_time(raw_functions):
    function = raw_functions(environment={"START": "slow"}, timeout=20)

    assert function.call("/pid").status == 200
    assert len(function.reports()) == 1
    assert [init["status"] for init in function.platform_lines("platform.initReport")] == ["timeout"]


def test_what_a_function_has_started_dies_with_it(raw_functions):
    function = raw_functions()
    assert function.call("/child").status == 200
    running = lambda: processes.with_variable(  # noqa: E731
        "AWS_LAMBDA_FUNCTION_NAME", function.name)
    assert len(running()) == 2

    function.call("/crash")

    wait_until(lambda: not running(), "the function's child is dead, too")
