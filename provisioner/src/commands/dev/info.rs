//! What the page shows of the gateway besides its answers.

use serde_json::{Value, json};

use super::settings::Settings;
use crate::cli::AgentKind;
use crate::commands::context::Context;
use crate::commands::up::UpOutcome;
use crate::deployment::access::Auth;

/// The deployment, and who will speak.
pub(super) fn info(context: &Context, outcome: &UpOutcome, settings: &Settings<'_>) -> Value {
    let config = &context.config;
    let scenario = &settings.scenario;
    let members = scenario.collaborators.iter().chain([&scenario.agent]);
    let members = members.map(|agent| json!({"name": agent.name}));
    let agents: Vec<_> = match settings.args.agent {
        // Nobody knows beforehand whom it has speak.
        AgentKind::Own(_) => Vec::new(),
        AgentKind::Scripted | AgentKind::Aws => members.collect(),
    };
    json!({
        "functionUrl": outcome.url,
        // Who speaks when the question names nobody.
        "agent": config
            .agents
            .as_ref()
            .and_then(|agents| agents.by_key.get(&agents.default))
            .map(|agent| json!({ "name": agent.name })),
        "agents": agents,
        "region": config.region.to_string(),
        "memoryMb": config.memory_mb,
        "timeoutSeconds": config.timeout_seconds,
        "trace": config.trace.as_str(),
        "authType": if config.auth == Auth::Iam { "AWS_IAM" } else { "NONE" },
    })
}
