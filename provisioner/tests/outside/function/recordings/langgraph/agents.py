"""LangGraph, as AWS's samples, templates and the fullstack solution template host it."""

from langchain.agents import create_agent
from langchain_core.load import dumpd
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, MessagesState, StateGraph

import played
from hosting import Hosting, Program, answer
from played_langchain import ANSWERS, LOOKS, PlayedModel, get_weather
from played_langgraph import DAY, asking, supervised

hosting = Hosting()


def agent(*turns: dict, in_blocks: bool = False, name: str | None = "SOLOMON"):
    return create_agent(PlayedModel(turns=list(turns), in_blocks=in_blocks), [get_weather], name=name)


def asked(payload: dict) -> dict:
    return {"messages": [{"role": "user", "content": payload["prompt"]}]}


@hosting.entrypoint(answer("the `messages` stream, each message as `model_dump()`", before=played.LOOKING, tools=[played.TOOL]))
async def messages_dump(payload: dict):
    async for chunk, _ in agent(LOOKS, ANSWERS).astream(asked(payload), stream_mode="messages"):
        yield chunk.model_dump()


@hosting.entrypoint(answer("the same with a model whose content is a list of blocks, and which thinks", before=played.LOOKING,
                           tools=[played.TOOL], reasoning=played.THOUGHT))
async def messages_dump_blocks(payload: dict):
    turns = ({**LOOKS, "thought": played.THOUGHT}, ANSWERS)
    async for chunk, _ in agent(*turns, in_blocks=True).astream(asked(payload), stream_mode="messages"):
        yield chunk.model_dump()


@hosting.entrypoint(answer("the same as strings: `model_dump_json()`", before=played.LOOKING, tools=[played.TOOL]))
async def messages_dump_json(payload: dict):
    async for chunk, _ in agent(LOOKS, ANSWERS).astream(asked(payload), stream_mode="messages"):
        yield chunk.model_dump_json()


@hosting.entrypoint(answer("the same in LangChain's own format for saving: `dumpd`", before=played.LOOKING, tools=[played.TOOL]))
async def messages_saved(payload: dict):
    async for chunk, _ in agent(LOOKS, ANSWERS).astream(asked(payload), stream_mode="messages"):
        yield dumpd(chunk)


@hosting.entrypoint(answer("the `messages` stream as it is: messages and their metadata", before=played.LOOKING, tools=[played.TOOL]))
async def messages_as_they_are(payload: dict):
    async for event in agent(LOOKS, ANSWERS).astream(asked(payload), stream_mode="messages"):
        yield event


@hosting.entrypoint(answer("the content of the `messages` stream's messages of the model", before=played.LOOKING))
async def messages_content(payload: dict):
    async for chunk, metadata in agent(LOOKS, ANSWERS).astream(asked(payload), stream_mode="messages"):
        if chunk.content and metadata["langgraph_node"] == "model":
            yield chunk.content


@hosting.entrypoint(answer("the same as lists of blocks", before=played.LOOKING))
async def messages_content_blocks(payload: dict):
    async for chunk, metadata in agent(LOOKS, ANSWERS, in_blocks=True).astream(asked(payload), stream_mode="messages"):
        if chunk.content and metadata["langgraph_node"] == "model":
            yield chunk.content


@hosting.entrypoint(Program("the `updates` stream as it is",
                            ["".join(played.LOOKING), played.ANSWER], tools=[played.TOOL]))
async def updates(payload: dict):
    async for update in agent(LOOKS, ANSWERS).astream(asked(payload), stream_mode="updates"):
        yield update


@hosting.entrypoint(Program("the `values` stream as it is: all messages each time",
                            ["".join(played.LOOKING), played.ANSWER], tools=[played.TOOL]))
async def values(payload: dict):
    async for state in agent(LOOKS, ANSWERS).astream(asked(payload), stream_mode="values"):
        yield state


@hosting.entrypoint(answer("`messages` and `updates` in one stream", before=played.LOOKING, tools=[played.TOOL]))
async def messages_and_updates(payload: dict):
    async for mode, chunk in agent(LOOKS, ANSWERS).astream(asked(payload), stream_mode=["messages", "updates"]):
        if mode == "messages":
            yield {"type": "messages", "data": [chunk[0].model_dump(), chunk[1]]}
        else:
            yield {"type": "updates", "data": {node: {"messages": [message.model_dump() for message in state["messages"]]}
                                               for node, state in chunk.items()}}


@hosting.entrypoint(answer("`astream_events` as they are", before=played.LOOKING, tools=[played.TOOL]))
async def events(payload: dict):
    # Without a name, which the agent gives the model's message before or after an event with the message is written.
    async for event in agent(LOOKS, ANSWERS, name=None).astream_events(asked(payload), version="v2"):
        yield event


@hosting.entrypoint(answer("`astream_events`: the texts of `on_chat_model_stream`", before=played.LOOKING))
async def events_texts(payload: dict):
    async for event in agent(LOOKS, ANSWERS).astream_events(asked(payload), version="v2"):
        if event["event"] == "on_chat_model_stream" and event["data"]["chunk"].content:
            yield {"event": "on_chat_model_stream", "data": {"chunk": {"content": event["data"]["chunk"].content}}}


