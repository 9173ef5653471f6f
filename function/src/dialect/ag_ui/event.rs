//! The events of AG-UI 1.0, in the words of `@ag-ui/core`.

use serde::Serialize;
use serde_json::Value;

use super::interrupt::Interrupt;
use crate::agent::Side;
use crate::event::{Citation, Member, State, Trace, Usage};
use crate::relay::AgentUsage;

/// An event and the subagent's run that it belongs to, if it belongs to one.
#[derive(Serialize)]
pub(super) struct Attributed<'a> {
    #[serde(flatten)]
    pub(super) event: AgUiEvent<'a>,
    #[serde(rename = "subagentRunId", skip_serializing_if = "Option::is_none")]
    pub(super) subagent_run_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(
    tag = "type",
    rename_all = "SCREAMING_SNAKE_CASE",
    rename_all_fields = "camelCase"
)]
pub(super) enum AgUiEvent<'a> {
    RunStarted {
        thread_id: &'a str,
        run_id: &'a str,
        protocol_version: &'static str,
        metadata: Metadata<RequestId<'a>>,
    },
    SubagentStarted {
        /// The agent's name in events.
        name: &'a str,
        /// The agent's name for people.
        description: &'a str,
    },
    SubagentFinished,
    StepStarted {
        step_name: &'a str,
    },
    StepFinished {
        step_name: &'a str,
    },
    TextMessageStart {
        message_id: &'a str,
        role: &'static str,
        name: &'a str,
    },
    TextMessageContent {
        message_id: &'a str,
        delta: &'a str,
    },
    TextMessageEnd {
        message_id: &'a str,
    },
    ReasoningStart {
        message_id: &'a str,
    },
    ReasoningMessageStart {
        message_id: &'a str,
        role: &'static str,
    },
    ReasoningMessageContent {
        message_id: &'a str,
        delta: &'a str,
    },
    ReasoningMessageEnd {
        message_id: &'a str,
    },
    ReasoningEnd {
        message_id: &'a str,
    },
    ToolCallStart {
        tool_call_id: &'a str,
        tool_call_name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        parent_message_id: Option<&'a str>,
    },
    ToolCallArgs {
        tool_call_id: &'a str,
        delta: &'a str,
    },
    ToolCallEnd {
        tool_call_id: &'a str,
    },
    ToolCallResult {
        message_id: String,
        tool_call_id: &'a str,
        content: String,
        role: &'static str,
    },
    Custom {
        #[serde(flatten)]
        custom: Custom<'a>,
    },
    RunFinished {
        thread_id: &'a str,
        run_id: &'a str,
        outcome: Outcome<'a>,
        usage: [TokenUsage; 1],
        metadata: Metadata<Finished<'a>>,
    },
    RunError {
        message: &'static str,
        code: &'static str,
        usage: [TokenUsage; 1],
        metadata: Metadata<Failed>,
    },
}

/// Events that AG-UI has no name for.
#[derive(Serialize)]
#[serde(tag = "name", content = "value", rename_all = "camelCase")]
pub(super) enum Custom<'a> {
    Agent(&'a Member),
    Status {
        agent: &'a str,
        state: State,
    },
    Citation {
        agent: &'a str,
        #[serde(flatten)]
        citation: &'a Citation,
    },
    #[serde(rename_all = "camelCase")]
    File {
        agent: &'a str,
        name: &'a str,
        media_type: &'a str,
        /// Base64.
        bytes: String,
    },
    Trace {
        agent: &'a str,
        #[serde(flatten)]
        trace: &'a Trace,
    },
    Data {
        agent: &'a str,
        data: &'a Value,
    },
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Outcome<'a> {
    Success,
    Interrupt { interrupts: &'a [Interrupt] },
}

/// Data of this gateway, under its own name.
#[derive(Serialize)]
pub(super) struct Metadata<T> {
    pub(super) gateway: T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestId<'a> {
    pub(super) request_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Finished<'a> {
    pub(super) execution_time: u64,
    pub(super) chunk_count: u64,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) usage_by_agent: &'a [AgentUsage],
}

#[derive(Serialize)]
pub(super) struct Failed {
    pub(super) retryable: bool,
    pub(super) side: Side,
}

#[expect(clippy::struct_field_names, reason = "AG-UI's names")]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenUsage {
    input_tokens: u64,
    output_tokens: u64,
    total_tokens: u64,
}

impl From<Usage> for TokenUsage {
    fn from(usage: Usage) -> Self {
        Self {
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
            total_tokens: usage.total(),
        }
    }
}
