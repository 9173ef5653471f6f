//! The Vercel AI SDK's UI message stream, version 1: `useChat` works with it unchanged.
//!
//! Each agent has text parts of its own, which name it; `returnControl` is a call of a tool of the
//! client.

mod chunk;
mod request;
mod source;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{BufMut as _, BytesMut};
use http::{HeaderName, HeaderValue};
use serde_json::Value;

use super::spans::{Form, Piece, Span, Spans};
use super::stream::{Dialect, Head, RefusalBody, event_stream};
use super::{client_tools, sse};
use crate::agent::Failure;
use crate::event::{Event, ToolResult};
use crate::refusal::Refusal;
use crate::relay::{Moment, Totals};
use crate::request::draft::Draft;
use crate::timestamp::milliseconds;
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
    session_id: String,
    /// The agent that is asked.
    chair: String,
    spans: Spans,
    /// The ids of all calls so far: the client fails on a result without a call.
    calls: Vec<String>,
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
                self.session_id.clone_from(&start.session_id);
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
            Event::ToolCall(call) => {
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
            Event::ReturnControl {
                agent,
                invocation_id,
                inputs,
            } => {
                end(&self.spans.end(agent), out);
                self.waits = true;
                for call in client_tools::calls(&self.session_id.clone(), invocation_id, inputs) {
                    self.call(&call.id, &call.name, call.input, Executor::Client, out);
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
        self.calls.push(id.to_owned());
        let call = Chunk::ToolInputAvailable {
            tool_call_id: id,
            tool_name: name,
            input,
            dynamic: true,
            provider_executed: executor == Executor::Agent,
        };
        sse::data(&call, out);
    }

    fn result(&mut self, result: &ToolResult, out: &mut BytesMut) {
        let ToolResult {
            agent: _,
            id,
            output,
            failed,
        } = result;
        if !self.calls.iter().any(|known| known == id) {
            self.call(id, UNKNOWN_TOOL, &Value::Null, Executor::Agent, out);
        }
        let text;
        let chunk = if *failed {
            text = match output {
                Value::Null => "the tool failed".to_owned(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
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
