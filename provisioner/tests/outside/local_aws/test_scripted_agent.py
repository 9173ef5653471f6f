"""The scripted agents, asked by botocore: the wire format is right if botocore's own parser of the
service's model says so."""

import contextlib
import threading
from typing import Iterator

import pytest
from botocore.exceptions import ClientError, EventStreamError, ReadTimeoutError, ResponseStreamingError
from urllib3.exceptions import ProtocolError

from accounts import Account
from local_dev import local_dev

AGENT = {"agentId": "MAGICOUNCL", "agentAliasId": "LIVE"}
QUESTION = "東京に新しい公園を作るべきか"
SAGES = {"CASPAR", "BALTHASAR", "MELCHIOR"}
STREAMING = {"streamFinalResponse": True}
# Fast enough for a test, slow enough to see an order.
PACED = ("--speed", "4")
# A pause of a word's length lasts longer than any test.
STANDING_STILL = ("--speed", "0.0001")


@pytest.fixture(scope="module")
def agents(local_account):
    """The agents of the common local AWS, which does not wait."""
    return local_account.client("bedrock-agent-runtime")


@pytest.fixture(scope="module")
def paced_agents(tmp_path_factory):
    """Agents that take their time, in a local AWS of their own."""
    with local_dev(tmp_path_factory.mktemp("paced"), *PACED) as line:
        yield Account.of_line(line).client("bedrock-agent-runtime")


@pytest.fixture(scope="module")
def waiting_agents(tmp_path_factory):
    """Agents that come as far as their first pause, in a local AWS of their own."""
    with local_dev(tmp_path_factory.mktemp("waiting"), *STANDING_STILL) as line:
        yield Account.of_line(line).client("bedrock-agent-runtime")


def ask(agents, question: str, **options) -> dict:
    options = {**AGENT, "sessionId": "s-1", "streamingConfigurations": STREAMING, **options}
    return agents.invoke_agent(inputText=question, **options)


def chunks(agents, question: str, **options) -> list[bytes]:
    completion = ask(agents, question, **options)["completion"]
    return [event["chunk"]["bytes"] for event in completion if "chunk" in event]


@pytest.fixture(scope="module")
def council(paced_agents) -> list[dict]:
    """All events of a whole answer."""
    return list(ask(paced_agents, QUESTION, enableTrace=True)["completion"])


def before_another_answer(agents, question: str) -> list[dict]:
    """What is said to a question before another one, asked behind its first event, has been answered whole."""
    completion = ask(agents, question, enableTrace=True)["completion"]
    events: list[dict] = []
    begun = threading.Event()

    def read(stream: Iterator[dict]) -> None:
        # It ends with the local AWS.
        with contextlib.suppress(ReadTimeoutError, ProtocolError, ResponseStreamingError):
            for event in stream:
                events.append(event)
                begun.set()

    threading.Thread(target=read, args=[iter(completion)], daemon=True).start()
    assert begun.wait(60), "it says nothing"
    assert chunks(agents, "!one-chunk")
    return list(events)


def traces(council, *path: str) -> list[tuple[str, dict]]:
    """What is found at the path in orchestration traces, and by whom it was told."""
    found = []
    for event in council:
        part = event.get("trace")
        value = part and part["trace"]["orchestrationTrace"]
        for step in path:
            value = (value or {}).get(step)
        if value is not None:
            found.append((part.get("collaboratorName", "SOLOMON"), value))
    return found


def test_the_answer_says_which_session_it_belongs_to(agents):
    answer = ask(agents, "!one-chunk", sessionId="tab_1:a.b-c".replace("_", "-"), memoryId="m-1")

    assert answer["sessionId"] == "tab-1:a.b-c"
    assert answer["memoryId"] == "m-1"
    assert answer["contentType"] == "application/json"
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-type"] == (
        "application/vnd.amazon.eventstream")


def test_each_sage_speaks_twice_and_solomon_last(council):
    told = traces(council, "observation", "finalResponse", "text")

    tellers = [teller for teller, _ in told]
    assert tellers[-1] == "SOLOMON"
    assert sorted(tellers[:-1]) == sorted([*SAGES, *SAGES])
    assert set(tellers[:3]) == SAGES
    observed = traces(council, "observation", "agentCollaboratorInvocationOutput")
    assert {teller for teller, _ in observed} == {"SOLOMON"}
    assert [output["output"]["text"] for _, output in observed] == [text for _, text in told[:-1]]
    votes = "".join(text for _, text in told[3:6])
    assert all(vote in votes for vote in ("【賛成】", "【反対】", "【条件付き】"))
    verdict = b"".join(event["chunk"]["bytes"] for event in council if "chunk" in event)
    assert told[-1][1] == verdict.decode()


def test_the_council_takes_its_time(council, waiting_agents):
    # The verdict is read out, not thrown at the reader.
    assert sum("chunk" in event for event in council) > 80
    # Thinking takes its time,
    so_far = before_another_answer(waiting_agents, QUESTION)
    assert {teller for teller, _ in traces(so_far, "modelInvocationInput")} == {"SOLOMON"}
    assert not traces(so_far, "modelInvocationOutput") and not [event for event in so_far if "chunk" in event]
    # and so does every word.
    assert ["chunk" in event for event in before_another_answer(waiting_agents, "!silence")] == [True]


def test_sages_think_at_the_same_time(council):
    order = [(teller, "began") for teller, _ in traces(council, "modelInvocationInput")]
    begun = [teller for teller, _ in order if teller in SAGES][:3]
    first_answer = next(at for at, event in enumerate(council) if "trace" in event
                        and "observation" in event["trace"]["trace"]["orchestrationTrace"])
    started = [at for at, event in enumerate(council) if "trace" in event
               and event["trace"].get("collaboratorName") in SAGES
               and "modelInvocationInput" in event["trace"]["trace"]["orchestrationTrace"]]

    assert set(begun) == SAGES
    assert all(at < first_answer for at in started[:3])


