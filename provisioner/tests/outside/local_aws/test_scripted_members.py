"""What a scripted agent sends beside words: botocore reads all of it by the service's model, and the
function tells each of it to its client."""

import base64

import pytest

from function_url import text_of

AGENT = {"agentId": "MAGICOUNCL", "agentAliasId": "LIVE"}
RESULT = {"functionResult": {"actionGroup": "weather", "function": "forecast",
                             "responseBody": {"TEXT": {"body": "晴れ"}}}}


@pytest.fixture(scope="module")
def agents(local_account):
    return local_account.client("bedrock-agent-runtime")


def ask(agents, question: str, **options) -> list[dict]:
    options = {**AGENT, "sessionId": "s-1", "enableTrace": True,
               "streamingConfigurations": {"streamFinalResponse": True}, **options}
    return list(agents.invoke_agent(inputText=question, **options)["completion"])


def steps(events: list[dict], kind: str = "orchestrationTrace") -> list[dict]:
    return [event["trace"]["trace"][kind] for event in events
            if kind in event.get("trace", {}).get("trace", {})]


def words(events: list[dict]) -> str:
    return b"".join(event["chunk"]["bytes"] for event in events if "chunk" in event).decode()


def test_sources_of_an_answer(agents):
    events = ask(agents, "!citations")

    (cited,) = [event["chunk"] for event in events if "attribution" in event.get("chunk", {})]
    (citation,) = cited["attribution"]["citations"]
    part = citation["generatedResponsePart"]["textResponsePart"]
    assert part["text"] == cited["bytes"].decode()
    span = part["span"]
    assert words(events)[span["start"]:span["end"] + 1] == part["text"]
    kinds = [reference["location"]["type"] for reference in citation["retrievedReferences"]]
    assert kinds == ["S3", "WEB"]


def test_files(agents):
    (part,) = [event["files"] for event in ask(agents, "!files") if "files" in event]

    (file,) = part["files"]
    assert (file["name"], file["type"]) == ("votes.csv", "text/csv")
    assert file["bytes"].decode().startswith("賢者,票\n")


def test_reasoning(agents):
    outputs = [step["modelInvocationOutput"] for step in steps(ask(agents, "!reasoning"))
               if "modelInvocationOutput" in step]

    assert outputs[0]["reasoningContent"]["reasoningText"]["text"].startswith("問いの裏に")


def test_tools_and_what_they_gave_back(agents):
    told = steps(ask(agents, "!tools"))

    called = [step["invocationInput"] for step in told if "invocationInput" in step]
    assert [call["invocationType"] for call in called] == [
        "ACTION_GROUP", "ACTION_GROUP_CODE_INTERPRETER", "ACTION_GROUP_CODE_INTERPRETER"]
    assert called[0]["actionGroupInvocationInput"]["function"] == "forecast"
    observed = [step["observation"] for step in told if "observation" in step]
    assert "21" in observed[0]["actionGroupInvocationOutput"]["text"]
    assert observed[2]["codeInterpreterInvocationOutput"]["executionError"].startswith("ZeroDivision")
    assert [call["traceId"] for call in called] == [seen["traceId"] for seen in observed[:3]]


def test_a_guardrail_that_intervenes(agents):
    (guardrail,) = steps(ask(agents, "!guardrail"), "guardrailTrace")

    assert guardrail["action"] == "INTERVENED"
    assert guardrail["inputAssessments"][0]["topicPolicy"]["topics"][0]["action"] == "BLOCKED"


def test_control_that_comes_back(agents):
    events = ask(agents, "!return-control")
    (control,) = [event["returnControl"] for event in events if "returnControl" in event]
    (asked,) = control["invocationInputs"]
    assert asked["functionInvocationInput"]["function"] == "forecast"
    assert "returnControl" in events[-2] or "returnControl" in events[-1]

    answer = ask(agents, "", sessionState={"invocationId": control["invocationId"],
                                           "returnControlInvocationResults": [RESULT]})

    assert "晴れ" in words(answer)
    with pytest.raises(Exception, match="Invocation id"):
        ask(agents, "", sessionState={"returnControlInvocationResults": [RESULT]})


@pytest.fixture(scope="session")
def told(local_account, bootstrap):
    """Asks a function that may tell everything; the events of the answer."""
    from functions import deploy
    function = deploy(local_account, "tells-everything", {"GATEWAY_TRACE": "full"})
    return lambda question, **fields: list(function.url.ask(question, **{"trace": "full", **fields}).events())


def only(events: list[dict], kind: str) -> list[dict]:
    return [event for event in events if event["type"] == kind]


def test_the_function_tells_sources_and_files(told):
    (citation,) = only(told("!citations"), "citation")
    assert [source["location"] for source in citation["sources"]] == [
        "s3://magi-library/parks.pdf", "https://example.com/trees"]
    assert citation["sources"][0]["title"] == "都市公園白書"
    (file,) = only(told("!files"), "file")
    assert base64.b64decode(file["bytes"]).decode().startswith("賢者,票\n")


def test_the_function_tells_tools_reasoning_and_guardrails_in_full(told):
    events = told("!tools")
    calls, results = only(events, "toolCall"), only(events, "toolResult")
    assert [call["id"] for call in calls] == [result["id"] for result in results]
    assert [call["name"] for call in calls] == [
        "weather.forecast", "codeInterpreter", "codeInterpreter"]
    assert calls[0]["input"]["parameters"][0]["value"] == "東京"
    assert [result["failed"] for result in results] == [False, False, True]
    assert only(told("!reasoning"), "reasoning")[0]["content"].startswith("問いの裏に")
    actions = [event["trace"].get("guardrailAction") for event in only(told("!guardrail"), "trace")]
    assert "INTERVENED" in actions
    summary = told("!tools", trace="summary")
    assert [call["name"] for call in only(summary, "toolCall")] == [call["name"] for call in calls]
    assert "東京" not in str(only(summary, "toolCall"))
    assert not only(told("!reasoning", trace="summary"), "reasoning")
    assert not only(told("!tools", trace="off"), "toolCall")


def test_the_function_hands_control_over_and_takes_it_back(told):
    events = told("!return-control", sessionId="weather-1")
    (control,) = only(events, "returnControl")
    assert events[-1]["type"] == "complete"

    answer = told("", sessionId="weather-1", returnControl={
        "invocationId": control["invocationId"], "results": [RESULT]})

    assert "晴れ" in text_of(answer)
