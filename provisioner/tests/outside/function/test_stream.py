"""What a caller of the function URL may rely on while the agent answers."""

import re
from datetime import datetime

import pytest

from function_url import Frame, text_of
from functions import AGENT_NAME, Function
from hand_agent import HandAgent

QUESTION = "東京に新しい公園を作るべきか"
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
STATES = {"thinking", "answering", "judging", "done"}
SAGES = {"MELCHIOR", "BALTHASAR", "CASPAR"}


@pytest.fixture(scope="module")
def council(function: Function) -> list[Frame]:
    """One whole answer of the council."""
    return list(function.url.ask(QUESTION, sessionId="s-1").frames())


@pytest.fixture(scope="module")
def events(council: list[Frame]) -> list[dict]:
    return [frame.data for frame in council if frame.data]


def test_the_answer_is_an_event_stream_that_nobody_may_hold_back(function: Function):
    headers = function.url.ask(QUESTION).headers

    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "no-cache, no-transform"
    assert headers["x-accel-buffering"] == "no"
    assert headers["transfer-encoding"] == "chunked"
    assert "content-encoding" not in headers and "content-length" not in headers


def test_a_comment_opens_the_stream(council):
    assert council[0] == Frame(comment="open")
    assert {frame.comment for frame in council[1:] if frame.comment} <= {"keep-alive"}


def test_every_event_has_the_next_id_and_a_timestamp(council, events):
    ids = [frame.id for frame in council if frame.data]
    assert ids == [str(number) for number in range(1, len(ids) + 1)]
    stamps = [event["timestamp"] for event in events]
    assert all(TIMESTAMP.fullmatch(stamp) for stamp in stamps)
    assert stamps == sorted(stamps)


def test_start_comes_first_and_one_end_last(events):
    types = [event["type"] for event in events]

    assert types[0] == "start"
    assert events[0]["sessionId"] == "s-1" and events[0]["requestId"]
    assert types[-1] == "complete"
    assert not {"start", "complete", "error"} & set(types[1:-1])
    assert set(types) == {"start", "agent", "status", "chunk", "trace", "complete"}


def test_every_agent_is_introduced_before_it_is_heard_of(events):
    known: set[str] = set()
    for event in events:
        if event["type"] == "agent":
            assert event["agent"] not in known and event["name"]
            known.add(event["agent"])
        elif "agent" in event:
            assert event["agent"] in known

    assert known == SAGES | {AGENT_NAME}


def test_every_member_of_the_council_tells_what_it_does(events):
    states: dict[str, list[str]] = {}
    for event in events:
        if event["type"] == "status":
            states.setdefault(event["agent"], []).append(event["state"])

    assert set(states) == SAGES | {AGENT_NAME}
    assert {state for path in states.values() for state in path} <= STATES
    for agent, path in states.items():
        assert path[0] == "thinking", (agent, path)
        assert path[-1] == "done", (agent, path)


def test_chunks_are_numbered_from_one_and_say_whose_they_are(events):
    chunks = [event for event in events if event["type"] == "chunk"]

    assert [chunk["chunkNumber"] for chunk in chunks] == list(range(1, len(chunks) + 1))
    assert {chunk["agent"] for chunk in chunks} == SAGES | {AGENT_NAME}
    assert all(chunk["content"] for chunk in chunks)
    for chunk in chunks:
        assert set(chunk) == {"type", "content", "chunkNumber", "agent", "timestamp"}
    # An opinion and a vote from each sage, neither of them twice.
    for sage in SAGES:
        said = [chunk["content"] for chunk in chunks if chunk["agent"] == sage]
        assert len(said) == len(set(said)) == 2


def test_complete_sums_up_what_was_sent(events):
    complete = events[-1]
    chunks = [event for event in events if event["type"] == "chunk"]

    assert complete["chunkCount"] == len(chunks)
    assert complete["totalBytes"] == sum(len(chunk["content"].encode()) for chunk in chunks)
    assert complete["sessionId"] == "s-1"
    assert complete["agentId"] == "MAGICOUNCL"
    assert complete["usage"]["inputTokens"] > 0 and complete["usage"]["outputTokens"] > 0
    elapsed = (datetime.fromisoformat(complete["timestamp"])
               - datetime.fromisoformat(events[0]["timestamp"])).total_seconds() * 1000
    assert isinstance(complete["executionTime"], int)
    # Both clocks start before `start` is written and end with `complete`; stamps are cut to the ms.
    assert complete["executionTime"] >= elapsed - 2


