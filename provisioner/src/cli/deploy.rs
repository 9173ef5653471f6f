//! The arguments of the commands that change or examine a deployment.

use std::path::PathBuf;

use clap::Args;
use clap::builder::FalseyValueParser;

use crate::config::Probe;
use crate::gateway::client::Token;

/// Where the function comes from; without either it is what a released `provision` carries.
#[derive(Debug, Clone, Default, Args)]
pub struct CodeArgs {
    /// Take this `bootstrap` binary instead of the function that `provision` carries
    #[arg(long, value_name = "PATH")]
    pub binary: Option<PathBuf>,
    /// Compile the function in the clone of the gateway's repository around this directory
    #[arg(long, conflicts_with = "binary")]
    pub build: bool,
}

/// How a deployment has to show that it works.
#[derive(Debug, Clone, Default, Args)]
pub struct ProofArgs {
    /// How to make sure that it works, before callers are left with it [default: health]
    #[arg(long, value_enum, value_name = "KIND", env = "BEDROCK_GATEWAY_PROBE")]
    pub probe: Option<Probe>,
    /// A caller's token to ask with, for `--probe ask` and `auth: jwt`
    #[arg(long, env = "BEDROCK_GATEWAY_TOKEN", hide_env_values = true)]
    pub token: Option<Token>,
}

/// Arguments of `up`.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct UpArgs {
    #[command(flatten)]
    pub code: CodeArgs,
    /// Do not ask before changing anything; nobody is asked without a terminal either, nor in CI
    #[arg(long, short)]
    pub yes: bool,
    /// Leave .env.local alone
    #[arg(long)]
    pub no_env_file: bool,
    /// Change nothing if somebody else has changed the function since the last run; reads all there is
    #[arg(long)]
    pub strict: bool,
    /// Take over a function, role or log group of this name that this tool has not made; from then on
    /// `down` deletes it
    #[arg(long)]
    pub adopt: bool,
    /// Do not look first whether the agents exist and are ready, for agents of another account; all else
    /// is looked at
    #[arg(long, env = "BEDROCK_GATEWAY_SKIP_AGENT_CHECK", value_parser = FalseyValueParser::new())]
    pub skip_agent_check: bool,
    #[command(flatten)]
    pub proof: ProofArgs,
}

/// Arguments of `rollback`.
#[derive(Debug, Clone, Default, Args)]
pub struct RollbackArgs {
    /// The version to go to [default: the one that was live before]
    #[arg(long, value_name = "VERSION")]
    pub to: Option<u64>,
    /// Do not ask before changing anything
    #[arg(long, short)]
    pub yes: bool,
    /// Go back to `auth: none` too, where whoever knows the URL can ask the agent, at your cost
    #[arg(long)]
    pub allow_public: bool,
    #[command(flatten)]
    pub proof: ProofArgs,
}

/// Arguments of `doctor`.
#[derive(Debug, Clone, Default, Args)]
pub struct DoctorArgs {
    /// Look also whether Lambda can run this `bootstrap` binary
    #[arg(long, value_name = "PATH")]
    pub binary: Option<PathBuf>,
    /// Do not look whether the agents exist and are ready, for agents of another account
    #[arg(long, env = "BEDROCK_GATEWAY_SKIP_AGENT_CHECK", value_parser = FalseyValueParser::new())]
    pub skip_agent_check: bool,
    #[command(flatten)]
    pub proof: ProofArgs,
}

/// Arguments of `plan`.
#[derive(Debug, Clone, Default, Args)]
pub struct PlanArgs {
    #[command(flatten)]
    pub code: CodeArgs,
    /// Exit with 2 when there is something to change
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Show what `up --adopt` would change
    #[arg(long)]
    pub adopt: bool,
    /// Show what `up --no-env-file` would change: where there is no .env.local, as in CI
    #[arg(long)]
    pub no_env_file: bool,
}

/// Arguments of `down`.
#[derive(Debug, Clone, Default, Args)]
pub struct DownArgs {
    /// Do not ask before deleting
    #[arg(long, short)]
    pub yes: bool,
    /// Delete the log group too, with everything logged so far
    #[arg(long)]
    pub logs: bool,
}
