//! AG-UI 1.0: an answer is a run, a collaborator is a subagent, what an agent asks back is an interrupt, or
//! a call of a tool of the client's.

mod end;
mod event;
mod file_part;
mod interrupt;
mod messages;
mod passed;
mod request;
mod subagents;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::BytesMut;
use serde_json::{Value, json};

use super::inquiries::Origin;
use super::spans::{Form, Piece, Span, Spans};
use super::sse;
use super::stream::Dialect;
use crate::event::{AskBack, Asked, Event, InquiryKind, State, ToolCall, ToolResult};
use crate::refusal::Refusal;
use crate::relay::{Moment, Totals};
use crate::request::draft::Draft;
use event::{AgUiEvent, Attributed, Custom, Metadata, RequestId};
use interrupt::Interrupt;
use messages::Messages;
use subagents::Subagents;

const PROTOCOL_VERSION: &str = "1.0";

/// Reads the body of `POST /ag-ui`.
pub(super) fn read(body: &str) -> Result<(Draft, Box<dyn Dialect>), Refusal> {
    let request = request::read(body)?;
    let dialect = AgUi {
        run_id: request.run_id,
        ..AgUi::default()
    };
    Ok((request.draft, Box::new(dialect)))
}

/// The encoder of one stream.
#[derive(Debug, Default)]
struct AgUi {
    run_id: String,
    session_id: String,
    origin: Origin,
    spans: Spans,
    subagents: Subagents,
    /// The number of results so far.
    results: u64,
    /// Calls whose input is told in pieces.
    begun: Vec<String>,
    interrupts: Vec<Interrupt>,
    messages: Messages,
    /// Steps of the agent's own that have begun.
    steps: Vec<String>,
}

impl Dialect for AgUi {
    fn encode(&mut self, moment: &Moment, out: &mut BytesMut) {
        match moment {
            Moment::Start(start) => {
                self.session_id.clone_from(&start.session_id);
                self.origin = Origin::of(start);
                self.spans = Spans::with_prefix(format!("{}-", self.run_id));
                self.subagents = Subagents::new(self.run_id.clone(), start.agent.clone());
                let started = AgUiEvent::RunStarted {
                    thread_id: &start.session_id,
                    run_id: &self.run_id,
                    protocol_version: PROTOCOL_VERSION,
                    metadata: Metadata {
                        gateway: RequestId {
                            request_id: &start.request_id,
                        },
                    },
                };
                write(started, None, out);
            }
            Moment::Event { event, .. } => self.event(event, out),
            Moment::Complete { totals, .. } => self.finish(totals, out),
            Moment::Failed {
                failure, totals, ..
            } => write(end::failed(*failure, totals), None, out),
        }
    }
}

impl AgUi {
    fn event(&mut self, event: &Event, out: &mut BytesMut) {
        match event {
            Event::Agent(member) => {
                self.subagents.introduce(member);
                self.custom(&member.agent, Custom::Agent(member), out);
            }
            Event::Status { agent, state } => self.enter(agent, *state, out),
            Event::Chunk { agent, content } => self.say(agent, Form::Answer, content, out),
            Event::Reasoning { agent, content } => self.say(agent, Form::Reasoning, content, out),
            Event::ToolCall(call) | Event::ClientCall(call) => self.call(call, out),
            Event::ToolResult(result) => self.result(result, out),
            Event::Citation { agent, citation } => {
                self.custom(agent, Custom::Citation { agent, citation }, out);
            }
            Event::File { agent, file } => {
                let custom = Custom::File {
                    agent,
                    name: &file.name,
                    media_type: &file.media_type,
                    bytes: STANDARD.encode(&file.bytes),
                };
                self.custom(agent, custom, out);
            }
            Event::CallBegins { agent, id, name } => {
                let ended = self.spans.end(agent);
                self.end(&ended, out);
                self.begin(agent, id, name, out);
                self.begun.push(id.clone());
            }
            Event::CallInput { agent, id, piece } => {
                let args = AgUiEvent::ToolCallArgs {
                    tool_call_id: id,
                    delta: piece,
                };
                write(args, self.subagents.run(agent), out);
            }
            Event::AskBack(AskBack { agent, asked }) => self.ask(agent, asked, out),
            Event::Trace { agent, trace } => {
                self.custom(agent, Custom::Trace { agent, trace }, out);
            }
            // Without the subagent's run: what one of its runs has begun another one may change.
            Event::Data { data, .. } if passed::is_event(data) => sse::data(data, out),
            Event::Data { agent, data } => self.custom(agent, Custom::Data { agent, data }, out),
            Event::InMessage { agent, id } => {
                let ended = self.spans.end(agent);
                self.end(&ended, out);
                self.messages.enter(agent, id);
            }
            Event::Foreign { agent, event, .. } => self.pass_on(agent, event, out),
            // The relay sums these up; the end has the usage.
            // Only the native request can ask for explanations.
            Event::Explanation(_)
            | Event::Usage { .. }
            | Event::Retried
            | Event::Unknown
            | Event::Unread(_) => {}
        }
    }

