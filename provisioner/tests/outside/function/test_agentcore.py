"""The scripted runtimes and harnesses of AgentCore: what botocore reads of them, what the function's
clients are told of them, and what becomes of every exception in AWS's model of the service."""

import json
from typing import Iterator

import pytest
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import ServiceModel

from accounts import Account
from function_url import text_of
from functions import Function, deploy
from hand_agent import HandAgent

QUESTION = "週休三日制を導入すべきでしょうか？"
ARN = "arn:aws:bedrock-agentcore:{region}:123456789012:{kind}/magi-Council001"
SESSION = "s" * 33
SECRET = "SECRET-カササギの合言葉"
# function/README.md documents these.
CODES = {
    "AccessDeniedException": "access_denied",
    "InternalServerException": "agent_unavailable",
    "ResourceNotFoundException": "agent_not_found",
    "RetryableConflictException": "session_busy",
    "RuntimeClientError": "agent_failed",
    "ServiceQuotaExceededException": "quota_exceeded",
    "ThrottlingException": "throttled",
    "ValidationException": "rejected",
}


@pytest.fixture(scope="session")
def agentcore(local_account: Account):
    return local_account.client("bedrock-agentcore")


@pytest.fixture(scope="session")
def runtime(local_account: Account) -> str:
    return ARN.format(region=local_account.region, kind="runtime")


@pytest.fixture(scope="session")
def harness(local_account: Account) -> str:
    return ARN.format(region=local_account.region, kind="harness")


def agents(runtime: str, harness: str) -> str:
    return json.dumps({"default": "runtime", "agents": {
        "runtime": {"type": "agentcore-runtime", "arn": runtime, "name": "SOLOMON"},
        "harness": {"type": "harness", "arn": harness, "name": "SOLOMON"}}})


@pytest.fixture(scope="session")
def gateway(local_account: Account, runtime: str, harness: str) -> Function:
    return deploy(local_account, "agentcore", {
        "GATEWAY_AGENTS": agents(runtime, harness), "GATEWAY_IDLE_TIMEOUT_SECONDS": "20"})


def events_of(body: bytes) -> list:
    """The JSON of each server-sent event."""
    return [json.loads(line.removeprefix(b"data: ")) for line in body.splitlines()
            if line.startswith(b"data: ")]


def ask_harness(agentcore, harness: str, question: str, **options) -> Iterator[dict]:
    message = {"role": "user", "content": [{"text": question}]}
    options = {"runtimeSessionId": SESSION, **options}
    return agentcore.invoke_harness(harnessArn=harness, messages=[message], **options)["stream"]


def test_botocore_reads_a_runtimes_events(agentcore, runtime: str):
    answer = agentcore.invoke_agent_runtime(
        agentRuntimeArn=runtime, runtimeSessionId=SESSION, accept="text/event-stream",
        payload=json.dumps({"prompt": QUESTION}))

    assert answer["contentType"].startswith("text/event-stream")
    assert answer["runtimeSessionId"] == SESSION
    events = events_of(answer["response"].read())
    nodes = [event["node_id"] for event in events
             if isinstance(event, dict) and event["type"] == "multiagent_node_start"]
    assert sorted(nodes) == ["BALTHASAR", "CASPAR", "MELCHIOR", "SOLOMON"]


def test_botocore_reads_a_runtimes_answer_in_one_piece(agentcore, runtime: str):
    answer = agentcore.invoke_agent_runtime(
        agentRuntimeArn=runtime, runtimeSessionId=SESSION, accept="application/json",
        payload=json.dumps({"prompt": "!split"}))

    message = json.loads(answer["response"].read())["result"]
    assert message["content"][0]["text"].startswith("文字の途中で切れても")


def test_botocore_reads_a_harnesss_messages(agentcore, harness: str):
    events = list(ask_harness(agentcore, harness, QUESTION))

    kinds = {kind for event in events for kind in event}
    assert kinds == {"messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop",
                     "messageStop", "metadata"}
    begun = [event for event in events if "messageStart" in event]
    ended = [event for event in events if "messageStop" in event]
    assert len(begun) == len(ended)
    assert ended[-1]["messageStop"]["stopReason"] == "end_turn"


