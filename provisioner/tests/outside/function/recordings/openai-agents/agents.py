"""OpenAI's Agents SDK, as AWS's templates and loops of one's own host it."""

import json
import sys
from pathlib import Path

# This file has the package's name.
sys.path.remove(str(Path(__file__).parent))

from agents import Agent, Model, ModelResponse, Runner, Usage, function_tool, set_tracing_disabled  # noqa: E402
from openai.types.responses import (  # noqa: E402
    Response, ResponseCompletedEvent, ResponseContentPartAddedEvent, ResponseContentPartDoneEvent, ResponseCreatedEvent,
    ResponseFunctionCallArgumentsDeltaEvent, ResponseFunctionCallArgumentsDoneEvent, ResponseFunctionToolCall,
    ResponseOutputItemAddedEvent, ResponseOutputItemDoneEvent, ResponseOutputMessage, ResponseOutputText,
    ResponseReasoningItem, ResponseReasoningSummaryTextDeltaEvent, ResponseTextDeltaEvent, ResponseTextDoneEvent,
)

import played  # noqa: E402
from hosting import Hosting, Program, answer  # noqa: E402

hosting = Hosting()
set_tracing_disabled(True)

LOOKS = {"text": played.LOOKING, "calls": played.TOOL}
ANSWERS = {"text": played.PIECES}
#: Calls the tool with what the client may see.
ASKS = {**LOOKS, "input": played.ASKED_INPUT}


class PlayedModel(Model):
    """Says the given turns, one for each call, in the events of OpenAI's Responses API."""

    def __init__(self, *turns: dict):
        self._turns = list(turns)
        self._number = 0

    async def get_response(self, *_: object, **__: object) -> ModelResponse:
        return ModelResponse(output=self._items(self._turns.pop(0)), usage=Usage(), response_id="resp_1")

    async def stream_response(self, *_: object, **__: object):
        turn = self._turns.pop(0)
        items = self._items(turn)
        response = self._response([])
        number = iter(range(1000))
        yield ResponseCreatedEvent(response=response, sequence_number=next(number), type="response.created")
        for index, item in enumerate(items):
            at = {"item_id": item.id, "output_index": index}
            yield ResponseOutputItemAddedEvent(item=self._begun(item), output_index=index, sequence_number=next(number),
                                               type="response.output_item.added")
            if isinstance(item, ResponseReasoningItem):
                for piece in turn["thought"]:
                    yield ResponseReasoningSummaryTextDeltaEvent(
                        **at, delta=piece, summary_index=0, sequence_number=next(number),
                        type="response.reasoning_summary_text.delta")
            elif isinstance(item, ResponseOutputMessage):
                empty = ResponseOutputText(text="", type="output_text", annotations=[])
                yield ResponseContentPartAddedEvent(**at, content_index=0, part=empty, sequence_number=next(number),
                                                    type="response.content_part.added")
                async for piece in played.spoken(turn["text"]):
                    yield ResponseTextDeltaEvent(**at, content_index=0, delta=piece, logprobs=[], sequence_number=next(number),
                                                 type="response.output_text.delta")
                if turn.get("breaks"):
                    raise played.AgentBroke
                part = item.content[0]
                yield ResponseTextDoneEvent(**at, content_index=0, text=part.text, logprobs=[], sequence_number=next(number),
                                            type="response.output_text.done")
                yield ResponseContentPartDoneEvent(**at, content_index=0, part=part, sequence_number=next(number),
                                                   type="response.content_part.done")
            else:
                yield ResponseFunctionCallArgumentsDeltaEvent(
                    **at, delta=item.arguments, sequence_number=next(number), type="response.function_call_arguments.delta")
                yield ResponseFunctionCallArgumentsDoneEvent(
                    **at, name=item.name, arguments=item.arguments, sequence_number=next(number),
                    type="response.function_call_arguments.done")
            yield ResponseOutputItemDoneEvent(item=item, output_index=index, sequence_number=next(number),
                                              type="response.output_item.done")
        yield ResponseCompletedEvent(response=self._response(items), sequence_number=next(number), type="response.completed")

    def _items(self, turn: dict) -> list:
        self._number += 1
        items: list = []
        if thought := turn.get("thought"):
            items.append(ResponseReasoningItem(id=f"rs_{self._number}", type="reasoning", summary=[
                {"type": "summary_text", "text": "".join(thought)}]))
        items.append(ResponseOutputMessage(
            id=f"msg_{self._number}", role="assistant", status="completed", type="message",
            content=[ResponseOutputText(text="".join(turn["text"]), type="output_text", annotations=[])]))
        if name := turn.get("calls"):
            items.append(ResponseFunctionToolCall(
                id=f"fc_{self._number}", call_id="call-1", name=name, type="function_call",
                arguments=json.dumps(turn.get("input", played.TOOL_INPUT), ensure_ascii=False)))
        return items

    @staticmethod
    def _begun(item):
        """The item before anything of it has come."""
        match item:
            case ResponseReasoningItem():
                return item.model_copy(update={"summary": []})
            case ResponseOutputMessage():
                return item.model_copy(update={"content": [], "status": "in_progress"})
        return item.model_copy(update={"arguments": "", "status": "in_progress"})

    def _response(self, items: list) -> Response:
        return Response(id=f"resp_{self._number}", created_at=1800000000, model="played", object="response", output=items,
                        parallel_tool_calls=False, tool_choice="auto", tools=[])


