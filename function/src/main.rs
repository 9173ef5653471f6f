//! The Lambda function: reads the settings, makes the gateway, and answers events.

use std::sync::Arc;
use std::time::SystemTime;

use gateway::agent::{configured, retry};
use gateway::authorize::Authorizer;
use gateway::gateway::Gateway;
use gateway::runtime::{RuntimeApi, run};
use gateway::settings::{Platform, Settings};
use gateway::{log, panics, session};

// One thread: a stream mostly waits, and a single thread needs least memory and no hand-over.
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
            api.report_init_error(format!("{error:#}")).await?;
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
        authorizer: Authorizer::new(&settings.auth, platform)?,
        agents: configured(&settings.agents, platform)?,
        members: Arc::new(settings.agents.members.clone()),
        settings,
        clock: SystemTime::now,
        new_session_id: session::random_id,
        jitter: retry::jitter,
        log: log::to_stdout,
    })
}
