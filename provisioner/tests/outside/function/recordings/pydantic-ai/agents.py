"""Pydantic AI in loops of one's own, and with its own adapters for AG-UI and the Vercel AI SDK."""

import json

from pydantic_ai import Agent, DeferredToolRequests
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, DeltaThinkingPart, DeltaToolCall, FunctionModel
from pydantic_ai.ui.ag_ui import AGUIAdapter
from pydantic_ai.ui.vercel_ai import VercelAIAdapter
from starlette.applications import Starlette
from starlette.routing import Route

import played
from hosting import Hosting, Program, answer

hosting = Hosting()

LOOKS = {"text": played.LOOKING, "calls": played.TOOL}
ANSWERS = {"text": played.PIECES}
#: Calls the tool with what the client may see.
ASKS = {**LOOKS, "input": played.ASKED_INPUT}


def agent(*turns: dict, is_supervised: bool = False) -> Agent:
    left = list(turns)

    async def stream(messages: list[ModelMessage], info: AgentInfo):
        turn = left.pop(0)
        for piece in turn.get("thought", []):
            yield {0: DeltaThinkingPart(content=piece)}
        async for piece in played.spoken(turn["text"]):
            yield piece
        if turn.get("breaks"):
            raise played.AgentBroke
        if name := turn.get("calls"):
            yield {5: DeltaToolCall(name=name, json_args=json.dumps(turn.get("input", played.TOOL_INPUT), ensure_ascii=False),
                                    tool_call_id="call-1")}

    def whole(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        turn = left.pop(0)
        calls = [ToolCallPart(name, turn.get("input", played.TOOL_INPUT), "call-1")] if (name := turn.get("calls")) else []
        return ModelResponse([TextPart("".join(turn["text"])), *calls])

    output = [str, DeferredToolRequests] if is_supervised else str
    made = Agent(FunctionModel(whole, stream_function=stream), name="SOLOMON", output_type=output)

    @made.tool_plain(requires_approval=is_supervised)
    def get_weather(city: str) -> str:
        """Tells the weather."""
        return played.SECRET_RESULT

    return made


@hosting.entrypoint(Program("`{result}`, not streamed", [played.ANSWER]))
async def result(payload: dict) -> dict:
    return {"result": (await agent(LOOKS, ANSWERS).run(payload["prompt"])).output}


@hosting.entrypoint(Program("the run's result as it is, not streamed", [played.ANSWER]))
async def result_as_it_is(payload: dict):
    return await agent(ANSWERS).run(payload["prompt"])


@hosting.entrypoint(answer("the texts of the last answer: `stream_text(delta=True)`"))
async def texts(payload: dict):
    async with agent(ANSWERS).run_stream(payload["prompt"]) as run:
        async for piece in run.stream_text(delta=True, debounce_by=None):
            yield piece


@hosting.entrypoint(answer("every event of `run_stream_events` as it is", before=played.LOOKING, tools=[played.TOOL],
                           reasoning=played.THOUGHT))
async def events(payload: dict):
    async with agent({**LOOKS, "thought": played.THOUGHT}, ANSWERS).run_stream_events(payload["prompt"]) as events:
        async for event in events:
            yield event


@hosting.entrypoint(answer("every event of `run_stream_events`, and fails in the middle", end="agent_failed"))
async def events_break(payload: dict):
    async with agent({**ANSWERS, "breaks": True}).run_stream_events(payload["prompt"]) as events:
        async for event in events:
            yield event


APPROVAL = {"kind": "approval", "name": played.TOOL, "input": played.ASKED_INPUT, "toolCallId": "call-1"}


@hosting.entrypoint(Program("a tool that needs an approval: every event of `run_stream_events` as it is", played.LOOKING,
                            tools=[played.TOOL], asks=[APPROVAL]))
async def approval(payload: dict):
    async with agent(ASKS, is_supervised=True).run_stream_events(payload["prompt"]) as events:
        async for event in events:
            yield event


@hosting.entrypoint(Program("a tool that needs an approval: `{result}`, not streamed", asks=[APPROVAL]))
async def approval_result(payload: dict) -> dict:
    return {"result": (await agent(ASKS, is_supervised=True).run(payload["prompt"])).output}


def adapted(name: str, adapter: type, core: Agent, program: Program, **more: object) -> None:
    async def run(request):
        return await adapter.dispatch_request(request, agent=core, **more)
    hosting.app(name, Starlette(routes=[Route("/invocations", run, methods=["POST"])]), program)


THINKS_AND_LOOKS = {**LOOKS, "thought": played.THOUGHT}
adapted("ag_ui_tool", AGUIAdapter, agent(THINKS_AND_LOOKS, ANSWERS),
        answer("its AG-UI adapter", protocol="ag-ui", before=played.LOOKING, tools=[played.TOOL], reasoning=played.THOUGHT))
adapted("ag_ui_breaks", AGUIAdapter, agent({**ANSWERS, "breaks": True}),
        answer("its AG-UI adapter, and fails in the middle", protocol="ag-ui", end="agent_failed"))
adapted("vercel_tool", VercelAIAdapter, agent(THINKS_AND_LOOKS, ANSWERS),
        answer("its adapter for the Vercel AI SDK", asked="ai-sdk", before=played.LOOKING, tools=[played.TOOL],
               reasoning=played.THOUGHT))
adapted("vercel_breaks", VercelAIAdapter, agent({**ANSWERS, "breaks": True}),
        answer("its adapter for the Vercel AI SDK, and fails in the middle", asked="ai-sdk", end="agent_failed"))
adapted("ag_ui_approval", AGUIAdapter, agent(ASKS, is_supervised=True),
        Program("its AG-UI adapter, and a tool that needs an approval", played.LOOKING, protocol="ag-ui", tools=[played.TOOL], asks=[
            {"kind": "approval", "name": "tool_call", "message": 'Approve get_weather({"city":"東京"})?', "toolCallId": "call-1",
             "schema": {"type": "object", "required": ["approved"], "properties": {
                 "approved": {"type": "boolean"}, "editedArgs": {"type": "object"}, "reason": {"type": "string"}}}}]))
adapted("vercel_approval", VercelAIAdapter, agent(ASKS, is_supervised=True),
        Program("its adapter for the Vercel AI SDK, and a tool that needs an approval", played.LOOKING, asked="ai-sdk",
                tools=[played.TOOL], asks=[APPROVAL]), sdk_version=6)


if __name__ == "__main__":
    hosting.serve("Pydantic AI", "pydantic-ai-slim", "ag-ui-protocol", "bedrock-agentcore")
