"""Google's Agent Development Kit, as AWS's templates and loops of one's own host it, and by AG-UI's adapter."""

from ag_ui_adk import ADKAgent
from bedrock_agentcore.runtime.ag_ui import build_ag_ui_app
from google.adk.agents import LlmAgent
from google.adk.agents.run_config import RunConfig, StreamingMode
from google.adk.models import BaseLlm, LlmRequest, LlmResponse
from google.adk.runners import InMemoryRunner
from google.adk.tools import FunctionTool
from google.genai import types

import played
from hosting import Hosting, Program, answer

hosting = Hosting()

LOOKS = {"text": played.LOOKING, "calls": played.TOOL}
ANSWERS = {"text": played.PIECES}
#: Calls the tool with what the client may see.
ASKS = {**LOOKS, "input": played.ASKED_INPUT}


class PlayedModel(BaseLlm):
    """Says the given turns, one for each call; streamed, the whole follows its pieces, as Gemini's model class does it."""

    model: str = "played"
    turns: list[dict] = []

    async def generate_content_async(self, llm_request: LlmRequest, stream: bool = False):
        turn = self.turns.pop(0)
        parts = []
        if thought := turn.get("thought"):
            if stream:
                for piece in thought:
                    yield response([types.Part(text=piece, thought=True)], partial=True)
            parts.append(types.Part(text="".join(thought), thought=True))
        if stream:
            async for piece in played.spoken(turn["text"]):
                yield response([types.Part(text=piece)], partial=True)
        if turn.get("breaks"):
            raise played.AgentBroke
        parts.append(types.Part(text="".join(turn["text"])))
        if name := turn.get("calls"):
            parts.append(types.Part(function_call=types.FunctionCall(id="call-1", name=name, args=turn.get("input", played.TOOL_INPUT))))
        yield response(parts, partial=False if stream else None)


def response(parts: list[types.Part], partial: bool | None) -> LlmResponse:
    return LlmResponse(content=types.Content(role="model", parts=parts), partial=partial)


def get_weather(city: str) -> dict:
    """Tells the weather."""
    return {"result": played.SECRET_RESULT}


def agent(*turns: dict, tools: list | None = None) -> LlmAgent:
    return LlmAgent(name="SOLOMON", model=PlayedModel(turns=list(turns)), tools=tools or [get_weather])


def supervised() -> LlmAgent:
    """Its tool needs a confirmation."""
    return agent(ASKS, tools=[FunctionTool(get_weather, require_confirmation=True)])


async def run(core: LlmAgent, payload: dict, mode: StreamingMode = StreamingMode.SSE):
    runner = InMemoryRunner(agent=core, app_name="played")
    session = await runner.session_service.create_session(app_name="played", user_id="user", session_id=payload["sessionId"])
    message = types.Content(role="user", parts=[types.Part(text=payload["prompt"])])
    async for event in runner.run_async(user_id="user", session_id=session.id, new_message=message,
                                        run_config=RunConfig(streaming_mode=mode)):
        yield event


@hosting.entrypoint(Program("`{result}` with the final response, not streamed", [played.ANSWER]))
async def result(payload: dict) -> dict:
    async for event in run(agent(LOOKS, ANSWERS), payload, StreamingMode.NONE):
        if event.is_final_response():
            return {"result": event.content.parts[0].text}


@hosting.entrypoint(answer("every event as it is: pieces, and the whole after them", before=played.LOOKING, tools=[played.TOOL],
                           reasoning=played.THOUGHT))
async def events(payload: dict):
    async for event in run(agent({**LOOKS, "thought": played.THOUGHT}, ANSWERS), payload):
        yield event


@hosting.entrypoint(answer("every event as JSON in a string, in Google's own names", before=played.LOOKING, tools=[played.TOOL],
                           reasoning=played.THOUGHT))
async def events_json(payload: dict):
    async for event in run(agent({**LOOKS, "thought": played.THOUGHT}, ANSWERS), payload):
        yield event.model_dump_json(exclude_none=True, by_alias=True)


