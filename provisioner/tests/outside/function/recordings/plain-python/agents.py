"""Programs without a framework: loops of one's own inside Amazon's package for Python, and bare HTTP servers."""

import json

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

import played
from hosting import Hosting, Program, answer

hosting = Hosting()


def server(program: Program):
    """Decorates what a web server without Amazon's package answers at `/invocations`."""
    def host(function):
        hosting.app(function.__name__, Starlette(routes=[Route("/invocations", function, methods=["POST"])]), program)
        return function
    return host


def pieces_under(key: str):
    """Each piece as an object with this one key."""
    async def entrypoint(payload: dict):
        async for piece in played.spoken():
            yield {key: piece}
    entrypoint.__name__ = f"objects_{key}"
    return entrypoint


for key in ("text", "data", "response", "output", "answer", "completion", "content", "message", "result", "chunk", "token",
            "delta"):
    hosting.entrypoint(answer(f"each piece as an object with the key `{key}`"))(pieces_under(key))


@hosting.entrypoint(answer("each piece as a string"))
async def strings(payload: dict):
    async for piece in played.spoken():
        yield piece


@hosting.entrypoint(answer("objects with a type, as many loops of one's own send them", tools=[played.TOOL]))
async def typed(payload: dict):
    yield {"type": "start", "session": payload["sessionId"]}
    yield {"type": "tool_start", "name": played.TOOL, "input": played.TOOL_INPUT}
    yield {"type": "tool_end", "name": played.TOOL, "output": played.SECRET_RESULT}
    async for piece in played.spoken():
        yield {"type": "text", "content": piece}
    yield {"type": "end", "complete": True}


@hosting.entrypoint(answer("a tool's failure within an answer, which goes on"))
async def a_tools_failure(payload: dict):
    yield {"type": "tool_end", "error": "timeout, using the cache"}
    yield {"progress": 0.5, "error": {}}
    async for piece in played.spoken():
        yield {"text": piece}


@hosting.entrypoint(answer("a string about what is being done, and the answer as an object", before=["Searching…"], streams=False))
async def progress_and_result(payload: dict):
    yield "Searching…"
    yield {"result": played.ANSWER}


@hosting.entrypoint(answer("a status first, then text", before=[]))
async def status_first(payload: dict):
    yield {"status": "working", "message": "Searching"}
    async for piece in played.spoken():
        yield {"text": piece}


@hosting.entrypoint(answer("Converse events, then strings", before=["A", "\n\nSources: "]))
async def converse_and_strings(payload: dict):
    yield {"event": {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "A"}}}}
    yield "\n\nSources: "
    async for piece in played.spoken():
        yield piece


@hosting.entrypoint(answer("Converse events as Bedrock's ConverseStream gives them", reasoning=played.THOUGHT,
                           before=played.LOOKING, tools=[played.TOOL]))
