"""Both ways to invoke, examined by botocore, with a function that does as its event says."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from examiner import ACCOUNT, REGION, client, package, refused, settle

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"

OBEDIENT = """
    import http.client, json, os, time

    api = os.environ["AWS_LAMBDA_RUNTIME_API"]
    path = "/2018-06-01/runtime/invocation"

    def post(invocation, what, body, **headers):
        connection = http.client.HTTPConnection(api)
        connection.request("POST", f"{path}/{invocation}/{what}", body, headers,
                           encode_chunked=not isinstance(body, str))
        connection.getresponse().read()

    def chunks(event):
        for number in range(3):
            yield f"chunk-{number}\\n".encode()
            while not os.path.exists(event.get("until", "/")):
                time.sleep(0.01)
            time.sleep(0.05)
        if event.get("die"):
            os._exit(1)

    while True:
        connection = http.client.HTTPConnection(api)
        connection.request("GET", f"{path}/next")
        response = connection.getresponse()
        event = json.loads(response.read())
        invocation = response.headers["Lambda-Runtime-Aws-Request-Id"]
        match event.get("do"):
            case "fail":
                error = {"errorType": "ValueError", "errorMessage": "as asked"}
                post(invocation, "error", json.dumps(error))
            case "stream":
                post(invocation, "response", chunks(event), **{
                    "Transfer-Encoding": "chunked",
                    "Lambda-Runtime-Function-Response-Mode": "streaming"})
            case do:
                if do == "meet":
                    open(os.path.join(event["at"], str(event["number"])), "w").close()
                    while len(os.listdir(event["at"])) < event["count"]:
                        time.sleep(0.01)
                post(invocation, "response", json.dumps({
                    "event": event, "greeting": os.environ.get("GREETING"),
                    "arn": response.headers["Lambda-Runtime-Invoked-Function-Arn"]}))
