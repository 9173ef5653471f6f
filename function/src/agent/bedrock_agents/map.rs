//! A message of `InvokeAgent`'s stream becomes events. Pure.

use std::collections::{HashSet, VecDeque};

use aws_sdk_bedrockagentruntime::types::{
    Metadata, Observation, OrchestrationTrace, PostProcessingTrace, PreProcessingTrace,
    ResponseStream, RoutingClassifierTrace, Trace, TracePart,
};

use super::text::Utf8Carry;
use crate::event::{Event, State, Trace as TraceStep, Usage};

/// What the messages so far have told.
#[derive(Debug)]
pub(super) struct Mapper {
    supervisor: String,
    text: Utf8Carry,
    /// The supervisor's answer has begun: traces that follow only account for it.
    answering: bool,
    /// Collaborators whose answer came in a trace of their own: the supervisor's trace repeats it.
    answered: HashSet<String>,
}

impl Mapper {
    pub(super) fn new(supervisor: String) -> Self {
        Self {
            supervisor,
            text: Utf8Carry::default(),
            answering: false,
            answered: HashSet::new(),
        }
    }

    /// Appends the events that `message` tells of.
    pub(super) fn map(&mut self, message: ResponseStream, events: &mut VecDeque<Event>) {
        match message {
            ResponseStream::Chunk(part) => {
                let bytes = part.bytes.unwrap_or_default();
                let content = self.text.push(bytes.as_ref());
                if !content.is_empty() {
                    self.answering = true;
                    let agent = self.supervisor.clone();
                    events.push_back(Event::Chunk { agent, content });
                }
            }
            ResponseStream::Trace(part) => self.trace(part, events),
            _ => events.push_back(Event::Unknown),
        }
    }

    /// Appends what is left to tell when the agent has ended properly.
    pub(super) fn end(&mut self, events: &mut VecDeque<Event>) {
        if let Some(rest) = self.text.finish() {
            events.push_back(Event::Chunk {
                agent: self.supervisor.clone(),
                content: rest.to_owned(),
            });
        }
    }

    fn trace(&mut self, part: TracePart, events: &mut VecDeque<Event>) {
        let Some(trace) = part.trace else { return };
        let collaborator = part.collaborator_name.filter(|name| !name.is_empty());
        let is_supervisor = collaborator.is_none();
        let agent = collaborator.unwrap_or_else(|| self.supervisor.clone());

        if !(is_supervisor && self.answering) {
            status(&agent, State::Thinking, events);
        }
        let step = summarise(&trace);
        if let Some(usage) = step.usage {
            events.push_back(Event::Usage {
                agent: agent.clone(),
                usage,
            });
        }
        events.push_back(Event::Trace {
            agent: agent.clone(),
            trace: step,
        });
        if let Trace::OrchestrationTrace(trace) = trace {
            self.orchestration(&agent, is_supervisor, trace, events);
        }
    }

    fn orchestration(
        &mut self,
        agent: &str,
        is_supervisor: bool,
        trace: OrchestrationTrace,
        events: &mut VecDeque<Event>,
    ) {
        match trace {
            OrchestrationTrace::InvocationInput(input) => {
                let asked = input
                    .agent_collaborator_invocation_input
                    .and_then(|input| input.agent_collaborator_name);
                if let Some(name) = asked {
                    self.answered.remove(&name);
                    status(&name, State::Thinking, events);
                }
            }
            OrchestrationTrace::Observation(observation) => {
                self.observation(agent, is_supervisor, observation, events);
            }
            _ => {}
        }
    }

    fn observation(
        &mut self,
        agent: &str,
        is_supervisor: bool,
        observation: Observation,
        events: &mut VecDeque<Event>,
    ) {
        // The supervisor's own final response comes as chunks.
        let own = observation.final_response.and_then(|answer| answer.text);
        if let (false, Some(text)) = (is_supervisor, own) {
            self.answered.insert(agent.to_owned());
            collaborator_answer(agent, text, events);
        }
        if let Some(output) = observation.agent_collaborator_invocation_output {
            let text = output.output.and_then(|output| output.text);
            if let (Some(name), Some(text)) = (output.agent_collaborator_name, text)
                && !self.answered.remove(&name)
            {
                collaborator_answer(&name, text, events);
            }
        }
    }
}

