//! What a run waits for when it has ended: an interrupt, which the client answers with the next run.

use serde::Serialize;
use serde_json::Value;

use crate::event::{Inquiry, InquiryKind};

/// The agent waits for the client; `resume` of the next run has the answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Interrupt {
    id: String,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_schema: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    metadata: Metadata,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    agent: String,
    #[serde(flatten)]
    asked: Asked,
}

#[derive(Debug, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum Asked {
    ReturnControl {
        /// Bedrock's `invocationInputs`.
        invocation_inputs: Value,
    },
    Inquiry {
        kind: InquiryKind,
        #[serde(skip_serializing_if = "Value::is_null")]
        input: Value,
    },
}

impl Interrupt {
    /// Bedrock's `returnControl`, all of which is answered together.
    pub(super) fn return_control(agent: &str, invocation_id: &str, inputs: &Value) -> Self {
        Self {
            id: invocation_id.to_owned(),
            reason: "return_control".to_owned(),
            message: None,
            tool_call_id: None,
            response_schema: None,
            expires_at: None,
            metadata: Metadata {
                agent: agent.to_owned(),
                asked: Asked::ReturnControl {
                    invocation_inputs: inputs.clone(),
                },
            },
        }
    }

    /// An approval or a question, which clients know as `id`.
    pub(super) fn inquiry(agent: &str, id: String, inquiry: &Inquiry) -> Self {
        Self {
            id,
            reason: inquiry.name.clone(),
            message: inquiry.message.clone(),
            tool_call_id: inquiry.tool_call_id.clone(),
            response_schema: inquiry.schema.clone(),
            expires_at: inquiry.expires_at.clone(),
            metadata: Metadata {
                agent: agent.to_owned(),
                asked: Asked::Inquiry {
                    kind: inquiry.kind,
                    input: inquiry.input.clone(),
                },
            },
        }
    }
}
