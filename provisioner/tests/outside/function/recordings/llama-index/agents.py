"""LlamaIndex's agents, as AWS's samples and loops of one's own host them."""

from typing import Any

from llama_index.core.agent.workflow import AgentStream, FunctionAgent
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, LLMMetadata
from llama_index.core.llms import CustomLLM
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.llms.llm import ToolSelection
from llama_index.core.tools import FunctionTool
from pydantic import Field

import played
from hosting import Hosting, Program, answer

hosting = Hosting()

LOOKS = {"text": played.LOOKING, "calls": played.TOOL}
ANSWERS = {"text": played.PIECES}


class PlayedModel(FunctionCallingLLM, CustomLLM):
    """Says the given turns, one for each call."""

    turns: list[dict] = Field(default_factory=list)

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(is_function_calling_model=True, is_chat_model=True, model_name="played")

    def complete(self, *_: Any, **__: Any):
        raise NotImplementedError

    def stream_complete(self, *_: Any, **__: Any):
        raise NotImplementedError

    async def achat(self, messages: Any, **_: Any) -> ChatResponse:
        turn = self.turns.pop(0)
        return response("".join(turn["text"]), None, turn.get("calls"))

    async def astream_chat(self, messages: Any, **_: Any):
        turn = self.turns.pop(0)

        async def responses():
            so_far = ""
            async for piece in played.spoken(turn["text"]):
                so_far += piece
                yield response(so_far, piece, None)
            if turn.get("breaks"):
                raise played.AgentBroke
            if name := turn.get("calls"):
                yield response(so_far, "", name)
        return responses()

    def _prepare_chat_with_tools(self, tools: Any, user_msg: Any = None, chat_history: Any = None, **_: Any) -> dict:
        return {"messages": chat_history or []}

    def get_tool_calls_from_response(self, response: ChatResponse, error_on_no_tool_call: bool = True, **_: Any):
        return [ToolSelection(tool_id="call-1", tool_name=name, tool_kwargs=played.TOOL_INPUT)
                for name in response.message.additional_kwargs.get("tool_calls", [])]


def response(text: str, delta: str | None, calls: str | None) -> ChatResponse:
    more = {"tool_calls": [calls]} if calls else {}
    return ChatResponse(message=ChatMessage(role="assistant", content=text, additional_kwargs=more), delta=delta)


def get_weather(city: str) -> str:
    """Tells the weather."""
    return played.SECRET_RESULT


def agent(*turns: dict, streaming: bool = True) -> FunctionAgent:
    return FunctionAgent(name="SOLOMON", description="Answers.", llm=PlayedModel(turns=list(turns)), streaming=streaming,
                         tools=[FunctionTool.from_defaults(get_weather)])


@hosting.entrypoint(Program("`{result}`, not streamed", [played.ANSWER]))
async def result(payload: dict) -> dict:
    return {"result": str(await agent(LOOKS, ANSWERS, streaming=False).run(user_msg=payload["prompt"]))}


@hosting.entrypoint(Program("the answer's object as it is, not streamed", [played.ANSWER]))
async def output(payload: dict):
    return await agent(LOOKS, ANSWERS, streaming=False).run(user_msg=payload["prompt"])


@hosting.entrypoint(answer("the texts of the stream", before=played.LOOKING))
async def texts(payload: dict):
    async for event in agent(LOOKS, ANSWERS).run(user_msg=payload["prompt"]).stream_events():
        if isinstance(event, AgentStream) and event.delta:
            yield event.delta


@hosting.entrypoint(answer("every event as it is", before=played.LOOKING, tools=[played.TOOL]))
async def events(payload: dict):
    async for event in agent(LOOKS, ANSWERS).run(user_msg=payload["prompt"]).stream_events():
        yield event


@hosting.entrypoint(answer("every event as a dictionary, with its name", before=played.LOOKING, tools=[played.TOOL]))
async def events_dump(payload: dict):
    async for event in agent(LOOKS, ANSWERS).run(user_msg=payload["prompt"]).stream_events():
        yield {"event": type(event).__name__, "data": event.model_dump(mode="json")}


@hosting.entrypoint(answer("every event, and fails in the middle", end="agent_failed"))
async def events_break(payload: dict):
    handler = agent({**ANSWERS, "breaks": True}).run(user_msg=payload["prompt"])
    async for event in handler.stream_events():
        yield event
    await handler


if __name__ == "__main__":
    hosting.serve("LlamaIndex", "llama-index-core", "llama-index-workflows", "bedrock-agentcore")
