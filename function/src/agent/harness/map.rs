//! The messages of a harness's stream become events. Pure.

use std::collections::{HashMap, VecDeque};

use aws_sdk_bedrockagentcore::types::{
    HarnessContentBlockDelta, HarnessContentBlockStart, HarnessConversationRole,
    HarnessMetadataEvent, HarnessReasoningContentBlockDelta, HarnessToolResultBlockDelta,
    HarnessToolUseStatus, HarnessToolUseType, InvokeHarnessStreamOutput,
};
use serde_json::{Value, json};

use super::stop_reason::{Ending, ending, goes_on};
use crate::agent::failure::{AgentError, Failure};
use crate::agent::json::Json as _;
use crate::event::{
    AskBack, Asked, Event, Inquiry, InquiryKind, State, ToolCall, ToolResult, Trace, Usage,
};

/// What later messages need to know of earlier ones.
#[derive(Debug)]
pub(super) struct Mapper {
    /// The agent's name in events.
    name: String,
    /// Tool calls and results that are still incomplete, by the index of their block.
    open: HashMap<i32, Block>,
    /// Calls of which nothing shows yet whether the harness or its client is to execute them.
    undecided: Vec<Undecided>,
    /// Between the start and the stop of a message.
    in_message: bool,
}

#[derive(Debug)]
enum Block {
    Call {
        id: String,
        name: String,
        input: String,
        executor: Executor,
    },
    Result {
        id: String,
        failed: bool,
        output: Vec<Value>,
    },
}

/// Who executes a call, as far as its beginning says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Executor {
    Harness,
    Unknown,
}

/// A whole call.
#[derive(Debug)]
struct Undecided {
    id: String,
    name: String,
    input: Value,
}

