"""Agents as people write them for AgentCore: Strands Agents inside Amazon's `bedrock-agentcore`.

Only the model is played; it says what the test wants, in the shape of ConverseStream. Everything
between the model and the network is the packages' own, so that it is them who say what a runtime
sends. As a program it serves them, for a test or to record their answers:

    python strands_agent.py record DIRECTORY     one file for each entrypoint
"""

import asyncio
import base64
import json
import re
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import unquote

import httpx
from bedrock_agentcore.runtime import BedrockAgentCoreApp
from strands import Agent, tool
from strands.hooks import BeforeToolCallEvent, HookProvider, HookRegistry
from strands.models import Model
from strands.multiagent import GraphBuilder

from served_app import ServedApp

QUESTION = "週休三日制を導入すべきでしょうか？"
SAGES = {
    "CASPAR": "生産性は落ちません。",
    "BALTHASAR": "休める人と休めない人が生まれます。",
    "MELCHIOR": "三十年後には当たり前でしょう。",
}
VERDICT = "賛成二、反対一。試す価値があります。"


class PlayedModel(Model):
    """Says the given turns, one for each call, in pieces of three characters."""

    def __init__(self, *turns: dict):
        self._turns = list(turns)

    def update_config(self, **_: object) -> None:
        pass

    def get_config(self) -> dict:
        return {}

    async def structured_output(self, *_: object, **__: object) -> AsyncIterator[dict]:
        raise NotImplementedError
        yield

    async def stream(self, *_: object, **__: object) -> AsyncIterator[dict]:
        turn = self._turns.pop(0)
        yield {"messageStart": {"role": "assistant"}}
        if thought := turn.get("thought"):
            yield {"contentBlockStart": {"start": {}}}
            for piece in pieces(thought):
                yield {"contentBlockDelta": {"delta": {"reasoningContent": {"text": piece}}}}
            yield {"contentBlockStop": {}}
        if text := turn.get("text"):
            yield {"contentBlockStart": {"start": {}}}
            for piece in pieces(text):
                yield {"contentBlockDelta": {"delta": {"text": piece}}}
            if turn.get("breaks"):
                raise RuntimeError("SECRET-of-the-agent")
            yield {"contentBlockStop": {}}
        if call := turn.get("tool"):
            yield {"contentBlockStart": {"start": {"toolUse": {"name": call["name"], "toolUseId": "tool-1"}}}}
            yield {"contentBlockDelta": {"delta": {"toolUse": {"input": json.dumps(call["input"])}}}}
            yield {"contentBlockStop": {}}
        yield {"messageStop": {"stopReason": "tool_use" if call else "end_turn"}}
        yield {"metadata": {"usage": {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15},
                            "metrics": {"latencyMs": 7}}}


def pieces(text: str) -> list[str]:
    return [text[at:at + 3] for at in range(0, len(text), 3)]


@tool
def count_votes(sages: int) -> str:
    """Counts the votes of the sages."""
    return f"{sages} votes"


def agent(*turns: dict, name: str = "SOLOMON") -> Agent:
    return Agent(model=PlayedModel(*turns), name=name, tools=[count_votes], callback_handler=None)


def council():
    """Three sages side by side, then the judge."""
    builder = GraphBuilder()
    for name, text in SAGES.items():
        builder.add_node(agent({"text": text}, name=name), name)
    builder.add_node(agent({"text": VERDICT}), "SOLOMON")
    for name in SAGES:
        builder.add_edge(name, "SOLOMON")
        builder.set_entry_point(name)
    return builder.build()


async def raw(payload: dict):
    """The usual entrypoint: all events as they are."""
    async for event in agent({"thought": "票を数えよう。", "text": VERDICT}).stream_async(payload["prompt"]):
        yield event


async def texts(payload: dict):
    """Text only."""
    async for event in agent({"text": VERDICT}).stream_async(payload["prompt"]):
        if "data" in event:
            yield event["data"]


async def model_events(payload: dict):
    """What AWS's own samples pass on: the model's events."""
    async for event in agent({"text": VERDICT}).stream_async(payload["prompt"]):
        if "event" in event:
            yield event


async def data_events(payload: dict):
    """Strands' own text events only, which JSON cannot hold."""
    async for event in agent({"text": VERDICT}).stream_async(payload["prompt"]):
        if "data" in event:
            yield event


async def tools(payload: dict):
    turns = ({"text": "数えます。", "tool": {"name": "count_votes", "input": {"sages": 3}}}, {"text": VERDICT})
    async for event in agent(*turns).stream_async(payload["prompt"]):
        yield event


async def graph(payload: dict):
    async for event in council().stream_async(payload["prompt"]):
        yield event


async def breaks(payload: dict):
    async for event in agent({"text": VERDICT, "breaks": True}).stream_async(payload["prompt"]):
        yield event


