"""What real agents send reaches the caller, in every dialect: the text once, in order and as it comes, nothing internal,
what it asks back, and the right end.

The recordings were made with the frameworks' own packages (recordings/record.py); here AgentCore is played with them.
"""

import json
import re
from typing import Iterator

import pytest

from accounts import Account
from dialects import ASKED, DIALECTS, Heard, Native
from functions import Function, deploy
from recorded import Recording, RecordedRuntimes, recordings

ARN = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/recorded-AbC1234567"
PROTOCOLS = ("http", "ag-ui", "a2a")
RECORDINGS = list(recordings())

@pytest.fixture(scope="module")
def runtimes() -> Iterator[RecordedRuntimes]:
    runtimes = RecordedRuntimes(RECORDINGS)
    yield runtimes
    runtimes.close()


@pytest.fixture(scope="module")
def gateway(local_account: Account, runtimes: RecordedRuntimes) -> Function:
    agents = {protocol: {"type": "agentcore-runtime", "arn": ARN, "name": ASKED, "protocol": protocol}
              for protocol in PROTOCOLS}
    return deploy(local_account, "recordings", {
        "GATEWAY_AGENTS": json.dumps({"default": "http", "agents": agents}), "GATEWAY_TRACE": "full",
        "GATEWAY_IDLE_TIMEOUT_SECONDS": "60", "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": runtimes.endpoint})


def play(gateway: Function, runtimes: RecordedRuntimes, recording: Recording, dialect: str, trace: str) -> Heard:
    """Plays it; it goes on behind its pause only when the caller has heard what came before."""
    pause, streams = recording.at_pause, dialect != "openai, not streamed"
    runtimes.go_on.clear()
    if not streams:
        runtimes.go_on.set()

    def listen(heard: Heard) -> None:
        if pause and len(heard.so_far()) >= len(pause.text):
            runtimes.go_on.set()

    # A program that wants an AI SDK client's request has no protocol of AgentCore's.
    agent = recording.protocol if recording.protocol in PROTOCOLS else "http"
    heard = DIALECTS[dialect]().ask(gateway.url, agent, f"play {recording.name}", trace, listen)
    assert not pause or runtimes.go_on.is_set(), f"{dialect}: {pause.text!r} was held back: {heard.text}, {heard.end}"
    return heard


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
def test_a_recorded_answer_is_told_once_in_order_and_as_it_comes(
        gateway: Function, runtimes: RecordedRuntimes, recording: Recording):
    for dialect in DIALECTS:
        heard = play(gateway, runtimes, recording, dialect, "summary")
        expected = {ASKED: recording.text, **recording.members}
        if dialect == "openai, not streamed" and recording.end != "complete":
            # An answer in one piece that failed is only its failure.
            expected = {}
        elif not DIALECTS[dialect].names_members:
            reasoning = "".join(heard.reasoning)
            for name, pieces in recording.members.items():
                assert f"[{name}] " in reasoning and all(piece in reasoning for piece in pieces), (dialect, reasoning)
            expected = {ASKED: recording.text}
        assert said(heard.text, dialect) == said(expected, dialect), dialect
        assert heard.end == recording.end, dialect
        assert questions(heard.asked, dialect) == questions(recording.asks, dialect), dialect
        assert heard.waits == bool(recording.asks), dialect
        identifiers = [asked["id"] for asked in heard.asked]
        assert all(identifiers) and len(set(identifiers)) == len(identifiers), dialect
        assert "SECRET" not in heard.raw, dialect


def said(text: dict[str, list[str]], dialect: str) -> dict[str, list[str]]:
    """Without those who say nothing; in one piece where the dialect does not stream."""
    text = {name: pieces for name, pieces in text.items() if "".join(pieces)}
    return {name: ["".join(pieces)] for name, pieces in text.items()} if dialect == "openai, not streamed" else text


def questions(asked: list[dict], dialect: str) -> list[dict]:
    """What this dialect tells of what is asked; a tool's name has not every letter."""
    def told(inquiry: dict) -> dict:
        members = DIALECTS[dialect].tells_of_approvals if inquiry["kind"] == "approval" else Native.tells_of_approvals
        letters = {**inquiry, "name": re.sub(r"[^A-Za-z0-9-]", "_", inquiry["name"])}
        return {name: letters[name] for name in ("kind", *members) if letters.get(name) is not None}
    return list(map(told, asked))


@pytest.mark.parametrize("recording", [recording for recording in RECORDINGS if recording.asks], ids=lambda recording: recording.name)
def test_the_answer_to_what_an_agent_has_asked_back_names_it_as_the_agent_did(
        gateway: Function, runtimes: RecordedRuntimes, recording: Recording):
    heard = play(gateway, runtimes, recording, "native", "summary")
    agent = recording.protocol if recording.protocol in PROTOCOLS else "http"

    Native().go_on(gateway.url, agent, heard, {"question": {"output": "東京"}, "approval": {"approved": True}})

    answered, body = runtimes.other, b"".join(recording.body).decode()
    identifiers = {
        "http": lambda: list(answered["resume"]),
        "ag-ui": lambda: [entry["interruptId"] for entry in answered["resume"]],
        "a2a": lambda: [answered["params"]["message"]["taskId"]],
    }[agent]()
    assert len(identifiers) == len(recording.asks)
    assert all(identifier and identifier in body for identifier in identifiers), identifiers


@pytest.mark.parametrize("recording", [recording for recording in RECORDINGS if recording.reasoning or recording.tools],
                         ids=lambda recording: recording.name)
def test_thoughts_and_tools_are_told_to_whom_may_know_everything(
        gateway: Function, runtimes: RecordedRuntimes, recording: Recording):
    heard = play(gateway, runtimes, recording, "native", "full")

    # Some frameworks call what a model says beside a tool's call a thought as well.
    assert not recording.reasoning or "".join(heard.reasoning) == "".join(recording.reasoning)
    assert heard.tools == recording.tools