@hosting.entrypoint(answer("what a node writes with `get_stream_writer`", before=["Searching…"]))
async def custom(payload: dict):
    async def search(state: MessagesState) -> dict:
        writer = get_stream_writer()
        writer({"text": "Searching…"})
        async for piece in played.spoken():
            writer({"text": piece})
        return {"messages": []}

    graph = StateGraph(MessagesState)
    graph.add_node("search", search)
    graph.add_edge(START, "search")
    graph.add_edge("search", END)
    async for event in graph.compile().astream(asked(payload), stream_mode="custom"):
        yield event


@hosting.entrypoint(answer("the `messages` stream, and fails in the middle", end="agent_failed"))
async def messages_break(payload: dict):
    async for chunk, _ in agent({**ANSWERS, "breaks": True}).astream(asked(payload), stream_mode="messages"):
        yield chunk.model_dump()


@hosting.entrypoint(Program("`{result}` with the last message's content, not streamed", [played.ANSWER]))
async def result(payload: dict) -> dict:
    state = await agent(LOOKS, ANSWERS).ainvoke(asked(payload))
    return {"result": state["messages"][-1].content}


@hosting.entrypoint(Program("the same with a model whose content is a list of blocks, and which thinks", [played.ANSWER],
                            reasoning=["".join(played.THOUGHT)]))
async def result_blocks(payload: dict) -> dict:
    state = await agent(LOOKS, {**ANSWERS, "thought": played.THOUGHT}, in_blocks=True).ainvoke(asked(payload))
    return {"result": state["messages"][-1].content}


@hosting.entrypoint(Program("the content alone, not streamed", [played.ANSWER]))
async def content(payload: dict) -> str:
    state = await agent(LOOKS, ANSWERS).ainvoke(asked(payload))
    return state["messages"][-1].content


@hosting.entrypoint(Program("the last message as it is, not streamed", [played.ANSWER]))
async def last_message(payload: dict):
    state = await agent(LOOKS, ANSWERS).ainvoke(asked(payload))
    return {"result": state["messages"][-1]}


@hosting.entrypoint(Program("the whole state, not streamed", ["".join(played.LOOKING), played.ANSWER], tools=[played.TOOL]))
async def state(payload: dict) -> dict:
    return await agent(LOOKS, ANSWERS).ainvoke(asked(payload))


@hosting.entrypoint(Program("raises before it has said anything", end="agent_failed"))
async def raises(payload: dict) -> dict:
    state = await agent({"text": [], "breaks": True}).ainvoke(asked(payload))
    raise played.AgentBroke if state else RuntimeError


APPROVAL = {"kind": "approval", "name": played.TOOL, "input": played.ASKED_INPUT,
            "message": f"Tool execution requires approval\n\nTool: {played.TOOL}\nArgs: {played.ASKED_INPUT}"}
THREAD = {"configurable": {"thread_id": "thread-1"}}
WHOLE = "".join(played.LOOKING)


@hosting.entrypoint(Program("`interrupt`: the `updates` stream as it is", [WHOLE], asks=[DAY]))
async def interrupt_updates(payload: dict):
    async for update in asking().astream(asked(payload), THREAD, stream_mode="updates"):
        yield update


@hosting.entrypoint(Program("`interrupt`: the `values` stream as it is", [WHOLE], asks=[DAY]))
async def interrupt_values(payload: dict):
    async for state in asking().astream(asked(payload), THREAD, stream_mode="values"):
        yield state


@hosting.entrypoint(Program("`interrupt`: `messages` and `updates` in one stream, as they are", played.LOOKING, asks=[DAY]))
async def interrupt_messages_and_updates(payload: dict):
    async for event in asking().astream(asked(payload), THREAD, stream_mode=["messages", "updates"]):
        yield event


@hosting.entrypoint(Program("`interrupt`: `astream_events` as they are", played.LOOKING, asks=[DAY]))
async def interrupt_events(payload: dict):
    async for event in asking().astream_events(asked(payload), THREAD, version="v2"):
        yield event


@hosting.entrypoint(Program("`interrupt`: the whole state, not streamed", [WHOLE], asks=[DAY]))
async def interrupt_state(payload: dict) -> dict:
    return await asking().ainvoke(asked(payload), THREAD)


@hosting.entrypoint(Program("`HumanInTheLoopMiddleware`: `messages` and `updates` in one stream, as they are", played.LOOKING,
                            tools=[played.TOOL], asks=[APPROVAL]))
async def approval_messages_and_updates(payload: dict):
    async for event in supervised().astream(asked(payload), THREAD, stream_mode=["messages", "updates"]):
        yield event


@hosting.entrypoint(Program("`HumanInTheLoopMiddleware`: the `updates` stream as it is", [WHOLE], tools=[played.TOOL], asks=[APPROVAL]))
async def approval_updates(payload: dict):
    async for update in supervised().astream(asked(payload), THREAD, stream_mode="updates"):
        yield update


@hosting.entrypoint(Program("`HumanInTheLoopMiddleware`: the whole state, not streamed", [WHOLE], tools=[played.TOOL], asks=[APPROVAL]))
async def approval_state(payload: dict) -> dict:
    return await supervised().ainvoke(asked(payload), THREAD)


if __name__ == "__main__":
    hosting.serve("LangGraph", "langgraph", "langchain", "bedrock-agentcore")
