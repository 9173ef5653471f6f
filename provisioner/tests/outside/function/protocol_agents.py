"""Programs that speak AG-UI or A2A, by these protocols' own packages inside Amazon's, behind AgentCore's address."""

import json
from collections.abc import AsyncIterator, Callable
from urllib.parse import unquote

from a2a.helpers import new_task_from_user_message
from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.events import EventQueue
from a2a.server.tasks import TaskUpdater
from a2a.types import AgentCapabilities, AgentCard, AgentInterface, Part
from ag_ui.core import (BaseEvent, CustomEvent, Interrupt, RunAgentInput, RunFinishedEvent, RunFinishedInterruptOutcome,
                        RunStartedEvent, StateDeltaEvent, StateSnapshotEvent, StepFinishedEvent, StepStartedEvent,
                        TextMessageContentEvent, TextMessageEndEvent, TextMessageStartEvent, ToolCallArgsEvent,
                        ToolCallEndEvent, ToolCallStartEvent)
from ag_ui_strands import StrandsAgent
from bedrock_agentcore.runtime.a2a import build_a2a_app
from bedrock_agentcore.runtime.ag_ui import build_ag_ui_app

from strands_agent import VERDICT, agent


async def said(run: RunAgentInput, *pieces: str, identifier: str = "message-of-the-agent") -> AsyncIterator[BaseEvent]:
    yield TextMessageStartEvent(message_id=identifier, role="assistant")
    for piece in pieces:
        yield TextMessageContentEvent(message_id=identifier, delta=piece)
    yield TextMessageEndEvent(message_id=identifier)


async def tells(run: RunAgentInput) -> AsyncIterator[BaseEvent]:
    """Tells what it was asked with."""
    yield RunStartedEvent(thread_id=run.thread_id, run_id=run.run_id)
    yield StepStartedEvent(step_name="reading")
    yield StateSnapshotEvent(snapshot={"given": run.state, "messages": ["SECRET"]})
    yield StateDeltaEvent(delta=[{"op": "add", "path": "/messages/-", "value": "SECRET"},
                                 {"op": "add", "path": "/asked", "value": len(run.messages)}])
    yield StepFinishedEvent(step_name="reading")
    for message in run.messages:
        async for event in said(run, f"{message.role}: ", f"{message.content}\n", identifier=f"about-{message.id}"):
            yield event
    asked = run.model_dump(by_alias=True, exclude_none=True, mode="json")
    yield CustomEvent(name="asked", value=asked)
    yield RunFinishedEvent(thread_id=run.thread_id, run_id=run.run_id)


async def asks(run: RunAgentInput) -> AsyncIterator[BaseEvent]:
    """Interrupts its run, and says what it was answered."""
    yield RunStartedEvent(thread_id=run.thread_id, run_id=run.run_id)
    if not run.resume:
        waits = Interrupt(id="interrupt-1", reason="city", message="どの都市ですか？",
                          response_schema={"type": "object", "properties": {"city": {"type": "string"}}})
        outcome = RunFinishedInterruptOutcome(interrupts=[waits])
        yield RunFinishedEvent(thread_id=run.thread_id, run_id=run.run_id, outcome=outcome)
        return
    answers = [f"{entry.interrupt_id} {entry.status} {entry.payload}" for entry in run.resume]
    async for event in said(run, *answers):
        yield event
    yield RunFinishedEvent(thread_id=run.thread_id, run_id=run.run_id)


async def supervised(run: RunAgentInput) -> AsyncIterator[BaseEvent]:
    """Asks for an approval of its call, for a while."""
    yield RunStartedEvent(thread_id=run.thread_id, run_id=run.run_id)
    yield ToolCallStartEvent(tool_call_id="call-1", tool_call_name="paint")
    yield ToolCallArgsEvent(tool_call_id="call-1", delta='{"color": "red"}')
    yield ToolCallEndEvent(tool_call_id="call-1")
    waits = Interrupt(id="interrupt-1", reason="tool_call", message="塗ってよいですか？", tool_call_id="call-1",
                      expires_at="2026-11-28T09:00:00Z", metadata={"color": "red"})
    yield RunFinishedEvent(thread_id=run.thread_id, run_id=run.run_id, outcome=RunFinishedInterruptOutcome(interrupts=[waits]))


async def graph(run: RunAgentInput) -> AsyncIterator[BaseEvent]:
    """Waits as AG-UI's adapter for LangGraph tells it, and says how it was resumed."""
    yield RunStartedEvent(thread_id=run.thread_id, run_id=run.run_id)
    resumed = [entry.payload for entry in run.resume or []] or (run.forwarded_props or {}).get("command", {}).get("resume")
    if resumed:
        async for event in said(run, f"{resumed}"):
            yield event
    else:
        async for event in said(run, "見てみます。"):
            yield event
        value = {"question": "何日の天気ですか？"}
        yield CustomEvent(name="on_interrupt", value=json.dumps(value), raw_event={"value": value, "id": "interrupt-1"})
    yield RunFinishedEvent(thread_id=run.thread_id, run_id=run.run_id)