async def converse(payload: dict):
    yield {"messageStart": {"role": "assistant"}}
    for piece in played.THOUGHT:
        yield {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": piece}}}}
    yield {"contentBlockStop": {"contentBlockIndex": 0}}
    for piece in played.LOOKING:
        yield {"contentBlockDelta": {"contentBlockIndex": 1, "delta": {"text": piece}}}
    yield {"contentBlockStop": {"contentBlockIndex": 1}}
    yield {"contentBlockStart": {"contentBlockIndex": 2, "start": {"toolUse": {"toolUseId": "tool-1", "name": played.TOOL}}}}
    yield {"contentBlockDelta": {"contentBlockIndex": 2, "delta": {"toolUse": {"input": json.dumps(played.TOOL_INPUT)}}}}
    yield {"contentBlockStop": {"contentBlockIndex": 2}}
    yield {"messageStop": {"stopReason": "tool_use"}}
    yield {"messageStart": {"role": "assistant"}}
    async for piece in played.spoken():
        yield {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": piece}}}
    yield {"contentBlockStop": {"contentBlockIndex": 0}}
    yield {"messageStop": {"stopReason": "end_turn"}}
    yield {"metadata": {"usage": {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15}, "metrics": {"latencyMs": 7}}}


@hosting.entrypoint(answer("Anthropic's Messages events, as `client.messages.stream` gives them", before=played.LOOKING,
                           reasoning=played.THOUGHT, tools=[played.TOOL]))
async def anthropic_messages(payload: dict):
    yield {"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude",
                                                "content": [], "stop_reason": None, "usage": {"input_tokens": 10, "output_tokens": 1}}}
    yield {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}}
    for piece in played.THOUGHT:
        yield {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": piece}}
    yield {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "c2ln"}}
    yield {"type": "content_block_stop", "index": 0}
    yield {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}}
    for piece in played.LOOKING:
        yield {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": piece}}
    yield {"type": "content_block_stop", "index": 1}
    yield {"type": "content_block_start", "index": 2, "content_block": {"type": "tool_use", "id": "toolu_1", "name": played.TOOL, "input": {}}}
    yield {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": json.dumps(played.TOOL_INPUT)}}
    yield {"type": "content_block_stop", "index": 2}
    yield {"type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": None}, "usage": {"output_tokens": 5}}
    yield {"type": "message_stop"}
    yield {"type": "message_start", "message": {"id": "msg_2", "type": "message", "role": "assistant", "model": "claude",
                                                "content": [], "stop_reason": None, "usage": {"input_tokens": 10, "output_tokens": 1}}}
    yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    yield {"type": "ping"}
    async for piece in played.spoken():
        yield {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
    yield {"type": "content_block_stop", "index": 0}
    yield {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": {"output_tokens": 5}}
    yield {"type": "message_stop"}


@hosting.entrypoint(answer("OpenAI's chat completion chunks, passed on as they are"))
async def openai_chunks(payload: dict):
    def chunk(delta: dict, reason: str | None = None) -> dict:
        return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1800000000, "model": "gpt",
                "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
    yield chunk({"role": "assistant", "content": ""})
    async for piece in played.spoken():
        yield chunk({"content": piece})
    yield chunk({}, "stop")


@hosting.entrypoint(answer("numbers that JSON does not have and deep nesting beside the texts"))
async def odd_json(payload: dict):
    yield {"type": "tool_result", "score": float("nan"), "worst": float("-inf"), "output": played.SECRET_RESULT}
    deep: object = played.SECRET_RESULT
    for _ in range(140):
        deep = [deep]
    yield {"type": "tool_result", "output": deep}
    async for piece in played.spoken():
        yield {"text": piece}


@hosting.entrypoint(answer("texts and structured data of one's own between them"))
async def data_between(payload: dict):
    yield {"start": "2026-11-27", "end": "2026-11-28", "complete": False}
    async for piece in played.spoken():
        yield {"text": piece}
    yield {"sources": [{"title": "気象庁", "url": "https://www.jma.go.jp"}], "delta": 0.5}


@hosting.entrypoint(answer("the text so far and what was added, each time: both keys in one object"))
async def deltas_and_so_far(payload: dict):
    so_far = ""
    async for piece in played.spoken():
        so_far += piece
        yield {"delta": piece, "accumulated": so_far}


@hosting.entrypoint(answer("yields strings and then fails", end="agent_failed"))
async def strings_break(payload: dict):
    async for piece in played.spoken():
        yield piece
    raise played.AgentBroke


@hosting.entrypoint(answer("tells its failure itself, as an object", end="agent_failed"))
async def tells_its_failure(payload: dict):
    async for piece in played.spoken():
        yield {"text": piece}
    yield {"error": played.SECRET_FAILURE, "error_type": "AgentBroke"}


for name, value, text, more in [
    ("whole_result", {"result": played.ANSWER}, [played.ANSWER], {}),
    ("whole_response", {"response": played.ANSWER}, [played.ANSWER], {}),
    ("whole_output", {"output": played.ANSWER, "status": "success"}, [played.ANSWER], {}),
    ("whole_answer", {"answer": played.ANSWER, "sources": ["a"]}, [played.ANSWER], {}),
    ("whole_blocks", {"result": [{"type": "text", "text": played.ANSWER}]}, [played.ANSWER], {}),
    ("whole_output_message", {"output": {"message": {"role": "assistant", "content": [{"text": played.ANSWER}]}}, "stopReason": "end_turn"},
     [played.ANSWER], {}),
    ("whole_verdict", {"result": {"verdict": "yes"}}, [], {}),
    ("whole_list", {"result": ["a"]}, [], {}),
    ("whole_number", {"result": 42}, [], {}),
    ("whole_choices", {"id": "chatcmpl-1", "object": "chat.completion", "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": played.ANSWER}}]}, [played.ANSWER], {}),
]:
    def entrypoint(payload: dict, value: object = value):
        return value
    entrypoint.__name__ = name
    hosting.entrypoint(Program("an answer in one piece", text, **more))(entrypoint)


