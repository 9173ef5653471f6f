"""Strands Agents for Python, as its documentation and AWS's samples host it."""

import json
from collections.abc import AsyncIterator

from strands import ToolContext, tool
from strands.multiagent import GraphBuilder, Swarm
from strands.vended_interventions.hitl import HumanInTheLoop

import played
from hosting import Hosting, Program, answer
from played_strands import ANSWERS, ASKS, LOOKS, agent

hosting = Hosting()

SAGES = {"CASPAR": ["賛成", "です。"], "BALTHASAR": ["反対", "です。\n"]}


@tool
def take_picture(city: str) -> dict:
    """Takes a picture."""
    return {"status": "success", "content": [
        {"text": played.SECRET_RESULT},
        {"image": {"format": "png", "source": {"bytes": b"\x89PNG\r\n\x1a\n\x00\x00SECRET-PICTURE"}}}]}


@tool
async def ask_expert(query: str) -> AsyncIterator:
    """Asks another agent and passes its events on, as the documentation shows it."""
    async for event in agent({"text": ["東は", "晴れ"]}, name="expert").stream_async(query):
        yield event
    yield played.SECRET_RESULT


@hosting.entrypoint(answer("every event as it is", reasoning=played.THOUGHT))
async def events(payload: dict):
    async for event in agent({**ANSWERS, "thought": played.THOUGHT}).stream_async(payload["prompt"]):
        yield event


@hosting.entrypoint(answer("every event as it is, with a tool", before=played.LOOKING, tools=[played.TOOL]))
async def events_tool(payload: dict):
    async for event in agent(LOOKS, ANSWERS).stream_async(payload["prompt"]):
        yield event


@hosting.entrypoint(answer("the texts alone", before=played.LOOKING))
async def texts(payload: dict):
    async for event in agent(LOOKS, ANSWERS).stream_async(payload["prompt"]):
        if "data" in event:
            yield event["data"]


@hosting.entrypoint(answer("the model's events alone", before=played.LOOKING, tools=[played.TOOL]))
async def model_events(payload: dict):
    async for event in agent(LOOKS, ANSWERS).stream_async(payload["prompt"]):
        if "event" in event:
            yield event


@hosting.entrypoint(answer("the text events alone, which JSON cannot hold", before=played.LOOKING))
async def data_events(payload: dict):
    async for event in agent(LOOKS, ANSWERS).stream_async(payload["prompt"]):
        if "data" in event:
            yield event


@hosting.entrypoint(Program("the messages alone, with a tool that answers with a picture: Python notation with bytes in it",
                            ["".join(played.LOOKING), played.ANSWER], tools=["take_picture"]))
async def messages_with_a_picture(payload: dict):
    turns = ({**LOOKS, "calls": "take_picture"}, ANSWERS)
    async for event in agent(*turns, tools=[take_picture]).stream_async(payload["prompt"]):
        if "message" in event:
            yield {"message": event["message"]}


@hosting.entrypoint(answer("the text pieces, then the whole answer as a string"))
async def texts_and_then_all(payload: dict):
    said = ""
    async for event in agent(ANSWERS).stream_async(payload["prompt"]):
        if "data" in event:
            said += event["data"]
            yield {"data": event["data"]}
    yield said


@hosting.entrypoint(answer("what is being done as objects of one's own, then the texts"))
async def progress_and_texts(payload: dict):
    yield {"status": "searching", "message": "Searching…"}
    async for event in agent(LOOKS, ANSWERS).stream_async(payload["prompt"]):
        if current := event.get("current_tool_use"):
            yield {"type": "tool", "name": current["name"]}
        if "result" in event:
            yield {"type": "done", "complete": True}
        if "data" in event and event["data"] not in played.LOOKING:
            yield event["data"]


@hosting.entrypoint(answer("a tool that is another agent, whose events are passed on",
                           before=played.LOOKING, tools=["ask_expert"], members={"ask_expert": ["東は", "晴れ"]}))
async def agent_as_tool(payload: dict):
    turns = ({**LOOKS, "calls": "ask_expert", "input": {"query": played.SECRET_INPUT}}, ANSWERS)
    async for event in agent(*turns, tools=[ask_expert]).stream_async(payload["prompt"]):
        yield event


@hosting.entrypoint(answer("a graph: two sages, then the judge", members=SAGES))
async def graph(payload: dict):
    builder = GraphBuilder()
    for name, text in SAGES.items():
        builder.add_node(agent({"text": text}, name=name), name)
    builder.add_node(agent(ANSWERS), "SOLOMON")
    builder.add_edge("CASPAR", "BALTHASAR")
    builder.add_edge("BALTHASAR", "SOLOMON")
    builder.set_entry_point("CASPAR")
    async for event in builder.build().stream_async(payload["prompt"]):
        yield event


@hosting.entrypoint(answer("a swarm that hands over once", tools=["handoff_to_agent"],
                           members={"CASPAR": ["賛成", "です。", "。"]}))
