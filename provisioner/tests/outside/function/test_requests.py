"""Requests that are refused: before any stream, with an HTTP status and a JSON body that says why."""

import base64
import json
from dataclasses import replace

import pytest

from function_url import FunctionUrl
from functions import ALIAS, Function

QUESTION = {"question": "東京に新しい公園を作るべきか"}
MOST_CHARACTERS = 100_000


def refusal(answer) -> tuple[int, str]:
    """Status and code; the shape of the body is checked on the way."""
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error", "message"} and body["message"], body
    return answer.status, body["error"]


@pytest.mark.parametrize(("body", "status", "code"), [
    ({"question": ""}, 400, "empty_question"),
    ({"question": " \n\t　"}, 400, "empty_question"),
    ({}, 400, "invalid_request"),
    ({"question": 42}, 400, "invalid_request"),
    ({"question": None}, 400, "invalid_request"),
    ({"question": ["a"]}, 400, "invalid_request"),
    ({"question": "あ" * (MOST_CHARACTERS + 1)}, 413, "question_too_long"),
    ({**QUESTION, "sessionId": ""}, 400, "invalid_id"),
    ({**QUESTION, "sessionId": "a b"}, 400, "invalid_id"),
    ({**QUESTION, "sessionId": "セッション"}, 400, "invalid_id"),
    ({**QUESTION, "sessionId": "x" * 257}, 400, "invalid_id"),
    ({**QUESTION, "sessionId": 7}, 400, "invalid_request"),
    ({**QUESTION, "memoryId": "a b"}, 400, "invalid_id"),
    ({**QUESTION, "trace": "full"}, 400, "trace_not_allowed"),
    (b"", 400, "invalid_json"),
    (b"question=x", 400, "invalid_json"),
    (b'{"question": "x"', 400, "invalid_json"),
    (b'{"question": "x"} trailing', 400, "invalid_json"),
    (b'["x"]', 400, "invalid_request"),
    (b"null", 400, "invalid_request"),
], ids=lambda value: repr(value)[:40] if isinstance(value, (dict, bytes)) else None)
def test_a_bad_body_is_refused_with_its_reason(function: Function, body, status, code):
    assert refusal(function.url.post(body)) == (status, code)


def test_the_longest_question_is_taken(function: Function):
    question = "!denied" + "あ" * (MOST_CHARACTERS - len("!denied"))

    assert next(function.url.ask(question).events())["type"] == "start"


def test_an_unknown_field_is_named(function: Function):
    answer = function.url.post({**QUESTION, "sesionId": "typo"})

    assert refusal(answer) == (400, "invalid_request")
    assert "sesionId" in answer.json()["message"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded",
                                          "application/jsonx", ""])
def test_anything_but_json_is_refused(function: Function, content_type):
    answer = function.url.post(QUESTION, content_type)

    assert refusal(answer) == (415, "unsupported_media_type")


def test_json_may_name_its_charset(function: Function):
    answer = function.url.post({"question": "!denied"}, "application/JSON; charset=utf-8")

    assert answer.status == 200


@pytest.mark.parametrize(("method", "path", "status", "code"), [
    ("GET", "/", 405, "method_not_allowed"),
    ("PUT", "/", 405, "method_not_allowed"),
    ("DELETE", "/", 405, "method_not_allowed"),
    ("POST", "/healthz", 405, "method_not_allowed"),
    ("POST", "/elsewhere", 404, "not_found"),
    ("GET", "/healthz/x", 404, "not_found"),
])
def test_another_method_or_path_is_refused(function: Function, method, path, status, code):
    assert refusal(function.url.request(method, path)) == (status, code)


# Events that no caller of the URL can make arrive at will: handed to the function as they are, with
# InvokeWithResponseStream, whose answer is the prelude, eight NUL bytes and the body.


def event(body: str, *, is_base64: bool, signed: bool = True) -> dict:
    context = {"http": {"method": "POST", "path": "/", "protocol": "HTTP/1.1",
                        "sourceIp": "127.0.0.1", "userAgent": "test"}}
    if signed:
        context["authorizer"] = {"iam": {"userId": "AIDATEST"}}
    return {"version": "2.0", "rawPath": "/", "rawQueryString": "", "requestContext": context,
            "headers": {"content-type": "application/json"}, "body": body,
            "isBase64Encoded": is_base64}


def invoke(function: Function, payload: dict | list) -> tuple[int, bytes]:
    answer = function.account.client("lambda").invoke_with_response_stream(
        FunctionName=function.name, Qualifier=ALIAS, Payload=json.dumps(payload))
    parts = list(answer["EventStream"])
    assert "ErrorCode" not in parts[-1]["InvokeComplete"], parts[-1]
    whole = b"".join(part["PayloadChunk"]["Payload"] for part in parts if "PayloadChunk" in part)
    prelude, nuls, body = whole.partition(b"\0" * 8)
    assert nuls
    return json.loads(prelude)["statusCode"], body


def test_a_base64_encoded_body_is_decoded(function: Function):
    body = base64.b64encode(json.dumps({"question": "!denied"}).encode()).decode()

    status, answer = invoke(function, event(body, is_base64=True))

    assert status == 200 and b'"access_denied"' in answer


@pytest.mark.parametrize("body", [
    base64.b64encode(b'{"question": "\xff\xfe"}').decode(), "this is not base64!",
], ids=["not UTF-8", "not base64"])
def test_a_body_that_is_no_text_is_refused(function: Function, body):
    status, answer = invoke(function, event(body, is_base64=True))

    assert (status, json.loads(answer)["error"]) == (400, "invalid_encoding")


def test_an_event_that_came_past_the_url_is_refused(function: Function):
    status, answer = invoke(function, event(json.dumps(QUESTION), is_base64=False, signed=False))
    assert (status, json.loads(answer)["error"]) == (403, "forbidden")

    status, answer = invoke(function, {"question": "x"})
    assert (status, json.loads(answer)["error"]) == (400, "not_a_function_url_event")


# Who may call.


def test_an_unsigned_or_wrongly_signed_request_does_not_reach_the_function(function: Function):
    stranger = replace(function.account, secret_access_key="wrong")
    for caller in (None, stranger):
        answer = FunctionUrl(function.url.url, caller).post(QUESTION)

        assert answer.status == 403
        assert answer.headers["x-amzn-errortype"].partition(":")[0] in (
            "AccessDeniedException", "InvalidSignatureException")


def test_a_public_url_needs_no_signature(functions):
    function = functions(auth="NONE")

    assert function.url.request("GET", "/healthz").status == 200
    assert list(function.url.ask("!denied").events())[-1]["type"] == "error"
