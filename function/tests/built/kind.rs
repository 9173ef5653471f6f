//! The three kinds of agents: how each is configured, answers and fails.

use serde_json::{Value, json};

use crate::process::AGENT;
use crate::upstream::{EVENT_STREAM, answer, frame, said};

pub(crate) const RUNTIME: &str = r#"{"default":"a","agents":{"a":{"type":"agentcore-runtime","arn":"arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/magi-AbC","qualifier":"live","name":"MAGI"}}}"#;
pub(crate) const HARNESS: &str = r#"{"default":"a","agents":{"a":{"type":"harness","arn":"arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:harness/magi-AbC","name":"MAGI"}}}"#;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    BedrockAgent,
    AgentcoreRuntime,
    Harness,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::BedrockAgent, Self::AgentcoreRuntime, Self::Harness];

    pub(crate) fn settings(self) -> (&'static str, &'static str) {
        match self {
            Self::BedrockAgent => AGENT,
            Self::AgentcoreRuntime => (AGENT.0, RUNTIME),
            Self::Harness => (AGENT.0, HARNESS),
        }
    }

    /// The content type of answers.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::AgentcoreRuntime => "text/event-stream",
            Self::BedrockAgent | Self::Harness => EVENT_STREAM,
        }
    }

    /// The body of a whole answer: a word.
    pub(crate) fn said(self, word: &str) -> Vec<u8> {
        self.body(word, None)
    }

    /// An answer under status 200: a word, then a failure if there is one.
    pub(crate) fn answer(self, word: &str, failure: Option<&Value>) -> Vec<u8> {
        answer(self.content_type(), &self.body(word, failure))
    }

    fn body(self, word: &str, failure: Option<&Value>) -> Vec<u8> {
        let mut body = match self {
            Self::BedrockAgent => said(word.as_bytes()),
            Self::AgentcoreRuntime => format!("data: {}\n\n", json!(word)).into_bytes(),
            Self::Harness => [
                frame("event", "messageStart", &json!({"role": "assistant"})),
                frame(
                    "event",
                    "contentBlockDelta",
                    &json!({"contentBlockIndex": 0, "delta": {"text": word}}),
                ),
            ]
            .concat(),
        };
        body.extend(match (failure, self) {
            (Some(failure), Self::AgentcoreRuntime) => format!("data: {failure}\n\n").into_bytes(),
            (Some(failure), Self::BedrockAgent) => {
                frame("exception", "throttlingException", failure)
            }
            (Some(failure), Self::Harness) => {
                frame("exception", "internalServerException", failure)
            }
            (None, Self::Harness) => {
                frame("event", "messageStop", &json!({"stopReason": "end_turn"}))
            }
            (None, _) => Vec::new(),
        });
        body
    }
}