@server(answer("plain text that streams"))
async def plain_text(request):
    return StreamingResponse(played.spoken(), media_type="text/plain")


@server(answer("plain text in one piece", streams=False))
async def plain_text_whole(request):
    return PlainTextResponse(played.ANSWER)


@server(answer("NDJSON"))
async def ndjson(request):
    async def lines():
        async for piece in played.spoken():
            yield json.dumps({"text": piece}, ensure_ascii=False) + "\n"
    return StreamingResponse(lines(), media_type="application/x-ndjson")


@server(answer("JSON Lines of objects with a type", tools=[played.TOOL]))
async def json_lines(request):
    async def lines():
        yield json.dumps({"type": "tool_start", "name": played.TOOL, "input": played.TOOL_INPUT}) + "\n"
        yield json.dumps({"type": "tool_end", "name": played.TOOL, "output": played.SECRET_RESULT}) + "\n"
        async for piece in played.spoken():
            yield json.dumps({"type": "token", "content": piece}) + "\n"
        yield json.dumps({"type": "done"}) + "\n"
    return StreamingResponse(lines(), media_type="application/jsonl")


def event_stream(messages, media_type: str | None = "text/event-stream", before: bytes = b"") -> StreamingResponse:
    async def body():
        if before:
            yield before
        async for message in messages:
            yield message
    return StreamingResponse(body(), media_type=media_type)


@server(answer("pieces that are not JSON: `data: ` and the piece, each line of it; then `[DONE]`"))
async def raw_pieces(request):
    async def messages():
        async for piece in played.spoken():
            yield "".join(f"data: {line}\n" for line in piece.split("\n")) + "\n"
        yield "data: [DONE]\n\n"
    return event_stream(messages())


ONE_LINE = [piece for piece in played.PIECES if "\n" not in piece]


@server(Program("pieces without line breaks: `data: ` and the piece", ONE_LINE))
async def raw_lines(request):
    async def messages():
        for piece in ONE_LINE:
            yield f"data: {piece}\n\n"
    return event_stream(messages())


@server(answer("the same without a content type, behind a BOM, with CR LF and comments"))
async def raw_pieces_untyped(request):
    async def messages():
        async for piece in played.spoken():
            yield ": keep-alive\r\n" + "".join(f"data: {line}\r\n" for line in piece.split("\n")) + "\r\n"
    return event_stream(messages(), None, b"\xef\xbb\xbf")


@server(answer("events by name: `token`, `tool`, `done`"))
async def named_events(request):
    async def messages():
        yield f"event: tool\ndata: {json.dumps({'name': played.TOOL, 'result': played.SECRET_RESULT})}\n\n"
        async for piece in played.spoken():
            yield f"event: token\ndata: {json.dumps({'text': piece}, ensure_ascii=False)}\n\n"
        yield "event: done\ndata: {}\n\n"
    return event_stream(messages())


@server(answer("an event by the name `error`", end="agent_failed"))
async def named_error(request):
    async def messages():
        async for piece in played.spoken():
            yield f"data: {json.dumps({'text': piece})}\n\n"
        yield f"event: error\ndata: {json.dumps({'error': played.SECRET_FAILURE})}\n\n"
    return event_stream(messages())


@server(answer("plain text whose connection breaks", end="connection_lost"))
async def plain_text_break(request):
    async def pieces():
        async for piece in played.spoken():
            yield piece
        raise played.AgentBroke
    return StreamingResponse(pieces(), media_type="text/plain")


@server(Program("a status of its own: 422 for a request that it does not know", end="agent_failed"))
async def unprocessable(request):
    return JSONResponse({"detail": [{"loc": ["body", "threadId"], "msg": played.SECRET_FAILURE}]}, status_code=422)


if __name__ == "__main__":
    hosting.serve("no framework, Python", "bedrock-agentcore")
