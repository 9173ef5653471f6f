"""The function URL and the Runtime API of the local AWS, tried with a function that does what no
library would do."""

import http.client
import json
import os
import socket
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import processes
from processes import wait_until
from raw_function import Answer, RawFunction, deploy, package

# Where `struct tcp_info` of linux/tcp.h has its `tcpi_data_segs_in`.
TCPI_DATA_SEGS_IN = 152


@pytest.fixture(scope="session")
def raw(local_account) -> RawFunction:
    """One function for all tests that leave it as it was."""
    return deploy(local_account, "raw")


@pytest.fixture
def raw_functions(local_account, name):
    """Functions of a test's own."""
    letters = iter("abcdefgh")
    return lambda **options: deploy(local_account, f"{name}-{next(letters)}", **options)


def recorded(path: Path):
    """What the function has written to a file."""
    wait_until(path.exists, f"the function writes {path}")
    return json.loads(path.read_text())


# ---- The prelude ----

def test_prelude_and_delimiter_may_come_in_one_chunk(raw):
    answer = raw.call("/joined")

    assert (answer.status, answer.headers["content-type"], answer.body) == (
        200, "text/plain", b"body")


def test_the_prelude_may_come_byte_by_byte(raw):
    answer = raw.call("/bytewise")

    assert (answer.status, answer.headers["x-a"], answer.body) == (202, "b", b"body")
    assert answer.headers["content-type"] == "application/octet-stream"


def test_only_the_first_eight_nuls_are_the_delimiter(raw):
    assert raw.call("/nuls").body == bytes(9) + b"after" + bytes(8)


def test_every_way_to_say_a_header_is_understood(raw):
    answer = raw.call("/headers")

    assert answer.status == 201
    assert answer.headers.get_all("x-multi") == ["a", "b"]
    assert answer.headers.get_all("x-more") == ["c"]
    assert answer.headers.get_all("set-cookie") == ["a=1", "b=2; Path=/"]
    assert answer.headers["x-amzn-remapped-server"] == "me"


def test_what_is_no_prelude_is_a_bad_gateway(raw):
    assert_bad_gateway(raw.call("/no-prelude"))


def test_an_empty_body_ends(raw):
    answer = raw.call("/empty")

    assert (answer.status, answer.body, answer.cut) == (200, b"", False)


# ---- The stream ----

def test_the_service_tells_its_own_headers(raw):
    answer = raw.call("/joined")

    assert answer.headers["transfer-encoding"] == "chunked"
    assert len(answer.headers["x-amzn-requestid"]) == 36
    assert answer.headers["x-amzn-trace-id"].startswith("root=1-")
    assert answer.headers["date"]


def test_each_chunk_arrives_before_the_next_is_made(raw, tmp_path):
    """Proof by events: the function goes on only when the test has read the last word."""
    files = tmp_path / "read"
    connection, response = raw.open(f"/paced?files={files}")
    for number in range(1, 6):
        assert response.readline() == b"word%d\n" % number
        Path(f"{files}.{number}").touch()
    assert response.read() == b""
    connection.close()


def test_no_chunk_waits_for_a_delayed_acknowledgement(raw):
    """A client that asks and asks again on one connection gets its kernel to delay them."""
    def segments() -> int:
        """How many TCP segments with data 20 answers of five chunks each came in."""
        connection = http.client.HTTPConnection(*raw.address, timeout=120)
        for _ in range(20):
            connection.request("GET", "/ticking")
            assert connection.getresponse().read() == 5 * b"tick\n"
        info = connection.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        connection.close()
        return struct.unpack_from("I", info, TCPI_DATA_SEGS_IN)[0]

    # Without TCP_NODELAY all chunks behind the first wait for its acknowledgement and come together, each time; on a
    # machine that has other things to do the function URL itself may find two of them at once.
    assert any(segments() >= 20 * 4 for _ in range(5))


def test_the_runtime_is_acknowledged_only_after_the_last_chunk(raw, tmp_path):
    connection, response = raw.open(f"/acknowledged?file={tmp_path}/told&read={tmp_path}/read")
    assert response.read(1) == b"x"
    (tmp_path / "read").touch()
    assert response.read() == b""
    connection.close()

    assert recorded(tmp_path / "told") == {"early": False, "end": [202, {"status": "OK"}]}


def test_a_long_answer_is_slowed_down_as_on_lambda(raw_functions):
    function = raw_functions()
    fast, whole = 6 << 20, 18 << 20
    connection, response = function.open("/megabytes?count=18")
    read = threading.Semaphore(0)
    lengths = [0]

    def go_on() -> None:
        while piece := response.read1(1 << 16):
            lengths.append(lengths[-1] + len(piece))
            if lengths[-2] < fast <= lengths[-1]:
                read.release()
        read.release()

    reader = threading.Thread(target=go_on, daemon=True)
    reader.start()
    # Six megabytes come as fast as they can, whatever is behind them at two a second: twice as much as that,
    # asked for later, overtakes it.
    assert read.acquire(timeout=120)
    for _ in range(4):
        assert len(function.call("/megabytes?count=6").body) == fast
    assert lengths[-1] < whole
    assert read.acquire(timeout=120)
    assert lengths[-1] == whole
    connection.close()


