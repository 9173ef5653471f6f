//! Traces as Bedrock emits them while agents work together. The shapes are those of `TracePart` in
//! the service's model.

use std::time::SystemTime;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::scenario::{Agent, TEST_ALIAS, Tokens};
use crate::scope::ACCOUNT_ID;

/// The model that all scripted agents pretend to call.
const MODEL: &str = "local.scripted-v1:0";

/// A call of a model that is over.
#[derive(Debug, Clone, Copy)]
pub(super) struct ModelCall<'a> {
    pub(super) id: &'a str,
    pub(super) begun: SystemTime,
    pub(super) ended: SystemTime,
    pub(super) tokens: Tokens,
}

/// Where a trace comes from: the supervisor itself, or one of its collaborators. The supervisor has
/// the alias that it was called by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) supervisor: &'a Agent,
    pub(super) agent: &'a Agent,
    pub(super) session_id: &'a str,
}

impl Source<'_> {
    /// The payload of one `trace` event; `trace` is a variant of the union.
    pub(super) fn part(self, trace: &Value, now: SystemTime) -> Value {
        let mut callers = vec![json!({ "agentAliasArn": alias_arn(self.supervisor) })];
        let is_collaborator = self.agent.id != self.supervisor.id;
        let agent = if is_collaborator {
            callers.push(json!({ "agentAliasArn": alias_arn(self.agent) }));
            self.agent
        } else {
            self.supervisor
        };
        let is_draft = agent.alias == TEST_ALIAS;
        let mut part = json!({
            "agentId": agent.id,
            "agentAliasId": agent.alias,
            "agentVersion": if is_draft { "DRAFT" } else { "1" },
            "sessionId": self.session_id,
            "callerChain": callers,
            "eventTime": timestamp(now),
            "trace": trace,
        });
        if is_collaborator {
            part["collaboratorName"] = json!(agent.name);
        }
        part
    }
}

pub(super) fn model_invocation_input(id: &str, question: &str) -> Value {
    // The prompt of a real agent; it holds the question, and therefore belongs in no log.
    let prompt = json!({
        "messages": [{ "role": "user", "content": [{ "text": question }] }],
    });
    json!({
        "modelInvocationInput": {
            "traceId": id,
            "type": "ORCHESTRATION",
            "text": prompt.to_string(),
            "foundationModel": MODEL,
            "inferenceConfiguration": { "maximumLength": 2048, "stopSequences": [] },
        }
    })
}

pub(super) fn model_invocation_output(call: &ModelCall<'_>, content: &str) -> Value {
    json!({
        "modelInvocationOutput": {
            "traceId": call.id,
            "rawResponse": { "content": json!({ "text": content }).to_string() },
            "metadata": call.metadata(),
        }
    })
}

pub(super) fn rationale(id: &str, text: &str) -> Value {
    json!({ "rationale": { "traceId": id, "text": text } })
}

pub(super) fn collaborator_input(id: &str, collaborator: &Agent, text: &str) -> Value {
    json!({
        "invocationInput": {
            "traceId": id,
            "invocationType": "AGENT_COLLABORATOR",
            "agentCollaboratorInvocationInput": {
                "agentCollaboratorName": collaborator.name,
                "agentCollaboratorAliasArn": alias_arn(collaborator),
                "input": { "type": "TEXT", "text": text },
            },
        }
    })
}

pub(super) fn collaborator_output(id: &str, collaborator: &Agent, text: &str) -> Value {
    json!({
        "observation": {
            "traceId": id,
            "type": "AGENT_COLLABORATOR",
            "agentCollaboratorInvocationOutput": {
                "agentCollaboratorName": collaborator.name,
                "agentCollaboratorAliasArn": alias_arn(collaborator),
                "output": { "type": "TEXT", "text": text },
            },
        }
    })
}

pub(super) fn final_response(id: &str, text: &str) -> Value {
    json!({
        "observation": {
            "traceId": id,
            "type": "FINISH",
            "finalResponse": { "text": text },
        }
    })
}

impl ModelCall<'_> {
    fn metadata(&self) -> Value {
        let took = self.ended.duration_since(self.begun).unwrap_or_default();
        json!({
            "clientRequestId": self.id,
            "startTime": timestamp(self.begun),
            "endTime": timestamp(self.ended),
            "totalTimeMs": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            "usage": {
                "inputTokens": self.tokens.input,
                "outputTokens": self.tokens.output,
            },
        })
    }
}

fn alias_arn(agent: &Agent) -> String {
    format!(
        "arn:aws:bedrock:ap-northeast-1:{}:agent-alias/{}/{}",
        ACCOUNT_ID, agent.id, agent.alias
    )
}

/// ISO 8601, as the model's `date_time`.
fn timestamp(moment: SystemTime) -> String {
    let format =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:9]Z");
    // Fails only for a component that a date does not have.
    OffsetDateTime::from(moment)
        .format(format)
        .unwrap_or_default()
}
