//! Where an agent's answers come from, by what people type or AWS lists.

use crate::commands::init::error::InitError;
use crate::config::{
    AgentName, Dialogue, HarnessArn, History, Qualifier, RuntimeArn, Upstream, UpstreamKind,
};

/// How people call an agent of this kind.
pub(super) fn kind_words(kind: UpstreamKind) -> &'static str {
    match kind {
        UpstreamKind::BedrockAgent => "Bedrock agent",
        UpstreamKind::Runtime => "AgentCore runtime",
        UpstreamKind::Harness => "AgentCore harness",
    }
}

/// What an id or ARN stands for, as people type it.
pub(super) fn kind_of(id: &str) -> UpstreamKind {
    let resource = id.split(':').nth(5).unwrap_or_default();
    if resource.starts_with("harness/") {
        UpstreamKind::Harness
    } else if id.starts_with("arn:") {
        UpstreamKind::Runtime
    } else {
        UpstreamKind::BedrockAgent
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
    Ok(if kind_of(arn) == UpstreamKind::Harness {
        let arn: HarnessArn = arn.parse().map_err(answer("--agent-harness"))?;
        Upstream::Harness {
            arn,
            qualifier,
            history: History::default(),
        }
    } else {
        let arn: RuntimeArn = arn.parse().map_err(answer("--agent-runtime"))?;
        Upstream::Runtime {
            arn,
            qualifier,
            dialogue: Dialogue::default(),
        }
    })
}

/// The name that a runtime or harness was given: its id in the ARN without AWS's ten characters behind it
/// (`research-AbC1234567`; `CreateAgentRuntime` documents the pattern).
pub(super) fn name_in(arn: &str) -> AgentName {
    let id = arn.rsplit('/').next().unwrap_or_default();
    let name = match id.rsplit_once('-') {
        Some((name, suffix)) if suffix.len() == 10 => name,
        _ => id,
    };
    name.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_tells_the_name() {
        let arn = |id| format!("arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/{id}");
        for (id, name) in [
            ("research-AbC1234567", "research"),
            ("my_agent-AbC1234567", "my_agent"),
            ("odd", "odd"),
            ("a-1", "a-1"),
        ] {
            assert_eq!(name_in(&arn(id)).as_str(), name);
        }
        assert_eq!(name_in("arn:aws:x/").as_str(), "agent");
    }

    #[test]
    fn what_is_typed_tells_what_it_is() {
        let arn = |kind| format!("arn:aws:bedrock-agentcore:us-east-1:123456789012:{kind}/a-1");
        assert_eq!(kind_of("ABCDE12345"), UpstreamKind::BedrockAgent);
        assert_eq!(kind_of(&arn("runtime")), UpstreamKind::Runtime);
        assert_eq!(kind_of(&arn("harness")), UpstreamKind::Harness);
    }
}