fn status(agent: &str, state: State, events: &mut VecDeque<Event>) {
    events.push_back(Event::Status {
        agent: agent.to_owned(),
        state,
    });
}

fn collaborator_answer(agent: &str, content: String, events: &mut VecDeque<Event>) {
    events.push_back(Event::Chunk {
        agent: agent.to_owned(),
        content,
    });
    status(agent, State::Done, events);
}

/// Which step, how long, how many tokens. Names are Bedrock's, because operators look them up.
fn summarise(trace: &Trace) -> TraceStep {
    let step = |step| TraceStep {
        step,
        ..TraceStep::default()
    };
    let measured = |step, metadata: Option<&Metadata>| TraceStep {
        step,
        duration_ms: metadata.and_then(|metadata| metadata.total_time_ms),
        usage: metadata.and_then(usage),
        ..TraceStep::default()
    };
    match trace {
        Trace::PreProcessingTrace(PreProcessingTrace::ModelInvocationOutput(output)) => measured(
            "preProcessing.modelInvocationOutput",
            output.metadata.as_ref(),
        ),
        Trace::PreProcessingTrace(_) => step("preProcessing.modelInvocationInput"),
        Trace::OrchestrationTrace(trace) => match trace {
            OrchestrationTrace::ModelInvocationInput(_) => {
                step("orchestration.modelInvocationInput")
            }
            OrchestrationTrace::ModelInvocationOutput(output) => measured(
                "orchestration.modelInvocationOutput",
                output.metadata.as_ref(),
            ),
            OrchestrationTrace::Rationale(_) => step("orchestration.rationale"),
            OrchestrationTrace::InvocationInput(input) => TraceStep {
                collaborator: input
                    .agent_collaborator_invocation_input
                    .as_ref()
                    .and_then(|input| input.agent_collaborator_name.clone()),
                ..step("orchestration.invocationInput")
            },
            OrchestrationTrace::Observation(observation) => TraceStep {
                collaborator: observation
                    .agent_collaborator_invocation_output
                    .as_ref()
                    .and_then(|output| output.agent_collaborator_name.clone()),
                ..step("orchestration.observation")
            },
            _ => step("orchestration"),
        },
        Trace::PostProcessingTrace(PostProcessingTrace::ModelInvocationOutput(output)) => measured(
            "postProcessing.modelInvocationOutput",
            output.metadata.as_ref(),
        ),
        Trace::PostProcessingTrace(_) => step("postProcessing.modelInvocationInput"),
        Trace::RoutingClassifierTrace(RoutingClassifierTrace::ModelInvocationOutput(output)) => {
            measured(
                "routingClassifier.modelInvocationOutput",
                output.metadata.as_ref(),
            )
        }
        Trace::RoutingClassifierTrace(_) => step("routingClassifier"),
        Trace::GuardrailTrace(_) => step("guardrail"),
        Trace::CustomOrchestrationTrace(_) => step("customOrchestration"),
        Trace::FailureTrace(failure) => TraceStep {
            failure_code: failure.failure_code,
            ..step("failure")
        },
        _ => step("unknown"),
    }
}

fn usage(metadata: &Metadata) -> Option<Usage> {
    let usage = metadata.usage.as_ref()?;
    let tokens = |count: Option<i32>| {
        count
            .and_then(|count| u64::try_from(count).ok())
            .unwrap_or(0)
    };
    Some(Usage {
        input_tokens: tokens(usage.input_tokens),
        output_tokens: tokens(usage.output_tokens),
    })
}

#[cfg(test)]
mod tests;
