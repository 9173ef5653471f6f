//! The messages of a harness's stream become events. Pure.

use std::collections::{HashMap, VecDeque};

use aws_sdk_bedrockagentcore::types::{
    HarnessContentBlockDelta, HarnessContentBlockStart, HarnessMetadataEvent,
    HarnessReasoningContentBlockDelta, HarnessStopReason, HarnessToolResultBlockDelta,
    HarnessToolUseStatus, InvokeHarnessStreamOutput,
};
use serde_json::{Value, json};

use crate::agent::failure::{AgentError, Failure};
use crate::agent::json::Json as _;
use crate::event::{Event, State, ToolCall, ToolResult, Trace, Usage};

/// What later messages need to know of earlier ones.
#[derive(Debug)]
pub(super) struct Mapper {
    /// The agent's name in events.
    name: String,
    /// Tool calls and results that are still incomplete, by the index of their block.
    open: HashMap<i32, Block>,
    /// Between the start and the stop of a message.
    in_message: bool,
}

#[derive(Debug)]
enum Block {
    Call {
        id: String,
        name: String,
        input: String,
    },
    Result {
        id: String,
        failed: bool,
        output: Vec<Value>,
    },
}

impl Mapper {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            open: HashMap::new(),
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
            InvokeHarnessStreamOutput::MessageStart(_) => {
                self.in_message = true;
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
                let mut open: Vec<_> = self.open.keys().copied().collect();
                open.sort_unstable();
                for index in open {
                    self.stop(index, events);
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

    /// Tells the call or the result of a block, if it is one.
    fn stop(&mut self, index: i32, events: &mut VecDeque<Event>) {
        if let Some(block) = self.open.remove(&index) {
            events.push_back(tool_event(self.name.clone(), block));
        }
    }

    fn start(&mut self, index: i32, start: HarnessContentBlockStart, events: &mut VecDeque<Event>) {
        let block = match start {
            HarnessContentBlockStart::ToolUse(call) => Block::Call {
                id: call.tool_use_id,
                name: call.name,
                input: String::new(),
            },
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
            (HarnessContentBlockDelta::Text(content), _) if !content.is_empty() => {
                events.push_back(Event::Chunk { agent, content });
            }
            (HarnessContentBlockDelta::ReasoningContent(reasoning), _) => match reasoning {
                HarnessReasoningContentBlockDelta::Text(content) if !content.is_empty() => {
                    events.push_back(Event::Reasoning { agent, content });
                }
                // Empty text, a signature, and reasoning that the model's provider has encrypted.
                _ => {}
            },
            (HarnessContentBlockDelta::ToolUse(piece), Some(Block::Call { input, .. })) => {
                input.push_str(&piece.input);
            }
            (HarnessContentBlockDelta::ToolResult(pieces), Some(Block::Result { output, .. })) => {
                output.extend(pieces.into_iter().map(|piece| match piece {
                    HarnessToolResultBlockDelta::Text(text) => json!({"text": text}),
                    HarnessToolResultBlockDelta::Json(value) => json!({"json": value.json()}),
                    _ => Value::Null,
                }));
            }
            // Empty text, and data for the model's provider only.
            (
                HarnessContentBlockDelta::Text(_) | HarnessContentBlockDelta::ToolResultMetadata(_),
                _,
            ) => {}
            _ => events.push_back(Event::Unknown),
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

fn tool_event(agent: String, block: Block) -> Event {
    match block {
        Block::Call { id, name, input } => Event::ToolCall(ToolCall {
            agent,
            id,
            name,
            // A tool without parameters is called without any input.
            input: serde_json::from_str(&input).unwrap_or_else(|_| json!({})),
        }),
        Block::Result { id, failed, output } => Event::ToolResult(ToolResult {
            agent,
            id,
            output: Value::Array(output),
            failed,
        }),
    }
}

/// How a message ended.
enum Ending {
    Usual,
    /// The model stopped before it was done; what it said is all there.
    Shortened(&'static str),
    Failed,
}

fn ending(reason: &HarnessStopReason) -> Ending {
    match reason {
        HarnessStopReason::EndTurn
        | HarnessStopReason::ToolUse
        | HarnessStopReason::ToolResult
        | HarnessStopReason::StopSequence
        | HarnessStopReason::PartialTurn => Ending::Usual,
        HarnessStopReason::MaxTokens | HarnessStopReason::MaxOutputTokensExceeded => {
            Ending::Shortened("stopped.maxTokens")
        }
        HarnessStopReason::ContentFiltered => Ending::Shortened("stopped.contentFiltered"),
        HarnessStopReason::HookStopped => Ending::Shortened("stopped.hook"),
        HarnessStopReason::MaxIterationsExceeded
        | HarnessStopReason::ModelContextWindowExceeded
        | HarnessStopReason::MalformedModelOutput
        | HarnessStopReason::MalformedToolUse
        | HarnessStopReason::TimeoutExceeded
        | HarnessStopReason::Interrupted => Ending::Failed,
        _ => Ending::Shortened("stopped"),
    }
}

#[cfg(test)]
mod tests;