async def whole(payload: dict) -> dict:
    """An answer in one piece: Strands' message."""
    result = await agent({"text": VERDICT}).invoke_async(payload["prompt"])
    return {"result": result.message}


async def text(payload: dict) -> str:
    return str(await agent({"text": VERDICT}).invoke_async(payload["prompt"]))


class AsksFirst(HookProvider):
    """Asks before every tool, as Strands' documentation does it."""

    def register_hooks(self, registry: HookRegistry, **_: object) -> None:
        registry.add_callback(BeforeToolCallEvent, self.ask)

    def ask(self, event: BeforeToolCallEvent) -> None:
        tool_name = event.tool_use["name"]
        if event.interrupt(f"use_{tool_name}", reason={"message": "数えてよいですか？"}) != "yes":
            event.cancel_tool = "not allowed"


#: The agents that wait for an answer, by their session: Amazon keeps a machine for each.
WAITING: dict[str, Agent] = {}


def waiting(payload: dict) -> Agent:
    """Whoever has been asked in this session."""
    session = payload["sessionId"]
    if session not in WAITING:
        turns = ({"text": "数えます。", "tool": {"name": "count_votes", "input": {"sages": 3}}}, {"text": VERDICT})
        WAITING[session] = Agent(model=PlayedModel(*turns), name="SOLOMON", tools=[count_votes], hooks=[AsksFirst()],
                                 callback_handler=None)
    return WAITING[session]


async def interrupts(payload: dict):
    """The usual entrypoint, of an agent that asks back."""
    async for event in waiting(payload).stream_async(payload["prompt"]):
        yield event


async def interrupts_whole(payload: dict) -> str:
    return str(await waiting(payload).invoke_async(payload["prompt"]))


async def raises(payload: dict) -> str:
    raise ValueError("SECRET-of-the-agent")


class Witness(PlayedModel):
    """Says which blocks it was asked with."""

    async def stream(self, messages: list[dict], *_: object, **__: object) -> AsyncIterator[dict]:
        blocks = [(kind, block["format"], block.get("name"), len(block["source"]["bytes"])) if kind != "text" else block
                  for content in messages[-1]["content"] for kind, block in content.items()]
        self._turns.append({"text": json.dumps(blocks, ensure_ascii=False)})
        async for event in super().stream():
            yield event


def blocks(payload: dict) -> list[dict]:
    """A question and its files as Strands takes them: what function/README.md shows."""
    blocks = [{"text": payload["prompt"]}]
    for file in payload.get("files", []):
        kind, format = file["mediaType"].split("/")
        source = {"bytes": base64.b64decode(file["data"])}
        if kind == "image":
            blocks.append({"image": {"format": format, "source": source}})
        else:
            stem, _, format = file["name"].rpartition(".")
            blocks.append({"document": {"name": re.sub(r"[^\w\s()\[\]-]", " ", stem), "format": format, "source": source}})
    return blocks


async def files(payload: dict) -> str:
    """Reads the files that come with a question."""
    return str(await Agent(model=Witness(), callback_handler=None).invoke_async(blocks(payload)))


ENTRYPOINTS: dict[str, Callable] = {
    entrypoint.__name__: entrypoint
    for entrypoint in (raw, texts, model_events, data_events, tools, graph, breaks, whole, text, interrupts, interrupts_whole,
                       raises, files)
}


class Runtimes:
    """AgentCore's address in front of all entrypoints: the runtime `NAME-…` is the entrypoint NAME."""

    def __init__(self) -> None:
        self._apps = {}
        for name, entrypoint in ENTRYPOINTS.items():
            app = BedrockAgentCoreApp()
            app.entrypoint(entrypoint)
            self._apps[name] = app

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        if scope["type"] == "http":
            # /runtimes/{arn}/invocations: the ARN ends with runtime/NAME-…
            arn = unquote(scope["raw_path"].decode()).split("?")[0].removesuffix("/invocations")
            name = arn.rpartition("/")[2].partition("-")[0]
            scope = {**scope, "path": "/invocations", "raw_path": b"/invocations"}
            await self._apps[name](scope, receive, send)


async def record(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    with ServedApp(Runtimes()) as address:
        async with httpx.AsyncClient() as client:
            for name in ENTRYPOINTS:
                answer = await client.post(f"{address}/runtimes/runtime%2F{name}-0/invocations",
                                           json={"prompt": QUESTION})
                kind = "sse" if answer.headers["content-type"].startswith("text/event-stream") else "json"
                (directory / f"{name}.{kind}").write_bytes(answer.content)
                print(name, answer.status_code, answer.headers["content-type"], len(answer.content))


if __name__ == "__main__":
    if sys.argv[1:2] != ["record"] or len(sys.argv) != 3:
        sys.exit(__doc__)
    asyncio.run(record(Path(sys.argv[2])))
