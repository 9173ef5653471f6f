//! The command line: clap types only, no behaviour.

mod client;
mod deploy;
mod dev;
mod variables;
mod write;

use clap::builder::FalseyValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::aws::{Proxy, READ_TIMEOUT, UnusableProxy};
use crate::config::SettingFlags;
use crate::package::PackageCache;
use crate::package::edition::Edition;
use crate::terminal::github_actions::GithubActions;

pub use crate::cli::client::{AskArgs, LogsArgs};
pub use crate::cli::deploy::{
    CodeArgs, DoctorArgs, DownArgs, PlanArgs, ProofArgs, RollbackArgs, UpArgs,
};
pub use crate::cli::dev::{AgentKind, DevArgs};
pub use crate::cli::write::{
    CompletionsArgs, GenerateArgs, InitArgs, Lang, Locale, ManArgs, PackageArgs,
};

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

impl Cli {
    /// The command line of this process. A flag or variable that is set to nothing is none: CI systems
    /// leave them behind where a secret is missing. It is decided here, nobody looks again.
    pub fn read(edition: &Edition) -> Self {
        // `--version` prints all of it, `-V` the number alone.
        let long_version: &'static str = edition.to_string().leak();
        let command = Self::of(edition).long_version(long_version);
        let mut command = variables::without_unset(command);
        if let Some(wrong) = variables::wrong() {
            command.error(ErrorKind::ValueValidation, wrong).exit();
        }
        let matches = command.get_matches();
        let cli = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        let mut cli = cli.without_empty_flags();
        cli.global.proxy = Proxy::named_by(|name| std::env::var_os(name));
        cli
    }

    /// The commands and flags, as this `provision` explains them. A released one has nothing to compile, and
    /// says nothing of it.
    pub fn of(edition: &Edition) -> clap::Command {
        let command = Self::command();
        if edition.functions.is_none() {
            return command;
        }
        let without_build = |arg: Arg| {
            if arg.get_id() == "build" {
                arg.hide(true)
            } else {
                arg
            }
        };
        command.mut_subcommands(|command| command.mut_args(without_build))
    }

    fn without_empty_flags(mut self) -> Self {
        let GlobalArgs {
            settings,
            profile,
            endpoint_url,
            ..
        } = &mut self.global;
        let SettingFlags {
            config: _,
            env,
            name,
            region,
            agent_id,
            agent_alias,
            agent_runtime,
            agent_harness,
            permissions_boundary,
        } = settings;
        let mut texts = vec![profile, endpoint_url, env, name, region];
        texts.extend([agent_id, agent_alias, agent_runtime, agent_harness]);
        texts.push(permissions_boundary);
        let mut token = None;
        match &mut self.command {
            Command::Ask(args) => {
                texts.extend([&mut args.agent, &mut args.session]);
                token = Some(&mut args.token);
            }
            Command::Up(UpArgs { proof, .. })
            | Command::Rollback(RollbackArgs { proof, .. })
            | Command::Doctor(DoctorArgs { proof, .. }) => token = Some(&mut proof.token),
            Command::Init(args) => {
                texts.extend([&mut args.auth, &mut args.issuer]);
                args.agent.retain(|agent| !agent.is_empty());
                args.audience.retain(|audience| !audience.is_empty());
            }
            Command::Plan(_)
            | Command::Url
            | Command::Logs(_)
            | Command::Package(_)
            | Command::Generate(_)
            | Command::Schema
            | Command::Completions(_)
            | Command::Man(_)
            | Command::Status
            | Command::Down(_)
            | Command::Dev(_) => {}
        }
        for text in texts {
            text.take_if(|text| text.is_empty());
        }
        if let Some(token) = token {
            token.take_if(|token| token.is_empty());
        }
        self
    }
}

