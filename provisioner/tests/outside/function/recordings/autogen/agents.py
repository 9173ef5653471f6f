"""AutoGen, as AWS's templates and loops of one's own host it."""

import json

from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.conditions import MaxMessageTermination
from autogen_agentchat.messages import ModelClientStreamingChunkEvent
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_core import FunctionCall
from autogen_core.models import ChatCompletionClient, CreateResult, ModelInfo, RequestUsage

import played
from hosting import Hosting, Program, answer

hosting = Hosting()

LOOKS = {"text": played.LOOKING, "calls": played.TOOL}
ANSWERS = {"text": played.PIECES}


class PlayedModel(ChatCompletionClient):
    """Says the given turns, one for each call."""

    def __init__(self, *turns: dict):
        self._turns = list(turns)

    async def create(self, messages, **_: object) -> CreateResult:
        return self._result(self._turns.pop(0))

    async def create_stream(self, messages, **_: object):
        turn = self._turns.pop(0)
        async for piece in played.spoken(turn["text"]):
            yield piece
        if turn.get("breaks"):
            raise played.AgentBroke
        yield self._result(turn)

    @staticmethod
    def _result(turn: dict) -> CreateResult:
        text, usage = "".join(turn["text"]), RequestUsage(prompt_tokens=10, completion_tokens=5)
        if name := turn.get("calls"):
            call = FunctionCall(id="call-1", name=name, arguments=json.dumps(played.TOOL_INPUT, ensure_ascii=False))
            return CreateResult(finish_reason="function_calls", content=[call], usage=usage, cached=False, thought=text)
        return CreateResult(finish_reason="stop", content=text, usage=usage, cached=False)

    @property
    def model_info(self) -> ModelInfo:
        return ModelInfo(vision=False, function_calling=True, json_output=False, family="unknown", structured_output=False)

    capabilities = model_info

    async def close(self) -> None: ...

    def actual_usage(self) -> RequestUsage:
        return RequestUsage(prompt_tokens=10, completion_tokens=5)

    total_usage = actual_usage

    def count_tokens(self, *_: object, **__: object) -> int:
        return 1

    remaining_tokens = count_tokens


async def get_weather(city: str) -> str:
    """Tells the weather."""
    return played.SECRET_RESULT


def agent(*turns: dict, name: str = "SOLOMON", streams: bool = True) -> AssistantAgent:
    return AssistantAgent(name, model_client=PlayedModel(*turns), tools=[get_weather], model_client_stream=streams,
                          reflect_on_tool_use=True)


@hosting.entrypoint(Program("`{result}` with the last message's content, not streamed", [played.ANSWER]))
async def result(payload: dict) -> dict:
    result = await agent(LOOKS, ANSWERS, streams=False).run(task=payload["prompt"])
    return {"result": result.messages[-1].content}


@hosting.entrypoint(answer("the texts of the chunks", before=played.LOOKING))
async def texts(payload: dict):
    async for message in agent(LOOKS, ANSWERS).run_stream(task=payload["prompt"]):
        if isinstance(message, ModelClientStreamingChunkEvent):
            yield message.content


@hosting.entrypoint(answer("everything of `run_stream` as it is: the question, pieces, the whole after them, the result",
                           before=played.LOOKING, tools=[played.TOOL]))
async def messages(payload: dict):
    async for message in agent(LOOKS, ANSWERS).run_stream(task=payload["prompt"]):
        yield message


@hosting.entrypoint(answer("the same as JSON", before=played.LOOKING, tools=[played.TOOL]))
async def messages_dump(payload: dict):
    async for message in agent(LOOKS, ANSWERS).run_stream(task=payload["prompt"]):
        yield message.model_dump(mode="json")


@hosting.entrypoint(Program("the same of a model that does not stream", [played.ANSWER], tools=[played.TOOL],
                            reasoning=["".join(played.LOOKING)]))
async def messages_whole(payload: dict):
    async for message in agent(LOOKS, ANSWERS, streams=False).run_stream(task=payload["prompt"]):
        yield message.model_dump(mode="json")


@hosting.entrypoint(answer("a team: a sage, then the judge", members={"CASPAR": ["賛成", "です。"]}))
async def team(payload: dict):
    team = RoundRobinGroupChat([agent({"text": ["賛成", "です。"]}, name="CASPAR"), agent(ANSWERS)],
                               termination_condition=MaxMessageTermination(3))
    async for message in team.run_stream(task=payload["prompt"]):
        yield message.model_dump(mode="json")


@hosting.entrypoint(answer("fails in the middle", end="agent_failed"))
async def messages_break(payload: dict):
    async for message in agent({**ANSWERS, "breaks": True}).run_stream(task=payload["prompt"]):
        yield message.model_dump(mode="json")


if __name__ == "__main__":
    hosting.serve("AutoGen", "autogen-agentchat", "bedrock-agentcore")
