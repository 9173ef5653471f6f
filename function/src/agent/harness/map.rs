//! A message of a harness's stream becomes events. Pure.

use std::collections::{HashMap, VecDeque};

use aws_sdk_bedrockagentcore::types::{
    HarnessContentBlockDelta, HarnessContentBlockStart, HarnessMetadataEvent,
    HarnessReasoningContentBlockDelta, HarnessStopReason, HarnessToolResultBlockDelta,
    HarnessToolUseStatus, InvokeHarnessStreamOutput,
};
use serde_json::{Value, json};

use crate::agent::bedrock_agents::json::Json as _;
use crate::agent::{AgentError, Failure};
use crate::event::{Event, State, Trace, Usage};

/// What the messages so far have told.
#[derive(Debug)]
pub(super) struct Mapper {
    /// How clients know the agent.
    name: String,
    /// Tool calls and results whose content is still coming, by the index of their block.
    open: HashMap<i32, Block>,
    /// A message has begun and not ended.
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

    /// Appends the events that `message` tells of.
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
                    self.start(event.content_block_index, start, events);
                }
            }
            InvokeHarnessStreamOutput::ContentBlockDelta(event) => {
                if let Some(delta) = event.delta {
                    self.delta(event.content_block_index, delta, events);
                }
            }
            InvokeHarnessStreamOutput::ContentBlockStop(event) => {
                if let Some(block) = self.open.remove(&event.content_block_index) {
                    events.push_back(whole(self.name.clone(), block));
                }
            }
            InvokeHarnessStreamOutput::MessageStop(event) => {
                self.in_message = false;
                self.open.clear();
                match ending(&event.stop_reason) {
                    Ending::Usual => {}
                    Ending::Cut(step) => events.push_back(self.trace(step, None)),
                    Ending::Failed => {
                        return Err(AgentError {
                            failure: Failure::AgentFailed,
                            cause: Some(format!("stopped: {}", event.stop_reason).into()),
                        });
                    }
                }
            }
            InvokeHarnessStreamOutput::Metadata(event) => self.metadata(&event, events),
            InvokeHarnessStreamOutput::HookEvent(_) => events.push_back(self.trace("hook", None)),
            _ => events.push_back(Event::Unknown),
        }
        Ok(())
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
                // A signature, and what the model's provider has hidden.
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
            // An empty text, and what only the model's provider can read.
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
        let Event::Trace { agent, trace } = self.trace("metadata", usage) else {
            return;
        };
        events.push_back(Event::Trace {
            agent,
            trace: Trace {
                duration_ms: event.metrics.as_ref().map(|metrics| metrics.latency_ms),
                ..trace
            },
        });
    }

    fn trace(&self, step: &'static str, usage: Option<Usage>) -> Event {
        Event::Trace {
            agent: self.name.clone(),
            trace: Trace {
                step,
                usage,
                ..Trace::default()
            },
        }
    }
}

fn whole(agent: String, block: Block) -> Event {
    match block {
        Block::Call { id, name, input } => Event::ToolCall {
            agent,
            id,
            name,
            // A tool without parameters is called with nothing at all.
            input: serde_json::from_str(&input).unwrap_or_else(|_| json!({})),
        },
        Block::Result { id, failed, output } => Event::ToolResult {
            agent,
            id,
            output: Value::Array(output),
            failed,
        },
    }
}

/// How a message ended.
enum Ending {
    Usual,
    /// Shorter than meant, but all of it is there.
    Cut(&'static str),
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
            Ending::Cut("stopped.maxTokens")
        }
        HarnessStopReason::ContentFiltered => Ending::Cut("stopped.contentFiltered"),
        HarnessStopReason::HookStopped => Ending::Cut("stopped.hook"),
        HarnessStopReason::MaxIterationsExceeded
        | HarnessStopReason::ModelContextWindowExceeded
        | HarnessStopReason::MalformedModelOutput
        | HarnessStopReason::MalformedToolUse
        | HarnessStopReason::TimeoutExceeded
        | HarnessStopReason::Interrupted => Ending::Failed,
        _ => Ending::Cut("stopped"),
    }
}

#[cfg(test)]
mod tests;