/// Flags that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    #[command(flatten)]
    pub settings: SettingFlags,

    /// The profile of ~/.aws/config to take credentials from
    #[arg(long, global = true, env = "AWS_PROFILE")]
    pub profile: Option<String>,

    /// Send all requests to this address instead of AWS, whatever variables and profile say
    #[arg(long, global = true, value_name = "URL")]
    pub endpoint_url: Option<String>,

    /// A command that asks nobody goes on without one that could be used.
    #[arg(skip = Ok(None))]
    pub proxy: Result<Option<Proxy>, UnusableProxy>,

    /// How long AWS may take to answer a request; uploads have more time
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        env = "BEDROCK_GATEWAY_READ_TIMEOUT",
        default_value_t = READ_TIMEOUT.as_secs(),
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    pub read_timeout: u64,

    /// Print the result as one JSON object on stdout
    #[arg(long, global = true, env = "BEDROCK_GATEWAY_JSON", value_parser = FalseyValueParser::new())]
    pub json: bool,

    /// Set by CI systems: nobody is there to be asked
    #[arg(long, global = true, hide = true, env = "CI", value_parser = FalseyValueParser::new())]
    pub ci: bool,

    /// Set by the package at npm: what people type for `provision`
    #[arg(long, global = true, hide = true, env = "BEDROCK_GATEWAY_TYPED")]
    pub typed: Option<String>,

    #[command(flatten)]
    pub github: GithubActions,

    #[command(flatten)]
    pub packages: PackageCache,

    /// Name each AWS request on stderr
    #[arg(short, long, global = true, overrides_with = "verbose", env = "BEDROCK_GATEWAY_VERBOSE", value_parser = FalseyValueParser::new())]
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
    /// Print the JSON Schema of gateway.yaml, with which editors check and explain it
    Schema,
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Write the manual pages: what packages of `provision` bring along
    #[command(hide = true)]
    Man(ManArgs),
    /// Show the deployment as it is, and how far it is from the configuration
    Status,
    /// Delete the deployment; the log group stays unless --logs
    Down(DownArgs),
    /// Let callers reach an older version again; uploads nothing
    Rollback(RollbackArgs),
    /// Examine the deployment as it is: what is wrong, and what `up` would repair
    Doctor(DoctorArgs),
    /// Run everything on this machine, on an embedded local AWS
    Dev(DevArgs),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::edition::Functions;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_release_says_nothing_of_building() {
        let help = |functions| {
            let edition = Edition {
                version: "1.2.3",
                commit: None,
                functions,
            };
            let mut cli = Cli::of(&edition);
            // Gives each command the global arguments.
            cli.build();
            let mut text = String::new();
            for mut command in cli.get_subcommands().cloned() {
                text += &command.render_long_help().to_string();
            }
            text
        };
        let carried = Functions {
            x86_64: b"",
            arm64: b"",
            local: None,
        };

        assert!(help(None).contains("--build"));
        let released = help(Some(carried)).to_lowercase();
        assert!(
            ["--build", "cargo", "clone", "compile"]
                .iter()
                .all(|it| !released.contains(it)),
            "{released}"
        );
    }

    #[test]
    fn a_flag_that_is_set_to_nothing_is_none() {
        let read = |arguments: &[&str]| {
            let program = std::iter::once(&"provision");
            let cli = Cli::parse_from(program.chain(arguments)).without_empty_flags();
            // These are not shown.
            let hidden = match &cli.command {
                Command::Ask(AskArgs {
                    token,
                    agent,
                    session,
                    ..
                }) => [token.is_some(), agent.is_some(), session.is_some()],
                Command::Up(args) => [args.proof.token.is_some(), false, false],
                _ => [false; 3],
            };
            (format!("{cli:?}"), hidden)
        };
        let global = "--profile= --endpoint-url= --env= --name= --region= --agent-id= --agent-alias= \
                      --agent-runtime= --agent-harness=";
        for (command, empty) in [
            ("url", global),
            ("up", "--token="),
            ("ask ?", "--token= --agent= --session="),
            ("init", "--agent= --auth= --issuer= --audience="),
        ] {
            let without: Vec<&str> = command.split(' ').collect();
            let with: Vec<&str> = command.split(' ').chain(empty.split_whitespace()).collect();

            assert_eq!(read(&with), read(&without), "{command}");
        }
    }

    #[test]
    fn global_flags_may_follow_the_command() {
        let cli = Cli::parse_from(["provision", "up", "--yes", "--name", "magi", "--json"]);

        assert_eq!(cli.global.settings.name.as_deref(), Some("magi"));
        assert!(cli.global.json);
        assert!(matches!(cli.command, Command::Up(UpArgs { yes: true, .. })));
    }
}
