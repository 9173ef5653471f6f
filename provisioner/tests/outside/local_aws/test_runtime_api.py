"""The Runtime API of the local AWS, and the environments that functions run in."""

import os
from concurrent.futures import ThreadPoolExecutor

import processes
from processes import wait_until
from raw_function import assert_bad_gateway, recorded


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
