"""Real programs that speak AG-UI or A2A, live, through the built function."""

import base64
import importlib
import json
from types import ModuleType
from typing import Iterator

import pytest

from accounts import Account
from function_url import text_of
from functions import Function, deploy

ARN = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/{name}-AbC1234567"


@pytest.fixture(scope="session")
def programs() -> ModuleType:
    """The programs' module. Its packages take seconds to import, which only those who run these tests shall wait for."""
    return importlib.import_module("protocol_agents")


@pytest.fixture(scope="session")
def gateway(local_account: Account, programs: ModuleType) -> Iterator[Function]:
    """One agent for each program, by its name."""
    agents = {name: {"type": "agentcore-runtime", "arn": ARN.format(name=name), "name": "SOLOMON", "protocol": protocol}
              for name, (protocol, _) in programs.PROGRAMS.items()}
    with programs.Server() as address:
        yield deploy(local_account, "protocols", {
            "GATEWAY_AGENTS": json.dumps({"default": "strands", "agents": agents}),
            "GATEWAY_TRACE": "full", "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": address})


TURNS = [("user", "川か、道か"), ("assistant", "道"), ("user", "なぜ？")]


def said_to(agent: str, gateway: Function) -> str:
    """What it says to a client that sends the whole conversation."""
    messages = [{"role": role, "content": text} for role, text in TURNS]
    answer = gateway.url.request("POST", "/openai/v1/chat/completions", headers={"content-type": "application/json"},
                                 body=json.dumps({"model": agent, "messages": messages}).encode())
    return answer.json()["choices"][0]["message"]["content"]


def ask(gateway: Function, agent: str, question: str, **more: object) -> list[dict]:
    return list(gateway.url.ask(question, agent=agent, **more).events())


def test_strands_behind_ag_ui_is_asked_and_answers(gateway: Function, programs: ModuleType):
    events = ask(gateway, "strands", "試すべきですか？")

    assert text_of(events, "SOLOMON") == programs.VERDICT
    assert events[-1]["type"] == "complete", events[-1]


def test_an_ag_ui_agent_is_told_the_whole_conversation(gateway: Function):
    assert said_to("tells", gateway) == "".join(f"{role}: {text}\n" for role, text in TURNS)


def test_each_question_to_an_ag_ui_agent_is_a_run_and_a_message_of_its_own(gateway: Function):
    asked = [event["data"]["value"] for _ in range(2) for event in ask(gateway, "tells", "一つ目", sessionId="s-1")
             if event["type"] == "data" and event["data"]["type"] == "CUSTOM"]

    one, two = asked
    assert one["threadId"] == two["threadId"] != "s-1", "another caller's equal id is another thread"
    assert one["runId"] != two["runId"]
    # A known id with another text is an edit to a server that keeps its threads: it would forget what followed.
    assert one["messages"][-1]["id"] != two["messages"][-1]["id"]


FILES = [{"name": "a.png", "data": base64.b64encode(b"png").decode()},
         {"name": "報告.pdf", "data": base64.b64encode(b"pdf").decode()}]


def test_files_are_parts_that_ag_uis_package_reads(gateway: Function):
    events = ask(gateway, "tells", "何？", files=FILES)

    (told,) = [event["data"]["value"] for event in events
               if event["type"] == "data" and event["data"].get("name") == "asked"]
    text, image, document = told["messages"][-1]["content"]
    assert (text["text"], image["type"], document["type"]) == ("何？", "image", "document")
    assert [base64.b64decode(part["source"]["value"]) for part in (image, document)] == [b"png", b"pdf"]
    assert document["metadata"] == {"filename": "報告.pdf"}
    assert document["source"]["mimeType"] == "application/pdf"


def test_files_are_parts_that_a2as_package_reads(gateway: Function):
    events = ask(gateway, "remembers", "何？", files=FILES)

    assert text_of(events, "SOLOMON") == "1. 何？ (0) a.png image/png png 報告.pdf application/pdf pdf"


def test_an_a2a_agent_keeps_the_conversation_by_its_context(gateway: Function):
    def answer(question: str, session: str) -> str:
        events = ask(gateway, "remembers", question, sessionId=session)
        assert events[-1]["type"] == "complete", events[-1]
        return text_of(events, "SOLOMON")

    assert answer("川か", "context-1") == "1. 川か (0)"
    assert answer("道か", "context-1") == "2. 道か (0)"
    assert answer("道か", "context-2") == "1. 道か (0)"


def test_an_a2a_agent_finds_earlier_turns_in_the_messages_metadata(gateway: Function):
    assert said_to("remembers", gateway) == "1. なぜ？ (2)"


def test_an_a2a_agent_that_cannot_stream_is_asked_for_the_whole_answer(gateway: Function):
    events = ask(gateway, "whole", "川か", sessionId="context-3")

    # One question: the first request was refused before anything began.
    assert text_of(events, "SOLOMON") == "1. 川か (0)"
    assert events[-1]["type"] == "complete", events[-1]
