"""The function's fixtures are what AWS's models of the services say today."""

import pytest

from stream_messages import FIXTURES, STREAMS, fixture, messages


@pytest.mark.parametrize("name", STREAMS)
def test_the_fixtures_are_those_of_the_model(name: str):
    assert (FIXTURES / f"{name}.json").read_text() == fixture(name), \
        "run stream_messages.py and see what is new"


def test_every_union_of_the_traces_is_there_in_all_its_variants():
    traces = [message["payload"]["trace"] for message in messages("invoke_agent")
              if message["name"] == "trace"]

    assert {kind for trace in traces for kind in trace} == {
        "customOrchestrationTrace", "failureTrace", "guardrailTrace", "orchestrationTrace",
        "postProcessingTrace", "preProcessingTrace", "routingClassifierTrace"}
    steps = {step for trace in traces for step in trace.get("orchestrationTrace", {})}
    assert steps == {"invocationInput", "modelInvocationInput", "modelInvocationOutput",
                     "observation", "rationale"}


def test_every_kind_of_block_of_a_harness_is_there():
    deltas = [message["payload"]["delta"] for message in messages("invoke_harness")
              if message["name"] == "contentBlockDelta"]

    assert {kind for delta in deltas for kind in delta} == {
        "text", "toolUse", "toolResult", "reasoningContent", "toolResultMetadata"}
