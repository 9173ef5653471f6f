"""The played model for Strands Agents, and what is built on them."""

import json
from collections.abc import AsyncIterator

from strands import Agent, tool
from strands.models import Model

import played

LOOKS = {"text": played.LOOKING, "calls": played.TOOL}
ANSWERS = {"text": played.PIECES}
#: Calls the tool with what the client may see.
ASKS = {**LOOKS, "input": played.ASKED_INPUT}


class PlayedModel(Model):
    """Says the given turns, one for each call."""

    def __init__(self, *turns: dict):
        self._turns = list(turns)

    def update_config(self, **_: object) -> None:
        pass

    def get_config(self) -> dict:
        return {}

    async def structured_output(self, *_: object, **__: object) -> AsyncIterator[dict]:
        raise NotImplementedError
        yield

    async def stream(self, *_: object, **__: object) -> AsyncIterator[dict]:
        turn = self._turns.pop(0)
        yield {"messageStart": {"role": "assistant"}}
        if thought := turn.get("thought"):
            yield {"contentBlockStart": {"start": {}}}
            for piece in thought:
                yield {"contentBlockDelta": {"delta": {"reasoningContent": {"text": piece}}}}
            yield {"contentBlockStop": {}}
        if text := turn.get("text"):
            yield {"contentBlockStart": {"start": {}}}
            async for piece in played.spoken(text):
                yield {"contentBlockDelta": {"delta": {"text": piece}}}
            if turn.get("breaks"):
                raise played.AgentBroke
            yield {"contentBlockStop": {}}
        if name := turn.get("calls"):
            yield {"contentBlockStart": {"start": {"toolUse": {"name": name, "toolUseId": "tool-1"}}}}
            text = json.dumps(turn.get("input", played.TOOL_INPUT), ensure_ascii=False)
            for piece in (text[:9], text[9:]):
                yield {"contentBlockDelta": {"delta": {"toolUse": {"input": piece}}}}
            yield {"contentBlockStop": {}}
        yield {"messageStop": {"stopReason": "tool_use" if name else "end_turn"}}
        yield {"metadata": {"usage": {"inputTokens": played.USAGE["input"], "outputTokens": played.USAGE["output"],
                                      "totalTokens": sum(played.USAGE.values())}, "metrics": {"latencyMs": 7}}}


@tool
def get_weather(city: str) -> str:
    """Tells the weather."""
    return played.SECRET_RESULT


def agent(*turns: dict, name: str = "SOLOMON", tools: list | None = None, **more: object) -> Agent:
    return Agent(model=PlayedModel(*turns), name=name, tools=tools or [get_weather], callback_handler=None, **more)