def test_a_harness_waits_for_an_inline_function_and_wants_its_call_again(agentcore, harness: str):
    events = list(ask_harness(agentcore, harness, "!return-control"))
    call, = [event["contentBlockStart"]["start"]["toolUse"] for event in events if "contentBlockStart" in event
             and "toolUse" in event["contentBlockStart"]["start"]]
    assert call["name"] == "forecast"
    assert [event["messageStop"]["stopReason"] for event in events if "messageStop" in event][-1] == "tool_use"

    result = {"toolUseId": call["toolUseId"], "content": [{"text": "晴れ"}], "status": "success"}
    results = {"role": "user", "content": [{"toolResult": result}]}
    told = {"role": "assistant", "content": [{"toolUse": {**call, "input": {"city": "東京"}}}]}

    def invoke(*messages: dict) -> list[dict]:
        return list(agentcore.invoke_harness(harnessArn=harness, runtimeSessionId=SESSION, messages=messages)["stream"])
    said = "".join(event["contentBlockDelta"]["delta"].get("text", "") for event in invoke(told, results)
                   if "contentBlockDelta" in event)
    assert "晴れ" in said
    with pytest.raises(ClientError, match="toolResult blocks exceeds"):
        invoke(results)


def test_a_runtime_of_another_protocol_refuses_what_is_not_in_it(agentcore, local_account: Account):
    def invoke(name: str, body: dict) -> bytes:
        arn = ARN.format(region=local_account.region, kind="runtime").replace("magi-", f"{name}-")
        answer = agentcore.invoke_agent_runtime(agentRuntimeArn=arn, payload=json.dumps(body).encode())
        return answer["response"].read()

    # What AgentCore makes of the 422 of a program.
    for body in ({"prompt": QUESTION}, {"threadId": "t", "runId": "r", "messages": [{"role": "user"}]}):
        with pytest.raises(ClientError, match=r"Received error \(422\) from runtime") as refused:
            invoke("magi_agui", body)
        assert refused.value.response["Error"]["Code"] == "RuntimeClientError"
    # JSON-RPC has errors of its own, which AgentCore passes on.
    message = {"kind": "message", "messageId": "m", "role": "user", "parts": [{"kind": "text", "text": QUESTION}]}
    request = {"jsonrpc": "2.0", "id": "1", "method": "message/stream", "params": {"message": message}}
    for body, code in (({"prompt": QUESTION}, -32600), ({**request, "method": "tasks/list"}, -32601),
                       ({**request, "params": {}}, -32602)):
        assert json.loads(invoke("magi_a2a", body))["error"]["code"] == code
    events = events_of(invoke("magi_a2a", request))
    assert events[0]["result"]["kind"] == "task" and events[-1]["result"]["status"]["state"] == "completed"


@pytest.mark.parametrize("kind", ["runtime", "harness"])
def test_botocore_sees_what_aws_would_refuse(request, agentcore, kind: str):
    arn = request.getfixturevalue(kind)

    def invoke(arn: str, session: str) -> None:
        if kind == "harness":
            ask_harness(agentcore, arn, QUESTION, runtimeSessionId=session)
        else:
            agentcore.invoke_agent_runtime(agentRuntimeArn=arn, runtimeSessionId=session, payload=b"{}")

    for named, session, code in [
        (arn.replace("magi-", "other-"), SESSION, "ResourceNotFoundException"),
        (arn.replace("123456789012", "210987654321"), SESSION, "ResourceNotFoundException"),
        (arn, "s" * 257, "ValidationException"),
    ]:
        with pytest.raises(ClientError) as refused:
            invoke(named, session)
        assert refused.value.response["Error"]["Code"] == code


def test_botocore_raises_a_harnesss_exception_in_the_stream(agentcore, harness: str):
    with pytest.raises(ClientError, match="RuntimeClientError|runtimeClientError"):
        list(ask_harness(agentcore, harness, "!throttled-midway"))


