"""A runtime that is asked and speaks as no other: `request` and `answer` in the function's settings, every dialect."""

import base64
import json
import subprocess
from typing import Iterator

import pytest

from accounts import Account
from dialects import ASKED, DIALECTS
from functions import Function, deploy
from odd_agent import OddAgent
from provision import BOOTSTRAP

ARN = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/{name}-AbC1234567"
SECRET = "SECRET-カササギの合言葉"
# One for each way to be asked or to speak.
AGENTS = {
    "plain": {},
    "fast": {"request": {"prompt": "${question}", "runtimeSessionId": "${session}", "stream": True}},
    "turns": {"request": {"input": {"messages": "${messages}"}, "before": "${history}",
                          "note": "<${question}> in ${session}; $${question}"}},
    "who": {"request": {"prompt": "${question}", "user": "${caller}", "note": "by ${caller}"}},
    "files": {"request": {"prompt": "${question}", "attached": "${files}"}},
    "odd": {"answer": {"text": ["/payload/say", "/final"], "reasoning": "/payload/think", "error": "/payload/fault",
                       "end": "/over", "ignore": "/seq"}},
}


@pytest.fixture(scope="module")
def odd_agent() -> Iterator[OddAgent]:
    with OddAgent() as agent:
        yield agent


@pytest.fixture(scope="module")
def gateway(local_account: Account, odd_agent: OddAgent) -> Function:
    agents = {name: {"type": "agentcore-runtime", "arn": ARN.format(name=name), "name": ASKED, **settings}
              for name, settings in AGENTS.items()}
    return deploy(local_account, "own-format", {
        "GATEWAY_AGENTS": json.dumps({"default": "odd", "agents": agents}), "GATEWAY_TRACE": "full",
        "GATEWAY_PASS_CALLER": "true", "GATEWAY_IDLE_TIMEOUT_SECONDS": "60", "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": odd_agent.endpoint})


def asked_with(gateway: Function, odd_agent: OddAgent, agent: str, **members) -> tuple[dict, str]:
    """The payload that a question becomes, and the session that it is asked in."""
    odd_agent.says("OK")
    events = list(gateway.url.ask("川か、${session} \"道\"か", agent=agent, **members).events())
    assert events[-1]["type"] == "complete", events
    return odd_agent.asked[-1], odd_agent.headers[-1]["x-amzn-bedrock-agentcore-runtime-session-id"]


def test_a_runtime_is_asked_with_its_template(gateway: Function, odd_agent: OddAgent):
    question = "川か、${session} \"道\"か"

    payload, session = asked_with(gateway, odd_agent, "fast", sessionId="s")
    assert payload == {"prompt": question, "runtimeSessionId": session, "stream": True}

    payload, session = asked_with(gateway, odd_agent, "turns", sessionId="s")
    assert payload == {
        "input": {"messages": [{"role": "user", "content": [{"text": question}]}]}, "before": [],
        "note": f"<{question}> in {session}; ${{question}}"}

    payload, session = asked_with(gateway, odd_agent, "plain", sessionId="s")
    assert payload == {"prompt": question, "sessionId": session}


def test_a_runtime_is_told_who_asks_as_in_the_header(gateway: Function, odd_agent: OddAgent):
    payload, _ = asked_with(gateway, odd_agent, "who")

    caller = odd_agent.headers[-1]["x-amzn-bedrock-agentcore-runtime-user-id"]
    assert caller and (payload["user"], payload["note"]) == (caller, f"by {caller}")


def test_files_go_where_the_template_has_them_and_nowhere_in_silence(gateway: Function, odd_agent: OddAgent):
    file = {"name": "a.txt", "mediaType": "text/plain", "data": base64.b64encode(b"abc").decode()}
    payload, _ = asked_with(gateway, odd_agent, "files", files=[file])
    assert payload["attached"] == [file]

    asked = len(odd_agent.asked)
    refused = gateway.url.post({"question": "?", "agent": "fast", "files": [file]})
    assert refused.status == 400 and "${files}" in refused.json()["message"] and len(odd_agent.asked) == asked


