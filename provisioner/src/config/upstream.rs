//! Where an agent's answers come from.

use super::dialogue::Dialogue;
use super::identifiers::{AgentAliasId, AgentId, HarnessArn, Qualifier, RuntimeArn};

/// What the function calls for an agent's answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upstream {
    BedrockAgent {
        id: AgentId,
        alias: AgentAliasId,
    },
    Runtime {
        arn: RuntimeArn,
        qualifier: Qualifier,
        /// How it is asked and understood, where that is unusual.
        dialogue: Dialogue,
    },
    Harness {
        arn: HarnessArn,
        qualifier: Qualifier,
    },
}

/// The kinds of `Upstream`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpstreamKind {
    BedrockAgent,
    Runtime,
    Harness,
}
