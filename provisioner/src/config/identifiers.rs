//! How agents are named: by AWS, by the operator, and to those who listen.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use super::pattern;
use super::values::{InvalidValue, TextVisitor, text_setting};
use crate::deployment::names::Account;

text_setting!(
    /// A Bedrock agent's id.
    AgentId,
    "1 to 10 letters or digits, as the Bedrock console shows it",
    "^[A-Za-z0-9]{1,10}$"
);

text_setting!(
    /// The id (not the name) of a Bedrock agent's alias.
    AgentAliasId,
    "the alias's id, 1 to 10 letters or digits (not its name)",
    "^[A-Za-z0-9]{1,10}$"
);

text_setting!(
    /// An AgentCore runtime, without its endpoint.
    RuntimeArn,
    "a runtime's ARN, `arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/ID`, with nothing behind \
     it (an endpoint is chosen by `qualifier`)",
    "^arn:aws[a-z0-9-]*:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:runtime/[A-Za-z][A-Za-z0-9_-]{0,127}$"
);

text_setting!(
    /// An AgentCore harness, without its endpoint.
    HarnessArn,
    "a harness's ARN, `arn:aws:bedrock-agentcore:REGION:ACCOUNT:harness/ID`, with nothing behind \
     it (an endpoint is chosen by `qualifier`)",
    "^arn:aws[a-z0-9-]*:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:harness/[A-Za-z][A-Za-z0-9_-]{0,127}$"
);

text_setting!(
    /// The endpoint of a runtime or harness.
    Qualifier,
    "an endpoint's name: a letter, then up to 47 letters, digits or `_`",
    "^[A-Za-z][A-Za-z0-9_]{0,47}$"
);

impl Default for Qualifier {
    fn default() -> Self {
        Self("DEFAULT".to_owned())
    }
}

text_setting!(
    /// A managed policy of the account by its name, with its path if it has one; or any by its ARN.
    ManagedPolicy,
    "a managed policy's name, such as `magi-boundary`, or its ARN, `arn:aws:iam::ACCOUNT:policy/NAME`",
    "^(arn:[^:]*:iam::[^:]*:policy/)?([A-Za-z0-9_+=,.@-][A-Za-z0-9_+=,.@/-]{0,510})?[A-Za-z0-9_+=,.@-]$"
);

impl ManagedPolicy {
    /// Its ARN, where it is one of `account`.
    pub(crate) fn arn(&self, account: &Account) -> String {
        let Account { partition, id } = account;
        match &self.0 {
            arn if arn.starts_with("arn:") => arn.clone(),
            name => format!("arn:{partition}:iam::{id}:policy/{name}"),
        }
    }

    /// Whether it is the account's own policy of this name.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        let own = match self.0.split_once(":policy/") {
            Some((arn, name)) if !arn.ends_with(":aws") => name,
            Some(_) => return false,
            None => &self.0,
        };
        own == name
    }
}

text_setting!(
    /// What requests call an agent.
    AgentKey,
    "1 to 64 letters, digits, `-` or `_`",
    "^[A-Za-z0-9_-]{1,64}$"
);

impl Default for AgentKey {
    /// The one agent of the short form.
    fn default() -> Self {
        Self("default".to_owned())
    }
}

text_setting!(
    /// How an agent is called in the stream.
    AgentName,
    "1 to 100 characters without control characters",
    r"^[^\u0000-\u001f\u007f-\u009f]{1,100}$"
);

impl Default for AgentName {
    fn default() -> Self {
        Self("agent".to_owned())
    }
}

impl From<&AgentKey> for AgentName {
    /// Every valid key is a valid name.
    fn from(AgentKey(key): &AgentKey) -> Self {
        Self(key.clone())
    }
}

text_setting!(
    /// The part that a member of the council plays.
    MemberRole,
    "1 to 64 letters, digits, `-` or `_`",
    "^[A-Za-z0-9_-]{1,64}$"
);

impl AgentAliasId {
    /// The alias that every Bedrock agent has, for its working draft.
    pub fn is_test(&self) -> bool {
        self.as_str() == "TSTALIASID"
    }
}
