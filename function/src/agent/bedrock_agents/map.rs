//! The messages of `InvokeAgent`'s stream become events. Pure.

mod citation;
mod step;
mod tools;

use std::collections::{HashSet, VecDeque};

use aws_sdk_bedrockagentruntime::types::{
    FilePart, InvocationInput, InvocationInputMember, Observation, OrchestrationTrace, OutputFile,
    PayloadPart, PostProcessingTrace, PreProcessingTrace, ReasoningContentBlock, ResponseStream,
    ReturnControlPayload, RoutingClassifierTrace, Trace, TracePart,
};
use bytes::Bytes;

use super::text::Utf8Carry;
use crate::agent::json::Json as _;
use crate::event::{AskBack, Asked, Event, File, State};
use crate::settings::TraceLevel;
use step::Step;
use tools::Tools;

/// What later messages need to know of earlier ones.
#[derive(Debug)]
pub(super) struct Mapper {
    supervisor: String,
    /// Reasoning, prompts and the data of tools are read for [`TraceLevel::Full`] only.
    trace: TraceLevel,
    text: Utf8Carry,
    /// The supervisor's answer has begun: its traces from now on only account for it.
    answering: bool,
    /// Collaborators whose answer came in a trace of their own: the supervisor's trace repeats it.
    answered: HashSet<String>,
    /// Collaborators that have answered and have not been asked again.
    done: HashSet<String>,
    tools: Tools,
    /// The last reasoning, because a model's reasoning comes again as the step's rationale.
    reasoning: Option<Reasoning>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Reasoning {
    agent: String,
    content: String,
}

/// Whose step a trace is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Supervisor,
    Collaborator,
}

impl Mapper {
    pub(super) fn new(supervisor: String, trace: TraceLevel) -> Self {
        Self {
            supervisor,
            trace,
            text: Utf8Carry::default(),
            answering: false,
            answered: HashSet::new(),
            done: HashSet::new(),
            tools: Tools::default(),
            reasoning: None,
        }
    }

    /// Appends the events in `message`.
    pub(super) fn map(&mut self, message: ResponseStream, events: &mut VecDeque<Event>) {
        match message {
            ResponseStream::Chunk(part) => self.chunk(part, events),
            ResponseStream::Trace(part) => self.trace(part, events),
            ResponseStream::Files(part) => self.files(part, events),
            ResponseStream::ReturnControl(payload) => self.return_control(&payload, events),
            _ => events.push_back(Event::Unknown),
        }
    }

    /// Appends what is left when the agent has ended properly.
    pub(super) fn end(&mut self, events: &mut VecDeque<Event>) {
        if let Some(rest) = self.text.finish() {
            events.push_back(Event::Chunk {
                agent: self.supervisor.clone(),
                content: rest.to_owned(),
            });
        }
    }

    /// Appends a piece of the supervisor's answer, which may end inside a character.
    pub(super) fn text(&mut self, bytes: Vec<u8>, events: &mut VecDeque<Event>) {
        let content = self.text.push(bytes);
        if !content.is_empty() {
            self.answering = true;
            let agent = self.supervisor.clone();
            events.push_back(Event::Chunk { agent, content });
        }
    }

    fn chunk(&mut self, part: PayloadPart, events: &mut VecDeque<Event>) {
        let bytes = part.bytes.unwrap_or_default();
        self.text(bytes.into_inner(), events);
        let citations = part.attribution.and_then(|it| it.citations);
        for citation in citations.into_iter().flatten() {
            events.push_back(Event::Citation {
                agent: self.supervisor.clone(),
                citation: citation::citation(citation),
            });
        }
    }

    fn files(&self, part: FilePart, events: &mut VecDeque<Event>) {
        for file in part.files.into_iter().flatten() {
            let OutputFile {
                name,
                r#type,
                bytes,
                ..
            } = file;
            events.push_back(Event::File {
                agent: self.supervisor.clone(),
                file: File {
                    name: name.unwrap_or_else(|| "file".to_owned()),
                    media_type: r#type.unwrap_or_else(|| "application/octet-stream".to_owned()),
                    bytes: Bytes::from(bytes.unwrap_or_default().into_inner()),
                },
            });
        }
    }

    fn return_control(&self, payload: &ReturnControlPayload, events: &mut VecDeque<Event>) {
        let inputs = payload.invocation_inputs.as_deref().unwrap_or_default();
        let collaborator = inputs.iter().find_map(|input| match input {
            InvocationInputMember::ApiInvocationInput(input) => input.collaborator_name.clone(),
            InvocationInputMember::FunctionInvocationInput(input) => {
                input.collaborator_name.clone()
            }
            _ => None,
        });
        events.push_back(Event::AskBack(AskBack {
            agent: collaborator.unwrap_or_else(|| self.supervisor.clone()),
            asked: Asked::ReturnControl {
                invocation_id: payload.invocation_id.clone().unwrap_or_default(),
                inputs: payload.invocation_inputs.json(),
            },
        }));
    }