    fn custom(&self, agent: &str, custom: Custom<'_>, out: &mut BytesMut) {
        write(AgUiEvent::Custom { custom }, self.subagents.run(agent), out);
    }

    fn enter(&mut self, agent: &str, state: State, out: &mut BytesMut) {
        let ended = self.spans.end(agent);
        self.end(&ended, out);
        // A step ends in the run in which it began, which may be another one.
        let before = self.subagents.run(agent).map(ToOwned::to_owned);
        let change = self.subagents.enter(agent, state);
        let run = self.subagents.run(agent);
        if let Some(step_name) = &change.step_finished {
            write(
                AgUiEvent::StepFinished { step_name },
                before.as_deref(),
                out,
            );
        }
        if change.starts {
            let started = AgUiEvent::SubagentStarted {
                name: agent,
                description: self.subagents.name(agent),
            };
            write(started, run, out);
        }
        self.custom(agent, Custom::Status { agent, state }, out);
        if let Some(step_name) = &change.step_started {
            write(AgUiEvent::StepStarted { step_name }, run, out);
        }
        if change.finishes {
            write(AgUiEvent::SubagentFinished, run, out);
        }
    }

    /// Passes on an event of the agent's own; of subagents none, because their runs have other ids here.
    fn pass_on(&mut self, agent: &str, event: &Value, out: &mut BytesMut) {
        if self.subagents.run(agent).is_some() {
            return;
        }
        let Some((begins, name)) = passed::step(event) else {
            if passed::is_event(event) {
                sse::data(event, out);
            }
            return;
        };
        let open = self.steps.iter().position(|step| step == name);
        match (begins, open) {
            (true, None) => self.steps.push(name.to_owned()),
            (false, Some(open)) => {
                self.steps.swap_remove(open);
            }
            // Clients refuse a stream that begins a step twice, or ends one that has not begun.
            (true, Some(_)) | (false, None) => return,
        }
        sse::data(event, out);
    }

    fn say(&mut self, agent: &str, form: Form, delta: &str, out: &mut BytesMut) {
        let run = self.subagents.run(agent);
        let own = || self.messages.claim(agent, run);
        let Piece { span, begins } = self.spans.named(agent, form, own);
        let message_id = span.id.as_str();
        if begins {
            match form {
                Form::Answer => {
                    let role = "assistant";
                    let name = self.subagents.name(agent);
                    let start = AgUiEvent::TextMessageStart {
                        message_id,
                        role,
                        name,
                    };
                    write(start, run, out);
                }
                Form::Reasoning => {
                    let role = "reasoning";
                    write(AgUiEvent::ReasoningStart { message_id }, run, out);
                    let start = AgUiEvent::ReasoningMessageStart { message_id, role };
                    write(start, run, out);
                }
            }
        }
        let content = match form {
            Form::Answer => AgUiEvent::TextMessageContent { message_id, delta },
            Form::Reasoning => AgUiEvent::ReasoningMessageContent { message_id, delta },
        };
        write(content, run, out);
    }

    fn end(&self, spans: &[Span], out: &mut BytesMut) {
        for Span { agent, form, id } in spans {
            let run = self.subagents.run(agent);
            let message_id = id.as_str();
            match form {
                Form::Answer => write(AgUiEvent::TextMessageEnd { message_id }, run, out),
                Form::Reasoning => {
                    write(AgUiEvent::ReasoningMessageEnd { message_id }, run, out);
                    write(AgUiEvent::ReasoningEnd { message_id }, run, out);
                }
            }
        }
    }

