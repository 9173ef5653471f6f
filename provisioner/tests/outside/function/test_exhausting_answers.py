"""What an answer to an agent's question may cost, whatever it is and whoever has asked.

Ids of questions are no secret, so anybody may answer what nobody has asked.
"""

import base64
import json
from typing import Callable

import pytest

from hand_agent import HandAgent
from provision import BOOTSTRAP
from runtime_api import RuntimeApi
from sized import filled, send

ARN = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:{}/a-AbC1234567"


def runtime(**settings: object) -> dict:
    return {"type": "agentcore-runtime", "arn": ARN.format("runtime"), **settings}


ASKING = {
    "http": runtime(),
    "ag-ui": runtime(protocol="ag-ui"),
    "a2a": runtime(protocol="a2a"),
    "own": runtime(request={"input": {"prompt": "${question}", "messages": "${messages}"}, "id": "${session}"}),
    "harness": {"type": "harness", "arn": ARN.format("harness")},
    "remembered": {"type": "harness", "arn": ARN.format("harness"), "history": "client"},
}
AGENTS = json.dumps({"default": "http", "agents": ASKING})
# A little less than the most that answers may have together.
SIZE = 1_040_000
# What the first long answer takes besides, however long it is: code and tables that are loaded for it.
BESIDES = 512 * 1024
LIMIT = {"GATEWAY_BODY_LIMIT_KB": "6144"}


def asked(agent: str, kind: str = "question", about: str = "d") -> str:
    """The id of what this agent has asked."""
    token = {"s": "s", "v": "v", "a": agent, "i": 0, "c": 1, "k": kind, "d": about, "n": "n"}
    return "ask_" + base64.urlsafe_b64encode(json.dumps(token).encode()).decode().rstrip("=")


def result(agent: str, members: str, kind: str = "question", about: str = "d") -> str:
    return ('{"sessionId":"s","agent":"%s","returnControl":{"invocationId":"v","results":[{"id":"%s",%s'
            % (agent, asked(agent, kind, about), members))


def small(item: str) -> Callable[[str], tuple[str, Callable[[int], str]]]:
    """An output that is a list of as many of these as fit."""
    return lambda agent: ("/", filled(result(agent, '"output":['), item, "]}]}}"))


def deep(agent: str) -> tuple[str, Callable[[int], str]]:
    begin = result(agent, '"output":')
    return "/", lambda size: begin + "[" * (size // 2) + "]" * (size // 2) + "}]}}"


def text(member: str, kind: str = "question", about: str = "d") -> Callable[[str], tuple[str, Callable[[int], str]]]:
    def shape(agent: str) -> tuple[str, Callable[[int], str]]:
        begin = result(agent, f'{member}:"', kind, about)
        return "/", lambda size: begin + "x" * size + '"}]}}'
    return shape


def called(agent: str) -> tuple[str, Callable[[int], str]]:
    begin = result(agent, '"output":1,"input":{"a":[', kind="call")
    return "/", filled(begin, '{"":0}', "]}}]}}")


def tool_of_a_chat(agent: str) -> tuple[str, Callable[[int], str]]:
    return "/ai-sdk", filled(
        '{"id":"s","agent":"%s","messages":[{"role":"assistant","parts":[{"type":"tool-n","toolCallId":"%s","state":'
        '"output-available","input":{},"output":[' % (agent, asked(agent)), '{"":0}', "]}]}]}")


def resumed_run(agent: str) -> tuple[str, Callable[[int], str]]:
    return "/ag-ui", filled(
        '{"threadId":"s","runId":"r","forwardedProps":{"agent":"%s"},"messages":[],"resume":[{"interruptId":"%s",'
        '"status":"resolved","payload":[' % (agent, asked(agent)), '{"":0}', "]}]}")


def tool_message(agent: str) -> tuple[str, Callable[[int], str]]:
    head = '{"model":"%s","stream":true,"messages":[{"role":"tool","tool_call_id":"%s","content":"[' % (agent, asked(agent))
    return "/openai/v1/chat/completions", filled(head, r'{\"\":0}', ']"}]}')


SHAPES = {
    "objects": small('{"":0}'),
    "objects in objects": small('{"":{"":{"":{"":0}}}}'),
    "lists": small("[]"),
    "depth": deep,
    "a text": text('"output"'),
    "an error": text('"error"'),
    "a reason": text('"approved":false,"reason"', "approval"),
    "a reason for a decision": text('"approved":false,"reason"', "approval", "d/decisions/0"),
    "a call's input": called,
    "a tool of a chat": tool_of_a_chat,
    "a resumed run": resumed_run,
    "a tool's message": tool_message,
}


@pytest.mark.parametrize("agent", ASKING)
@pytest.mark.parametrize("shape", SHAPES)
def test_an_answer_costs_at_most_four_times_its_body(shape: str, agent: str):
    path, body_of = SHAPES[shape](agent)
    hand = HandAgent()
    hand.refuse(400, "ValidationException")
    environment = {"GATEWAY_AGENTS": AGENTS, **LIMIT, "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": hand.endpoint}
    with RuntimeApi([BOOTSTRAP], environment) as api:
        # What the first call takes is not this one's.
        send(api, path, body_of(2_000))
        answer, times = send(api, path, body_of(SIZE))

        assert answer.status == 200, answer.text[:500]
        assert len(answer.text) < 5_000
        assert times <= 4 + BESIDES / SIZE, f"{times:.1f} times the body"
    hand.close()
