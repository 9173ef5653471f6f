"""smolagents in loops of one's own."""

import json
import sys
from pathlib import Path

# A package of its own is called `agents`.
sys.path.remove(str(Path(__file__).parent))

from smolagents import ToolCallingAgent, tool  # noqa: E402
from smolagents.models import (  # noqa: E402
    ChatMessage, ChatMessageStreamDelta, ChatMessageToolCall, ChatMessageToolCallFunction, ChatMessageToolCallStreamDelta,
    MessageRole, Model,
)

import played  # noqa: E402
from hosting import Hosting, Program  # noqa: E402

hosting = Hosting()


class PlayedModel(Model):
    """Looks, then answers by smolagents' own tool for that, which takes the answer in one piece."""

    def __init__(self, breaks: bool = False):
        super().__init__(model_id="played")
        self._turns = [(played.LOOKING, played.TOOL, played.TOOL_INPUT), ([], "final_answer", {"answer": played.ANSWER})]
        self._breaks = breaks

    def generate(self, messages, **_: object) -> ChatMessage:
        text, name, arguments = self._turns.pop(0)
        function = ChatMessageToolCallFunction(name=name, arguments=arguments)
        return ChatMessage(role=MessageRole.ASSISTANT, content="".join(text),
                           tool_calls=[ChatMessageToolCall(function=function, id=f"call-{name}", type="function")])

    def generate_stream(self, messages, **_: object):
        text, name, arguments = self._turns.pop(0)
        for piece in played.spoken_in_a_thread(text):
            yield ChatMessageStreamDelta(content=piece)
        if self._breaks:
            raise played.AgentBroke
        function = ChatMessageToolCallFunction(name=name, arguments=json.dumps(arguments, ensure_ascii=False))
        yield ChatMessageStreamDelta(tool_calls=[
            ChatMessageToolCallStreamDelta(index=0, id=f"call-{name}", type="function", function=function)])


@tool
def get_weather(city: str) -> str:
    """Tells the weather.

    Args:
        city: The city.
    """
    return played.SECRET_RESULT


def agent(**model: object) -> ToolCallingAgent:
    return ToolCallingAgent([get_weather], PlayedModel(**model), stream_outputs=True, verbosity_level=0)


@hosting.entrypoint(Program("`{result}`, not streamed", [played.ANSWER]))
def result(payload: dict) -> dict:
    return {"result": agent().run(payload["prompt"])}


@hosting.entrypoint(Program("every step as it is: what the model writes, its tools' calls and outputs, the final answer",
                            [*played.LOOKING, played.ANSWER], tools=[played.TOOL]))
def steps(payload: dict):
    yield from agent().run(payload["prompt"], stream=True)


@hosting.entrypoint(Program("the final answer's step alone", [played.ANSWER]))
def final_step(payload: dict):
    for step in agent().run(payload["prompt"], stream=True):
        if type(step).__name__ == "FinalAnswerStep":
            yield step


@hosting.entrypoint(Program("every step, and the model fails", played.LOOKING, end="agent_failed"))
def steps_break(payload: dict):
    yield from agent(breaks=True).run(payload["prompt"], stream=True)


if __name__ == "__main__":
    hosting.serve("smolagents", "smolagents", "bedrock-agentcore")
