"""The Claude Agent SDK, as AWS's samples and loops of one's own host it.

Its transport is played: it says what the program `claude`, which the package would start, says on its stdout.
"""

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

sys.path.remove(str(Path(__file__).parent))

import anyio  # noqa: E402
from claude_agent_sdk import AssistantMessage, ClaudeAgentOptions, ResultMessage, TextBlock, Transport, query  # noqa: E402

import played  # noqa: E402
from hosting import Hosting, Program, answer  # noqa: E402

hosting = Hosting()
SESSION = "00000000-0000-4000-8000-0000000000aa"


class PlayedTransport(Transport):
    """Thinks, says something, calls a tool, answers."""

    def __init__(self, partial: bool = False, breaks: bool = False):
        self._partial = partial
        self._breaks = breaks
        self._send, self._receive = anyio.create_memory_object_stream(100)

    async def connect(self) -> None:
        pass

    async def write(self, data: str) -> None:
        message = json.loads(data)
        if message["type"] == "control_request":
            await self._send.send({"type": "control_response", "response": {
                "subtype": "success", "request_id": message["request_id"], "response": {"commands": []}}})

    async def read_messages(self) -> AsyncIterator[dict[str, Any]]:
        yield await self._receive.receive()
        yield {"type": "system", "subtype": "init", "session_id": SESSION, "cwd": "/app", "tools": [played.TOOL],
               "model": "played", "permissionMode": "default", "apiKeySource": "none", "mcp_servers": []}
        thought = {"type": "thinking", "thinking": "".join(played.THOUGHT), "signature": "c2ln"}
        looks = {"type": "text", "text": "".join(played.LOOKING)}
        calls = {"type": "tool_use", "id": "toolu_1", "name": played.TOOL, "input": played.TOOL_INPUT}
        async for event in self._events([("thinking_delta", "thinking", played.THOUGHT), ("text_delta", "text", played.LOOKING)], calls):
            yield event
        for block in (thought, looks, calls):
            yield self._assistant("msg_1", block)
        yield {"type": "user", "session_id": SESSION, "parent_tool_use_id": None, "message": {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": played.SECRET_RESULT}]}]}}
        if self._partial:
            async for event in self._events([("text_delta", "text", played.PIECES)], None):
                yield event
        if self._breaks:
            yield self._result("error_during_execution", True, played.SECRET_FAILURE)
            return
        yield self._assistant("msg_2", {"type": "text", "text": played.ANSWER})
        yield self._result("success", False, played.ANSWER)

    async def _events(self, blocks: list[tuple[str, str, list[str]]], calls: dict | None) -> AsyncIterator[dict]:
        """What `include_partial_messages` adds: Anthropic's own stream events."""
        if not self._partial:
            return
        yield self._event({"type": "message_start", "message": {"id": "msg", "role": "assistant", "content": [], "model": "played"}})
        for index, (delta, key, pieces) in enumerate(blocks):
            yield self._event({"type": "content_block_start", "index": index, "content_block": {"type": key, key: ""}})
            async for piece in played.spoken(pieces):
                yield self._event({"type": "content_block_delta", "index": index, "delta": {"type": delta, key: piece}})
            yield self._event({"type": "content_block_stop", "index": index})
        if calls:
            index = len(blocks)
            yield self._event({"type": "content_block_start", "index": index, "content_block": {**calls, "input": {}}})
            yield self._event({"type": "content_block_delta", "index": index, "delta": {
                "type": "input_json_delta", "partial_json": json.dumps(calls["input"], ensure_ascii=False)}})
            yield self._event({"type": "content_block_stop", "index": index})
        yield self._event({"type": "message_delta", "delta": {"stop_reason": "tool_use" if calls else "end_turn"}})
        yield self._event({"type": "message_stop"})

    def _event(self, event: dict) -> dict:
        return {"type": "stream_event", "uuid": SESSION, "session_id": SESSION, "event": event, "parent_tool_use_id": None}

    def _assistant(self, id: str, block: dict) -> dict:
        return {"type": "assistant", "session_id": SESSION, "parent_tool_use_id": None, "message": {
            "id": id, "role": "assistant", "model": "played", "content": [block]}}

    def _result(self, subtype: str, failed: bool, result: str) -> dict:
        return {"type": "result", "subtype": subtype, "duration_ms": 7, "duration_api_ms": 7, "is_error": failed, "num_turns": 2,
                "session_id": SESSION, "total_cost_usd": 0.01, "result": result, "usage": {"input_tokens": 10, "output_tokens": 5}}

    async def close(self) -> None:
        pass

    def is_ready(self) -> bool:
        return True

    async def end_input(self) -> None:
        pass


def ask(payload: dict, **transport: bool):
    options = ClaudeAgentOptions(include_partial_messages=transport.get("partial", False))
    return query(prompt=payload["prompt"], options=options, transport=PlayedTransport(**transport))


WHOLE = ["".join(played.LOOKING), played.ANSWER]


@hosting.entrypoint(Program("every message as it is: without its type, but with the result's text at the end", WHOLE,
                            tools=[played.TOOL], reasoning=["".join(played.THOUGHT)]))
async def messages(payload: dict):
    async for message in ask(payload):
        yield message


@hosting.entrypoint(answer("the same with partial messages", before=played.LOOKING, tools=[played.TOOL], reasoning=played.THOUGHT))
async def partial_messages(payload: dict):
    async for message in ask(payload, partial=True):
        yield message


@hosting.entrypoint(Program("the texts of the assistant's messages", WHOLE))
async def texts(payload: dict):
    async for message in ask(payload):
        if isinstance(message, AssistantMessage):
            for block in message.content:
                if isinstance(block, TextBlock):
                    yield block.text


@hosting.entrypoint(Program("`{result}` with the result's text, not streamed", [played.ANSWER]))
async def result(payload: dict) -> dict:
    async for message in ask(payload):
        if isinstance(message, ResultMessage):
            found = message.result
    return {"result": found}


@hosting.entrypoint(answer("partial messages, and a result that is an error", before=played.LOOKING, end="agent_failed",
                           tools=[played.TOOL], reasoning=played.THOUGHT))
async def partial_messages_break(payload: dict):
    async for message in ask(payload, partial=True, breaks=True):
        yield message


if __name__ == "__main__":
    hosting.serve("Claude Agent SDK", "claude-agent-sdk", "bedrock-agentcore")