def test_a_caller_who_leaves_is_not_noticed_by_the_function(raw, tmp_path):
    pid = raw.call("/pid").body
    client = raw.connect()
    client.sendall(f"GET /until-the-end?file={tmp_path}/told&gone={tmp_path}/gone HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    assert client.recv(1000)
    # Leaves for good: the kernel answers what still comes with a reset.
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    (tmp_path / "gone").touch()

    assert recorded(tmp_path / "told") == [202, {"status": "OK"}]
    assert raw.call("/pid").body == pid


# ---- Failures ----

def assert_bad_gateway(answer: Answer):
    assert (answer.status, answer.body) == (502, b"Internal Server Error")


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


# ---- Buffered answers ----

def test_an_envelope_is_delivered_verbatim_by_a_streaming_url(raw):
    answer = raw.call("/buffered")

    assert answer.status == 200
    assert answer.json() == {
        "statusCode": 418, "headers": {"x-a": "b"}, "cookies": ["c=1"], "body": "tea"}


def test_a_buffered_url_unpacks_envelopes_and_preludes(raw_functions):
    function = raw_functions(mode="BUFFERED")

    answer = function.call("/buffered")
    assert (answer.status, answer.body) == (418, b"tea")
    assert answer.headers["x-a"] == "b" and answer.headers["set-cookie"] == "c=1"
    assert answer.headers["content-length"] == "3"

    answer = function.call("/headers")
    assert (answer.status, answer.body) == (201, b"ok")
    # Nothing of it has been sent yet: it can still become an error.
    assert_bad_gateway(function.call("/crash-behind-a-chunk"))
    assert_bad_gateway(function.call("/trailers"))


def test_other_content_types_have_no_prelude(raw):
    answer = raw.call("/opaque")

    assert (answer.headers["content-type"], answer.body) == ("text/csv", b"a,b\n")


def test_a_buffered_answer_has_a_limit(raw, tmp_path):
    assert_bad_gateway(raw.call(f"/buffered-too-long?file={tmp_path}/told"))

    assert recorded(tmp_path / "told") == [413, {
        "errorType": "RequestEntityTooLarge",
        "errorMessage": "Exceeded maximum allowed payload size (6291556 bytes)."}]


# ---- The Runtime API ----

def test_a_runtime_is_told_what_it_must_not_do(raw, tmp_path):
    assert raw.call(f"/wrong-calls?file={tmp_path}/told").body == b"ok"

    told = recorded(tmp_path / "told")
    assert {what: (status, body.get("errorType")) for what, (status, body) in told.items()} == {
        "other request": (400, "InvalidRequestID"),
        "other invocation": (410, "ErrorRuntimeInvokeTimeout"),
        "init error now": (403, "InvalidStateTransition"),
        "unknown": (404, "NotEmulated"),
        "whole": (202, None),
        "second answer": (403, "InvalidStateTransition"),
        "error behind the answer": (403, "InvalidStateTransition"),
    }


def test_an_unknown_response_mode_is_an_error(raw, tmp_path):
    assert_bad_gateway(raw.call(f"/bad-mode?file={tmp_path}/told"))

    assert recorded(tmp_path / "told")[0] == 400


def test_a_function_is_told_everything(raw):
    answer = raw.call("/echo")
    told = answer.json()

    runtime = told["runtime"]
    # Twenty seconds from when the function was given the event.
    asked = told["event"]["requestContext"]["timeEpoch"]
    assert asked + 20_000 <= int(runtime["lambda-runtime-deadline-ms"]) <= told["now"] * 1000 + 20_000
    assert runtime["lambda-runtime-invoked-function-arn"].endswith(":function:raw")
    assert runtime["lambda-runtime-trace-id"].startswith("Root=1-")
    assert runtime["lambda-runtime-invocation-id"]
    request_id = runtime["lambda-runtime-aws-request-id"]
    assert request_id == told["event"]["requestContext"]["requestId"]
    assert request_id == answer.headers["x-amzn-requestid"]
    environment = told["environment"]
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "128"
    assert environment["AWS_ENDPOINT_URL"] == raw.account.endpoint
    assert environment["LAMBDA_TASK_ROOT"] == told["cwd"]
    assert "HOME" not in environment


def test_the_log_has_the_functions_lines_and_the_platforms(raw_functions):
    function = raw_functions()
    function.call("/log")

    metrics = function.reports()[0]["metrics"]
    wait_until(lambda: {"a line on stdout", "a line on stderr"} <= set(function.logs()), "the function's lines")
    assert metrics["memorySizeMB"] == 128 and 0 < metrics["maxMemoryUsedMB"] < 100
    assert metrics["initDurationMs"] > 0 and metrics["durationMs"] > 0
    assert metrics["billedDurationMs"] >= metrics["durationMs"] + metrics["initDurationMs"] - 1


# ---- Environments ----

def test_one_environment_serves_one_request_at_a_time(raw_functions, tmp_path):
    function = raw_functions()
    with ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(function.call, f"/meet?at={tmp_path}&count=3") for _ in range(3)]
    pids = [answer.result().body for answer in answers]

    assert len(set(pids)) == 3
    assert function.call("/pid").body in pids


def test_new_code_gets_a_new_environment(raw_functions):
    function = raw_functions()
    functions = function.account.client("lambda")
    before = function.call("/pid").body

    functions.update_function_configuration(
        FunctionName=function.name, Environment={"Variables": {"MARK": "new"}})
    functions.get_waiter("function_updated_v2").wait(
        FunctionName=function.name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 600})

    told = function.call("/echo").json()
    assert told["environment"]["MARK"] == "new"
    wait_until(lambda: int(before) not in processes.all_pids(), "the old environment is gone")


def test_an_environment_keeps_its_process_group_to_itself(raw):
    pid = int(raw.call("/pid").body)

    # Ctrl-C in the terminal must not reach it.
    assert os.getpgid(pid) == pid
