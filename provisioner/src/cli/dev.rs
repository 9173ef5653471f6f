//! The arguments of `dev`.

use std::path::PathBuf;

use clap::Args;

use super::deploy::CodeArgs;

use local_aws::OwnProgram;
use local_aws::faults::Rule;

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
    /// Who answers: `scripted` agents; the real one on `aws`, with your own credentials; your own program in the place
    /// of the runtime, by its address (`http://127.0.0.1:8080`); or what one has sent (`file:PATH`)
    #[arg(long, value_name = "WHO", default_value = "scripted", value_parser = agent_kind)]
    pub agent: AgentKind,
    /// How many times faster than life the scripted agents are; 0 leaves out all waits
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    pub speed: f64,
    /// Ask one question, print the answer, and go on
    #[arg(
        long,
        value_name = "QUESTION",
        conflicts_with = "no_deploy",
        group = "question"
    )]
    pub ask: Option<String>,
    /// Ask one question, print the answer, and end
    #[arg(long, value_name = "QUESTION", conflicts_with_all = ["ask", "no_deploy"], group = "question")]
    pub once: Option<String>,
    /// Show what each message of the agent was taken for, and why
    #[arg(long, requires = "question")]
    pub explain: bool,
    /// Start the local AWS only, and print where it is as one JSON line
    #[arg(long)]
    pub no_deploy: bool,
    /// What goes wrong in the local AWS, as JSON: for tests (see `local_aws::faults`)
    #[arg(long, value_name = "JSON", hide = true, requires = "no_deploy", value_parser = rules)]
    pub faults: Option<FaultRules>,
    /// How long a function is created or updated in the local AWS: for tests
    #[arg(long, value_name = "MS", hide = true, requires = "no_deploy")]
    pub transition_ms: Option<u64>,
    #[command(flatten)]
    pub code: CodeArgs,
}

/// The value of `--faults`.
#[derive(Debug, Clone)]
pub struct FaultRules(pub Vec<Rule>);

fn rules(json: &str) -> Result<FaultRules, serde_json::Error> {
    serde_json::from_str(json).map(FaultRules)
}

/// Which agent answers in `dev`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentKind {
    /// Plays the scenario; needs no AWS account.
    Scripted,
    /// Calls Amazon Bedrock with the developer's credentials.
    Aws,
    /// The developer's own program, on this machine.
    Own(OwnProgram),
}

fn agent_kind(text: &str) -> Result<AgentKind, String> {
    match text {
        "scripted" => Ok(AgentKind::Scripted),
        "aws" => Ok(AgentKind::Aws),
        address => {
            let program = address.parse().map(AgentKind::Own);
            program.map_err(|wrong| format!("neither `scripted` nor `aws`, and {wrong}"))
        }
    }
}
