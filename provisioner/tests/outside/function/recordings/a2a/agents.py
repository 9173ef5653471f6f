"""Agents of one's own that speak A2A, by the protocol's SDK inside Amazon's package.

They are asked in version 0.3 of the protocol, which servers of version 1 understand in Amazon's package as well."""

from collections.abc import Callable

from a2a.helpers import new_task_from_user_message, new_text_message
from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.events import EventQueue
from a2a.server.tasks import TaskUpdater
from a2a.types import AgentCapabilities, AgentCard, AgentInterface, Part
from bedrock_agentcore.runtime.a2a import build_a2a_app

import played
from hosting import Hosting, Program, answer

hosting = Hosting()


class Executor(AgentExecutor):
    """One of the functions below."""

    def __init__(self, play: Callable):
        self._play = play

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        await self._play(context, event_queue)

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        raise NotImplementedError


def card() -> AgentCard:
    interface = AgentInterface(url="http://localhost:9000/", protocol_binding="JSONRPC", protocol_version="1.0")
    return AgentCard(name="SOLOMON", description="Answers.", version="1", skills=[], supported_interfaces=[interface],
                     capabilities=AgentCapabilities(streaming=True), default_input_modes=["text"], default_output_modes=["text"])


def agent(program: Program):
    """Decorates what an executor does."""
    def host(play: Callable) -> Callable:
        hosting.app(play.__name__, build_a2a_app(Executor(play), card()), program)
        return play
    return host


async def begin(context: RequestContext, queue: EventQueue) -> TaskUpdater:
    task = new_task_from_user_message(context.message)
    await queue.enqueue_event(task)
    updater = TaskUpdater(queue, task.id, task.context_id)
    await updater.start_work()
    return updater


@agent(answer("an artifact, piece by piece", protocol="a2a"))
async def artifact(context: RequestContext, queue: EventQueue) -> None:
    updater, first = await begin(context, queue), True
    async for piece in played.spoken():
        await updater.add_artifact([Part(text=piece)], artifact_id="answer", name="answer", append=not first)
        first = False
    await updater.complete()


@agent(answer("messages of the status working; the last words with the status completed", protocol="a2a", before=played.LOOKING))
async def status(context: RequestContext, queue: EventQueue) -> None:
    updater = await begin(context, queue)
    for piece in played.LOOKING:
        await updater.start_work(updater.new_agent_message([Part(text=piece)]))
    async for piece in played.spoken(played.PIECES):
        if piece is not played.PIECES[-1]:
            await updater.start_work(updater.new_agent_message([Part(text=piece)]))
    await updater.complete(updater.new_agent_message([Part(text=played.PIECES[-1])]))


@agent(Program("a message and nothing else", [played.ANSWER], protocol="a2a"))
async def message(context: RequestContext, queue: EventQueue) -> None:
    await queue.enqueue_event(new_text_message(played.ANSWER))


@agent(answer("the status failed, with a reason", protocol="a2a", end="agent_failed"))
async def fails(context: RequestContext, queue: EventQueue) -> None:
    updater, first = await begin(context, queue), True
    async for piece in played.spoken():
        await updater.add_artifact([Part(text=piece)], artifact_id="answer", append=not first)
        first = False
    await updater.failed(updater.new_agent_message([Part(text=played.SECRET_FAILURE)]))


@agent(answer("the executor raises", protocol="a2a", end="agent_failed"))
async def raises(context: RequestContext, queue: EventQueue) -> None:
    updater, first = await begin(context, queue), True
    async for piece in played.spoken():
        await updater.add_artifact([Part(text=piece)], artifact_id="answer", append=not first)
        first = False
    raise played.AgentBroke


@agent(Program("a question back: the status input-required", ["Which ", "city?"], protocol="a2a",
               asks=[{"kind": "question", "name": "input_required", "message": "city?"}]))
async def asks_back(context: RequestContext, queue: EventQueue) -> None:
    updater = await begin(context, queue)
    await updater.start_work(updater.new_agent_message([Part(text="Which ")]))
    await updater.requires_input(updater.new_agent_message([Part(text="city?")]))


if __name__ == "__main__":
    hosting.serve("A2A", "a2a-sdk", "bedrock-agentcore")
