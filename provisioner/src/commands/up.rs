//! `up`: makes the account match the configuration, and tells the web application the URL.
//!
//! ```text
//! observe ──> decide ──> show and ask ──> release ──> tell
//! ```

mod tell;

pub use tell::UpOutcome;

use super::context::Context;
use super::error::CommandError;
use crate::aws::observe::Besides;
use crate::check::gate::{Wanted, decide, unseen};
use crate::cli::{ProofArgs, UpArgs};
use crate::deployment::content::Package;
use crate::env_file;
use crate::hint::Complaint;
use crate::package::PackageError;
use crate::plan::Plan;
use crate::plan::print::coloured;
use crate::release::{Reached, release};

/// How to deploy.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Options {
    /// Do not ask.
    pub yes: bool,
    /// Change nothing if somebody else has changed the function.
    pub strict: bool,
    /// Take over what this tool has not made.
    pub adopt: bool,
    /// Look whether the agents exist and are ready.
    pub check_agents: bool,
    /// Tell the web application the URL.
    pub env_file: bool,
    /// How to make sure that it works. With a probe named here it is asked even if nothing changes.
    pub proof: ProofArgs,
}

/// Builds or takes the binary, deploys it, and prints the URL.
pub async fn run(context: &Context, args: &UpArgs) -> Result<UpOutcome, CommandError> {
    let options = Options {
        yes: args.yes,
        strict: args.strict,
        adopt: args.adopt,
        check_agents: !args.skip_agent_check,
        env_file: !args.no_env_file,
        proof: args.proof.clone(),
    };
    let code = context.code(&args.code).await?;
    let outcome = deploy(context, context.packing(code), &options).await?;
    tell::tell(context, &outcome, options.env_file)?;
    Ok(outcome)
}

/// Deploys a package, or tells why there is none together with all else that stands in the way.
pub async fn deploy(
    context: &Context,
    packing: impl Future<Output = Result<Package, PackageError>>,
    options: &Options,
) -> Result<UpOutcome, CommandError> {
    let config = &context.config;
    let besides = Besides {
        agents: context.agents_to_look_at(options.check_agents),
        past_alias: options.adopt,
    };
    let env_file = options.env_file.then(|| env_file::look(&config.env_file));
    let names = context.names();
    let (seen, package) = tokio::join!(context.aws.observe(&names, &besides), packing);
    let seen = match seen {
        Ok(seen) => seen,
        Err(error) => {
            let unread = CommandError::Read(error);
            let both = unseen(package, &Complaint::of(&unread));
            return Err(both.map_or(unread, CommandError::InTheWay));
        }
    };

    let token = options.proof.token.as_ref();
    let wanted = Wanted {
        config,
        agents: context.agents()?,
        probe: options.proof.probe,
        has_token: token.is_some(),
        strict: options.strict,
        adopt: options.adopt,
    };
    let code_sha256 = package.as_ref().ok().map(|it| it.code_sha256.clone());
    let plan = decide(&wanted, package, &seen, env_file.as_ref());
    let plan = plan.map_err(CommandError::InTheWay)?;

    let title = context.title(Some(&seen.account));
    show_and_ask(context, &plan, &title, options.yes)?;

    let reached = Box::pin(release(&context.tools(token), &plan, &seen.live)).await;
    let Reached {
        url,
        version,
        proof,
    } = reached.map_err(|error| CommandError::Release(Box::new(error)))?;
    let (Some(url), Some(version)) = (url, version) else {
        return Err(CommandError::Unavailable(
            "AWS did not say what the function URL is",
        ));
    };

    let nothing = if plan.is_empty() {
        "nothing to change, "
    } else {
        ""
    };
    context.printer.say(&format_args!(
        "{title}: {nothing}version {version} is live ({})",
        context.effort()
    ));
    Ok(UpOutcome {
        url,
        version,
        code_sha256,
        proof,
        changes: plan.account_changes(),
    })
}

/// Shows everything that is going to be done. Where that is nothing, only the notes.
fn show_and_ask(
    context: &Context,
    plan: &Plan,
    title: &str,
    yes: bool,
) -> Result<(), CommandError> {
    let printer = context.printer;
    if plan.changes().is_empty() {
        for note in &plan.notes {
            printer.warn(note);
        }
        return Ok(());
    }
    printer.say(&format_args!("{title}: {}", plan.summary()));
    printer.say(&coloured(plan));
    let consent = context.consent(yes);
    consent
        .confirm_unless_ci("Make these changes?")
        .map_err(CommandError::Consent)
}
