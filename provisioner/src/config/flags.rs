//! The flags that are settings, and their environment variables.

use std::path::PathBuf;

use clap::Args;

/// The name of the configuration file that need not exist.
pub const DEFAULT_FILE: &str = "gateway.yaml";

/// The settings that a flag or an environment variable can give.
#[derive(Debug, Clone, Args)]
pub struct SettingFlags {
    /// The configuration file; the default one need not exist
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        env = "BEDROCK_GATEWAY_CONFIG",
        default_value = "gateway.yaml"
    )]
    pub config: PathBuf,

    /// Use the overlay of this name in gateway.yaml; it is appended to the deployment's name
    #[arg(long, global = true, value_name = "NAME", env = "BEDROCK_GATEWAY_ENV")]
    pub env: Option<String>,

    /// The deployment's name: function NAME, role NAME-role, log group /aws/lambda/NAME
    #[arg(long, global = true, env = "BEDROCK_GATEWAY_NAME")]
    pub name: Option<String>,

    /// The AWS Region; there is no default
    #[arg(long, global = true, env = "AWS_REGION")]
    pub region: Option<String>,

    /// The Bedrock agent's id
    #[arg(
        long,
        global = true,
        value_name = "ID",
        env = "BEDROCK_GATEWAY_AGENT_ID"
    )]
    pub agent_id: Option<String>,

    /// The id of the agent's alias (`TSTALIASID` is the test alias of every agent)
    #[arg(
        long,
        global = true,
        value_name = "ID",
        env = "BEDROCK_GATEWAY_AGENT_ALIAS"
    )]
    pub agent_alias: Option<String>,

    /// The ARN of an AgentCore runtime, instead of a Bedrock agent
    #[arg(
        long,
        global = true,
        value_name = "ARN",
        env = "BEDROCK_GATEWAY_AGENT_RUNTIME"
    )]
    pub agent_runtime: Option<String>,

    /// The ARN of an AgentCore harness, instead of a Bedrock agent
    #[arg(
        long,
        global = true,
        value_name = "ARN",
        env = "BEDROCK_GATEWAY_AGENT_HARNESS"
    )]
    pub agent_harness: Option<String>,

    /// The managed policy that says what the function's role may ever do
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "BEDROCK_GATEWAY_PERMISSIONS_BOUNDARY"
    )]
    pub permissions_boundary: Option<String>,
}