    fn call(&mut self, call: &ToolCall, out: &mut BytesMut) {
        let ended = self.spans.end(&call.agent);
        self.end(&ended, out);
        let begun = self.begun.iter().position(|id| *id == call.id);
        match begun {
            // Its input has been told in pieces.
            Some(begun) => {
                self.begun.swap_remove(begun);
            }
            None => self.whole(&call.agent, &call.id, &call.name, &call.input, out),
        }
        let end = AgUiEvent::ToolCallEnd {
            tool_call_id: &call.id,
        };
        write(end, self.subagents.run(&call.agent), out);
    }

    fn begin(&mut self, agent: &str, id: &str, name: &str, out: &mut BytesMut) {
        let run = self.subagents.run(agent);
        let parent = self.messages.claim(agent, run);
        let start = AgUiEvent::ToolCallStart {
            tool_call_id: id,
            tool_call_name: name,
            parent_message_id: parent.as_deref(),
        };
        write(start, run, out);
    }

    /// A call up to its end.
    fn whole(&mut self, agent: &str, id: &str, name: &str, input: &Value, out: &mut BytesMut) {
        self.begin(agent, id, name, out);
        // `null` where the client may not see the input.
        if !input.is_null() {
            let args = AgUiEvent::ToolCallArgs {
                tool_call_id: id,
                delta: &input.to_string(),
            };
            write(args, self.subagents.run(agent), out);
        }
    }

    /// The calls of the client's tools are answered by messages, all else by `resume`.
    fn ask(&mut self, agent: &str, asked: &Asked, out: &mut BytesMut) {
        let ended = self.spans.end(agent);
        self.end(&ended, out);
        let inquiries = match asked {
            Asked::ReturnControl {
                invocation_id,
                inputs,
            } => {
                let interrupt = Interrupt::return_control(agent, invocation_id, inputs);
                self.interrupts.push(interrupt);
                return;
            }
            Asked::Inquiries(inquiries) => inquiries,
        };
        let asked = self.origin.ids(inquiries).into_iter().zip(inquiries);
        for (id, inquiry) in asked.filter(|(_, inquiry)| !inquiry.is_told_in_ag_ui) {
            if inquiry.kind == InquiryKind::Call {
                self.whole(agent, &id, &inquiry.name, &inquiry.input, out);
                let end = AgUiEvent::ToolCallEnd { tool_call_id: &id };
                write(end, self.subagents.run(agent), out);
                continue;
            }
            let interrupt = Interrupt::inquiry(agent, id, inquiry);
            self.interrupts.push(interrupt);
        }
    }

    fn result(&mut self, result: &ToolResult, out: &mut BytesMut) {
        self.results += 1;
        let run = self.subagents.run(&result.agent);
        let own = self.messages.take(&result.agent, run);
        let event = AgUiEvent::ToolCallResult {
            message_id: own.unwrap_or_else(|| format!("{}-result-{}", self.run_id, self.results)),
            tool_call_id: &result.id,
            content: result.text(),
            role: "tool",
        };
        write(event, run, out);
    }

    fn finish(&mut self, totals: &Totals, out: &mut BytesMut) {
        let ended = self.spans.end_all();
        self.end(&ended, out);
        for agent in self.subagents.at_work() {
            self.enter(&agent, State::Done, out);
        }
        for step_name in &std::mem::take(&mut self.steps) {
            write(AgUiEvent::StepFinished { step_name }, None, out);
        }
        let finished = end::finished(&self.session_id, &self.run_id, &self.interrupts, totals);
        write(finished, None, out);
    }
}

fn write(event: AgUiEvent<'_>, subagent_run_id: Option<&str>, out: &mut BytesMut) {
    let event = Attributed {
        event,
        subagent_run_id,
    };
    sse::data(&event, out);
}

/// The client keeps the body as the `payload` of its error.
pub(super) fn refusal(refusal: &Refusal) -> Value {
    json!({"type": "RUN_ERROR", "message": refusal.message, "code": refusal.code})
}
