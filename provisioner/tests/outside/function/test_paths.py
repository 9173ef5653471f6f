"""Each path leads where its names say, however many slashes there are, and refuses in the language of its clients."""

import json
from typing import Iterator

import pytest

from hand_agent import HandAgent
from provision import BOOTSTRAP
from runtime_api import Answer, RuntimeApi

CHAT = "/openai/v1/chat/completions"
#: A request of each kind of client, with this text as its question.
ASKS = {
    "/": '{"question":"TEXT"}',
    "/ai-sdk": '{"id":"c","messages":[{"role":"user","parts":[{"type":"text","text":"TEXT"}]}]}',
    "/ag-ui": '{"threadId":"t","runId":"r","messages":[{"role":"user","content":"TEXT"}]}',
    CHAT: '{"model":"magi","stream":true,"messages":[{"role":"user","content":"TEXT"}]}',
}


@pytest.fixture(scope="module")
def agent() -> Iterator[HandAgent]:
    agent = HandAgent()
    yield agent
    agent.close()


@pytest.fixture(scope="module")
def api(agent: HandAgent) -> Iterator[RuntimeApi]:
    with RuntimeApi([BOOTSTRAP], agent.environment) as api:
        yield api


def code_of(path: str, answer: Answer) -> str:
    """The code of a refusal, read as the path's clients read it."""
    if path.startswith("/ai-sdk"):
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        return answer.text.rpartition("(")[2].rstrip(")")
    body = json.loads(answer.text)
    if path.startswith("/ag-ui"):
        assert body["type"] == "RUN_ERROR"
        return body["code"]
    if path.startswith("/openai"):
        assert set(body["error"]) == {"message", "type", "param", "code"}
        return body["error"]["code"]
    assert set(body) == {"error", "message"}
    return body["error"]


@pytest.mark.parametrize("path", ASKS)
def test_slashes_make_no_difference(api: RuntimeApi, agent: HandAgent, path: str):
    for written in (path, path + "/", "/" + path, path.replace("/", "//")):
        agent.say("はい".encode())
        agent.end()
        answer = api.ask(ASKS[path].replace("TEXT", "q"), written)
        assert answer.status == 200 and "はい" in answer.text, written


@pytest.mark.parametrize("path", ["/elsewhere", "/ai-sdk/elsewhere", "/ag-ui/elsewhere", "/openai/v1", "/openai"])
def test_a_path_that_leads_nowhere_says_so_to_its_clients(api: RuntimeApi, path: str):
    answer = api.ask("{}", path)

    assert (answer.status, code_of(path, answer)) == (404, "not_found")


@pytest.mark.parametrize(("method", "path", "allow"), [
    ("GET", "/", "POST"), ("PUT", "/ai-sdk", "POST"), ("GET", "/ag-ui/", "POST"), ("DELETE", CHAT, "POST"),
    ("POST", "/openai/v1/models", "GET, HEAD"), ("POST", "/healthz", "GET, HEAD")])
def test_another_method_is_told_which_ones_there_are(api: RuntimeApi, method: str, path: str, allow: str):
    answer = api.ask("{}", path, method=method)

    assert (answer.status, code_of(path, answer)) == (405, "method_not_allowed")
    assert answer.headers["allow"] == allow


def test_one_model_can_be_asked_for(api: RuntimeApi):
    for name in ("magi", "default"):
        answer = api.ask("", f"/openai/v1/models/{name}", method="GET")
        assert (answer.status, json.loads(answer.text)["id"]) == (200, name)
    answer = api.ask("", "/openai/v1/models/nobody", method="GET")
    assert (answer.status, code_of("/openai", answer)) == (404, "model_not_found")


def test_who_has_no_token_reads_so_in_the_language_of_the_path():
    settings = {"GATEWAY_AUTH": "jwt", "GATEWAY_JWT_ISSUER": "https://issuer.example", "GATEWAY_JWT_AUDIENCE": "a"}
    with RuntimeApi([BOOTSTRAP], settings) as api:
        for path in ASKS:
            answer = api.ask("{}", path)
            assert (answer.status, code_of(path, answer)) == (401, "unauthorized")
        assert api.ask("", "/openai/v1/models/magi", method="GET").status == 401


@pytest.mark.parametrize("path", ASKS)
@pytest.mark.parametrize(("written", "heard"), [
    (r"\ud83d", "\ufffd"), (r"a\ude00b", "a\ufffdb"), (r"\ud83d\ude00", "\U0001f600"),
    (r"\\ud83d", r"\ud83d"), (r"\ud83d\n\ud83d\ude00", "\ufffd\n\U0001f600"),
], ids=["high", "low", "pair", "no escape", "before another escape"])
def test_half_a_character_does_not_break_a_conversation(
        api: RuntimeApi, agent: HandAgent, path: str, written: str, heard: str):
    agent.say("はい".encode())
    agent.end()

    answer = api.ask(ASKS[path].replace("TEXT", written), path)

    assert answer.status == 200 and "はい" in answer.text, answer.text
    assert agent.body["inputText"] == heard


@pytest.mark.parametrize("path", ASKS)
def test_a_byte_order_mark_is_no_part_of_a_body(api: RuntimeApi, agent: HandAgent, path: str):
    agent.say("はい".encode())
    agent.end()

    answer = api.ask("\ufeff" + ASKS[path].replace("TEXT", "q"), path)

    assert answer.status == 200 and "はい" in answer.text, answer.text


def test_the_log_tells_the_status_that_the_client_got():
    agent = HandAgent()
    agent.refuse(403, "AccessDeniedException")
    with RuntimeApi([BOOTSTRAP], agent.environment) as api:
        body = json.loads(ASKS[CHAT].replace("TEXT", "q"))
        whole = api.ask({**body, "stream": False}, CHAT)
        assert whole.status == 500
        assert api.line('"outcome"')["status"] == 500
        assert api.ask("{}", "/elsewhere").status == 404
        assert api.line('"not_found"')["status"] == 404
    agent.close()


def test_nobody_without_a_name_has_attributes_or_a_memory(api: RuntimeApi):
    for more, code in [({"memoryId": "m"}, "memory_not_allowed"),
                       ({"sessionAttributes": {"userId": "admin"}}, "attribute_not_allowed"),
                       ({"promptSessionAttributes": {"userId": "admin"}}, "attribute_not_allowed")]:
        for path, asks in ASKS.items():
            body = json.loads(asks)
            if path == "/ag-ui":
                body["forwardedProps"] = more
            answer = api.ask({**body, **more}, path)
            assert (answer.status, code_of(path, answer)) == (400, code), (path, more)


def test_who_knows_the_agents_name_of_a_session_does_not_continue_it(api: RuntimeApi, agent: HandAgent):
    def session(name: str) -> str:
        agent.say("はい".encode())
        agent.end()
        assert api.ask({"question": "q", "sessionId": name}).status == 200
        return agent.paths[-1].split("/sessions/")[1].split("/")[0]

    first = session("s" * 40)
    assert first == session("s" * 40) != "s" * 40
    assert session(first) != first