def test_the_conversation_of_a_client_is_in_the_template(gateway: Function, odd_agent: OddAgent):
    odd_agent.says("OK")
    messages = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "${question}"},
                {"role": "user", "content": "b"}]
    body = json.dumps({"model": "turns", "messages": messages}).encode()
    answer = gateway.url.request("POST", "/openai/v1/chat/completions", body, {"content-type": "application/json"})
    assert answer.status == 200, answer.body

    turns = [{"role": turn["role"], "content": [{"text": turn["content"]}]} for turn in messages]
    payload = odd_agent.asked[-1]
    assert (payload["input"]["messages"], payload["before"]) == (turns, turns[:-1])


@pytest.mark.parametrize("dialect", DIALECTS)
def test_text_is_where_the_settings_say_and_nothing_else_is_said(gateway: Function, odd_agent: OddAgent, dialect: str):
    pieces = ["可決", " ", "です", "\n", "2026"]
    odd_agent.says({"seq": 0}, {"payload": {"think": SECRET}}, *({"payload": {"say": piece}} for piece in pieces),
                   {"final": "".join(pieces)}, {"over": True}, {"payload": {"say": "never"}})

    heard = DIALECTS[dialect]().ask(gateway.url, "odd", "?", "summary", lambda _: None)

    assert "".join(heard.text[ASKED]) == "".join(pieces), heard
    assert heard.end == "complete" and SECRET not in heard.raw and "seq" not in heard.raw


def test_an_error_fails_the_answer_and_its_words_stay_here(gateway: Function, odd_agent: OddAgent):
    odd_agent.says({"payload": {"say": "a"}}, {"payload": {"fault": {"code": "QuotaGone", "text": SECRET}}})

    events = list(gateway.url.ask("?", agent="odd").events())

    assert [event["type"] for event in events][-1] == "error" and events[-1]["error"] == "agent_failed"
    assert SECRET not in json.dumps(events, ensure_ascii=False)
    logs = "\n".join(gateway.logs_after(events))
    assert "QuotaGone" in logs and SECRET not in logs


def test_explanations_come_only_where_they_are_asked_for(gateway: Function, odd_agent: OddAgent):
    odd_agent.says({"payload": {"say": "a"}}, {"data": {"x": SECRET}})

    def explained(**members) -> list[dict]:
        events = list(gateway.url.ask("?", agent="odd", **members).events())
        assert events[-1]["type"] == "complete", events
        return [event for event in events if event["type"] == "explain"]

    assert explained() == [] and explained(trace="full") == []
    first, second = explained(explain=True, trace="full")
    assert (first["vocabulary"], first["became"]) == ("configured", [{"what": "text"}])
    assert first["contentType"] == "text/event-stream" and first["framedBy"] == "content type"
    assert (second["vocabulary"], second["pointer"]) == ("unknown", "/data/x")
    assert SECRET in second["excerpt"] and second["became"][1]["what"] == "unknown"
    # What a summary may tell has no word of the message.
    redacted = explained(explain=True)
    assert [event["became"] for event in redacted] == [first["became"], second["became"]]
    assert SECRET not in json.dumps(redacted, ensure_ascii=False)


@pytest.mark.parametrize(("settings", "complaint"), [
    ({"request": {"a": "${prompt}"}}, "${prompt}"),
    ({"request": "hello"}, "${question}"),
    ({"request": "${question} ${caller}"}, "GATEWAY_PASS_CALLER"),
    ({"answer": {"text": "payload"}}, "JSON Pointer"),
])
def test_the_function_refuses_settings_that_cannot_work(settings: dict, complaint: str):
    agents = {"odd": {"type": "agentcore-runtime", "arn": ARN.format(name="odd"), **settings}}

    # The Runtime API, as far as a function needs it that does not start.
    with OddAgent() as api:
        run = subprocess.run([BOOTSTRAP], capture_output=True, text=True, timeout=60, env={
            "AWS_LAMBDA_RUNTIME_API": api.endpoint.removeprefix("http://"), "AWS_REGION": "ap-northeast-1",
            "GATEWAY_AGENTS": json.dumps({"default": "odd", "agents": agents})})

    assert run.returncode != 0 and complaint in run.stderr, run
    assert api.paths == ["/2018-06-01/runtime/init/error"] and complaint in json.dumps(api.asked)