@function_tool
def get_weather(city: str) -> str:
    """Tells the weather."""
    return played.SECRET_RESULT


@function_tool(name_override=played.TOOL, needs_approval=True)
def supervised_weather(city: str) -> str:
    """Tells the weather."""
    return played.SECRET_RESULT


def agent(*turns: dict, name: str = "SOLOMON", tools: list | None = None) -> Agent:
    return Agent(name=name, model=PlayedModel(*turns), tools=tools or [get_weather])


@hosting.entrypoint(Program("`{result}`, not streamed", [played.ANSWER]))
async def result(payload: dict) -> dict:
    return {"result": (await Runner.run(agent(LOOKS, ANSWERS), payload["prompt"])).final_output}


@hosting.entrypoint(answer("the texts of the raw events", before=played.LOOKING))
async def texts(payload: dict):
    async for event in Runner.run_streamed(agent(LOOKS, ANSWERS), payload["prompt"]).stream_events():
        if event.type == "raw_response_event" and isinstance(event.data, ResponseTextDeltaEvent):
            yield event.data.delta


@hosting.entrypoint(answer("the raw events as they are: those of OpenAI's Responses API", before=played.LOOKING,
                           tools=[played.TOOL], reasoning=played.THOUGHT))
async def raw_events(payload: dict):
    turns = ({**LOOKS, "thought": played.THOUGHT}, ANSWERS)
    async for event in Runner.run_streamed(agent(*turns), payload["prompt"]).stream_events():
        if event.type == "raw_response_event":
            yield event.data


@hosting.entrypoint(answer("every event with its type; the raw ones as they are, the items as dictionaries",
                           before=played.LOOKING, tools=[played.TOOL]))
async def events(payload: dict):
    async for event in Runner.run_streamed(agent(LOOKS, ANSWERS), payload["prompt"]).stream_events():
        if event.type == "raw_response_event":
            yield {"type": event.type, "data": event.data.model_dump()}
        elif event.type == "run_item_stream_event":
            yield {"type": event.type, "name": event.name, "item": event.item.to_input_item()}
        else:
            yield {"type": event.type, "new_agent": event.new_agent.name}


@hosting.entrypoint(Program("the items alone, as dictionaries", ["".join(played.LOOKING), played.ANSWER], tools=[played.TOOL]))
async def items(payload: dict):
    async for event in Runner.run_streamed(agent(LOOKS, ANSWERS), payload["prompt"]).stream_events():
        if event.type == "run_item_stream_event":
            yield event.item.to_input_item()


@hosting.entrypoint(answer("the raw events, and fails in the middle", end="agent_failed"))
async def raw_events_break(payload: dict):
    async for event in Runner.run_streamed(agent({**ANSWERS, "breaks": True}), payload["prompt"]).stream_events():
        if event.type == "raw_response_event":
            yield event.data


@hosting.entrypoint(answer("every event as it is: Python notation of objects", before=played.LOOKING, tools=[played.TOOL]))
async def events_as_they_are(payload: dict):
    async for event in Runner.run_streamed(agent(LOOKS, ANSWERS), payload["prompt"]).stream_events():
        yield event


APPROVAL = {"kind": "approval", "name": played.TOOL, "input": played.ASKED_INPUT, "toolCallId": "call-1"}


@hosting.entrypoint(Program("a tool that needs an approval: every event as it is, then each interruption, Python notation of objects",
                            played.LOOKING, tools=[played.TOOL], asks=[APPROVAL]))
async def approval_as_it_is(payload: dict):
    run = Runner.run_streamed(agent(ASKS, tools=[supervised_weather]), payload["prompt"])
    async for event in run.stream_events():
        yield event
    for interruption in run.interruptions:
        yield interruption


@hosting.entrypoint(Program("a tool that needs an approval: the raw events, then each interruption as a dictionary", played.LOOKING,
                            tools=[played.TOOL], asks=[APPROVAL]))
async def approval_interruptions(payload: dict):
    run = Runner.run_streamed(agent(ASKS, tools=[supervised_weather]), payload["prompt"])
    async for event in run.stream_events():
        if event.type == "raw_response_event":
            yield event.data
    for interruption in run.interruptions:
        yield {"type": interruption.type, "raw_item": interruption.raw_item}


if __name__ == "__main__":
    hosting.serve("OpenAI Agents SDK", "openai-agents", "bedrock-agentcore")
