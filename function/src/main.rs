//! The Lambda function: settings, one agent, the runtime.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use gateway::agent::agentcore_runtime::AgentcoreRuntime;
use gateway::agent::bedrock_agents::BedrockAgent;
use gateway::agent::harness::Harness;
use gateway::agent::{Agent, agentcore, retry};
use gateway::authorize::Authorizer;
use gateway::authorize::jwt::{Issuer, JwtVerifier};
use gateway::gateway::Gateway;
use gateway::runtime::{RuntimeApi, run};
use gateway::settings::agents::{AgentsSettings, Upstream};
use gateway::settings::{Auth, Platform, Settings};
use gateway::{aws, log, panics, session};
use lambda_runtime::Diagnostic;

// One thread: a stream is mostly waiting, and one stack and no hand-over is what stays small.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    panics::log_without_message();
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the environment enters"
    )]
    let environment = |name: &str| std::env::var(name).ok();

    let platform = Platform::from_source(environment)?;
    let api = Arc::new(RuntimeApi::new(&platform)?);
    let gateway = match gateway(environment, &platform) {
        Ok(gateway) => Arc::new(gateway),
        Err(error) => {
            let diagnostic = Diagnostic {
                error_type: "Function.InvalidSettings".to_owned(),
                error_message: format!("{error:#}"),
            };
            api.report_init_error(&diagnostic).await?;
            return Err(error);
        }
    };
    Err(run(gateway, api, platform.max_concurrency).await.into())
}

fn gateway(
    environment: impl Fn(&str) -> Option<String>,
    platform: &Platform,
) -> anyhow::Result<Gateway> {
    let settings = Settings::from_source(environment)?;
    Ok(Gateway {
        authorizer: authorizer(&settings.auth, platform)?,
        agents: agents(&settings.agents, platform)?,
        members: Arc::new(settings.agents.members.clone()),
        settings,
        clock: SystemTime::now,
        new_session_id: session::random_id,
        jitter: retry::jitter,
        log: log::to_stdout,
    })
}

fn authorizer(auth: &Auth, platform: &Platform) -> anyhow::Result<Authorizer> {
    Ok(match auth {
        Auth::Iam => Authorizer::Iam,
        Auth::None => Authorizer::None,
        Auth::Jwt { issuer, audience } => {
            let issuer = Issuer::new(issuer.clone(), &aws::Roots::new(platform)?)?;
            Authorizer::Jwt(Box::new(JwtVerifier::new(issuer, audience.clone())))
        }
    })
}

fn agents(
    settings: &AgentsSettings,
    platform: &Platform,
) -> anyhow::Result<BTreeMap<String, Box<dyn Agent>>> {
    let config = aws::config(platform)?;
    let agentcore = agentcore::client(&config, platform);
    let agents = settings.agents.iter().map(|(key, upstream)| {
        let name = upstream.name(key);
        let agent: Box<dyn Agent> =
            match upstream {
                Upstream::BedrockAgent {
                    agent_id,
                    agent_alias_id,
                    ..
                } => Box::new(BedrockAgent::new(
                    &config,
                    platform,
                    agent_id,
                    agent_alias_id,
                    name,
                )),
                Upstream::AgentcoreRuntime { arn, qualifier, .. } => Box::new(
                    AgentcoreRuntime::new(agentcore.clone(), arn, qualifier.as_deref(), name),
                ),
                Upstream::Harness { arn, qualifier, .. } => Box::new(Harness::new(
                    agentcore.clone(),
                    arn,
                    qualifier.as_deref(),
                    name,
                )),
            };
        Ok((key.clone(), agent))
    });
    agents.collect()
}
