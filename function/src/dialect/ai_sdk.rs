//! The Vercel AI SDK's UI message stream, version 1: `useChat` works against it unchanged.
//!
//! Every agent's text is a text part of its own that names its agent; `returnControl` is a call of
//! a tool of the client's.

mod chunk;
mod request;
mod source;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{BufMut as _, BytesMut};
use http::{HeaderName, HeaderValue};
use serde_json::Value;

pub use request::read;

use super::spans::{Form, Span, Spans};
use super::{Dialect, Head, Refused, client_tools, event_stream, sse};
use crate::agent::Failure;
use crate::event::Event;
use crate::relay::{Moment, Totals};
use crate::request::Refusal;
use crate::timestamp::milliseconds;
use chunk::{
    By, Chunk, Data, Failed, FinishMetadata, Named, ProviderMetadata, Speaker, StartMetadata,
    Status,
};

/// What a tool is called whose call nobody has told of.
const UNKNOWN_TOOL: &str = "tool";

/// The state of one stream.
#[derive(Debug, Default)]
pub struct AiSdk {
    /// The client's last message is an answer that goes on.
    continues: bool,
    session_id: String,
    asked: String,
    spans: Spans,
    /// Calls that the client knows of: it fails on the result of any other.
    called: Vec<String>,
    sources: u64,
    /// The client has to act before the agent goes on.
    waits: bool,
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
            Moment::Open => out.put_slice(sse::OPEN),
            Moment::KeepAlive => out.put_slice(sse::KEEP_ALIVE),
            Moment::Start {
                session_id,
                request_id,
                agent,
                at: _,
            } => {
                self.session_id.clone_from(session_id);
                self.asked.clone_from(agent);
                let start = Chunk::Start {
                    message_id: (!self.continues).then_some(request_id),
                    message_metadata: StartMetadata {
                        session_id,
                        request_id,
                        agent,
                    },
                };
                sse::data(&start, out);
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
            Event::ToolCall {
                agent,
                id,
                name,
                input,
            } => {
                end(&self.spans.end(agent), out);
                self.call(id, name, input, true, out);
            }
            Event::ToolResult {
                agent: _,
                id,
                output,
                failed,
            } => self.result(id, output, *failed, out),
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
                    self.call(&call.id, &call.name, call.input, false, out);
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
            // Told once, at the end; nothing else is for clients.
            Event::Usage { .. } | Event::Retried | Event::Unknown => {}
        }
    }

    fn say(&mut self, agent: &str, form: Form, delta: &str, out: &mut BytesMut) {
        let collaborator = agent != self.asked;
        let (Span { id, .. }, begins) = self.spans.of(agent, form);
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

    fn call(&mut self, id: &str, name: &str, input: &Value, done_here: bool, out: &mut BytesMut) {
        self.called.push(id.to_owned());
        let call = Chunk::ToolInputAvailable {
            tool_call_id: id,
            tool_name: name,
            input,
            dynamic: true,
            provider_executed: done_here,
        };
        sse::data(&call, out);
    }

    fn result(&mut self, id: &str, output: &Value, failed: bool, out: &mut BytesMut) {
        if !self.called.iter().any(|known| known == id) {
            self.call(id, UNKNOWN_TOOL, &Value::Null, true, out);
        }
        let text;
        let result = if failed {
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
        sse::data(&result, out);
    }

    fn finish(&mut self, totals: &Totals, out: &mut BytesMut) {
        end(&self.spans.end_all(), out);
        sse::data(&Chunk::FinishStep, out);
        let several = totals.by_agent.len() > 1;
        let finish = Chunk::Finish {
            finish_reason: if self.waits { "tool-calls" } else { "stop" },
            message_metadata: FinishMetadata {
                execution_time: milliseconds(totals.elapsed),
                chunk_count: totals.chunks,
                usage: totals.usage,
                usage_by_agent: if several { &totals.by_agent } else { &[] },
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
    let data = Failed {
        code: failure.code(),
        message: failure.message(),
        retryable: failure.retryable(),
        side: failure.side(),
    };
    let transient = true;
    sse::data(&Chunk::DataError { data, transient }, out);
    let error_text = error_text(failure.message(), failure.code());
    sse::data(&Chunk::Error { error_text }, out);
    out.put_slice(sse::DONE);
}

/// What `useChat` shows as `error.message`, in the stream and before it.
fn error_text(message: &str, code: &str) -> String {
    format!("{message} ({code})")
}

/// The client takes the whole body for the error's message, so it is no JSON.
pub(super) fn refused(refusal: &Refusal) -> Refused {
    Refused {
        content_type: "text/plain; charset=utf-8",
        body: error_text(&refusal.message, refusal.code),
    }
}

#[cfg(test)]
mod tests;
