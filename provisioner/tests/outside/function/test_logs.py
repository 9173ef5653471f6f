"""What is logged: that a request was served and how it went, never what was asked or answered."""

import json
import time

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
    # Scoped to the caller, so not what the client calls it.
    assert council["session"] and council["session"] != answers[0][0]["sessionId"]
    assert council["traceId"].startswith("Root=1-")


def test_metrics_are_in_the_same_line_as_cloudwatch_reads_them(served):
    function, answers = served

    for line in records(function)[:3]:
        directives = line["_aws"]["CloudWatchMetrics"]
        assert abs(line["_aws"]["Timestamp"] / 1000 - time.time()) < 3600
        for directive in directives:
            assert 1 <= len(directive["Metrics"]) <= 100
            for metric in directive["Metrics"]:
                assert isinstance(line[metric["Name"]], int)
                assert metric["Unit"] in ("Count", "Milliseconds")
            for dimensions in directive["Dimensions"]:
                assert all(isinstance(line[name], str) for name in dimensions)
        assert {tuple(set_) for directive in directives for set_ in directive["Dimensions"]} == {
            ("agent",), ("agent", "outcome")}
        assert line["Errors"] == (line["outcome"] != "complete")
        assert line["Tokens"] == line["inputTokens"] + line["outputTokens"]
    # Nothing that is not an answer is measured.
    assert not any("_aws" in line for line in records(function)[3:])