def test_what_a_sage_says_does_not_wait_for_the_others(tmp_path):
    (tmp_path / "scenario.yaml").write_text("""
agent: {name: SOLOMON, id: MAGICOUNCL, alias: LIVE}
answers:
  - when: "!one-chunk"
    steps: [{say: {text: all of it}}]
  - steps:
      - parallel:
          - [wait: 3000, {say: {text: late}}]
          - [{say: {text: early}}]
""")
    with local_dev(tmp_path, *STANDING_STILL, "--scenario", "scenario.yaml") as line:
        so_far = before_another_answer(Account.of_line(line).client("bedrock-agent-runtime"), QUESTION)

    assert [event["chunk"]["bytes"] for event in so_far] == [b"early"]


def test_traces_have_the_shape_of_the_model(council):
    parts = [event["trace"] for event in council if "trace" in event]

    for part in parts:
        assert part["agentVersion"] and part["sessionId"] == "s-1" and part["eventTime"].tzinfo
        arns = [caller["agentAliasArn"] for caller in part["callerChain"]]
        assert len(arns) == (2 if "collaboratorName" in part else 1)
        assert arns[-1].endswith(f"agent-alias/{part['agentId']}/{part['agentAliasId']}")
    usage = [output["metadata"]["usage"]
             for _, output in traces(council, "modelInvocationOutput")]
    assert all(it["inputTokens"] > 0 and it["outputTokens"] > 0 for it in usage)
    assert {teller for teller, _ in traces(council, "rationale")} == SAGES | {"SOLOMON"}
    asked = traces(council, "invocationInput", "agentCollaboratorInvocationInput")
    assert {told["agentCollaboratorName"] for _, told in asked} == SAGES
    assert QUESTION in asked[0][1]["input"]["text"]


def test_without_streaming_the_answer_is_one_chunk(agents):
    assert len(chunks(agents, "!split", streamingConfigurations={})) == 1
    assert len(chunks(agents, "!split")) > 10


def test_traces_come_only_if_asked_for(agents):
    events = list(ask(agents, "!one-chunk")["completion"])
    assert [set(event) for event in events] == [{"chunk"}]


@pytest.mark.parametrize(("question", "code", "after_chunks"), [
    ("!throttled-midway", "throttlingException", True),
    ("!denied", "accessDeniedException", False),
])
def test_an_exception_in_the_stream_is_one_to_botocore(agents, question, code, after_chunks):
    got = []
    with pytest.raises(EventStreamError) as raised:
        for event in ask(agents, question)["completion"]:
            got.append(event)
    assert raised.value.response["Error"]["Code"] == code
    assert raised.value.response["Error"]["Message"]
    assert bool(got) is after_chunks


@pytest.mark.parametrize(("question", "code", "status"), [
    ("!throttled", "ThrottlingException", 429),
    ("!not-found", "ResourceNotFoundException", 404),
])
def test_a_refusal_comes_before_the_stream(agents, question, code, status):
    with pytest.raises(ClientError) as raised:
        ask(agents, question)
    assert raised.value.response["Error"]["Code"] == code
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize(("wrong", "code"), [
    ({"agentId": "OTHERAGENT"}, "ResourceNotFoundException"),
    ({"agentAliasId": "OTHER"}, "ResourceNotFoundException"),
    ({"agentId": "magi-agent"}, "ValidationException"),
    ({"sessionId": "a b"}, "ValidationException"),
    ({"streamingConfigurations": {"applyGuardrailInterval": -1}}, None),
])
def test_identifiers_are_checked(agents, wrong, code):
    with pytest.raises(Exception) as raised:
        ask(agents, QUESTION, **wrong)
    # botocore itself checks numbers.
    if code:
        assert raised.value.response["Error"]["Code"] == code


def test_a_closed_connection_is_an_error_behind_what_was_said(agents):
    got = []
    with pytest.raises(Exception, match="(?i)premature|incomplete|broken|reset"):
        for event in ask(agents, "!closes")["completion"]:
            got.append(event)
    assert got


def test_a_stall_says_something_first(agents):
    completion = ask(agents, "!stalls")["completion"]
    assert "chunk" in next(iter(completion))
    completion.close()


def test_long_silence_ends(agents):
    text = b"".join(chunks(agents, "!silence")).decode()
    assert text == "長い沈黙のあとで、言葉はふたたび流れはじめます。"


def test_a_flood_is_whole(agents):
    got = chunks(agents, "!flood")
    assert len(got) == 100_000
    assert {len(chunk) for chunk in got} == {39}


def test_a_chunk_has_up_to_a_million_bytes(agents):
    (chunk,) = chunks(agents, "!megabyte")
    assert len(chunk) == 1_000_000
    chunk.decode()


def test_characters_are_cut_in_the_middle(agents):
    got = chunks(agents, "!split")
    whole = b"".join(got).decode()
    assert "🜂" in whole

    def is_broken(chunk: bytes) -> bool:
        try:
            chunk.decode()
        except UnicodeDecodeError:
            return True
        return False

    assert sum(map(is_broken, got)) > 5


def test_the_end_of_a_session_is_confirmed(agents):
    answer = agents.invoke_agent(**AGENT, sessionId="s-1", endSession=True)
    (event,) = answer["completion"]
    assert b"terminated" in event["chunk"]["bytes"]
