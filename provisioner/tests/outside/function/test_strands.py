"""Real Strands agents in Amazon's `bedrock-agentcore`, live, through the built function.

What is recorded in `function/tests/strands` was sent by these packages; here they send it now.
"""

import base64
import importlib
import json
from types import ModuleType
from typing import Callable, Iterator

import pytest

from accounts import Account
from function_url import text_of
from functions import Function, deploy
from served_app import ServedApp

ARN = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/{name}-AbC1234567"


@pytest.fixture(scope="session")
def strands_agent() -> ModuleType:
    """The agents' module. Its packages take seconds to import, which only those who run these tests shall wait for."""
    return importlib.import_module("strands_agent")


@pytest.fixture(scope="session")
def runtimes(local_account: Account, strands_agent: ModuleType) -> Iterator[Function]:
    """One agent for each entrypoint, by its name."""
    agents = {name: {"type": "agentcore-runtime", "arn": ARN.format(name=name), "name": "SOLOMON"}
              for name in strands_agent.ENTRYPOINTS}
    with ServedApp(strands_agent.Runtimes()) as address:
        yield deploy(local_account, "strands", {
            "GATEWAY_AGENTS": json.dumps({"default": "raw", "agents": agents}),
            "GATEWAY_TRACE": "full", "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": address})


@pytest.fixture
def ask(runtimes: Function, strands_agent: ModuleType) -> Callable[[str], list[dict]]:
    """Asks the agent of an entrypoint."""
    return lambda entrypoint: list(runtimes.url.ask(
        strands_agent.QUESTION, agent=entrypoint, trace="full").events())


@pytest.mark.parametrize("entrypoint", ["raw", "texts", "model_events", "data_events", "whole", "text"])
def test_the_text_comes_once_whatever_the_entrypoint_passes_on(ask, strands_agent, entrypoint: str):
    events = ask(entrypoint)

    assert text_of(events, "SOLOMON").rstrip() == strands_agent.VERDICT
    assert events[-1]["type"] == "complete"
    assert {event["type"] for event in events} <= {
        "start", "agent", "status", "chunk", "reasoning", "trace", "usage", "complete"}


def test_files_reach_the_model_as_blocks(runtimes: Function):
    files = [{"name": "a.png", "data": base64.b64encode(b"png").decode()},
             {"name": "報告 2026.csv", "data": base64.b64encode(b"a,b").decode()}]
    events = list(runtimes.url.ask("何？", agent="files", files=files).events())

    assert json.loads(text_of(events, "SOLOMON")) == [
        "何？", ["image", "png", None, 3], ["document", "csv", "報告 2026", 3]]


def test_a_tool_is_called_and_answers(ask):
    events = ask("tools")

    called, = [event for event in events if event["type"] == "toolCall"]
    answered, = [event for event in events if event["type"] == "toolResult"]
    assert (called["name"], called["input"]) == ("count_votes", {"sages": 3})
    assert answered["output"] == [{"text": "3 votes"}]


def test_in_a_graph_each_node_speaks_for_itself(ask, strands_agent):
    events = ask("graph")

    for name, text in {**strands_agent.SAGES, "SOLOMON": strands_agent.VERDICT}.items():
        assert text_of(events, name) == text
        assert [event["state"] for event in events
                if event["type"] == "status" and event["agent"] == name][-1] == "done"
    assert events[-1]["usage"]["inputTokens"] == 40


@pytest.mark.parametrize("entrypoint", ["interrupts", "interrupts_whole"])
@pytest.mark.parametrize("answer", ["yes", "no"])
def test_an_interrupt_is_asked_once_and_the_answer_goes_on_with_it(
        runtimes: Function, strands_agent, entrypoint: str, answer: str):
    def ask(question: str = "", **fields: object) -> list[dict]:
        return list(runtimes.url.ask(question, agent=entrypoint, trace="full", **fields).events())
    asked = ask(strands_agent.QUESTION)
    control, = [event for event in asked if event["type"] == "returnControl"]
    inquiry, = control["inquiries"]
    assert (inquiry["kind"], inquiry["name"], inquiry["message"]) == ("question", "use_count_votes", "数えてよいですか？")
    assert asked[-1]["type"] == "complete"
    assert "v1:" not in text_of(asked, "SOLOMON")

    answered = ask(sessionId=asked[0]["sessionId"], returnControl={
        "invocationId": control["invocationId"], "results": [{**inquiry, "output": answer}]})

    assert text_of(answered, "SOLOMON").rstrip() == strands_agent.VERDICT
    assert answered[-1]["type"] == "complete"
    if entrypoint == "interrupts":
        result, = [event for event in answered if event["type"] == "toolResult"]
        assert result["output"] == [{"text": "3 votes" if answer == "yes" else "not allowed"}]


@pytest.mark.parametrize("entrypoint", ["breaks", "raises"])
def test_an_agent_that_raises_has_failed_and_its_words_stay_there(runtimes: Function, ask, entrypoint: str):
    events = ask(entrypoint)

    assert [event["type"] for event in events if event["type"] in ("complete", "error")] == ["error"]
    assert "SECRET" not in json.dumps(events) + "".join(runtimes.logs_after(events))
