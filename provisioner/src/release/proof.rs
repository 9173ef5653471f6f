//! What an answer showed, or why a deployment does not work.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::config::Probe;
use crate::deployment::permission::Grant;
use crate::hint::Hint;

/// What an answer showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    /// `GET /healthz` or a question.
    pub kind: Probe,
    /// Milliseconds until the first byte of the body.
    pub first_byte_ms: u64,
    /// Milliseconds until the end.
    pub total_ms: u64,
    /// Pieces of the answer's text that have arrived; `None` where no agent was asked.
    pub chunks: Option<u64>,
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind: _,
            first_byte_ms,
            total_ms,
            chunks,
        } = self;
        match chunks {
            Some(chunks) => write!(
                f,
                "streams: first byte after {first_byte_ms} ms, {chunks} chunk{} in {}",
                if *chunks == 1 { "" } else { "s" },
                seconds(*total_ms)
            ),
            None => write!(f, "answers: GET /healthz in {total_ms} ms"),
        }
    }
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100)
}

/// Why a deployment does not work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    #[error("the function URL refuses everybody (403): its alias lacks the permission for {}",
        missing.iter().map(|grant| grant.action()).collect::<Vec<_>>().join(" and "))]
    PermissionMissing { missing: Vec<Grant> },
    #[error("the function URL refuses the call (403), although anyone has the permission")]
    Forbidden,
    #[error("the function URL refuses the identity you use (403)")]
    CallerNotAllowed,
    #[error("the function URL does not accept the signature (403): {message}")]
    Signature { message: String },
    #[error("the function URL answers 429: no more executions are allowed")]
    Throttled,
    #[error("the function fails instead of answering{}", detail(message))]
    FunctionFailed { message: String },
    #[error("the answer has HTTP status {status}{}", detail(message))]
    Status { status: u16, message: String },
    #[error("the function URL is BUFFERED: it holds an answer back until it is complete")]
    Buffered,
    #[error(
        "the answer took {} and came all at once: something on the way holds it back", seconds(*took_ms)
    )]
    HeldBack { took_ms: u64 },
    #[error("the function runs in {vpc}, where function URLs do not stream")]
    Vpc { vpc: String },
    #[error("the answer is not a stream of events but `{content_type}`")]
    NotAStream { content_type: String },
    #[error("{bytes} bytes of answer came in one single chunk: streaming is off at the agent")]
    OneChunk { bytes: u64 },
    #[error("the agent's answer failed: {message} ({code})")]
    AgentFailed { code: String, message: String },
    #[error("the answer broke off without saying why")]
    Cut,
    #[error("the function URL could not be reached: {reason}")]
    Unreachable { reason: String },
    #[error("there was no answer within {} s", waited.as_secs())]
    Silent { waited: Duration },
    #[error("interrupted before it had answered")]
    Interrupted,
    #[error("the version could not be tried out: {reason}")]
    NotTried {
        reason: String,
        hint: Option<String>,
    },
}

fn detail(message: &str) -> String {
    if message.is_empty() {
        String::new()
    } else {
        format!(": {message}")
    }
}

impl Hint for Cause {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::PermissionMissing { .. } => {
                "run `provision up` again: it adds what is missing; if it comes back, somebody or some \
                 policy of the organization removes it"
            }
            Self::Forbidden => {
                "look for a service control policy that forbids public function URLs, and whether the \
                 permissions have the alias as qualifier"
            }
            Self::CallerNotAllowed => {
                "allow `lambda:InvokeFunctionUrl` and, with the condition `lambda:InvokedViaFunctionUrl`, \
                 `lambda:InvokeFunction` (since October 2025 both are needed) on the alias for the identity \
                 you use, or leave the probe out with `--probe none`"
            }
            Self::Signature { .. } => "check that the clock is right, and the AWS_* variables",
            Self::Throttled => {
                "raise `reserved_concurrency`, or wait until the account has executions left"
            }
            Self::FunctionFailed { .. } => {
                "its log group tells more: a setting that it does not accept, or a binary that does \
                 not start"
            }
            Self::Status { .. } | Self::Cut | Self::Silent { .. } => {
                "the function's log tells more"
            }
            Self::Buffered => {
                "run `provision up` again: it sets the invoke mode to RESPONSE_STREAM"
            }
            Self::HeldBack { .. } => {
                "look for a proxy between here and the URL; a direct call from elsewhere tells whether it \
                 is only here: curl -N"
            }
            Self::Vpc { .. } => "take the function out of the VPC",
            Self::NotAStream { .. } => "is it this project's function that answers there?",
            Self::OneChunk { .. } => {
                "a supervisor that only passes on what its collaborators say does not stream; for \
                 others look at the agent's model, which has to support streaming"
            }
            Self::AgentFailed { code, message: _ } => return agent_hint(code).map(str::to_owned),
            Self::Unreachable { .. } => {
                "check the network and any proxy between here and the URL, or leave the probe out with \
                 `--probe none`"
            }
            Self::NotTried { hint, .. } => return hint.clone(),
            Self::Interrupted => return None,
        };
        Some(hint.to_owned())
    }
}

/// By the gateway's own error codes.
fn agent_hint(code: &str) -> Option<&'static str> {
    Some(match code {
        "access_denied" => {
            "the agent's own role lacks `bedrock:InvokeModelWithResponseStream`, which only a streaming \
             answer needs: allow it there, on the agent's model; the function's role may invoke this agent, \
             unless a service control policy or a permissions boundary forbids it"
        }
        "agent_not_found" => "check the agent's id and alias, and that they are in this Region",
        "model_not_ready" | "rejected" => {
            "prepare the agent (`aws bedrock-agent prepare-agent`), and let the alias point to a prepared \
             version"
        }
        "throttled" | "quota_exceeded" => {
            "see the model's quotas in Service Quotas, then try again"
        }
        "dependency_failed" => "look at the agent's action groups and knowledge bases",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_says_what_was_measured() {
        let proof = Proof {
            kind: Probe::Ask,
            first_byte_ms: 43,
            total_ms: 5123,
            chunks: Some(42),
        };
        assert_eq!(
            proof.to_string(),
            "streams: first byte after 43 ms, 42 chunks in 5.1 s"
        );
    }
}