async def swarm(payload: dict):
    hands_over = {"text": SAGES["CASPAR"], "calls": "handoff_to_agent",
                  "input": {"agent_name": "SOLOMON", "message": played.SECRET_INPUT}}
    sages = [agent(hands_over, {"text": ["。"]}, name="CASPAR"), agent(ANSWERS)]
    async for event in Swarm(sages).stream_async(payload["prompt"]):
        yield event


@hosting.entrypoint(answer("fails in the middle of its words", end="agent_failed"))
async def events_break(payload: dict):
    async for event in agent({**ANSWERS, "breaks": True}).stream_async(payload["prompt"]):
        yield event


@hosting.entrypoint(answer("its texts alone, and fails in the middle", end="agent_failed"))
async def texts_break(payload: dict):
    async for event in agent({**ANSWERS, "breaks": True}).stream_async(payload["prompt"]):
        if "data" in event:
            yield event["data"]


@hosting.entrypoint(Program("the message, not streamed", [played.ANSWER]))
async def result_message(payload: dict) -> dict:
    result = await agent(LOOKS, ANSWERS).invoke_async(payload["prompt"])
    return {"result": result.message}


@hosting.entrypoint(Program("the message of a model that thinks, not streamed", [played.ANSWER],
                            reasoning=["".join(played.THOUGHT)]))
async def result_thought(payload: dict) -> dict:
    result = await agent({**ANSWERS, "thought": played.THOUGHT}).invoke_async(payload["prompt"])
    return {"result": result.message["content"]}


@hosting.entrypoint(Program("a string, not streamed", [played.ANSWER + "\n"]))
async def string(payload: dict) -> str:
    return str(await agent(ANSWERS).invoke_async(payload["prompt"]))


@hosting.entrypoint(Program("raises before it has said anything", end="agent_failed"))
async def raises(payload: dict) -> str:
    raise played.AgentBroke


@tool(name=played.TOOL, context=True)
def asks_for_the_day(city: str, tool_context: ToolContext) -> str:
    """Tells the weather of a day that the user names."""
    return tool_context.interrupt("day", reason={"question": played.WHICH_DAY, "city": city})


DAY = {"kind": "question", "name": "day", "input": {"question": played.WHICH_DAY, **played.ASKED_INPUT}, "message": played.WHICH_DAY}
ASKS_FOR_APPROVAL = {"kind": "question", "name": "strands:human-in-the-loop",
                     "message": f'Approve "{played.TOOL}"?\n  Input: {json.dumps(played.ASKED_INPUT)}'}


@hosting.entrypoint(Program("a question back from inside a tool: every event as it is", played.LOOKING, tools=[played.TOOL],
                            asks=[DAY]))
async def interrupt(payload: dict):
    async for event in agent(ASKS, tools=[asks_for_the_day]).stream_async(payload["prompt"]):
        yield event


@hosting.entrypoint(Program("the same: the texts, then what it waits for, as the documentation's loop has it", played.LOOKING,
                            asks=[DAY]))
async def interrupt_texts(payload: dict):
    async for event in agent(ASKS, tools=[asks_for_the_day]).stream_async(payload["prompt"]):
        if "data" in event:
            yield event["data"]
        if "result" in event and event["result"].stop_reason == "interrupt":
            yield {"stop_reason": "interrupt", "interrupts": [asked.to_dict() for asked in event["result"].interrupts]}


@hosting.entrypoint(Program("the same as a string, not streamed: nothing but what it waits for", asks=[DAY]))
async def interrupt_string(payload: dict) -> str:
    return str(await agent(ASKS, tools=[asks_for_the_day]).invoke_async(payload["prompt"]))


@hosting.entrypoint(Program("the same from inside a graph", played.LOOKING, members={"CASPAR": SAGES["CASPAR"]}, tools=[played.TOOL],
                            asks=[DAY]))
async def interrupt_graph(payload: dict):
    builder = GraphBuilder()
    builder.add_node(agent({"text": SAGES["CASPAR"]}, name="CASPAR"), "CASPAR")
    builder.add_node(agent(ASKS, tools=[asks_for_the_day]), "SOLOMON")
    builder.add_edge("CASPAR", "SOLOMON")
    builder.set_entry_point("CASPAR")
    async for event in builder.build().stream_async(payload["prompt"]):
        yield event


@hosting.entrypoint(Program("`HumanInTheLoop` before a tool: every event as it is", played.LOOKING, tools=[played.TOOL],
                            asks=[ASKS_FOR_APPROVAL]))
async def human_in_the_loop(payload: dict):
    async for event in agent(ASKS, interventions=[HumanInTheLoop()]).stream_async(payload["prompt"]):
        yield event


if __name__ == "__main__":
    hosting.serve("Strands Agents for Python", "strands-agents", "bedrock-agentcore")