def test_a_trace_says_who_did_what_but_never_the_texts(function: Function):
    marker = "秘密の合言葉はカササギ"
    events = list(function.url.ask(f"{QUESTION} {marker}").events())

    traces = [event for event in events if event["type"] == "trace"]
    answers = [event["content"] for event in events if event["type"] == "chunk"]
    assert traces
    for event in traces:
        assert event["agent"] in SAGES | {AGENT_NAME} and event["trace"]["step"]
        assert marker not in str(event)
        assert not any(len(answer) > 8 and answer in str(event) for answer in answers)


def test_a_caller_who_wants_no_trace_gets_none(function: Function):
    types = {event["type"] for event in function.url.ask(QUESTION, trace="off").events()}

    assert "trace" not in types and {"chunk", "complete"} <= types


def test_session_ids_are_made_up_unguessable_or_kept(function: Function):
    def session_of(**fields) -> str:
        stream = function.url.ask("!denied", **fields)
        return next(stream.events())["sessionId"]

    made_up = {session_of() for _ in range(3)}
    assert len(made_up) == 3
    assert all(re.fullmatch(r"[0-9a-f]{32}", session) for session in made_up)
    assert session_of(sessionId="tab_1:a.b-c") == "tab_1:a.b-c"


def test_the_stream_is_open_before_the_agent_has_answered_anything(hand_function, hand_agent):
    # Silent until the end of this test: what comes before does not wait for it.
    frames = hand_function.url.ask(QUESTION).frames()

    assert next(frames).comment == "open"
    assert next(frames).type == "start"
    hand_agent.say("はい".encode())
    hand_agent.end()
    assert [frame.type for frame in frames if frame.data][-1] == "complete"


def test_each_chunk_arrives_before_the_agent_says_the_next(hand_function, hand_agent: HandAgent):
    """Proof by events: the agent's next word exists only once the caller has read the last one."""
    events = hand_function.url.ask(QUESTION).events()
    assert next(events)["type"] == "start"
    for number in range(1, 21):
        word = f"言葉{number}"
        hand_agent.say(word.encode())
        chunk = next(event for event in events if event["type"] == "chunk")
        assert (chunk["content"], chunk["chunkNumber"]) == (word, number)
    hand_agent.end()

    assert list(events)[-1]["chunkCount"] == 20


def test_a_character_cut_in_two_by_the_agent_arrives_whole(hand_function, hand_agent: HandAgent):
    text = "é言🜂"
    for byte in text.encode():
        hand_agent.say(bytes([byte]))
    hand_agent.end()

    events = list(hand_function.url.ask(QUESTION).events())

    assert text_of(events) == text
    assert events[-1]["type"] == "complete"


def test_a_silent_agent_is_bridged_by_comments_and_given_up(functions, hand_agent: HandAgent):
    function = functions({**hand_agent.environment, "GATEWAY_KEEP_ALIVE_SECONDS": "1",
                          "GATEWAY_IDLE_TIMEOUT_SECONDS": "5"})
    hand_agent.say("はい".encode())

    frames = list(function.url.ask(QUESTION).frames())

    assert [frame.comment for frame in frames].count("keep-alive") >= 3
    end = frames[-1].data
    assert (end["type"], end["error"], end["retryable"], end["chunkCount"]) == (
        "error", "idle", True, 1)


def test_a_stream_ends_by_itself_before_lambda_kills_it(functions, hand_agent: HandAgent):
    function = functions(hand_agent.environment, timeout=10)
    hand_agent.say("はい".encode())

    end = list(function.url.ask(QUESTION).events())[-1]

    assert (end["type"], end["error"], end["chunkCount"]) == ("error", "deadline", 1)


def test_health_is_told_without_asking_the_agent(hand_function, hand_agent: HandAgent):
    answer = hand_function.url.request("GET", "/healthz")

    assert (answer.status, answer.json()) == (200, {"status": "ok"})
    assert not hand_agent.asked.is_set()
