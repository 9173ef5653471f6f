"""Strands Agents that speak AG-UI, by AG-UI's adapter inside Amazon's package."""

from ag_ui_strands import StrandsAgent
from bedrock_agentcore.runtime.ag_ui import build_ag_ui_app
from strands.multiagent import GraphBuilder

import played
from hosting import Hosting, Program, answer
from played_strands import ANSWERS, LOOKS, agent

hosting = Hosting()


def host(name: str, core, program: Program) -> None:
    hosting.app(name, build_ag_ui_app(StrandsAgent(core, name="SOLOMON")), program)


def graph():
    builder = GraphBuilder()
    builder.add_node(agent({"text": ["賛成", "です。"]}, name="CASPAR"), "CASPAR")
    builder.add_node(agent(ANSWERS), "SOLOMON")
    builder.add_edge("CASPAR", "SOLOMON")
    builder.set_entry_point("CASPAR")
    return builder.build()


host("text", agent(ANSWERS), answer("text alone", protocol="ag-ui"))
host("tool", agent({**LOOKS, "thought": played.THOUGHT}, ANSWERS),
     answer("a thought and a tool", protocol="ag-ui", before=played.LOOKING, tools=[played.TOOL], reasoning=played.THOUGHT))
host("breaks", agent({**ANSWERS, "breaks": True}), answer("fails in the middle", protocol="ag-ui", end="agent_failed"))
host("graph", graph, answer("a graph: a sage, then the judge", protocol="ag-ui", before=["賛成", "です。"]))


if __name__ == "__main__":
    hosting.serve("AG-UI for Strands Agents", "ag-ui-strands", "ag-ui-protocol", "strands-agents", "bedrock-agentcore")
