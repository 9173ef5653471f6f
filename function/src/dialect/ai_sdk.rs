//! The Vercel AI SDK's UI message stream, version 1: `useChat` works with it unchanged.
//!
//! Each agent has text parts of its own, which name it; what an agent asks back is a call of a tool of
//! the client, or a question for the client's approval.

mod calls;
mod chunk;
mod request;
mod source;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{BufMut as _, BytesMut};
use http::{HeaderName, HeaderValue};
use serde_json::Value;

use super::inquiries::{self, Call, Origin};
use super::spans::{Form, Piece, Span, Spans};
use super::sse;
use super::stream::{Dialect, Head, RefusalBody, event_stream};
use crate::agent::Failure;
use crate::event::{AskBack, Event, ToolResult};
use crate::refusal::Refusal;
use crate::relay::{Moment, Totals};
use crate::request::draft::Draft;
use crate::timestamp::milliseconds;
use calls::Calls;
use chunk::{By, Chunk, Data, FinishMetadata, Named, ProviderMetadata, Speaker, Status};

/// The name of a tool whose call has not been seen.
const UNKNOWN_TOOL: &str = "tool";

/// Reads the body of `POST /ai-sdk`.
pub(super) fn read(body: &str) -> Result<(Draft, Box<dyn Dialect>), Refusal> {
    let request = request::read(body)?;
    let dialect = AiSdk {
        continues: request.continues,
        ..AiSdk::default()
    };
    Ok((request.draft, Box::new(dialect)))
}

/// The encoder of one stream.
#[derive(Debug, Default)]
struct AiSdk {
    /// The answer continues the client's last message.
    continues: bool,
    origin: Origin,
    /// The agent that is asked.
    chair: String,
    spans: Spans,
    calls: Calls,
    /// The number of sources so far.
    sources: u64,
    /// The client has to act before the agent goes on.
    waits: bool,
}

/// Who runs a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Executor {
    Agent,
    Client,
}

impl Dialect for AiSdk {
    fn head(&self) -> Option<Head> {
        let mut head = event_stream();
        head.headers.insert(
            HeaderName::from_static("x-vercel-ai-ui-message-stream"),
            HeaderValue::from_static("v1"),
        );
        Some(head)
    }

    fn encode(&mut self, moment: &Moment, out: &mut BytesMut) {
        match moment {
            Moment::Start(start) => {
                self.origin = Origin::of(start);
                self.chair.clone_from(&start.agent);
                let chunk = Chunk::Start {
                    message_id: (!self.continues).then_some(&start.request_id),
                    message_metadata: start,
                };
                sse::data(&chunk, out);
                sse::data(&Chunk::StartStep, out);
            }
            Moment::Event { event, .. } => self.event(event, out),
            Moment::Complete { totals, .. } => self.finish(totals, out),
            Moment::Failed { failure, .. } => fail(*failure, out),
        }
    }
}

impl AiSdk {
    fn event(&mut self, event: &Event, out: &mut BytesMut) {
        match event {
            Event::Agent(member) => {
                let id = &member.agent;
                sse::data(&Chunk::DataAgent { id, data: member }, out);
            }
            Event::Status { agent, state } => {
                end(&self.spans.end(agent), out);
                let data = Status {
                    agent,
                    state: *state,
                };
                sse::data(&Chunk::DataStatus { id: agent, data }, out);
            }
            Event::Chunk { agent, content } => self.say(agent, Form::Answer, content, out),
            Event::Reasoning { agent, content } => self.say(agent, Form::Reasoning, content, out),
            Event::ToolCall(call) | Event::ClientCall(call) => {
                end(&self.spans.end(&call.agent), out);
                self.call(&call.id, &call.name, &call.input, Executor::Agent, out);
            }
            Event::ToolResult(result) => self.result(result, out),
            Event::Citation { agent, citation } => {
                source::write(agent, citation, &mut self.sources, out);
            }
            Event::File { agent, file } => {
                let media_type = &file.media_type;
                let bytes = STANDARD.encode(&file.bytes);
                let name = &file.name;
                let file = Chunk::File {
                    url: format!("data:{media_type};base64,{bytes}"),
                    media_type,
                    provider_metadata: ProviderMetadata {
                        gateway: Named { agent, name },
                    },
                };
                sse::data(&file, out);
            }
            Event::CallBegins { agent, id, name } => {
                end(&self.spans.end(agent), out);
                self.calls.know(id, name);
                let begins = Chunk::ToolInputStart {
                    tool_call_id: id,
                    tool_name: name,
                    dynamic: true,
                    provider_executed: true,
                };
                sse::data(&begins, out);
            }
            Event::CallInput { id, piece, .. } => {
                let delta = Chunk::ToolInputDelta {
                    tool_call_id: id,
                    input_text_delta: piece,
                };
                sse::data(&delta, out);
            }
            Event::AskBack(AskBack { agent, asked }) => {
                end(&self.spans.end(agent), out);
                self.waits = true;
                for call in inquiries::calls(&self.origin.clone(), asked) {
                    self.ask(&call, out);
                }
            }
            Event::Trace { agent, trace } => {
                let data = By { agent, what: trace };
                let transient = true;
                sse::data(&Chunk::DataTrace { data, transient }, out);
            }
            Event::Data { agent, data } => {
                let what = &Data { data };
                let data = By { agent, what };
                sse::data(&Chunk::DataCustom { data }, out);
            }
            // The relay sums these up; `finish` has the usage.
            // Only the native request can ask for explanations.
            Event::Explanation(_)
            // Only clients of AG-UI know them.
            | Event::InMessage { .. }
            | Event::Foreign { .. }
            | Event::Usage { .. }
            | Event::Retried
            | Event::Unknown
            | Event::Unread(_) => {}
        }
    }

