//! The command line: clap types only, no behaviour.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::Probe;

/// Deploy the streaming gateway in front of an Amazon Bedrock agent, without a state file.
///
/// A setting is taken from its flag, else its environment variable, else gateway.yaml, else its
/// default. Exit codes: 0 done, 1 failed, 2 bad usage (`plan --detailed-exitcode`: 2 means changes),
/// 3 the new version does not work, and callers have the one before.
#[derive(Debug, Parser)]
#[command(name = "provision", version, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
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

    /// The profile of ~/.aws/config to take credentials from
    #[arg(long, global = true, env = "AWS_PROFILE")]
    pub profile: Option<String>,

    /// Send all requests to this address instead of AWS
    #[arg(long, global = true, value_name = "URL", env = "AWS_ENDPOINT_URL")]
    pub endpoint_url: Option<String>,

    /// Print the result as one JSON object on stdout
    #[arg(long, global = true, env = "BEDROCK_GATEWAY_JSON", value_parser = FalseyValueParser::new())]
    pub json: bool,

    /// Set by CI systems: nobody is there to be asked
    #[arg(long, global = true, hide = true, env = "CI", value_parser = FalseyValueParser::new())]
    pub ci: bool,

    /// Name each AWS request on stderr
    #[arg(long, global = true, env = "BEDROCK_GATEWAY_VERBOSE", value_parser = FalseyValueParser::new())]
    pub verbose: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create or update the deployment; prints the function URL
    Up(UpArgs),
    /// Show what `up` would change; writes nothing
    Plan(PlanArgs),
    /// Print the function URL (one request)
    Url,
    /// Ask a question and show the answer as it comes
    Ask(AskArgs),
    /// Show what the function has logged
    Logs(LogsArgs),
    /// Write a gateway.yaml for the agents found in the account; asks on a terminal
    Init(InitArgs),
    /// Write the zip that `up` would upload, and print its hash
    Package(PackageArgs),
    /// Write the deployment down for another tool: CloudFormation, SAM, Terraform, CDK, Amplify
    Generate(GenerateArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Show the deployment as it is, and how far it is from the configuration
    Status,
    /// Delete the deployment; the log group stays unless --logs
    Down(DownArgs),
    /// Let callers reach an older version again; builds and uploads nothing
    Rollback(RollbackArgs),
    /// Examine the deployment as it is: what is wrong, and what `up` would repair
    Doctor(DoctorArgs),
    /// Run everything on this machine, on an embedded local AWS
    Dev(DevArgs),
}

/// Arguments of `up`.
#[derive(Debug, Clone, Default, Args)]
pub struct UpArgs {
    /// Deploy this `bootstrap` binary instead of building one
    #[arg(long, value_name = "PATH")]
    pub binary: Option<PathBuf>,
    /// Do not ask before changing anything; nobody is asked without a terminal either, nor in CI
    #[arg(long, short)]
    pub yes: bool,
    /// Leave .env.local alone
    #[arg(long)]
    pub no_env_file: bool,
    /// Change nothing if somebody else has changed the function since the last run; reads all there is
    #[arg(long)]
    pub strict: bool,
    /// How to make sure that it works, before callers are left with it [default: health]
    #[arg(long, value_enum, value_name = "KIND", env = "BEDROCK_GATEWAY_PROBE")]
    pub probe: Option<Probe>,
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
    /// How to make sure that it works, before callers are left with it [default: health]
    #[arg(long, value_enum, value_name = "KIND", env = "BEDROCK_GATEWAY_PROBE")]
    pub probe: Option<Probe>,
}

/// Arguments of `doctor`.
#[derive(Debug, Clone, Default, Args)]
pub struct DoctorArgs {
    /// How to ask it whether it works [default: health]
    #[arg(long, value_enum, value_name = "KIND", env = "BEDROCK_GATEWAY_PROBE")]
    pub probe: Option<Probe>,
}

/// Arguments of `plan`.
#[derive(Debug, Clone, Default, Args)]
pub struct PlanArgs {
    /// Compare with this `bootstrap` binary instead of building one
    #[arg(long, value_name = "PATH")]
    pub binary: Option<PathBuf>,
    /// Exit with 2 when there is something to change
    #[arg(long)]
    pub detailed_exitcode: bool,
}

/// Arguments of `ask`.
#[derive(Clone, Args)]
pub struct AskArgs {
    /// The question; `-` reads it from stdin
    pub question: String,
    /// Whom to ask, by the name in `agents`
    #[arg(long, value_name = "NAME")]
    pub agent: Option<String>,
    /// The session to go on with; a new one if left out
    #[arg(long, value_name = "ID")]
    pub session: Option<String>,
    /// Which kind of client to be
    #[arg(long, value_enum, default_value_t)]
    pub dialect: Dialect,
    /// Print the bytes of the answer as they come
    #[arg(long, conflicts_with = "json")]
    pub raw: bool,
    /// The caller's token, for `auth: jwt`
    #[arg(long, env = "BEDROCK_GATEWAY_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
}

impl std::fmt::Debug for AskArgs {
    /// Without the question and the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AskArgs").finish_non_exhaustive()
    }
}

/// The kinds of clients that a gateway answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Dialect {
    /// The gateway's own
    #[default]
    Magi,
    /// The Vercel AI SDK's UI message stream
    AiSdk,
    /// AG-UI
    AgUi,
    /// OpenAI chat completions
    Openai,
}

