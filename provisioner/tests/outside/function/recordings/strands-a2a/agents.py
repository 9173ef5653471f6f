"""Strands Agents that speak A2A, inside Amazon's package, which takes Strands' executor."""

from bedrock_agentcore.runtime.a2a import build_a2a_app
from strands import ToolContext, tool
from strands.multiagent.a2a.executor import StrandsA2AExecutor

import played
from hosting import Hosting, Program, answer
from played_strands import ANSWERS, ASKS, LOOKS, agent

hosting = Hosting()

DAY = {"question": played.WHICH_DAY, **played.ASKED_INPUT}


@tool(name=played.TOOL, context=True)
def asks_for_the_day(city: str, tool_context: ToolContext) -> str:
    """Tells the weather of a day that the user names."""
    return tool_context.interrupt("day", reason={"question": played.WHICH_DAY, "city": city})


def host(name: str, turns: list[dict], compliant: bool, program: Program, tools: list | None = None) -> None:
    executor = StrandsA2AExecutor(agent_factory=lambda _: agent(*turns, tools=tools), enable_a2a_compliant_streaming=compliant)
    hosting.app(name, build_a2a_app(executor, card()), program)


def card():
    from a2a.types import AgentCapabilities, AgentCard
    return AgentCard(name="SOLOMON", description="Answers.", url="http://localhost:9000/", version="1", skills=[],
                     capabilities=AgentCapabilities(streaming=True), default_input_modes=["text"], default_output_modes=["text"])


host("status_updates", [LOOKS, ANSWERS], False,
     answer("text in status updates, as Strands does by default; the whole as an artifact at the end", protocol="a2a",
            before=played.LOOKING))
host("artifact_updates", [LOOKS, ANSWERS], True,
     answer("text as pieces of an artifact", protocol="a2a", before=played.LOOKING))
host("breaks", [{**ANSWERS, "breaks": True}], True, answer("fails in the middle", protocol="a2a", end="agent_failed"))


host("interrupt", [ASKS], True,
     Program("a question back from inside a tool", [*played.LOOKING, f"Agent requires input:\n- day: {DAY}"], protocol="a2a",
             asks=[{"kind": "question", "name": "day", "input": DAY, "message": played.WHICH_DAY}]), tools=[asks_for_the_day])


if __name__ == "__main__":
    hosting.serve("A2A for Strands Agents", "strands-agents", "a2a-sdk", "bedrock-agentcore")