impl Mapper {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            open: HashMap::new(),
            undecided: Vec::new(),
            in_message: false,
        }
    }

    /// Whether the stream may end here.
    pub(super) fn is_whole(&self) -> bool {
        !self.in_message
    }

    /// Appends the events in `message`.
    pub(super) fn map(
        &mut self,
        message: InvokeHarnessStreamOutput,
        events: &mut VecDeque<Event>,
    ) -> Result<(), AgentError> {
        match message {
            InvokeHarnessStreamOutput::MessageStart(start) => {
                self.in_message = true;
                // The model goes on, so nobody waits for the client.
                if start.role == HarnessConversationRole::Assistant {
                    self.decide(|_| true, events);
                }
                events.push_back(Event::Status {
                    agent: self.name.clone(),
                    state: State::Thinking,
                });
            }
            InvokeHarnessStreamOutput::ContentBlockStart(event) => {
                if let Some(start) = event.start {
                    // A block without an end of its own is over when another one takes its index.
                    self.stop(event.content_block_index, events);
                    self.start(event.content_block_index, start, events);
                }
            }
            InvokeHarnessStreamOutput::ContentBlockDelta(event) => {
                if let Some(delta) = event.delta {
                    self.delta(event.content_block_index, delta, events);
                }
            }
            InvokeHarnessStreamOutput::ContentBlockStop(event) => {
                self.stop(event.content_block_index, events);
            }
            InvokeHarnessStreamOutput::MessageStop(event) => {
                self.in_message = false;
                while let Some(first) = self.open.keys().min().copied() {
                    self.stop(first, events);
                }
                // A call that was cut off is nothing to execute.
                if !goes_on(&event.stop_reason) {
                    self.decide(|_| true, events);
                }
                match ending(&event.stop_reason) {
                    Ending::Usual => {}
                    Ending::Shortened(step) => events.push_back(self.trace(step)),
                    Ending::Failed => {
                        let cause = format!("stopped: {}", event.stop_reason);
                        return Err(AgentError::caused(Failure::AgentFailed, cause));
                    }
                }
            }
            InvokeHarnessStreamOutput::Metadata(event) => self.metadata(&event, events),
            InvokeHarnessStreamOutput::HookEvent(_) => events.push_back(self.trace("hook")),
            _ => events.push_back(Event::Unknown),
        }
        Ok(())
    }

    /// The proper end of the stream: the calls without a result are the client's.
    pub(super) fn end(&mut self, events: &mut VecDeque<Event>) {
        let calls = std::mem::take(&mut self.undecided);
        if calls.is_empty() {
            return;
        }
        let inquiry = |Undecided { id, name, input }| Inquiry {
            id,
            kind: InquiryKind::Call,
            name,
            input,
            ..Inquiry::default()
        };
        events.push_back(Event::AskBack(AskBack {
            agent: self.name.clone(),
            asked: Asked::Inquiries(calls.into_iter().map(inquiry).collect()),
        }));
    }

    /// Tells the calls that are the harness's own after all.
    fn decide(&mut self, is_own: impl Fn(&Undecided) -> bool, events: &mut VecDeque<Event>) {
        for call in self.undecided.extract_if(.., |call| is_own(call)) {
            let Undecided { id, name, input } = call;
            let agent = self.name.clone();
            events.push_back(Event::ToolCall(ToolCall {
                agent,
                id,
                name,
                input,
            }));
        }
    }

    /// Tells the call or the result of a block, if it is one.
    fn stop(&mut self, index: i32, events: &mut VecDeque<Event>) {
        match self.open.remove(&index) {
            None => {}
            Some(Block::Call {
                id,
                name,
                input,
                executor,
            }) => {
                // A tool without parameters is called without any input.
                let input = serde_json::from_str(&input).unwrap_or_else(|_| json!({}));
                self.undecided.push(Undecided { id, name, input });
                if executor == Executor::Harness {
                    let last = self.undecided.len() - 1;
                    let id = self.undecided[last].id.clone();
                    self.decide(|call| call.id == id, events);
                }
            }
            Some(Block::Result { id, failed, output }) => {
                self.decide(|call| call.id == id, events);
                events.push_back(Event::ToolResult(ToolResult {
                    agent: self.name.clone(),
                    id,
                    output: Value::Array(output),
                    failed,
                }));
            }
        }
    }

    fn start(&mut self, index: i32, start: HarnessContentBlockStart, events: &mut VecDeque<Event>) {
        let block = match start {
            HarnessContentBlockStart::ToolUse(call) => {
                let executor = executor(call.r#type.as_ref());
                if executor == Executor::Harness {
                    events.push_back(Event::CallBegins {
                        agent: self.name.clone(),
                        id: call.tool_use_id.clone(),
                        name: call.name.clone(),
                    });
                }
                Block::Call {
                    id: call.tool_use_id,
                    name: call.name,
                    input: String::new(),
                    executor,
                }
            }
            HarnessContentBlockStart::ToolResult(result) => Block::Result {
                id: result.tool_use_id,
                failed: result.status == Some(HarnessToolUseStatus::Error),
                output: Vec::new(),
            },
            _ => return events.push_back(Event::Unknown),
        };
        self.open.insert(index, block);
    }

    fn delta(&mut self, index: i32, delta: HarnessContentBlockDelta, events: &mut VecDeque<Event>) {
        let agent = self.name.clone();
        match (delta, self.open.get_mut(&index)) {
            (HarnessContentBlockDelta::Text(content), _) => self.text(content, events),
            (HarnessContentBlockDelta::ReasoningContent(reasoning), _) => match reasoning {
                HarnessReasoningContentBlockDelta::Text(content) if !content.is_empty() => {
                    events.push_back(Event::Reasoning { agent, content });
                }
                // Empty text, a signature, and reasoning that the model's provider has encrypted.
                _ => {}
            },
            (
                HarnessContentBlockDelta::ToolUse(piece),
                Some(Block::Call {
                    id,
                    input,
                    executor,
                    ..
                }),
            ) => {
                input.push_str(&piece.input);
                if *executor == Executor::Harness {
                    events.push_back(Event::CallInput {
                        agent,
                        id: id.clone(),
                        piece: piece.input,
                    });
                }
            }
            (HarnessContentBlockDelta::ToolResult(pieces), Some(Block::Result { output, .. })) => {
                output.extend(pieces.into_iter().map(|piece| match piece {
                    HarnessToolResultBlockDelta::Text(text) => json!({"text": text}),
                    HarnessToolResultBlockDelta::Json(value) => json!({"json": value.json()}),
                    _ => Value::Null,
                }));
            }
            // Data for the model's provider only.
            (HarnessContentBlockDelta::ToolResultMetadata(_), _) => {}
            _ => events.push_back(Event::Unknown),
        }
    }

    /// Appends a piece of the answer.
    pub(super) fn text(&self, content: String, events: &mut VecDeque<Event>) {
        if !content.is_empty() {
            let agent = self.name.clone();
            events.push_back(Event::Chunk { agent, content });
        }
    }

    fn metadata(&self, event: &HarnessMetadataEvent, events: &mut VecDeque<Event>) {
        let tokens = |count: i32| u64::try_from(count).unwrap_or(0);
        let usage = event.usage.as_ref().map(|usage| Usage {
            input_tokens: tokens(usage.input_tokens),
            output_tokens: tokens(usage.output_tokens),
        });
        if let Some(usage) = usage {
            events.push_back(Event::Usage {
                agent: self.name.clone(),
                usage,
            });
        }
        events.push_back(Event::Trace {
            agent: self.name.clone(),
            trace: Trace {
                step: "metadata",
                usage,
                duration_ms: event.metrics.as_ref().map(|metrics| metrics.latency_ms),
                ..Trace::default()
            },
        });
    }

    fn trace(&self, step: &'static str) -> Event {
        Event::Trace {
            agent: self.name.clone(),
            trace: Trace {
                step,
                ..Trace::default()
            },
        }
    }
}

/// A call that a model's provider or an MCP server answers is surely not the client's. Of any other one only
/// the end of the stream tells whether it was of an inline function.
fn executor(kind: Option<&HarnessToolUseType>) -> Executor {
    match kind {
        Some(HarnessToolUseType::ServerToolUse | HarnessToolUseType::McpToolUse) => {
            Executor::Harness
        }
        _ => Executor::Unknown,
    }
}

#[cfg(test)]
mod tests;
