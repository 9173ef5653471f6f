"""The played model for LangChain and what builds on it."""

import json
from typing import Annotated, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.tools import InjectedToolCallId, tool
from pydantic import Field

import played

LOOKS = {"text": played.LOOKING, "calls": played.TOOL}
ANSWERS = {"text": played.PIECES}
#: Calls the tool with what the client may see.
ASKS = {**LOOKS, "input": played.ASKED_INPUT}


class PlayedModel(BaseChatModel):
    """Says the given turns, one for each call."""

    turns: list[dict] = Field(default_factory=list)
    #: Whether its content is a list of blocks, as that of Bedrock's and Anthropic's models is.
    in_blocks: bool = False

    @property
    def _llm_type(self) -> str:
        return "played"

    def bind_tools(self, tools: Any, **_: Any) -> "PlayedModel":
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        turn = self.turns.pop(0)
        text = "".join(turn["text"])
        content: Any = text
        if self.in_blocks:
            content = [{"type": "text", "text": text}]
            if thought := turn.get("thought"):
                content.insert(0, {"type": "reasoning_content", "reasoning_content": {"text": "".join(thought), "signature": "c2ln"}})
        arguments = turn.get("input", played.TOOL_INPUT)
        calls = [{"name": name, "args": arguments, "id": "call-1"}] if (name := turn.get("calls")) else []
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content, tool_calls=calls))])

    async def _agenerate(self, *arguments: Any, **named: Any) -> ChatResult:
        return self._generate(*arguments, **named)

    async def _astream(self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **_: Any):
        turn = self.turns.pop(0)

        def chunk(message: AIMessageChunk) -> ChatGenerationChunk:
            return ChatGenerationChunk(message=message)

        index = 0
        if thought := turn.get("thought"):
            for piece in thought:
                yield chunk(AIMessageChunk([{"type": "reasoning_content", "index": 0, "reasoning_content": {"type": "text", "text": piece}}]))
            index = 1
        async for piece in played.spoken(turn["text"]):
            content = [{"type": "text", "text": piece, "index": index}] if self.in_blocks else piece
            generation = chunk(AIMessageChunk(content))
            if run_manager:
                await run_manager.on_llm_new_token(piece, chunk=generation)
            yield generation
        if turn.get("breaks"):
            raise played.AgentBroke
        if name := turn.get("calls"):
            arguments = json.dumps(turn.get("input", played.TOOL_INPUT), ensure_ascii=False)
            calls = [{"name": name, "args": arguments[:9], "id": "call-1", "index": index + 1, "type": "tool_call_chunk"}]
            yield chunk(AIMessageChunk("", tool_call_chunks=calls))
            calls = [{"name": None, "args": arguments[9:], "id": None, "index": index + 1, "type": "tool_call_chunk"}]
            yield chunk(AIMessageChunk("", tool_call_chunks=calls))
        usage = {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}
        yield chunk(AIMessageChunk("", usage_metadata=usage, chunk_position="last",
                                   response_metadata={"stopReason": "tool_use" if name else "end_turn"}))


@tool
def get_weather(city: str, tool_call_id: Annotated[str, InjectedToolCallId]) -> ToolMessage:
    """Tells the weather."""
    # With an id of its own: LangGraph gives one, before or after an event with the message is written.
    return ToolMessage(played.SECRET_RESULT, tool_call_id=tool_call_id, name=played.TOOL, id="tool-message-1")
