//! What a command works with.

use std::time::{Duration, Instant};

use tokio::task::JoinError;

use super::error::CommandError;
use crate::aws::{Aws, Connection};
use crate::cli::{CodeArgs, GlobalArgs};
use crate::config::{AgentKey, Agents, Config, Needs, Region, Upstream};
use crate::deployment::content::Package;
use crate::deployment::names::{Account, Names};
use crate::gateway::client::Token;
use crate::package::edition::Edition;
use crate::package::source::{Found, Source};
use crate::package::{PackageCache, PackageError, Profile};
use crate::release::Tools;
use crate::terminal::consent::Consent;
use crate::terminal::github_actions::GithubActions;
use crate::terminal::printer::{self, Printer};

/// The same for each command, so that `dev` can run them against the local AWS in the same process.
#[derive(Debug, Clone)]
pub struct Context {
    pub config: Config,
    pub aws: Aws,
    /// This `provision` itself.
    pub edition: Edition,
    pub printer: Printer,
    pub github: GithubActions,
    pub packages: PackageCache,
    /// There is somebody at a terminal to ask.
    pub interactive: bool,
    /// When the command started.
    pub started: Instant,
}

/// How a command ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done,
    /// `plan --detailed-exitcode` or `generate --check` found something to change.
    Changes,
}

/// Where AWS is and as whom to talk to it, by the flags and variables.
pub(super) fn connection(args: &GlobalArgs, region: &Region) -> Result<Connection, CommandError> {
    let proxy = args.proxy.clone().map_err(CommandError::Proxy)?;
    Ok(Connection {
        region: region.to_string(),
        profile: args.profile.clone(),
        endpoint_url: args.endpoint_url.clone(),
        proxy,
        credentials: None,
        read_timeout: Duration::from_secs(args.read_timeout),
    })
}

impl Context {
    pub(super) async fn new(
        args: &GlobalArgs,
        needs: Needs,
        edition: Edition,
        printer: Printer,
        started: Instant,
    ) -> Result<Self, CommandError> {
        let config = Config::load(&args.settings, needs).map_err(CommandError::Config)?;
        let aws = Aws::connect(&connection(args, &config.region)?, printer).await;
        Ok(Self {
            config,
            aws,
            edition,
            printer,
            github: args.github.clone(),
            packages: args.packages.clone(),
            interactive: printer::is_interactive() && !args.ci,
            started,
        })
    }

    pub(super) fn names(&self) -> Names {
        self.config.names()
    }

    /// The agents, which the configuration of these commands cannot be without.
    pub(super) fn agents(&self) -> Result<&Agents, CommandError> {
        self.config
            .agents
            .as_ref()
            .ok_or(CommandError::Unavailable("no agent is configured"))
    }

    /// The agents to look at, if they are to be looked at.
    pub(super) fn agents_to_look_at(&self, is_wanted: bool) -> Vec<(&AgentKey, &Upstream)> {
        let agents = self.config.agents.iter().filter(|_| is_wanted);
        let agents = agents.flat_map(|agents| &agents.by_key);
        agents.map(|(key, agent)| (key, &agent.upstream)).collect()
    }

    /// How the person at the terminal is asked, if there is one.
    pub(super) fn consent(&self, yes: bool) -> Consent {
        Consent {
            printer: self.printer,
            interactive: self.interactive,
            yes,
        }
    }

    /// With what a plan is carried out, and the token to ask with.
    pub(super) fn tools<'a>(&'a self, token: Option<&'a Token>) -> Tools<'a> {
        Tools {
            aws: &self.aws,
            printer: self.printer,
            region: self.config.region.as_str(),
            token,
        }
    }

    /// "magi in ap-northeast-1 (account 123456789012)": deploying to the wrong account is a classic.
    /// Here the account is shown for the first time, so GitHub Actions is told to hide it before.
    pub(super) fn title(&self, account: Option<&Account>) -> String {
        let Config { name, region, .. } = &self.config;
        match account {
            Some(Account { partition: _, id }) => {
                if let Some(command) = self.github.mask(id) {
                    self.printer.say(&command);
                }
                format!("{name} in {region} (account {id})")
            }
            None => format!("{name} in {region}"),
        }
    }

    /// "0 writes, 8 reads, 0.3 s".
    pub(super) fn effort(&self) -> String {
        format!(
            "{}, {:.1} s",
            self.aws.request_counts(),
            self.started.elapsed().as_secs_f32()
        )
    }

    /// The code that is asked for. Missing credentials are told before anything is compiled: they should not
    /// come out minutes later.
    pub(super) async fn code(
        &self,
        code: &CodeArgs,
    ) -> Result<Result<Found, PackageError>, CommandError> {
        let source = Source::decide(code.binary.as_deref(), code.build, &self.edition);
        let architecture = self.config.architecture;
        if !source.is_compiled() {
            return Ok(source.find(Profile::Release, architecture).await);
        }
        let credentials = self.aws.check_credentials().await;
        credentials.map_err(CommandError::Read)?;
        self.printer.say(&"building the function");
        let started = Instant::now();
        let found = source.find(Profile::Release, architecture).await;
        if found.is_ok() {
            let seconds = started.elapsed().as_secs_f32();
            self.printer
                .say(&format_args!("  built the function ({seconds:.1} s)"));
        }
        Ok(found)
    }

    /// Packs the code beside whatever else is waited for.
    pub(super) async fn packing(
        &self,
        found: Result<Found, PackageError>,
    ) -> Result<Package, PackageError> {
        let (found, architecture, cache) =
            (found?, self.config.architecture, self.packages.clone());
        let packing = tokio::task::spawn_blocking(move || {
            found.package(Profile::Release, architecture, &cache)
        });
        match packing.await.map_err(JoinError::try_into_panic) {
            Ok(package) => package,
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            // Cancelled: this process is ending.
            Err(Err(_)) => std::future::pending().await,
        }
    }
}
