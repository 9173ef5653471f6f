"""Every stream ends exactly once, with `complete` or `error`, whatever happens to the agent, the
caller or the function; and the next request is answered."""

import os
import signal

import pytest

import processes
from functions import AGENT_NAME, Function
from function_url import text_of

QUESTION = "東京に新しい公園を作るべきか"


def bootstraps(function: Function) -> list[int]:
    """The running environments of one function."""
    return processes.with_variable("AWS_LAMBDA_FUNCTION_NAME", function.name)


def assert_answers(function: Function) -> None:
    assert list(function.url.ask(QUESTION).events())[-1]["type"] == "complete"


@pytest.mark.parametrize(("question", "error", "retryable", "after_chunks"), [
    ("!throttled", "throttled", True, False),
    ("!throttled-midway", "throttled", True, True),
    ("!closes", "connection_lost", True, True),
    ("!denied", "access_denied", False, False),
    ("!not-found", "agent_not_found", False, False),
])
def test_a_failing_agent_becomes_one_error_event(
        function: Function, question, error, retryable, after_chunks):
    events = list(function.url.ask(question).events())

    end = events[-1]
    chunks = sum(event["type"] == "chunk" for event in events)
    assert (end["type"], end["error"], end["retryable"]) == ("error", error, retryable)
    assert end["chunkCount"] == chunks
    assert (chunks > 0) is after_chunks
    assert end["message"] and question not in end["message"]
    assert not {"complete", "error"} & {event["type"] for event in events[:-1]}


def test_an_answer_without_a_word_is_an_error(hand_function, hand_agent):
    hand_agent.raw(b"")
    hand_agent.end()

    end = list(hand_function.url.ask(QUESTION).events())[-1]

    assert (end["type"], end["error"]) == ("error", "empty_answer")


def test_garbage_in_the_agents_stream_is_an_error(hand_function, hand_agent):
    hand_agent.say("はい".encode())
    hand_agent.raw(b"\0\0\0\x40" + b"not an event stream" * 8)
    hand_agent.end()

    events = list(hand_function.url.ask(QUESTION).events())

    assert text_of(events) == "はい"
    assert events[-1]["type"] == "error"


def test_chunks_before_a_stall_are_not_held_back(function: Function):
    stream = function.url.ask("!stalls")

    assert next(event for event in stream.events() if event["type"] == "chunk")
    stream.close()


def test_a_caller_who_leaves_midway_disturbs_nobody(function: Function):
    for _ in range(3):
        stream = function.url.ask("!flood")
        assert next(event for event in stream.events() if event["type"] == "chunk")
        stream.close()

    assert_answers(function)


def test_a_function_killed_midway_is_seen_and_replaced(functions):
    function = functions()
    stream = function.url.ask("!stalls")
    events = stream.events()
    assert next(event for event in events if event["type"] == "chunk")

    (pid,) = bootstraps(function)
    os.kill(pid, signal.SIGKILL)
    rest = []
    try:
        rest.extend(events)
    except (ConnectionError, AssertionError, OSError):
        # Cut without the last chunk of the HTTP body: also a way to see it.
        pass

    # The one case without an end: there was nobody left to write it.
    assert "complete" not in {event["type"] for event in rest}
    assert_answers(function)
    assert pid not in bootstraps(function)


def test_two_callers_at_once_do_not_wait_for_each_other(function: Function):
    first = function.url.ask("!stalls")
    events = first.events()
    assert next(event for event in events if event["type"] == "chunk")

    assert_answers(function)

    first.close()


def test_callers_do_not_hear_each_others_answers(functions, hand_agent):
    function = functions()
    other = functions(hand_agent.environment)
    stream = other.url.ask(QUESTION)
    hand_agent.say("私だけ".encode())
    hand_agent.end()

    assert "私だけ" not in text_of(list(function.url.ask(QUESTION).events()))
    assert text_of(list(stream.events()), AGENT_NAME) == "私だけ"
