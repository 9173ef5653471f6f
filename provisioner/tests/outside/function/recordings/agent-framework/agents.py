"""Microsoft's Agent Framework in loops of one's own."""

import json

from agent_framework import (
    Agent, BaseChatClient, ChatResponse, ChatResponseUpdate, Content, FunctionInvocationLayer, Message, ResponseStream, tool,
)

import played
from hosting import Hosting, Program, answer

hosting = Hosting()

LOOKS = {"text": played.LOOKING, "calls": played.TOOL}
ANSWERS = {"text": played.PIECES}


class PlayedClient(FunctionInvocationLayer, BaseChatClient):
    """Says the given turns, one for each call."""

    def __init__(self, *turns: dict):
        super().__init__()
        self._turns = list(turns)

    def _inner_get_response(self, *, messages, stream, options, **_: object):
        turn = self._turns.pop(0)
        if stream:
            return ResponseStream(self._updates(turn), finalizer=ChatResponse.from_updates)
        return self._whole(turn)

    async def _whole(self, turn: dict) -> ChatResponse:
        return ChatResponse(messages=[Message("assistant", [Content.from_text("".join(turn["text"])), *calls(turn)])], response_id="r-1")

    async def _updates(self, turn: dict):
        for piece in turn.get("thought", []):
            yield update([Content.from_text_reasoning(text=piece)])
        async for piece in played.spoken(turn["text"]):
            yield update([Content.from_text(piece)])
        if turn.get("breaks"):
            raise played.AgentBroke
        for call in calls(turn):
            yield update([call])


def update(contents: list[Content]) -> ChatResponseUpdate:
    return ChatResponseUpdate(contents=contents, role="assistant", response_id="r-1", message_id="m-1")


def calls(turn: dict) -> list[Content]:
    if name := turn.get("calls"):
        return [Content.from_function_call("call-1", name, arguments=json.dumps(played.TOOL_INPUT, ensure_ascii=False))]
    return []


@tool(approval_mode="never_require")
def get_weather(city: str) -> str:
    """Tells the weather."""
    return played.SECRET_RESULT


def agent(*turns: dict) -> Agent:
    return Agent(PlayedClient(*turns), name="SOLOMON", tools=[get_weather])


THINKS_AND_LOOKS = {**LOOKS, "thought": played.THOUGHT}


@hosting.entrypoint(Program("`{result}`, not streamed", ["".join(played.LOOKING) + played.ANSWER]))
async def result(payload: dict) -> dict:
    return {"result": (await agent(LOOKS, ANSWERS).run(payload["prompt"])).text}


@hosting.entrypoint(answer("the updates as they are: their texts", before=played.LOOKING))
async def updates(payload: dict):
    async for update in agent(THINKS_AND_LOOKS, ANSWERS).run(payload["prompt"], stream=True):
        yield update


@hosting.entrypoint(answer("the updates as dictionaries", before=played.LOOKING, tools=[played.TOOL], reasoning=played.THOUGHT))
async def updates_dict(payload: dict):
    async for update in agent(THINKS_AND_LOOKS, ANSWERS).run(payload["prompt"], stream=True):
        yield update.to_dict()


@hosting.entrypoint(Program("the response as a dictionary, not streamed", ["".join(played.LOOKING), played.ANSWER],
                            tools=[played.TOOL]))
async def response_dict(payload: dict):
    return (await agent(LOOKS, ANSWERS).run(payload["prompt"])).to_dict()


@hosting.entrypoint(answer("the updates as dictionaries, and fails in the middle", end="agent_failed"))
async def updates_break(payload: dict):
    async for update in agent({**ANSWERS, "breaks": True}).run(payload["prompt"], stream=True):
        yield update.to_dict()


if __name__ == "__main__":
    hosting.serve("Microsoft Agent Framework", "agent-framework-core", "bedrock-agentcore")
