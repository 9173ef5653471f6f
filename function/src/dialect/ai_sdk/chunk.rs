//! The chunks of a UI message stream, in the words of `uiMessageChunkSchema` of the `ai` package.

use serde::Serialize;
use serde_json::Value;

use crate::agent::Description;
use crate::event::{Citation, Member, State, Trace, Usage};
use crate::relay::{AgentUsage, Start};

#[derive(Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub(super) enum Chunk<'a> {
    Start {
        /// Absent when this answer continues the client's last message.
        #[serde(skip_serializing_if = "Option::is_none")]
        message_id: Option<&'a str>,
        message_metadata: &'a Start,
    },
    StartStep,
    TextStart {
        id: &'a str,
        provider_metadata: ProviderMetadata<Speaker<'a>>,
    },
    TextDelta {
        id: &'a str,
        delta: &'a str,
    },
    TextEnd {
        id: &'a str,
    },
    ReasoningStart {
        id: &'a str,
        provider_metadata: ProviderMetadata<Speaker<'a>>,
    },
    ReasoningDelta {
        id: &'a str,
        delta: &'a str,
    },
    ReasoningEnd {
        id: &'a str,
    },
    ToolInputStart {
        tool_call_id: &'a str,
        tool_name: &'a str,
        dynamic: bool,
        provider_executed: bool,
    },
    ToolInputDelta {
        tool_call_id: &'a str,
        input_text_delta: &'a str,
    },
    /// The client's user decides whether the agent may do it.
    ToolApprovalRequest {
        approval_id: &'a str,
        tool_call_id: &'a str,
    },
    ToolInputAvailable {
        tool_call_id: &'a str,
        tool_name: &'a str,
        input: &'a Value,
        /// The client's program has not declared this tool.
        dynamic: bool,
        /// `false` asks the client to run the tool.
        provider_executed: bool,
    },
    ToolOutputAvailable {
        tool_call_id: &'a str,
        output: &'a Value,
        dynamic: bool,
        provider_executed: bool,
    },
    ToolOutputError {
        tool_call_id: &'a str,
        error_text: &'a str,
        dynamic: bool,
        provider_executed: bool,
    },
    SourceUrl {
        source_id: String,
        url: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<&'a str>,
        provider_metadata: ProviderMetadata<Cited<'a>>,
    },
    SourceDocument {
        source_id: String,
        media_type: &'static str,
        title: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        filename: Option<&'a str>,
        provider_metadata: ProviderMetadata<Cited<'a>>,
    },
    File {
        url: String,
        media_type: &'a str,
        provider_metadata: ProviderMetadata<Named<'a>>,
    },
    /// Introduces a member, once.
    DataAgent {
        id: &'a str,
        data: &'a Member,
    },
    /// What a member is doing; replaces the member's last status.
    DataStatus {
        id: &'a str,
        data: Status<'a>,
    },
    DataTrace {
        data: By<'a, Trace>,
        /// No part of the message that the client keeps.
        transient: bool,
    },
    DataCustom {
        data: By<'a, Data<'a>>,
    },
    /// The `error` that follows, for programs.
    DataError {
        data: Description,
        transient: bool,
    },
    FinishStep,
    Finish {
        finish_reason: &'static str,
        message_metadata: FinishMetadata<'a>,
    },
    Error {
        error_text: String,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FinishMetadata<'a> {
    pub(super) execution_time: u64,
    pub(super) chunk_count: u64,
    pub(super) usage: Usage,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) usage_by_agent: &'a [AgentUsage],
}

/// Data of the answering program, which the client keeps with the part.
#[derive(Serialize)]
pub(super) struct ProviderMetadata<T> {
    pub(super) gateway: T,
}

#[derive(Serialize)]
pub(super) struct Speaker<'a> {
    pub(super) agent: &'a str,
    /// Not the agent that was asked: its text is left out when the client sends the history.
    pub(super) collaborator: bool,
}

#[derive(Serialize)]
pub(super) struct Cited<'a> {
    pub(super) agent: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) span: Option<(i64, i64)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) excerpt: Option<&'a str>,
}

impl<'a> Cited<'a> {
    pub(super) fn new(agent: &'a str, citation: &'a Citation, excerpt: Option<&'a str>) -> Self {
        Self {
            agent,
            text: citation.text.as_deref(),
            span: citation.span,
            excerpt,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Named<'a> {
    pub(super) agent: &'a str,
    pub(super) name: &'a str,
}

#[derive(Serialize)]
pub(super) struct Status<'a> {
    pub(super) agent: &'a str,
    pub(super) state: State,
}

#[derive(Serialize)]
pub(super) struct By<'a, T> {
    pub(super) agent: &'a str,
    #[serde(flatten)]
    pub(super) what: &'a T,
}

#[derive(Serialize)]
pub(super) struct Data<'a> {
    pub(super) data: &'a Value,
}
