"""Every exception that `InvokeAgent` can answer with has its code, and nothing of its own words reaches
the client. Which there are is asked of botocore's model of the service."""

import json

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel, StructureShape

QUESTION = "東京に新しい公園を作るべきか"
# function/README.md documents these.
CODES = {
    "AccessDeniedException": "access_denied",
    "BadGatewayException": "dependency_failed",
    "ConflictException": "session_busy",
    "DependencyFailedException": "dependency_failed",
    "InternalServerException": "agent_unavailable",
    "ModelNotReadyException": "model_not_ready",
    "ResourceNotFoundException": "agent_not_found",
    "ServiceQuotaExceededException": "quota_exceeded",
    "ThrottlingException": "throttled",
    "ValidationException": "rejected",
}
SECRET = "SECRET-カササギの合言葉"


@pytest.fixture(scope="module")
def invoke_agent():
    model = Loader().load_service_model("bedrock-agent-runtime", "service-2")
    return ServiceModel(model).operation_model("InvokeAgent")


@pytest.fixture(scope="module")
def sent(invoke_agent) -> list[StructureShape]:
    """The exceptions instead of a stream."""
    return invoke_agent.error_shapes


@pytest.fixture(scope="module")
def streamed(invoke_agent) -> dict[str, StructureShape]:
    """The exceptions in the stream, by the name that the message has."""
    members = invoke_agent.output_shape.members["completion"].members
    return {name: shape for name, shape in members.items() if shape.metadata.get("exception")}


def filled(shape: StructureShape) -> dict:
    """An exception whose every member is something that nobody may see."""
    assert all(member.type_name == "string" for member in shape.members.values())
    return {name: f"{SECRET} {name}" for name in shape.members}


def end_of(function) -> tuple[str, bytes]:
    """The code of the one error, and all that the client has got."""
    answer = function.url.post({"question": QUESTION})
    assert answer.status == 200
    data = [json.loads(line.removeprefix(b"data: "))
            for line in answer.body.splitlines() if line.startswith(b"data: ")]
    ends = [event for event in data if event["type"] in ("complete", "error")]
    assert ends == data[-1:]
    return ends[0]["error"], str(answer.headers).encode() + answer.body


def assert_silent(told: bytes) -> None:
    assert SECRET.encode() not in told
    assert json.dumps(SECRET).strip('"').encode() not in told
    assert b"SECRET" not in told


def test_every_exception_instead_of_a_stream_has_its_code(hand_function, hand_agent, sent):
    codes = {}
    for shape in sent:
        hand_agent.refuse(shape.metadata["error"]["httpStatusCode"], shape.name, filled(shape))
        codes[shape.name], told = end_of(hand_function)
        assert_silent(told)

    assert codes == CODES


def test_every_exception_in_the_stream_has_the_same_code(hand_function, hand_agent, streamed):
    codes = {}
    for name, shape in streamed.items():
        hand_agent.say("はい".encode())
        hand_agent.fail(name, filled(shape))
        hand_agent.end()
        codes[shape.name], told = end_of(hand_function)
        assert_silent(told)

    assert codes == CODES


def test_an_exception_of_tomorrow_is_told_without_its_words(hand_function, hand_agent):
    hand_agent.fail("somethingNewException", {"message": SECRET})
    hand_agent.end()
    in_the_stream, told = end_of(hand_function)
    assert_silent(told)
    hand_agent.refuse(418, "SomethingNewException", {"message": SECRET})
    instead_of_it, told_too = end_of(hand_function)
    assert_silent(told_too)

    assert (in_the_stream, instead_of_it) == ("agent_unavailable", "agent_unavailable")


def test_what_a_failed_step_or_a_guardrail_saw_is_not_told(hand_function, hand_agent):
    for trace in [
        {"failureTrace": {"traceId": "t-1", "failureCode": 500, "failureReason": SECRET}},
        {"guardrailTrace": {"traceId": "t-1", "action": "INTERVENED", "inputAssessments": [
            {"wordPolicy": {"customWords": [{"match": SECRET, "action": "BLOCKED"}]}}]}},
        {"orchestrationTrace": {"modelInvocationInput": {"traceId": "t-1", "text": SECRET}}},
        {"orchestrationTrace": {"rationale": {"traceId": "t-1", "text": SECRET}}},
        {"orchestrationTrace": {"invocationInput": {
            "traceId": "t-1", "knowledgeBaseLookupInput": {"knowledgeBaseId": SECRET, "text": SECRET}}}},
    ]:
        hand_agent.tell("trace", {"agentId": "MAGICOUNCL", "sessionId": "s-1", "trace": trace})
    hand_agent.fail("internalServerException", {"message": SECRET, "reason": SECRET})
    hand_agent.end()

    code, told = end_of(hand_function)

    assert code == "agent_unavailable"
    assert b'"failureCode":500' in told and b"INTERVENED" in told
    assert_silent(told)