"""


@pytest.fixture
def obedient(aws_lambda, new_function) -> str:
    """The name of an active function that obeys."""
    name = new_function(Code={"ZipFile": package(OBEDIENT)}, Timeout=60,
                        Environment={"Variables": {"GREETING": "hello"}})["FunctionName"]
    settle(aws_lambda, name)
    return name


def invoke(aws_lambda, function, event=None, **options) -> dict:
    answer = aws_lambda.invoke(
        FunctionName=function, **({"Payload": json.dumps(event)} if event else {}), **options)
    payload = answer.pop("Payload").read()
    return {**answer, "Payload": json.loads(payload) if payload else None}


def test_an_invocation_waits_for_the_answer(aws_lambda, obedient):
    answer = invoke(aws_lambda, obedient, {"question": "質問"})

    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in answer
    assert answer["Payload"] == {"event": {"question": "質問"}, "greeting": "hello",
                                 "arn": f"{ARN}:{obedient}"}


def test_no_event_is_an_empty_one(aws_lambda, obedient):
    assert invoke(aws_lambda, obedient)["Payload"]["event"] == {}


def test_an_alias_runs_the_version_it_points_to(aws_lambda, obedient):
    aws_lambda.publish_version(FunctionName=obedient)
    aws_lambda.create_alias(FunctionName=obedient, Name="live", FunctionVersion="1")
    aws_lambda.update_function_configuration(
        FunctionName=obedient, Environment={"Variables": {"GREETING": "goodbye"}})
    settle(aws_lambda, obedient)
    through_alias = invoke(aws_lambda, obedient, Qualifier="live")
    latest = invoke(aws_lambda, obedient)

    assert (through_alias["ExecutedVersion"], through_alias["Payload"]["greeting"]) == ("1", "hello")
    assert through_alias["Payload"]["arn"] == f"{ARN}:{obedient}:live"
    assert (latest["ExecutedVersion"], latest["Payload"]["greeting"]) == ("$LATEST", "goodbye")


def test_a_failed_invocation_is_a_success_of_lambda(aws_lambda, obedient):
    answer = invoke(aws_lambda, obedient, {"do": "fail"})

    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert answer["Payload"]["errorType"] == "ValueError"
    assert answer["Payload"]["errorMessage"] == "as asked"


def test_nobody_waits_for_an_event_or_for_a_dry_run(aws_lambda, obedient):
    assert invoke(aws_lambda, obedient, {"a": 1}, InvocationType="Event")["StatusCode"] == 202
    assert invoke(aws_lambda, obedient, {"a": 1}, InvocationType="DryRun")["StatusCode"] == 204
    with refused("ValidationException", 400):
        invoke(aws_lambda, obedient, InvocationType="Sometime")


def test_what_cannot_be_invoked(aws_lambda, obedient):
    with refused("ResourceNotFoundException", 404, f"Function not found: {ARN}:nothing:$LATEST"):
        invoke(aws_lambda, "nothing")
    with refused("ResourceNotFoundException", 404, f"Function not found: {ARN}:{obedient}:dead"):
        invoke(aws_lambda, obedient, Qualifier="dead")
    with refused("InvalidRequestContentException", 400) as refusal:
        aws_lambda.invoke(FunctionName=obedient, Payload=b"{")
    assert refusal.message.startswith("Could not parse request body into json: ")
    with refused("RequestTooLargeException", 413):
        aws_lambda.invoke(FunctionName=obedient, Payload=b'"' + b"x" * 6_291_455 + b'"')
    with refused("NotEmulated", 501):
        invoke(aws_lambda, obedient, LogType="Tail")
    with refused("NotEmulated", 501):
        invoke(aws_lambda, obedient, ClientContext="e30=")


def test_reserved_concurrency_holds(aws_lambda, obedient, tmp_path):
    aws_lambda.put_function_concurrency(FunctionName=obedient, ReservedConcurrentExecutions=0)
    with refused("TooManyRequestsException", 429) as refusal:
        invoke(aws_lambda, obedient)
    assert refusal.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"

    aws_lambda.put_function_concurrency(FunctionName=obedient, ReservedConcurrentExecutions=1)
    stream = aws_lambda.invoke_with_response_stream(
        FunctionName=obedient,
        Payload=json.dumps({"do": "stream", "until": f"{tmp_path}/go-on"}))["EventStream"]
    next(events := iter(stream))
    with refused("TooManyRequestsException", 429):
        invoke(aws_lambda, obedient)
    (tmp_path / "go-on").touch()
    assert [next(iter(event)) for event in events][-1] == "InvokeComplete"
    assert invoke(aws_lambda, obedient)["StatusCode"] == 200


def stream_of(aws_lambda, function, event, **options) -> tuple[list[bytes], dict]:
    """The chunks, and what the last event says."""
    answer = aws_lambda.invoke_with_response_stream(
        FunctionName=function, Payload=json.dumps(event), **options)
    assert answer["StatusCode"] == 200
    assert answer["ResponseStreamContentType"] == "application/vnd.amazon.eventstream"
    events = list(answer["EventStream"])
    assert [name for event in events[:-1] for name in event] == ["PayloadChunk"] * (len(events) - 1)
    return ([event["PayloadChunk"]["Payload"] for event in events[:-1]],
            events[-1]["InvokeComplete"])


def test_a_stream_arrives_in_chunks_and_is_complete(aws_lambda, obedient):
    chunks, complete = stream_of(aws_lambda, obedient, {"do": "stream"})

    assert b"".join(chunks) == b"chunk-0\nchunk-1\nchunk-2\n"
    assert len(chunks) == 3
    assert complete == {}


def test_a_stream_names_the_version(aws_lambda, obedient):
    answer = aws_lambda.invoke_with_response_stream(FunctionName=obedient, Payload=b"{}")
    assert answer["ExecutedVersion"] == "$LATEST"
    list(answer["EventStream"])


def test_a_stream_tells_how_it_failed(aws_lambda, obedient):
    chunks, complete = stream_of(aws_lambda, obedient, {"do": "fail"})
    assert chunks == []
    assert (complete["ErrorCode"], complete["ErrorDetails"]) == ("ValueError", "as asked")

    chunks, complete = stream_of(aws_lambda, obedient, {"do": "stream", "die": True})
    assert b"".join(chunks).startswith(b"chunk-0\n")
    assert complete["ErrorCode"]


def test_a_stream_can_be_refused_like_an_invocation(aws_lambda, obedient):
    with refused("ResourceNotFoundException", 404):
        stream_of(aws_lambda, "nothing", {})
    with refused("NotEmulated", 501):
        stream_of(aws_lambda, obedient, {}, LogType="Tail")
    dry = aws_lambda.invoke_with_response_stream(
        FunctionName=obedient, Payload=b"{}", InvocationType="DryRun")
    assert dry["StatusCode"] == 204


def test_invocations_run_at_the_same_time(local_aws, obedient, tmp_path):
    """None of them answers before all have begun."""
    def meet(number: int) -> dict:
        event = {"do": "meet", "at": str(tmp_path), "number": number, "count": 3}
        return invoke(client(local_aws, "lambda"), obedient, event)

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(meet, range(3)))
    assert [answer["Payload"]["event"]["number"] for answer in answers] == [0, 1, 2]
