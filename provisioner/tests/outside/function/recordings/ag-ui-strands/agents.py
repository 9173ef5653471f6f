"""Strands Agents that speak AG-UI, by AG-UI's adapter inside Amazon's package."""

from ag_ui_strands import StrandsAgent, StrandsAgentConfig, ToolBehavior
from bedrock_agentcore.runtime.ag_ui import build_ag_ui_app
from strands import ToolContext, tool
from strands.multiagent import GraphBuilder

import played
from hosting import Hosting, Program, answer
from played_strands import ANSWERS, ASKS, LOOKS, agent

hosting = Hosting()


def host(name: str, core, program: Program, **config: object) -> None:
    hosting.app(name, build_ag_ui_app(StrandsAgent(core, name="SOLOMON", config=StrandsAgentConfig(**config))), program)


def graph():
    builder = GraphBuilder()
    builder.add_node(agent({"text": ["賛成", "です。"]}, name="CASPAR"), "CASPAR")
    builder.add_node(agent(ANSWERS), "SOLOMON")
    builder.add_edge("CASPAR", "SOLOMON")
    builder.set_entry_point("CASPAR")
    return builder.build()


@tool(name=played.TOOL, context=True)
def asks_for_the_day(city: str, tool_context: ToolContext) -> str:
    """Tells the weather of a day that the user names."""
    return tool_context.interrupt("day", reason={"question": played.WHICH_DAY, "city": city})


host("text", agent(ANSWERS), answer("text alone", protocol="ag-ui"))
host("tool", agent({**LOOKS, "thought": played.THOUGHT}, ANSWERS),
     answer("a thought and a tool", protocol="ag-ui", before=played.LOOKING, tools=[played.TOOL], reasoning=played.THOUGHT))
host("breaks", agent({**ANSWERS, "breaks": True}), answer("fails in the middle", protocol="ag-ui", end="agent_failed"))
host("graph", graph, answer("a graph: a sage, then the judge", protocol="ag-ui", before=["賛成", "です。"]))


host("interrupt", agent(ASKS, tools=[asks_for_the_day]),
     Program("a question back from inside a tool", played.LOOKING, protocol="ag-ui", tools=[played.TOOL],
             asks=[{"kind": "question", "name": "day", "input": {"reason": {"question": played.WHICH_DAY, **played.ASKED_INPUT}}}]))
host("approval", agent(ASKS),
     Program("a tool that needs an approval", played.LOOKING, protocol="ag-ui", tools=[played.TOOL],
             asks=[{"kind": "approval", "name": "tool_call", "message": f"Approve call to {played.TOOL}?",
                    "input": {"tool_name": played.TOOL, "tool_input": played.ASKED_INPUT, "strandsName": f"ag_ui:tool_call:{played.TOOL}"},
                    "schema": {"type": "object", "properties": {"approved": {"type": "boolean"}}, "required": ["approved"]},
                    "toolCallId": "tool-1"}]),
     tool_behaviors={played.TOOL: ToolBehavior(interrupt_on_call=True)})


if __name__ == "__main__":
    hosting.serve("AG-UI for Strands Agents", "ag-ui-strands", "ag-ui-protocol", "strands-agents", "bedrock-agentcore")
