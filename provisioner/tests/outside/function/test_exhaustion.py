"""What one request may cost: memory of four times its body, CPU in proportion to it, and nobody else's stream.

Nothing is timed: memory is what the kernel has counted (VmHWM), work is what callgrind counts.
"""

import base64
import json
import re
from pathlib import Path
from typing import Callable

import pytest

from hand_agent import HandAgent
from provision import BOOTSTRAP
from runtime_api import RuntimeApi, event
from sized import filled, holding, send

MEGABYTE = 1024 * 1024
LIMIT = {"GATEWAY_BODY_LIMIT_KB": "6144"}
ARN = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:{}/a-AbC1234567"
AGENTS = json.dumps({"default": "magi", "agents": {
    "magi": {"type": "bedrock-agent", "agentId": "MAGICOUNCL", "agentAliasId": "LIVE", "name": "SOLOMON"},
    "runtime": {"type": "agentcore-runtime", "arn": ARN.format("runtime")},
    "harness": {"type": "harness", "arn": ARN.format("harness")}}})
SIZE = 5_900_000
CHAT = "/openai/v1/chat/completions"
QUESTION = {"role": "user", "content": "q", "id": "1", "parts": [{"type": "text", "text": "q"}]}


def chat(member: str) -> tuple[str, str]:
    return f'{{"id":"c","messages":[{json.dumps(QUESTION)}],{member}', "}"


def completion(member: str) -> tuple[str, str]:
    return f'{{"model":"magi","stream":true,"messages":[{json.dumps(QUESTION)}],{member}', "}"


def run(member: str) -> tuple[str, str]:
    return f'{{"threadId":"t","runId":"r","messages":[{json.dumps(QUESTION)}],{member}', "}"


def member_of(head: tuple[str, str], item: str, close: str = "]") -> Callable[[int], str]:
    return filled(head[0], item, close + head[1])


