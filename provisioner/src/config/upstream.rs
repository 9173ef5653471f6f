//! Where an agent's answers come from.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::dialogue::Dialogue;
use super::identifiers::{AgentAliasId, AgentId, HarnessArn, Qualifier, RuntimeArn};
use crate::deployment::word::word_setting;

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
        history: History,
    },
}

word_setting! {
    /// Who keeps the conversation with a harness.
    History {
        /// The harness's session: only what is new is sent.
        #[default]
        Session = "session",
        /// The client: all of it is sent each time, into a session of its own.
        Client = "client",
    }
}

/// The kinds of `Upstream`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpstreamKind {
    BedrockAgent,
    Runtime,
    Harness,
}
