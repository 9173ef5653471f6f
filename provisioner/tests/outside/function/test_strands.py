"""Real Strands agents in Amazon's `bedrock-agentcore`, live, through the built function.

What is recorded in `function/tests/strands` was sent by these packages; here they send it now.
"""

import json
from typing import Iterator

import pytest

import strands_agent
from accounts import Account
from function_url import text_of
from functions import Function, deploy
from strands_agent import ENTRYPOINTS, QUESTION, SAGES, VERDICT

ARN = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/{name}-AbC1234567"


@pytest.fixture(scope="session")
def runtimes(local_account: Account) -> Iterator[Function]:
    """One agent for each entrypoint, by its name."""
    agents = {name: {"type": "agentcore-runtime", "arn": ARN.format(name=name), "name": "SOLOMON"}
              for name in ENTRYPOINTS}
    with strands_agent.Server() as address:
        yield deploy(local_account, "strands", {
            "GATEWAY_AGENTS": json.dumps({"default": "raw", "agents": agents}),
            "GATEWAY_TRACE": "full", "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": address})


def ask(runtimes: Function, entrypoint: str) -> list[dict]:
    return list(runtimes.url.ask(QUESTION, agent=entrypoint).events())


@pytest.mark.parametrize("entrypoint", ["raw", "texts", "model_events", "data_events", "whole", "text"])
def test_the_text_comes_once_whatever_the_entrypoint_passes_on(runtimes: Function, entrypoint: str):
    events = ask(runtimes, entrypoint)

    assert text_of(events, "SOLOMON").rstrip() == VERDICT
    assert events[-1]["type"] == "complete"
    assert {event["type"] for event in events} <= {
        "start", "agent", "status", "chunk", "reasoning", "trace", "usage", "complete"}


def test_a_tool_is_called_and_answers(runtimes: Function):
    events = ask(runtimes, "tools")

    called, = [event for event in events if event["type"] == "toolCall"]
    answered, = [event for event in events if event["type"] == "toolResult"]
    assert (called["name"], called["input"]) == ("count_votes", {"sages": 3})
    assert answered["output"] == [{"text": "3 votes"}]


def test_in_a_graph_each_node_speaks_for_itself(runtimes: Function):
    events = ask(runtimes, "graph")

    for name, text in {**SAGES, "SOLOMON": VERDICT}.items():
        assert text_of(events, name) == text
        assert [event["state"] for event in events
                if event["type"] == "status" and event["agent"] == name][-1] == "done"
    assert events[-1]["usage"]["inputTokens"] == 40


@pytest.mark.parametrize("entrypoint", ["breaks", "raises"])
def test_an_agent_that_raises_has_failed_and_its_words_stay_there(runtimes: Function, entrypoint: str):
    events = ask(runtimes, entrypoint)

    assert [event["type"] for event in events if event["type"] in ("complete", "error")] == ["error"]
    assert "SECRET" not in json.dumps(events) + "".join(runtimes.logs_after(events))