/// Arguments of `logs`.
#[derive(Debug, Clone, Args)]
pub struct LogsArgs {
    /// Go on as more is logged, until Ctrl-C
    #[arg(long, short)]
    pub follow: bool,
    /// How far back to begin: 90s, 10m, 2h or 1d
    #[arg(long, value_name = "AGE", default_value = "10m", value_parser = age)]
    pub since: Duration,
}

/// `10m` and the like.
fn age(text: &str) -> Result<Duration, String> {
    let expected = || "a number and one of s, m, h, d, such as `10m`".to_owned();
    let unit = text.chars().next_back().ok_or_else(expected)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86400,
        _ => return Err(expected()),
    };
    let number = text.strip_suffix(unit).unwrap_or_default();
    let number: u32 = number.parse().map_err(|_| expected())?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

/// Arguments of `init`; what is not given here is asked for on a terminal.
#[derive(Debug, Clone, Default, Args)]
pub struct InitArgs {
    /// Who may call the function URL
    #[arg(long, value_name = "iam|jwt|none")]
    pub auth: Option<String>,
    /// The issuer of the tokens, for `--auth jwt`
    #[arg(long, value_name = "URL")]
    pub issuer: Option<String>,
    /// An audience or client id that tokens are made for, for `--auth jwt`
    #[arg(long, value_name = "ID")]
    pub audience: Vec<String>,
    /// Take the place of a file that is there already
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `completions`.
#[derive(Debug, Clone, Args)]
pub struct CompletionsArgs {
    /// The shell that is to complete
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Arguments of `package`.
#[derive(Debug, Clone, Args)]
pub struct PackageArgs {
    /// Pack this `bootstrap` binary instead of building one
    #[arg(long, value_name = "PATH")]
    pub binary: Option<PathBuf>,
    /// The directory for bootstrap.zip, which is made if need be
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub out: PathBuf,
}

/// Arguments of `generate`.
#[derive(Debug, Clone, Args)]
pub struct GenerateArgs {
    /// What to generate
    #[arg(value_enum)]
    pub target: Target,
    /// The directory to write to, which is made if need be [default: print the files]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write nothing; exit with 2 when a file in --out is not what would be generated
    #[arg(long, requires = "out")]
    pub check: bool,
}

/// What `generate` writes the deployment down for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// A template for AWS CloudFormation
    Cloudformation,
    /// A template for the AWS Serverless Application Model
    Sam,
    /// A Terraform module for version 6 of the AWS provider
    Terraform,
    /// A construct for the AWS CDK in TypeScript
    Cdk,
    /// A function for an Amplify Gen 2 backend
    Amplify,
    /// A route, a browser client and a page for a Next.js app
    Nextjs,
    /// The role with which GitHub Actions deploys, as a template for AWS CloudFormation
    Policy,
    /// A workflow for GitHub Actions
    Github,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_possible_value() {
            Some(value) => f.write_str(value.get_name()),
            None => Ok(()),
        }
    }
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

/// Arguments of `dev`.
#[derive(Debug, Clone, Args)]
pub struct DevArgs {
    /// The port of the local AWS [default: a free one]
    #[arg(long)]
    pub port: Option<u16>,
    /// The port of the function URL [default: a free one]
    #[arg(long)]
    pub url_port: Option<u16>,
    /// The port of the page to ask the council on [default: 8787, or a free one]
    #[arg(long)]
    pub page_port: Option<u16>,
    /// The scenario that the scripted agents play [default: the three sages and SOLOMON]
    #[arg(long, value_name = "PATH")]
    pub scenario: Option<PathBuf>,
    /// Who answers: the scripted agents, or the real agent with your own credentials
    #[arg(long, value_enum, default_value_t)]
    pub agent: AgentKind,
    /// How many times faster than life the scripted agents are; 0 leaves out all waits
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    pub speed: f64,
    /// Ask one question, print the answer, and go on
    #[arg(long, value_name = "QUESTION", conflicts_with = "no_deploy")]
    pub ask: Option<String>,
    /// Ask one question, print the answer, and end
    #[arg(long, value_name = "QUESTION", conflicts_with_all = ["ask", "no_deploy"])]
    pub once: Option<String>,
    /// Start the local AWS only, and print where it is as one JSON line
    #[arg(long)]
    pub no_deploy: bool,
    /// Deploy this `bootstrap` binary instead of building one
    #[arg(long, value_name = "PATH")]
    pub binary: Option<PathBuf>,
}

/// Which agent answers in `dev`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum AgentKind {
    /// Plays the scenario; needs no AWS account
    #[default]
    Scripted,
    /// Calls Amazon Bedrock with your credentials
    Aws,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn an_age_has_a_unit() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("2h", 7200), ("1d", 86400)] {
            assert_eq!(age(text), Ok(Duration::from_secs(seconds)));
        }
        for text in ["", "m", "10", "10x", "-1m", "1.5h", "10mm", "時"] {
            assert!(age(text).is_err(), "{text}");
        }
    }

    #[test]
    fn global_flags_may_follow_the_command() {
        let cli = Cli::parse_from(["provision", "up", "--yes", "--name", "magi", "--json"]);

        assert_eq!(cli.global.name.as_deref(), Some("magi"));
        assert!(cli.global.json);
        assert!(matches!(cli.command, Command::Up(UpArgs { yes: true, .. })));
    }
}
