"""CrewAI, as AWS's samples and loops of one's own host it."""

import os
from typing import Any

os.environ.update(CREWAI_DISABLE_TELEMETRY="true", CREWAI_TRACING_ENABLED="false", CREWAI_TESTING="true")

from crewai import Agent, Crew, Task  # noqa: E402
from crewai.llms.base_llm import BaseLLM  # noqa: E402

import played  # noqa: E402
from hosting import Hosting, Program, answer  # noqa: E402

hosting = Hosting()


class PlayedModel(BaseLLM):
    """Says the answer; a crew's agent says nothing else than its last answer without a tool."""

    breaks: bool = False

    def call(self, messages: Any, tools: Any = None, callbacks: Any = None, available_functions: Any = None,
             from_task: Any = None, from_agent: Any = None, response_model: Any = None) -> str:
        for piece in played.spoken_in_a_thread():
            self._emit_stream_chunk_event(piece, from_task=from_task, from_agent=from_agent)
        if self.breaks:
            raise played.AgentBroke
        return played.ANSWER


def crew(stream: bool = False, breaks: bool = False) -> Crew:
    sage = Agent(role="SOLOMON", goal="Answer.", backstory="A sage.", max_retry_limit=0,
                 llm=PlayedModel(model="played", breaks=breaks))
    return Crew(agents=[sage], tasks=[Task(description="{question}", expected_output="An answer.", agent=sage)], stream=stream)


@hosting.entrypoint(Program("`{result}` with the raw output, not streamed", [played.ANSWER]))
def result(payload: dict) -> dict:
    return {"result": crew().kickoff(inputs={"question": payload["prompt"]}).raw}


@hosting.entrypoint(Program("the crew's output as it is, not streamed", [played.ANSWER]))
def output(payload: dict):
    return crew().kickoff(inputs={"question": payload["prompt"]})


@hosting.entrypoint(answer("the chunks as they are: their texts"))
def chunks(payload: dict):
    for chunk in crew(stream=True).kickoff(inputs={"question": payload["prompt"]}):
        yield chunk


@hosting.entrypoint(answer("the chunks, then the crew's output"))
def chunks_and_output(payload: dict):
    streaming = crew(stream=True).kickoff(inputs={"question": payload["prompt"]})
    for chunk in streaming:
        yield chunk.model_dump(mode="json")
    yield {"result": streaming.result.raw}


@hosting.entrypoint(answer("the chunks, and fails in the middle", end="agent_failed"))
def chunks_break(payload: dict):
    for chunk in crew(stream=True, breaks=True).kickoff(inputs={"question": payload["prompt"]}):
        yield chunk


if __name__ == "__main__":
    hosting.serve("CrewAI", "crewai", "bedrock-agentcore")
