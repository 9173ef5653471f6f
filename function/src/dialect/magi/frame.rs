//! The events of the native dialect, as function/README.md names them.

use serde::Serialize;
use serde_json::Value;

use crate::agent::Side;
use crate::event::{Citation, Member, State, Trace, Usage};
use crate::relay::AgentUsage;

/// One event as the client reads it.
#[derive(Serialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(super) enum Frame<'a> {
    Start {
        session_id: &'a str,
        request_id: &'a str,
        timestamp: String,
    },
    Agent {
        #[serde(flatten)]
        member: &'a Member,
        timestamp: String,
    },
    Status {
        agent: &'a str,
        state: State,
        timestamp: String,
    },
    Chunk {
        content: &'a str,
        chunk_number: u64,
        agent: &'a str,
        timestamp: String,
    },
    Reasoning {
        content: &'a str,
        agent: &'a str,
        timestamp: String,
    },
    ToolCall {
        id: &'a str,
        name: &'a str,
        #[serde(skip_serializing_if = "Value::is_null")]
        input: &'a Value,
        agent: &'a str,
        timestamp: String,
    },
    ToolResult {
        id: &'a str,
        #[serde(skip_serializing_if = "Value::is_null")]
        output: &'a Value,
        failed: bool,
        agent: &'a str,
        timestamp: String,
    },
    Citation {
        #[serde(flatten)]
        citation: &'a Citation,
        agent: &'a str,
        timestamp: String,
    },
    File {
        name: &'a str,
        media_type: &'a str,
        /// Base64.
        bytes: String,
        agent: &'a str,
        timestamp: String,
    },
    ReturnControl {
        invocation_id: &'a str,
        invocation_inputs: &'a Value,
        agent: &'a str,
        timestamp: String,
    },
    Trace {
        trace: &'a Trace,
        agent: &'a str,
        timestamp: String,
    },
    Data {
        data: &'a Value,
        agent: &'a str,
        timestamp: String,
    },
    Complete {
        execution_time: u64,
        chunk_count: u64,
        total_bytes: u64,
        session_id: &'a str,
        agent_id: &'a str,
        usage: Usage,
        /// Only when there is more than one agent.
        #[serde(skip_serializing_if = "Option::is_none")]
        usage_by_agent: Option<&'a [AgentUsage]>,
        timestamp: String,
    },
    Error {
        error: &'static str,
        message: &'static str,
        retryable: bool,
        side: Side,
        execution_time: u64,
        chunk_count: u64,
        timestamp: String,
    },
}
