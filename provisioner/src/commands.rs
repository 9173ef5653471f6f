//! One file a command. Each takes the same `Context`, so that `dev` can run them against the local
//! AWS in the same process.

pub mod ask;
pub mod completions;
pub mod dev;
pub mod doctor;
pub mod down;
pub mod error;
pub mod generate;
pub mod init;
pub mod logs;
mod overtaken;
pub mod package;
pub mod plan;
mod role;
pub mod rollback;
pub mod status;

pub mod up;
pub mod url;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::aws::{Aws, Connection};
use crate::cli::{Cli, Command, GlobalArgs};
use crate::commands::error::CommandError;
use crate::config::{Agents, Config, Needs, Region};
use crate::deployment::content::Package;
use crate::deployment::names::{Account, Names};
use crate::deployment::state::{Desired, Live};
use crate::package::{Profile, build, from_binary};
use crate::plan::desired::desired;
use crate::plan::{Plan, needs_log_group_tags, needs_role, needs_versions, plan};
use crate::terminal::consent::Consent;
use crate::terminal::github_actions::GithubActions;
use crate::terminal::printer;
use crate::terminal::printer::Printer;

/// What a command works with.
#[derive(Debug, Clone)]
pub struct Context {
    pub config: Config,
    pub aws: Aws,
    pub printer: Printer,
    pub github: GithubActions,
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

/// Runs the command that was asked for.
pub async fn run(cli: Cli, started: Instant) -> Result<Exit, CommandError> {
    let Cli { global, command } = cli;
    let printer = Printer::new(global.json, global.verbose);
    let context = async |needs| Context::new(&global, needs, printer, started).await;
    match command {
        Command::Up(args) => {
            Box::pin(up::run(&context(Needs::Deployment).await?, &args)).await?;
        }
        Command::Plan(args) => {
            return Box::pin(plan::run(&context(Needs::Deployment).await?, &args)).await;
        }
        Command::Ask(args) => {
            Box::pin(ask::run(&context(Needs::Target).await?, &args)).await?;
        }
        Command::Logs(args) => {
            Box::pin(logs::run(&context(Needs::Target).await?, &args)).await?;
        }
        Command::Init(args) => Box::pin(init::run(&global, &args, printer)).await?,
        Command::Package(args) => {
            Box::pin(package::run(&global, &args, printer)).await?;
        }
        Command::Generate(args) => return generate::run(&global, &args, printer),
        Command::Completions(args) => completions::run(&args, printer)?,
        Command::Url => url::run(&context(Needs::Target).await?).await?,
        Command::Status => Box::pin(status::run(&context(Needs::Target).await?)).await?,
        Command::Down(args) => {
            Box::pin(down::run(&context(Needs::Target).await?, &args)).await?;
        }
        Command::Rollback(args) => {
            Box::pin(rollback::run(&context(Needs::Target).await?, &args)).await?;
        }
        Command::Doctor(args) => {
            Box::pin(doctor::run(&context(Needs::Deployment).await?, &args)).await?;
        }
        Command::Dev(args) => Box::pin(dev::run(&global, &args, printer, started)).await?,
    }
    Ok(Exit::Done)
}

/// Where AWS is and as whom to talk to it, by the flags and variables.
fn connection(args: &GlobalArgs, region: &Region) -> Connection {
    Connection {
        region: region.to_string(),
        profile: args.profile.clone(),
        endpoint_url: args.endpoint_url.clone(),
        credentials: None,
        read_timeout: Duration::from_secs(args.read_timeout),
    }
}

impl Context {
    async fn new(
        args: &GlobalArgs,
        needs: Needs,
        printer: Printer,
        started: Instant,
    ) -> Result<Self, CommandError> {
        let config = Config::load(&args.settings, needs).map_err(CommandError::Config)?;
        let aws = Aws::connect(&connection(args, &config.region), printer).await;
        Ok(Self {
            config,
            aws,
            printer,
            github: args.github.clone(),
            interactive: printer::is_interactive() && !args.ci,
            started,
        })
    }

    pub(crate) fn names(&self) -> Names {
        Names::of(self.config.name.as_str())
    }

    /// Whom to ask before anything is changed; `yes` is `--yes`.
    pub(crate) fn consent(&self, yes: bool) -> Consent {
        Consent {
            printer: self.printer,
            interactive: self.interactive,
            yes,
        }
    }

