//! A message of `InvokeAgent`'s stream becomes events. Pure.

use std::collections::{HashMap, HashSet, VecDeque};

use aws_sdk_bedrockagentruntime::types::{
    Metadata, Observation, OrchestrationTrace, PostProcessingTrace, PreProcessingTrace,
    ResponseStream, RoutingClassifierTrace, Trace, TracePart,
};

use super::text::Utf8Carry;
use crate::event::{Event, State, TraceSummary, Usage};

/// What the messages so far have told.
#[derive(Debug)]
pub(super) struct Mapper {
    supervisor: String,
    traces: bool,
    text: Utf8Carry,
    states: HashMap<String, State>,
    /// Collaborators whose answer came in a trace of their own: the supervisor's trace repeats it.
    answered: HashSet<String>,
}

impl Mapper {
    pub(super) fn new(supervisor: String, traces: bool) -> Self {
        Self {
            supervisor,
            traces,
            text: Utf8Carry::default(),
            states: HashMap::new(),
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
                    let agent = self.supervisor.clone();
                    self.state(&agent, State::Answering, events);
                    events.push_back(Event::Chunk { agent, content });
                }
            }
            ResponseStream::Trace(part) => self.trace(part, events),
            // Files and returnControl are not relayed; a member that AWS adds later is passed over.
            _ => {}
        }
    }

    /// Appends what is left to tell when the agent has ended properly.
    pub(super) fn end(&mut self, events: &mut VecDeque<Event>) {
        let agent = self.supervisor.clone();
        if let Some(rest) = self.text.finish() {
            events.push_back(Event::Chunk {
                agent: agent.clone(),
                content: rest.to_owned(),
            });
        }
        self.state(&agent, State::Done, events);
    }

    fn trace(&mut self, part: TracePart, events: &mut VecDeque<Event>) {
        let Some(trace) = part.trace else { return };
        let collaborator = part.collaborator_name.filter(|name| !name.is_empty());
        let is_supervisor = collaborator.is_none();
        let agent = collaborator.unwrap_or_else(|| self.supervisor.clone());

        let state = if is_supervisor && self.has_been_advised() {
            State::Judging
        } else {
            State::Thinking
        };
        // Traces that follow its own answer only account for it.
        if !is_supervisor || self.states.get(&agent) != Some(&State::Answering) {
            self.state(&agent, state, events);
        }
        let summary = summarise(&trace);
        if let Some(usage) = summary.usage {
            events.push_back(Event::Usage(usage));
        }
        if self.traces {
            events.push_back(Event::Trace {
                agent: agent.clone(),
                trace: summary,
            });
        }
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
                    self.state(&name, State::Thinking, events);
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
            self.collaborator_answer(agent, text, events);
        }
        if let Some(output) = observation.agent_collaborator_invocation_output {
            let text = output.output.and_then(|output| output.text);
            if let (Some(name), Some(text)) = (output.agent_collaborator_name, text)
                && !self.answered.remove(&name)
            {
                self.collaborator_answer(&name, text, events);
            }
        }
    }

    fn collaborator_answer(&mut self, agent: &str, text: String, events: &mut VecDeque<Event>) {
        self.state(agent, State::Answering, events);
        events.push_back(Event::Chunk {
            agent: agent.to_owned(),
            content: text,
        });
        self.state(agent, State::Done, events);
    }

    /// Tells an agent's state when it is a new one.
    fn state(&mut self, agent: &str, state: State, events: &mut VecDeque<Event>) {
        if self.states.get(agent) == Some(&state) {
            return;
        }
        self.states.insert(agent.to_owned(), state);
        events.push_back(Event::Status {
            agent: agent.to_owned(),
            state,
        });
    }

    /// Whether collaborators have answered and none is still at it.
    fn has_been_advised(&self) -> bool {
        let mut others = self
            .states
            .iter()
            .filter(|(name, _)| **name != self.supervisor)
            .peekable();
        others.peek().is_some() && others.all(|(_, state)| *state == State::Done)
    }
}

/// Which step, how long, how many tokens. Names are Bedrock's, because operators look them up.
fn summarise(trace: &Trace) -> TraceSummary {
    let step = |step| TraceSummary {
        step,
        ..TraceSummary::default()
    };
    let measured = |step, metadata: Option<&Metadata>| TraceSummary {
        step,
        duration_ms: metadata.and_then(|metadata| metadata.total_time_ms),
        usage: metadata.and_then(usage),
        ..TraceSummary::default()
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
            OrchestrationTrace::InvocationInput(input) => TraceSummary {
                collaborator: input
                    .agent_collaborator_invocation_input
                    .as_ref()
                    .and_then(|input| input.agent_collaborator_name.clone()),
                ..step("orchestration.invocationInput")
            },
            OrchestrationTrace::Observation(observation) => TraceSummary {
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
        Trace::FailureTrace(failure) => TraceSummary {
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