    fn say(&mut self, agent: &str, form: Form, delta: &str, out: &mut BytesMut) {
        let collaborator = agent != self.chair;
        let Piece { span, begins } = self.spans.of(agent, form);
        let id = &span.id;
        if begins {
            let provider_metadata = ProviderMetadata {
                gateway: Speaker {
                    agent,
                    collaborator,
                },
            };
            let start = match form {
                Form::Answer => Chunk::TextStart {
                    id,
                    provider_metadata,
                },
                Form::Reasoning => Chunk::ReasoningStart {
                    id,
                    provider_metadata,
                },
            };
            sse::data(&start, out);
        }
        let delta = match form {
            Form::Answer => Chunk::TextDelta { id, delta },
            Form::Reasoning => Chunk::ReasoningDelta { id, delta },
        };
        sse::data(&delta, out);
    }

    fn call(
        &mut self,
        id: &str,
        name: &str,
        input: &Value,
        executor: Executor,
        out: &mut BytesMut,
    ) {
        self.calls.know(id, name);
        let call = Chunk::ToolInputAvailable {
            tool_call_id: id,
            tool_name: name,
            input,
            dynamic: true,
            provider_executed: executor == Executor::Agent,
        };
        sse::data(&call, out);
    }

    /// A call of the client's tool; or a question about a call of the agent's own, which the client may
    /// know already: then it is a question about that one.
    fn ask(&mut self, call: &Call<'_>, out: &mut BytesMut) {
        let Some(approval) = call.approval else {
            return self.call(&call.id, &call.name, &call.input, Executor::Client, out);
        };
        let known = self.calls.asked_about(approval);
        let (tool_call_id, name) =
            known.unwrap_or_else(|| (call.id.clone(), approval.name.clone()));
        self.call(&tool_call_id, &name, &approval.input, Executor::Agent, out);
        let request = Chunk::ToolApprovalRequest {
            approval_id: &call.id,
            tool_call_id: &tool_call_id,
        };
        sse::data(&request, out);
        // No second question is about the same call.
        self.calls.answer(&tool_call_id);
    }

    fn result(&mut self, result: &ToolResult, out: &mut BytesMut) {
        let ToolResult {
            agent: _,
            id,
            output,
            failed,
        } = result;
        if !self.calls.has(id) {
            self.call(id, UNKNOWN_TOOL, &Value::Null, Executor::Agent, out);
        }
        self.calls.answer(id);
        let text;
        let chunk = if *failed {
            text = result.text();
            Chunk::ToolOutputError {
                tool_call_id: id,
                error_text: &text,
                dynamic: true,
                provider_executed: true,
            }
        } else {
            Chunk::ToolOutputAvailable {
                tool_call_id: id,
                output,
                dynamic: true,
                provider_executed: true,
            }
        };
        sse::data(&chunk, out);
    }

    fn finish(&mut self, totals: &Totals, out: &mut BytesMut) {
        end(&self.spans.end_all(), out);
        sse::data(&Chunk::FinishStep, out);
        let finish = Chunk::Finish {
            finish_reason: if self.waits { "tool-calls" } else { "stop" },
            message_metadata: FinishMetadata {
                execution_time: milliseconds(totals.elapsed),
                chunk_count: totals.chunks,
                usage: totals.usage,
                usage_by_agent: totals.usage_of_several(),
            },
        };
        sse::data(&finish, out);
        out.put_slice(sse::DONE);
    }
}

fn end(spans: &[Span], out: &mut BytesMut) {
    for Span { id, form, .. } in spans {
        let end = match form {
            Form::Answer => Chunk::TextEnd { id },
            Form::Reasoning => Chunk::ReasoningEnd { id },
        };
        sse::data(&end, out);
    }
}

fn fail(failure: Failure, out: &mut BytesMut) {
    let data = failure.describe();
    let transient = true;
    sse::data(&Chunk::DataError { data, transient }, out);
    let error_text = error_text(data.message, data.code);
    sse::data(&Chunk::Error { error_text }, out);
    out.put_slice(sse::DONE);
}

/// The text that `useChat` shows as `error.message`, for failures and for refusals.
fn error_text(message: &str, code: &str) -> String {
    format!("{message} ({code})")
}

/// The client shows the whole body as the error's message, so it is not JSON.
pub(super) fn refusal(refusal: &Refusal) -> RefusalBody {
    RefusalBody {
        content_type: "text/plain; charset=utf-8",
        text: error_text(&refusal.message, refusal.code),
    }
}