    /// The agents, which the configuration of these commands cannot be without.
    pub(crate) fn agents(&self) -> Result<&Agents, CommandError> {
        self.config
            .agents
            .as_ref()
            .ok_or(CommandError::Unavailable("no agent is configured"))
    }

    /// "magi in ap-northeast-1 (account 123456789012)": deploying to the wrong account is a classic.
    /// Here the account is shown for the first time, so GitHub Actions is told to hide it before.
    fn title(&self, account: Option<&Account>) -> String {
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
    fn effort(&self) -> String {
        format!(
            "{}, {:.1} s",
            self.aws.request_counts(),
            self.started.elapsed().as_secs_f32()
        )
    }

    /// The package of `binary`, or of what is built now.
    async fn package(&self, binary: Option<&PathBuf>) -> Result<Package, CommandError> {
        let architecture = self.config.architecture;
        let package = if let Some(path) = binary {
            from_binary(path, architecture)
        } else {
            // Missing credentials should not come out after minutes of compiling.
            let credentials = self.aws.check_credentials().await;
            credentials.map_err(CommandError::Read)?;
            self.printer.say(&"building the function");
            let started = Instant::now();
            let package = build(Path::new("."), Profile::Release, architecture).await;
            if package.is_ok() {
                let seconds = started.elapsed().as_secs_f32();
                self.printer
                    .say(&format_args!("  built the function ({seconds:.1} s)"));
            }
            package
        };
        package.map_err(CommandError::Package)
    }
}

/// What is wanted and what there is.
#[derive(Debug)]
struct Observed {
    account: Account,
    desired: Desired,
    live: Live,
}

impl Observed {
    /// Reads what there is, and works out what `package` should make of it.
    async fn new(
        context: &Context,
        agents: &Agents,
        package: Option<Package>,
    ) -> Result<Self, CommandError> {
        let Context { config, aws, .. } = context;
        let _progress = aws.progress("reading what there is");
        let mut live = aws
            .live(&context.names())
            .await
            .map_err(CommandError::Read)?;
        let account = match live.account() {
            Some(account) => account,
            None => aws.account().await.map_err(CommandError::Read)?,
        };
        let desired = desired(config, agents, &account, package);
        read_rest(context, &desired, &mut live).await?;
        Ok(Self {
            account,
            desired,
            live,
        })
    }

    /// The changes to make, with the old versions that go when a new one comes.
    async fn plan(&mut self, context: &Context) -> Result<Plan, CommandError> {
        let first = plan(&self.desired, &self.live).map_err(CommandError::Plan)?;
        if first.is_empty() {
            return Ok(first);
        }
        self.read_whole_role(context).await?;
        if needs_versions(&first, &self.live) {
            let versions = context.aws.versions(&context.names()).await;
            self.live.versions = Some(versions.map_err(CommandError::Read)?);
        }
        plan(&self.desired, &self.live).map_err(CommandError::Plan)
    }

    /// Also what a run that finds nothing to change takes on trust: who may assume the role.
    async fn read_whole_role(&mut self, context: &Context) -> Result<(), CommandError> {
        match &self.live.role {
            Some(role) if role.head.is_none() => read_role(context, &mut self.live).await,
            _ => Ok(()),
        }
    }
}

/// Reads what only matters where it is not as wanted.
async fn read_rest(
    context: &Context,
    desired: &Desired,
    live: &mut Live,
) -> Result<(), CommandError> {
    if needs_role(desired, live) {
        read_role(context, live).await?;
    }
    if needs_log_group_tags(desired, live) {
        read_log_group_tags(&context.aws, live).await?;
    }
    Ok(())
}

/// Reads all of the role, of which `live` only has the policy.
async fn read_role(context: &Context, live: &mut Live) -> Result<(), CommandError> {
    let found = live.role.take();
    live.role = context
        .aws
        .role(&context.names(), found)
        .await
        .map_err(CommandError::Read)?;
    Ok(())
}

async fn read_log_group_tags(aws: &Aws, live: &mut Live) -> Result<(), CommandError> {
    if let Some(group) = &mut live.log_group {
        group.tags = Some(
            aws.log_group_tags(&group.arn)
                .await
                .map_err(CommandError::Read)?,
        );
    }
    Ok(())
}
