"""A reader who stops reading, as a machine does that goes to sleep, keeps neither the agent nor the function."""

import json
from typing import Iterator

import pytest

from hand_agent import HandAgent
from provision import BOOTSTRAP
from runtime_api import Answer, RuntimeApi

#: More than the sockets on the way hold.
FLOOD = ["火" * 20_000] * 500


@pytest.fixture
def flooding() -> Iterator[HandAgent]:
    agent = HandAgent()
    for text in FLOOD:
        agent.say(text.encode())
    yield agent
    agent.close()


def stopped(api: RuntimeApi, body: object, path: str, seconds: float) -> Answer:
    answer = api.ask(body, path, timeout=seconds)
    answer.until("火")
    answer.hold()
    return answer


@pytest.mark.parametrize(("path", "body"), [
    ("/", {"question": "q"}),
    ("/ai-sdk", {"id": "c", "messages": [{"role": "user", "parts": [{"type": "text", "text": "q"}]}]}),
], ids=["native", "ai-sdk"])
def test_the_agent_the_log_and_the_function_are_free_before_the_deadline(flooding: HandAgent, path: str, body: dict):
    with RuntimeApi([BOOTSTRAP], flooding.environment) as api:
        stopped(api, body, path, seconds=4)

        line = api.line('"outcome"')
        assert (line["outcome"], line["status"]) == ("deadline", 200)
        assert line["durationMs"] < 4_000
        assert flooding.left.wait(60)
        # The reader reads no more, and the next event is asked for all the same.
        api.wait_until_idle()
        assert api.line("undelivered")["outcome"] == "undelivered"
        assert api.ask("", "/healthz", method="GET").status == 200


def test_who_reads_on_finds_the_end(flooding: HandAgent):
    with RuntimeApi([BOOTSTRAP], flooding.environment) as api:
        answer = stopped(api, {"question": "q"}, "/", seconds=15)
        api.line('"outcome"')
        answer.release()

        events = [json.loads(line.removeprefix("data: ")) for line in answer.text.splitlines()
                  if line.startswith("data: ")]
        assert (events[-1]["type"], events[-1]["error"]) == ("error", "deadline")
        # Nothing of what was sent before is missing.
        assert [event["chunkNumber"] for event in events if event["type"] == "chunk"] == [
            number + 1 for number in range(events[-1]["chunkCount"])]