async def calls(run: RunAgentInput) -> AsyncIterator[BaseEvent]:
    """Calls the client's first tool, and says what it gave back."""
    yield RunStartedEvent(thread_id=run.thread_id, run_id=run.run_id)
    last = run.messages[-1]
    if last.role == "tool":
        called = [call.id for message in run.messages for call in getattr(message, "tool_calls", None) or []]
        async for event in said(run, f"{last.content} {last.tool_call_id} {called}", identifier="message-2"):
            yield event
    else:
        async for event in said(run, "塗ります。", identifier="message-1"):
            yield event
        call = {"tool_call_id": "call-1"}
        yield ToolCallStartEvent(**call, tool_call_name=run.tools[0].name, parent_message_id="message-1")
        for piece in ('{"color":', '"red"}'):
            yield ToolCallArgsEvent(**call, delta=piece)
        yield ToolCallEndEvent(**call)
    yield RunFinishedEvent(thread_id=run.thread_id, run_id=run.run_id)


class AsksBack(AgentExecutor):
    """Requires input, and says in the same task what it got."""

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        task = context.current_task
        if task is None:
            task = new_task_from_user_message(context.message)
            await event_queue.enqueue_event(task)
            updater = TaskUpdater(event_queue, task.id, task.context_id)
            await updater.requires_input(updater.new_agent_message([Part(text="どの都市ですか？")]))
            return
        updater = TaskUpdater(event_queue, task.id, task.context_id)
        await updater.add_artifact([Part(text=f"{context.get_user_input()}ですね。")], artifact_id="answer")
        await updater.complete()

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        raise NotImplementedError


class Remembers(AgentExecutor):
    """Says which question of its context it answers, and what was told of those before."""

    def __init__(self) -> None:
        self._asked: dict[str, list[str]] = {}

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        task = new_task_from_user_message(context.message)
        await event_queue.enqueue_event(task)
        updater = TaskUpdater(event_queue, task.id, task.context_id)
        await updater.start_work()
        asked = self._asked.setdefault(task.context_id, [])
        asked.append(context.get_user_input())
        history = context.message.metadata.fields.get("history")
        turns = len(history.list_value.values) if history else 0
        files = [f" {part.filename} {part.media_type} {part.raw.decode()}" for part in context.message.parts if part.raw]
        pieces = (f"{len(asked)}. ", context.get_user_input(), f" ({turns})", *files)
        for number, piece in enumerate(pieces):
            await updater.add_artifact([Part(text=piece)], artifact_id="answer", append=number > 0)
        await updater.complete()

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        raise NotImplementedError


def card(streaming: bool = True) -> AgentCard:
    interface = AgentInterface(url="http://localhost:9000/", protocol_binding="JSONRPC", protocol_version="1.0")
    return AgentCard(name="SOLOMON", description="Answers.", version="1", skills=[], supported_interfaces=[interface],
                     capabilities=AgentCapabilities(streaming=streaming), default_input_modes=["text"], default_output_modes=["text"])


#: Each program by its name, with its protocol.
PROGRAMS: dict[str, tuple[str, Callable]] = {
    "strands": ("ag-ui", build_ag_ui_app(StrandsAgent(
        agent({"text": VERDICT}, {"text": VERDICT}, {"text": VERDICT}), name="SOLOMON"))),
    "tells": ("ag-ui", build_ag_ui_app(tells)),
    "asks": ("ag-ui", build_ag_ui_app(asks)),
    "supervised": ("ag-ui", build_ag_ui_app(supervised)),
    "graph": ("ag-ui", build_ag_ui_app(graph)),
    "calls": ("ag-ui", build_ag_ui_app(calls)),
    "asks2": ("a2a", build_a2a_app(AsksBack(), card())),
    "remembers": ("a2a", build_a2a_app(Remembers(), card())),
    "whole": ("a2a", build_a2a_app(Remembers(), card(streaming=False))),
}


class Runtimes:
    """AgentCore's address in front of all programs: the runtime `NAME-…` is the program NAME."""

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        if scope["type"] != "http":
            return
        arn = unquote(scope["raw_path"].decode()).split("?")[0].removesuffix("/invocations")
        protocol, app = PROGRAMS[arn.rpartition("/")[2].partition("-")[0]]
        path = "/" if protocol == "a2a" else "/invocations"
        # AgentCore passes on no header of the caller's.
        await app({**scope, "path": path, "raw_path": path.encode(), "query_string": b""}, receive, send)
