"""What is logged: that a request was served and how it went, never what was asked or answered."""

import json

import pytest

from functions import Function
from processes import wait_until

MARKER = "カササギの合言葉"


def records(function: Function) -> list[dict]:
    """The function's own lines; the platform's have a `type` instead of an `outcome`."""
    lines = [json.loads(line) for line in function.logs() if line.startswith("{")]
    return [line for line in lines if "outcome" in line]


@pytest.fixture
def served(functions) -> tuple[Function, list[list[dict]]]:
    function = functions({"GATEWAY_TRACE": "summary"})
    answers = [list(function.url.ask(f"{question} {MARKER}").events()) for question in (
        "東京に新しい公園を作るべきか", "!throttled-midway", "!denied")]
    function.url.post({"question": MARKER, MARKER: MARKER})
    function.url.post(f'{{"question": "{MARKER}'.encode())
    wait_until(lambda: len(records(function)) >= 5, "five requests are in the log")
    return function, answers


def test_neither_question_nor_answer_is_logged(served):
    function, answers = served

    log = "\n".join(function.logs())

    assert MARKER not in log
    # As json.dumps would write it, too.
    assert json.dumps(MARKER).strip('"') not in log
    for answer in answers:
        for event in answer:
            if event["type"] == "chunk" and len(event["content"].strip()) > 3:
                assert event["content"] not in log


def test_each_request_is_one_line_that_says_how_it_went(served):
    function, answers = served

    lines = records(function)

    assert [(line["status"], line["outcome"]) for line in lines] == [
        (200, "complete"), (200, "throttled"), (200, "access_denied"),
        (400, "invalid_request"), (400, "invalid_json")]
    council = lines[0]
    assert council["chunks"] == answers[0][-1]["chunkCount"]
    assert council["bytes"] == answers[0][-1]["totalBytes"]
    assert council["requestId"] == answers[0][0]["requestId"]
    assert 0 <= council["firstChunkMs"] <= council["durationMs"]
    assert council["inputTokens"] > 0