    fn trace(&mut self, part: TracePart, events: &mut VecDeque<Event>) {
        let collaborator = collaborator(&part);
        let Some(trace) = part.trace else { return };
        let Some(step) = Step::of(&trace) else {
            events.push_back(Event::Unknown);
            return;
        };
        let role = match collaborator {
            None => Role::Supervisor,
            Some(_) => Role::Collaborator,
        };
        let agent = collaborator.unwrap_or_else(|| self.supervisor.clone());

        // What looks at an answer that is there begins no new one.
        let is_after = matches!(
            trace,
            Trace::GuardrailTrace(_) | Trace::PostProcessingTrace(_)
        ) && self.done.contains(&agent);
        if !(is_after || role == Role::Supervisor && self.answering) {
            self.done.remove(&agent);
            status(&agent, State::Thinking, events);
        }
        if let Some(usage) = step.spent() {
            events.push_back(Event::Usage {
                agent: agent.clone(),
                usage,
            });
        }
        events.push_back(Event::Trace {
            agent: agent.clone(),
            trace: step.event(self.trace),
        });
        self.content(&agent, role, trace, events);
    }

    /// Appends what a step holds: reasoning, tools, a collaborator's answer.
    fn content(&mut self, agent: &str, role: Role, trace: Trace, events: &mut VecDeque<Event>) {
        match trace {
            Trace::PreProcessingTrace(PreProcessingTrace::ModelInvocationOutput(output)) => {
                self.reasoning(agent, output.reasoning_content.and_then(readable), events);
                let rationale = output.parsed_response.and_then(|it| it.rationale);
                self.reasoning(agent, rationale, events);
            }
            Trace::PostProcessingTrace(PostProcessingTrace::ModelInvocationOutput(output)) => {
                self.reasoning(agent, output.reasoning_content.and_then(readable), events);
            }
            Trace::OrchestrationTrace(OrchestrationTrace::ModelInvocationOutput(output)) => {
                self.reasoning(agent, output.reasoning_content.and_then(readable), events);
            }
            Trace::OrchestrationTrace(OrchestrationTrace::Rationale(rationale)) => {
                self.reasoning(agent, rationale.text, events);
            }
            Trace::OrchestrationTrace(OrchestrationTrace::InvocationInput(input))
            | Trace::RoutingClassifierTrace(RoutingClassifierTrace::InvocationInput(input)) => {
                self.input(agent, input, events);
            }
            Trace::OrchestrationTrace(OrchestrationTrace::Observation(observation))
            | Trace::RoutingClassifierTrace(RoutingClassifierTrace::Observation(observation)) => {
                self.tools.result(agent, &observation, self.trace, events);
                self.observation(agent, role, observation, events);
            }
            _ => {}
        }
    }

    fn reasoning(&mut self, agent: &str, text: Option<String>, events: &mut VecDeque<Event>) {
        let is_read = self.trace == TraceLevel::Full;
        let Some(content) = text.filter(|text| is_read && !text.is_empty()) else {
            return;
        };
        let agent = agent.to_owned();
        let reasoning = Reasoning { agent, content };
        if self.reasoning.as_ref() != Some(&reasoning) {
            let Reasoning { agent, content } = reasoning.clone();
            events.push_back(Event::Reasoning { agent, content });
            self.reasoning = Some(reasoning);
        }
    }

    fn input(&mut self, agent: &str, input: InvocationInput, events: &mut VecDeque<Event>) {
        self.tools.call(agent, &input, self.trace, events);
        let collaborator = input
            .agent_collaborator_invocation_input
            .and_then(|input| input.agent_collaborator_name);
        if let Some(name) = collaborator {
            self.answered.remove(&name);
            self.done.remove(&name);
            status(&name, State::Thinking, events);
        }
    }

    /// A collaborator has answered; an empty answer says nothing, but it is over.
    fn collaborator_answer(&mut self, agent: &str, content: String, events: &mut VecDeque<Event>) {
        if !content.is_empty() {
            let agent = agent.to_owned();
            events.push_back(Event::Chunk { agent, content });
        }
        self.done.insert(agent.to_owned());
        status(agent, State::Done, events);
    }

    fn observation(
        &mut self,
        agent: &str,
        role: Role,
        observation: Observation,
        events: &mut VecDeque<Event>,
    ) {
        // The supervisor's own final response comes as chunks.
        let own = observation.final_response.and_then(|answer| answer.text);
        if let (Role::Collaborator, Some(text)) = (role, own) {
            if !text.is_empty() {
                self.answered.insert(agent.to_owned());
            }
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
}

fn status(agent: &str, state: State, events: &mut VecDeque<Event>) {
    events.push_back(Event::Status {
        agent: agent.to_owned(),
        state,
    });
}

/// The name of the agent that a trace is about, unless that is the supervisor.
fn collaborator(part: &TracePart) -> Option<String> {
    let name = part.collaborator_name.as_ref().filter(|it| !it.is_empty());
    let callers = part.caller_chain.as_ref().map_or(0, Vec::len);
    // One without a name still shows by its chain that another agent has called it.
    name.or(part.agent_id.as_ref().filter(|_| callers > 1))
        .cloned()
}

/// The readable part of a model's reasoning; the rest is encrypted.
fn readable(block: ReasoningContentBlock) -> Option<String> {
    match block {
        ReasoningContentBlock::ReasoningText(block) => Some(block.text),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
