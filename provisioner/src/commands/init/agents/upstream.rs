//! Where an agent's answers come from, by what people type or AWS lists.

use crate::commands::init::error::InitError;
use crate::config::{HarnessArn, Qualifier, RuntimeArn, Upstream};

/// Where an agent runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    BedrockAgent,
    Runtime,
    Harness,
}

impl Kind {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::BedrockAgent => "Bedrock agent",
            Self::Runtime => "AgentCore runtime",
            Self::Harness => "AgentCore harness",
        }
    }

    /// Of an id or ARN as people type it.
    pub(super) fn of(id: &str) -> Self {
        let resource = id.split(':').nth(5).unwrap_or_default();
        if resource.starts_with("harness/") {
            Self::Harness
        } else if id.starts_with("arn:") {
            Self::Runtime
        } else {
            Self::BedrockAgent
        }
    }
}

/// A Bedrock agent by its id and its alias's.
pub(super) fn bedrock_agent(id: &str, alias: &str) -> Result<Upstream, InitError> {
    let answer = |flag| move |refused| InitError::Answer { flag, refused };
    Ok(Upstream::BedrockAgent {
        id: id.parse().map_err(answer("--agent-id"))?,
        alias: alias.parse().map_err(answer("--agent-alias"))?,
    })
}

/// A runtime or a harness by its ARN.
pub(super) fn agentcore(arn: &str) -> Result<Upstream, InitError> {
    let answer = |flag| move |refused| InitError::Answer { flag, refused };
    let qualifier = Qualifier::default();
    Ok(if Kind::of(arn) == Kind::Harness {
        let arn: HarnessArn = arn.parse().map_err(answer("--agent-harness"))?;
        Upstream::Harness { arn, qualifier }
    } else {
        let arn: RuntimeArn = arn.parse().map_err(answer("--agent-runtime"))?;
        Upstream::Runtime { arn, qualifier }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_tells_what_it_is() {
        let arn = |kind| format!("arn:aws:bedrock-agentcore:us-east-1:123456789012:{kind}/a-1");
        assert_eq!(Kind::of("ABCDE12345"), Kind::BedrockAgent);
        assert_eq!(Kind::of(&arn("runtime")), Kind::Runtime);
        assert_eq!(Kind::of(&arn("harness")), Kind::Harness);
    }
}
