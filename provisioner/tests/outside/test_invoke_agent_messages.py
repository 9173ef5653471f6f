"""The function's fixtures are what AWS's model of the service says today."""

from invoke_agent_messages import FIXTURE, fixture, messages


def test_the_fixtures_are_those_of_the_model():
    assert FIXTURE.read_text() == fixture(), "run invoke_agent_messages.py and see what is new"


def test_every_union_of_the_traces_is_there_in_all_its_variants():
    traces = [message["payload"]["trace"] for message in messages() if message["name"] == "trace"]

    assert {kind for trace in traces for kind in trace} == {
        "customOrchestrationTrace", "failureTrace", "guardrailTrace", "orchestrationTrace",
        "postProcessingTrace", "preProcessingTrace", "routingClassifierTrace"}
    steps = {step for trace in traces for step in trace.get("orchestrationTrace", {})}
    assert steps == {"invocationInput", "modelInvocationInput", "modelInvocationOutput",
                     "observation", "rationale"}
