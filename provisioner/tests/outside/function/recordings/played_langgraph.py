"""Graphs of LangGraph that ask their user back."""

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import interrupt

import played
from played_langchain import ASKS, PlayedModel, get_weather

DAYS = {"question": played.WHICH_DAY, "days": [27, 28]}
#: What clients get to know of it.
DAY = {"kind": "question", "name": "interrupt", "input": DAYS, "message": played.WHICH_DAY}


def asking():
    """A graph that looks, and asks its user back with `interrupt`."""
    model = PlayedModel(turns=[{"text": played.LOOKING}])

    async def look(state: MessagesState) -> dict:
        return {"messages": [await model.ainvoke(state["messages"])]}

    def ask(_: MessagesState) -> dict:
        return {"messages": [("user", interrupt(DAYS))]}

    graph = StateGraph(MessagesState)
    graph.add_node("look", look)
    graph.add_node("ask", ask)
    graph.add_edge(START, "look")
    graph.add_edge("look", "ask")
    graph.add_edge("ask", END)
    return graph.compile(checkpointer=InMemorySaver())


def supervised():
    """An agent whose tool needs an approval."""
    return create_agent(PlayedModel(turns=[ASKS]), [get_weather], middleware=[HumanInTheLoopMiddleware({played.TOOL: True})],
                        checkpointer=InMemorySaver())