COMBINING = "\u0300"
#: Each shape is a path and what makes its body of a size.
HOSTILE: dict[str, tuple[str, Callable[[int], str]]] = {
    "results": ("/", filled('{"sessionId":"s","returnControl":{"invocationId":"i","results":[', '{"":0}', "]}}")),
    "few huge results": ("/", filled(
        '{"sessionId":"s","returnControl":{"invocationId":"i","results":[{"functionResult":{"actionGroup":"g",'
        '"responseBody":{', '"#":{}', "}}}]}}")),
    "a huge result": ("/", lambda size: '{"sessionId":"s","returnControl":{"invocationId":"i","results":[{"functionResult":'
                      '{"actionGroup":"g","responseBody":{"TEXT":{"body":"' + "x" * size + '"}}}}]}}'),
    "images": ("/", filled(
        '{"sessionId":"s","returnControl":{"invocationId":"i","results":[{"functionResult":{"actionGroup":"g",'
        '"responseBody":{"TEXT":{"images":[', '{"":0}', "]}}}}]}}")),
    "attributes": ("/", filled('{"question":"q","sessionAttributes":{', '"#":""', "}}")),
    "unknown field": ("/", filled('{"question":"q","x":[', '{"":0}', "]}")),
    "unknown name": ("/", lambda size: '{"question":"q","' + "x" * size + '":1}'),
    "a text for a flag": ("/", lambda size: '{"question":"q","endSession":"' + COMBINING * (size // 2) + '"}'),
    "a text for an object": ("/", lambda size: '{"question":"q","returnControl":"' + COMBINING * (size // 2) + '"}'),
    "a text for a body": ("/", lambda size: '"' + COMBINING * (size // 2) + '"'),
    "a huge question": ("/", lambda size: json.dumps({"question": '"' * (size // 2)})),
    "escapes": ("/", lambda size: '{"question":"' + r"\ud83d" * (size // 6) + '"}'),
    "depth": ("/", lambda size: '{"question":' + "[" * size),
    "depth in an unknown field": ("/ai-sdk", lambda size: '{"messages":[],"x":' + "[" * (size // 2) + "]" * (size // 2)),
    "parts": ("/ai-sdk", filled('{"id":"c","messages":[{"role":"user","parts":[', '{"type":""}', "]}]}")),
    "texts as parts": ("/ai-sdk", lambda size: '{"id":"c","messages":[{"role":"user","parts":["'
                                              + COMBINING * (size // 2) + '"]}]}'),
    "messages": ("/ai-sdk", filled('{"id":"c","messages":[', '{"role":"user","parts":[]}', "]}")),
    "many parts in many messages": ("/ai-sdk", filled(
        '{"id":"c","messages":[', '{"role":"user","parts":[' + ",".join(['{"type":""}'] * 1_000) + "]}", "]}")),
    "metadata": ("/ai-sdk", filled('{"id":"c","messages":[{"role":"user","parts":[{"type":"text","text":"q",'
                                   '"providerMetadata":[', '{"":0}', "]}]}]}")),
    "a tool's output": ("/ai-sdk", filled(
        '{"id":"c","messages":[{"role":"assistant","parts":[{"type":"tool-f","toolCallId":"rc_s_i_0","state":'
        '"output-available","input":{"actionGroup":"g","function":"f"},"output":[', '{"":0}', "]}]}]}")),
    "unknown field of a chat": ("/ai-sdk", member_of(chat('"x":['), '{"":0}')),
    "forwardedProps": ("/ag-ui", member_of(run('"forwardedProps":{"x":['), '{"":0}', "]}")),
    "state": ("/ag-ui", member_of(run('"state":['), '{"":0}')),
    "payload": ("/ag-ui", member_of(run('"resume":[{"interruptId":"i","status":"resolved","payload":['), '{"":0}', "]}]")),
    "resume": ("/ag-ui", member_of(run('"resume":['), '{"":0}')),
    "activity": ("/ag-ui", filled('{"threadId":"t","runId":"r","messages":[{"role":"activity","content":[', '{"":0}', "]}]}")),
    "content": (CHAT, filled('{"model":"magi","messages":[{"role":"user","content":[', '{"type":""}', "]}]}")),
    "tool calls": (CHAT, filled('{"model":"magi","messages":[{"role":"assistant","tool_calls":[', '{"id":""}', "]}]}")),
    "tools": (CHAT, member_of(completion('"tools":['), '{"":0}')),
    "metadata of a completion": (CHAT, member_of(completion('"metadata":{"x":['), '{"":0}', "]}")),
    "a conversation": (CHAT, filled('{"model":"magi","stream":true,"messages":[',
                                    json.dumps({"role": "user", "content": "あ" * 1_500}), "]}")),
    "a file": ("/", holding('{"question":"q","files":[{"name":"a.png","data":"', '"}]}')),
    "a file for a runtime": ("/", holding('{"question":"q","agent":"runtime","files":[{"name":"a.pdf","data":"', '"}]}')),
    "an image for a runtime": ("/", holding('{"question":"q","agent":"runtime","files":[{"name":"a.png","data":"', '"}]}')),
    "a text for a harness": ("/", holding('{"question":"q","agent":"harness","files":[{"name":"a.txt","data":"', '"}]}')),
    "an escaped file": ("/", holding('{"question":"q","agent":"runtime","files":[{"name":"a.pdf","data":"\\u0041AAA', '"}]}')),
    "two files in a chat": ("/ai-sdk", lambda size: holding(
        '{"id":"c","agent":"runtime","messages":[{"role":"user","parts":[{"type":"file","url":"data:image/png;base64,'
        + "A" * (size // 8 * 4) + '"},{"type":"file","url":"data:image/png;base64,', '"}]}]}')(size)),
    "a file of an earlier turn": (CHAT, holding(
        '{"model":"runtime","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":'
        '"data:image/png;base64,', '"}}]},{"role":"assistant","content":"a"},{"role":"user","content":"q"}]}')),
    "a file that is none": ("/ag-ui", holding(
        '{"threadId":"t","runId":"r","messages":[{"role":"user","content":[{"type":"binary","data":"', '?"}]}]}')),
    "a kind that is none": (CHAT, lambda size: '{"model":"magi","messages":[{"role":"user","content":[{"type":"'
                                               + "x" * size + '"}]}]}'),
    "tiny files": ("/ai-sdk", filled('{"id":"c","messages":[{"role":"user","parts":[',
                                     '{"type":"file","url":"data:;base64,AA"}', "]}]}")),
    "tiny files in many messages": (CHAT, filled(
        '{"model":"magi","messages":[', '{"role":"user","content":[' + ",".join(
            ['{"type":"image_url","image_url":{"url":"data:;base64,AA"}}'] * 99) + "]}", "]}")),
    "a name that is none": ("/", lambda size: '{"question":"q","files":[{"data":"AA","name":"' + COMBINING * (size // 2) + '"}]}'),
    "base64": ("/", lambda size: base64.b64encode(('{"question":"' + "x" * (size * 3 // 4)).encode()).decode()),
}


@pytest.mark.parametrize("shape", HOSTILE)
def test_a_request_costs_at_most_four_times_its_body(shape: str):
    path, body_of = HOSTILE[shape]
    body = body_of(SIZE)
    agent = HandAgent()
    agent.refuse(400, "ValidationException")
    environment = {"GATEWAY_AGENTS": AGENTS, **LIMIT, **agent.environment,
                   "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": next(iter(agent.environment.values()))}
    with RuntimeApi([BOOTSTRAP], environment) as api:
        answer, times = send(api, path, body, isBase64Encoded=shape == "base64")

        assert answer.status in (200, 400, 413), answer.text[:500]
        assert len(answer.text) < 5_000
        assert times <= 4, f"{times:.1f} times the body"
        assert api.send(event("", "/healthz", "GET")).status == 200
    agent.close()


def test_headers_cost_no_more_than_a_body():
    headers = {f"x-{number}": "" for number in range(300_000)}
    payload = event('{"question":""}', headers={"content-type": "application/json", **headers})
    with RuntimeApi([BOOTSTRAP], LIMIT) as api:
        before = api.peak_bytes
        assert api.send(payload).status == 400
        assert api.peak_bytes - before <= 4 * len(payload)


def test_a_body_beyond_the_limit_is_refused_and_says_which_setting_it_is():
    with RuntimeApi([BOOTSTRAP], {"GATEWAY_BODY_LIMIT_KB": "1"}) as api:
        for path, code in [("/", '"error":"request_too_large"'), ("/ai-sdk", "(request_too_large)"),
                           ("/ag-ui", '"code":"request_too_large"'), (CHAT, '"code":"request_too_large"')]:
            answer = api.ask({"question": "x" * 1024}, path)
            assert answer.status == 413 and code in answer.text, answer.text
            assert "body_limit_kb" in answer.text
        assert api.ask({"question": ""}).status == 400


def test_nobodys_stream_ends_because_of_somebody_elses_request():
    """Four requests at once, each as large as Lambda allows, in the memory of the smallest function."""
    agent = HandAgent()
    settings = {**LIMIT, **agent.environment, "AWS_LAMBDA_MAX_CONCURRENCY": "5"}
    with RuntimeApi([BOOTSTRAP], settings, memory_mb=128) as api:
        innocent = api.ask({"question": "q"})
        agent.say("一".encode())
        innocent.until("一")
        for shapes in (["results", "parts", "forwardedProps", "tools"], ["metadata", "activity", "state", "payload"]):
            # Without a question: the agent is asked by nobody but the innocent one.
            hostile = [(path, body_of(SIZE).replace(json.dumps(QUESTION), "").replace('"text":"q"', '"text":""'))
                       for path, body_of in map(HOSTILE.get, shapes)]
            answers = [api.send(event(body, path)) for path, body in hostile]
            assert [answer.status for answer in answers] == [400] * 4
        agent.say("二".encode())
        for _ in range(8):
            agent.end()
        assert '"type":"complete"' in innocent.whole()
        assert api.process.poll() is None


def conversation_of_tools(size: int) -> str:
    """As many calls of a client's tools as fit, all answered at the end: each answer used to look through all calls."""
    call = {"id": "rc_s_i_#", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    count = size // 170
    calls = [{"role": "assistant", "tool_calls": [{**call, "id": f"rc_s_{number}_0"}]} for number in range(count // 2)]
    answers = [{"role": "tool", "tool_call_id": f"rc_s_{number}_0", "content": "x"} for number in range(count // 2)]
    return json.dumps({"model": "magi", "messages": [*calls, *answers]})


def ids_of_tools(size: int) -> str:
    """Results of one call with a long id: each of the other results used to be compared with all of it."""
    answers = [{"role": "tool", "tool_call_id": "rc_s_i_0", "content": "x"}] * (size // 400)
    last = {"role": "tool", "tool_call_id": f"rc_s_{'j' * (size // 2)}_0", "content": "x"}
    return json.dumps({"model": "magi", "messages": [*answers, last]})


LINEAR: dict[str, tuple[str, Callable[[int], str]]] = {
    "tools": (CHAT, conversation_of_tools),
    "ids": (CHAT, ids_of_tools),
    "messages": (CHAT, filled('{"model":"magi","messages":[', '{"role":"assistant","content":"' + "x" * 300 + '"}', "]}")),
    "parts": ("/ai-sdk", filled('{"id":"","messages":[{"role":"user","parts":[', '{"type":"text","text":"' + "x" * 300
                                + '"}', "]}]}")),
    "thread": ("/ag-ui", filled('{"threadId":"t","runId":"","messages":[', '{"role":"assistant","content":"'
                                + "x" * 300 + '"}', "]}")),
    "depth": ("/ai-sdk", HOSTILE["depth in an unknown field"][1]),
    "files": ("/ai-sdk", filled('{"id":"","messages":[', '{"role":"user","parts":[{"type":"file","filename":"a","url":'
                                '"data:;base64,' + "A" * 4_000 + '"},{"type":"text","text":"q"}]}', "]}")),
    "escapes": ("/", lambda size: '{"sessionId":"","question":"' + r"\ud83d" * (size // 6) + '"}'),
}


def instructions(payload: bytes, out: Path) -> int:
    """All instructions for one refused request, those of the start included."""
    valgrind = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={out}", BOOTSTRAP]
    with RuntimeApi(valgrind, LIMIT) as api:
        assert api.send(payload).status in (400, 413)
        api.wait_until_idle()
        api.end()
    return int(re.search(r"^(?:totals|summary): (\d+)", out.read_text(), re.MULTILINE)[1])


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> int:
    """The instructions of a request without anything in it."""
    return instructions(event("{}"), tmp_path_factory.mktemp("start") / "out")


@pytest.mark.parametrize("shape", LINEAR)
def test_four_times_the_body_is_four_times_the_work(shape: str, start: int, tmp_path: Path):
    path, body_of = LINEAR[shape]
    # Refused at the end, so that no agent is part of it: there is no question, or the session's id is empty.
    small, large = (instructions(event(body_of(size), path), tmp_path / str(size)) - start
                    for size in (100_000, 400_000))
    assert large <= 4.5 * small, f"{large / small:.1f} times the work"