@hosting.entrypoint(answer("every event as a dictionary in Google's own names", before=played.LOOKING, tools=[played.TOOL]))
async def events_dump(payload: dict):
    async for event in run(agent(LOOKS, ANSWERS), payload):
        yield event.model_dump(mode="json", exclude_none=True, by_alias=True)


@hosting.entrypoint(Program("every event of a model that does not stream", ["".join(played.LOOKING), played.ANSWER],
                            tools=[played.TOOL]))
async def events_whole(payload: dict):
    async for event in run(agent(LOOKS, ANSWERS), payload, StreamingMode.NONE):
        yield event.model_dump(mode="json", exclude_none=True, by_alias=True)


@hosting.entrypoint(answer("the texts of the partial events", before=played.LOOKING))
async def texts(payload: dict):
    async for event in run(agent(LOOKS, ANSWERS), payload):
        if event.partial and event.content.parts[0].text:
            yield event.content.parts[0].text


@hosting.entrypoint(answer("every event, and fails in the middle", end="agent_failed"))
async def events_break(payload: dict):
    async for event in run(agent({**ANSWERS, "breaks": True}), payload):
        yield event.model_dump(mode="json", exclude_none=True, by_alias=True)


HINT = (f"Please approve or reject the tool call {played.TOOL}() by responding with a FunctionResponse with an expected "
        "ToolConfirmation payload.")
APPROVAL = {"kind": "approval", "name": played.TOOL, "input": played.ASKED_INPUT, "message": HINT, "toolCallId": "call-1"}
# ADK asks by a call of its own.
CALLS = [played.TOOL, "adk_request_confirmation"]


@hosting.entrypoint(Program("a tool that needs a confirmation: every event as it is", played.LOOKING, tools=CALLS,
                            asks=[APPROVAL]))
async def confirmation(payload: dict):
    async for event in run(supervised(), payload):
        yield event


@hosting.entrypoint(Program("a tool that needs a confirmation: every event as a dictionary in Google's own names", played.LOOKING,
                            tools=CALLS, asks=[APPROVAL]))
async def confirmation_dump(payload: dict):
    async for event in run(supervised(), payload):
        yield event.model_dump(mode="json", exclude_none=True, by_alias=True)


def host_ag_ui(name: str, core: LlmAgent, program: Program, **more: object) -> None:
    # All of them share the sessions of an app.
    adapter = ADKAgent(adk_agent=core, app_name=name, user_id="user", **more)
    hosting.app(name, build_ag_ui_app(adapter), program)


host_ag_ui("ag_ui_tool", agent({**LOOKS, "thought": played.THOUGHT}, ANSWERS),
           answer("AG-UI's adapter", protocol="ag-ui", before=played.LOOKING, tools=[played.TOOL], reasoning=played.THOUGHT))
host_ag_ui("ag_ui_breaks", agent({**ANSWERS, "breaks": True}),
           answer("AG-UI's adapter, and fails in the middle", protocol="ag-ui", end="agent_failed"))
host_ag_ui("ag_ui_confirmation", supervised(),
           Program("AG-UI's adapter, and a tool that needs a confirmation", played.LOOKING, protocol="ag-ui", tools=CALLS,
                   asks=[APPROVAL]))
host_ag_ui("ag_ui_confirmation_outcome", supervised(),
           Program("the same, as the run's outcome", played.LOOKING, protocol="ag-ui", tools=CALLS, asks=[
               {"kind": "approval", "name": "confirmation", "message": HINT,
                "toolCallId": "adk-00000000-0000-4000-8000-000000000002",
                "input": {"adk": {"originalFunctionCall": {"id": "call-1", "args": played.ASKED_INPUT, "name": played.TOOL},
                                  "toolConfirmation": {"hint": HINT, "confirmed": False}}}}]),
           emit_interrupt_outcome=True)


if __name__ == "__main__":
    hosting.serve("Google ADK", "google-adk", "ag-ui-adk", "ag-ui-protocol", "bedrock-agentcore")
