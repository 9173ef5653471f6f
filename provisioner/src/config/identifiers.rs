//! How agents are named: by AWS, by the operator, and to those who listen.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use super::values::{InvalidValue, TextVisitor, text_setting};
use crate::deployment::names::Account;

text_setting!(
    /// A Bedrock agent's id.
    AgentId,
    "1 to 10 letters or digits, as the Bedrock console shows it",
    is_bedrock_id
);

text_setting!(
    /// The id (not the name) of a Bedrock agent's alias.
    AgentAliasId,
    "the alias's id, 1 to 10 letters or digits (not its name)",
    is_bedrock_id
);

text_setting!(
    /// An AgentCore runtime, without its endpoint.
    RuntimeArn,
    "a runtime's ARN, `arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/ID`, with nothing behind \
     it (an endpoint is chosen by `qualifier`)",
    |text| is_agentcore_arn(text, "runtime")
);

text_setting!(
    /// An AgentCore harness, without its endpoint.
    HarnessArn,
    "a harness's ARN, `arn:aws:bedrock-agentcore:REGION:ACCOUNT:harness/ID`, with nothing behind \
     it (an endpoint is chosen by `qualifier`)",
    |text| is_agentcore_arn(text, "harness")
);

text_setting!(
    /// The endpoint of a runtime or harness.
    Qualifier,
    "an endpoint's name: a letter, then up to 47 letters, digits or `_`",
    |text| text.len() <= 48
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
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
    |text| {
        let name = match text.strip_prefix("arn:") {
            None => Some(text),
            Some(rest) => match rest.splitn(5, ':').collect::<Vec<_>>().as_slice() {
                [_, "iam", "", _, policy] => policy.strip_prefix("policy/"),
                _ => None,
            },
        };
        name.is_some_and(|name| {
            (1..=512).contains(&name.len())
                && !name.starts_with('/')
                && !name.ends_with('/')
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-/".contains(&b))
        })
    }
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
    |text| (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
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
    |text| (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control)
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
    |text| (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
);

fn is_bedrock_id(text: &str) -> bool {
    (1..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// `arn:PARTITION:bedrock-agentcore:REGION:ACCOUNT:KIND/ID`.
fn is_agentcore_arn(text: &str, kind: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let [
        "arn",
        partition,
        "bedrock-agentcore",
        region,
        account,
        resource,
    ] = parts.as_slice()
    else {
        return false;
    };
    let is_word = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let is_id = |id: &str| {
        id.len() <= 128
            && id.starts_with(|c: char| c.is_ascii_alphabetic())
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    };
    partition.starts_with("aws")
        && is_word(partition)
        && is_word(region)
        && account.len() == 12
        && account.bytes().all(|b| b.is_ascii_digit())
        && resource
            .strip_prefix(kind)
            .and_then(|rest| rest.strip_prefix('/'))
            .is_some_and(is_id)
}

impl AgentAliasId {
    /// The alias that every Bedrock agent has, for its working draft.
    pub fn is_test(&self) -> bool {
        self.as_str() == "TSTALIASID"
    }
}