@pytest.mark.parametrize("agent", ["runtime", "harness"])
def test_the_council_reaches_the_functions_client(gateway: Function, agent: str):
    events = list(gateway.url.ask(QUESTION, agent=agent).events())

    assert events[-1]["type"] == "complete"
    assert text_of(events, "SOLOMON").startswith("三人の声を聞きました。")
    if agent == "runtime":
        for sage in ("CASPAR", "BALTHASAR", "MELCHIOR"):
            assert len(text_of(events, sage)) > 50
            states = [event["state"] for event in events
                      if event["type"] == "status" and event["agent"] == sage]
            assert states[0] == "thinking" and states[-1] == "done"
    else:
        called = [event["name"] for event in events if event["type"] == "toolCall"]
        assert set(called) == {"CASPAR", "BALTHASAR", "MELCHIOR"}


@pytest.mark.parametrize("agent", ["runtime", "harness"])
@pytest.mark.parametrize("question, code", [
    ("!throttled", "throttled"), ("!not-found", "agent_not_found"), ("!closes", "connection_lost"),
    ("!throttled-midway", "agent_failed"), ("!files", None)])
def test_an_unhappy_end_is_told(gateway: Function, agent: str, question: str, code: str | None):
    events = list(gateway.url.ask(question, agent=agent).events())

    assert events[-1]["type"] == "error"
    assert [event["type"] for event in events].count("error") == 1
    assert code in (None, events[-1]["error"])


def test_a_flood_comes_through_whole(gateway: Function):
    events = list(gateway.url.ask("!flood", agent="harness").events())

    assert text_of(events) == "賢者は静かに灯を見つめた。" * 100_000


def errors(operation: str) -> dict[str, int]:
    """Each exception that `operation` may answer with, and its status."""
    model = ServiceModel(Loader().load_service_model("bedrock-agentcore", "service-2"))
    return {shape.name: shape.metadata["error"]["httpStatusCode"]
            for shape in model.operation_model(operation).error_shapes}


@pytest.mark.parametrize("history, expected", [("session", [1, 1]), ("client", [1, 3])])
def test_a_named_session_of_a_harness_gets_each_message_once(
        functions, hand_agent: HandAgent, runtime: str, harness: str, history: str, expected: list[int]):
    """A chat has sent all of it, each time: what the harness remembers does not go out again."""
    told = json.loads(agents(runtime, harness))
    told["agents"]["harness"]["history"] = history
    gateway = functions({"GATEWAY_AGENTS": json.dumps(told),
                         "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": next(iter(hand_agent.environment.values()))})
    hand_agent.refuse(400, "ValidationException")

    def turn(*texts: str) -> list[dict]:
        messages = [{"id": str(index), "role": ("user", "assistant")[index % 2],
                     "parts": [{"type": "text", "text": text}]} for index, text in enumerate(texts)]
        # Refused by the agent: what it was asked is all that counts.
        list(gateway.url.lines("/ai-sdk", {"id": "chat-1", "messages": messages, "agent": "harness"}))
        return hand_agent.body["messages"]

    asked = [turn("one"), turn("one", "a", "two")]
    assert [len(messages) for messages in asked] == expected
    assert [messages[-1]["content"][0]["text"] for messages in asked] == ["one", "two"]


@pytest.mark.parametrize("agent, operation", [
    ("runtime", "InvokeAgentRuntime"), ("harness", "InvokeHarness")])
def test_every_exception_of_the_model_has_its_code(
        functions, hand_agent: HandAgent, runtime: str, harness: str, agent: str, operation: str):
    address = next(iter(hand_agent.environment.values()))
    gateway = functions({"GATEWAY_AGENTS": agents(runtime, harness),
                         "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": address})
    codes, answers = {}, []
    for name, status in errors(operation).items():
        hand_agent.refuse(status, name, {"message": SECRET, "reason": SECRET})
        events = list(gateway.url.ask(QUESTION, agent=agent).events())
        codes[name] = events[-1]["error"]
        answers.append(events)
        assert "SECRET" not in json.dumps(events)

    assert codes == {name: CODES[name] for name in errors(operation)}
    assert QUESTION not in "".join(gateway.logs_after(*answers))
