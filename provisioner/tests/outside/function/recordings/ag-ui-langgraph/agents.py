"""LangGraph that speaks AG-UI, by AG-UI's adapter inside Amazon's package and, as AWS's templates have it, in FastAPI."""

from ag_ui_langgraph import LangGraphAgent, add_langgraph_fastapi_endpoint
from bedrock_agentcore.runtime.ag_ui import build_ag_ui_app
from fastapi import FastAPI
from langchain.agents import create_agent
from langgraph.checkpoint.memory import InMemorySaver

import played
from hosting import Hosting, Program, answer
from played_langchain import ANSWERS, LOOKS, PlayedModel, get_weather
from played_langgraph import DAY, asking, supervised

hosting = Hosting()


def agent(*turns: dict, in_blocks: bool = False) -> LangGraphAgent:
    graph = create_agent(PlayedModel(turns=list(turns), in_blocks=in_blocks), [get_weather], checkpointer=InMemorySaver())
    return solomon(graph)


def solomon(graph, **more: object) -> LangGraphAgent:
    return LangGraphAgent(name="SOLOMON", graph=graph, **more)


def host(name: str, core: LangGraphAgent, program: Program) -> None:
    hosting.app(name, build_ag_ui_app(core), program)


def host_in_fastapi(name: str, core: LangGraphAgent, program: Program) -> None:
    app = FastAPI()
    add_langgraph_fastapi_endpoint(app, core, path="/invocations")
    hosting.app(name, app, program)


host("text", agent(ANSWERS), answer("text alone", protocol="ag-ui"))
host("tool", agent(LOOKS, ANSWERS), answer("a tool", protocol="ag-ui", before=played.LOOKING, tools=[played.TOOL]))
host("tool_blocks", agent({**LOOKS, "thought": played.THOUGHT}, ANSWERS, in_blocks=True),
     answer("a thought and a tool, with a model whose content is a list of blocks", protocol="ag-ui", before=played.LOOKING,
            tools=[played.TOOL], reasoning=played.THOUGHT))
host_in_fastapi("breaks", agent({**ANSWERS, "breaks": True}), answer("fails in the middle", protocol="ag-ui", end="agent_failed"))

APPROVAL = {"kind": "approval", "name": played.TOOL, "input": played.ASKED_INPUT,
            "message": f"Tool execution requires approval\n\nTool: {played.TOOL}\nArgs: {played.ASKED_INPUT}"}
for suffix, also, more in [("", "", {}), ("_outcome", ", also as the run's outcome", {"emit_interrupt_outcome": True})]:
    host(f"interrupt{suffix}", solomon(asking(), **more),
         Program(f"a question back: `interrupt`{also}", played.LOOKING, protocol="ag-ui", asks=[DAY]))
    host(f"approval{suffix}", solomon(supervised(), **more),
         Program(f"`HumanInTheLoopMiddleware`{also}", played.LOOKING, protocol="ag-ui", tools=[played.TOOL], asks=[APPROVAL]))


if __name__ == "__main__":
    hosting.serve("AG-UI for LangGraph", "ag-ui-langgraph", "ag-ui-protocol", "langgraph", "bedrock-agentcore")
