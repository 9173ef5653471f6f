//! `up`: makes the account match the configuration, and tells the web application the URL.

mod env_file;
mod github;

use crate::plan::print::coloured;
use serde_json::json;

use super::error::CommandError;
use super::{Context, Observed, overtaken};
use crate::check::gate;
use crate::cli::{ProofArgs, UpArgs};
use crate::config::{Config, Probe};
use crate::deployment::content::Package;
use crate::env_file::Written;
use crate::plan::description::Description;
use crate::plan::{Action, Elsewhere, Plan};
use crate::release::apply::{Applied, Apply};
use crate::release::proof::Proof;
use crate::release::prove::prove;
use crate::release::switch::Switched;
use crate::release::verify::{Question, Reached, reserved};

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
    /// Look first whether the agents exist and are ready.
    pub check_agents: bool,
    /// Show what will be set in the environment file, and make sure that it can be.
    pub env_file: bool,
    /// How to make sure that it works. With a probe named here it is asked even if nothing changes.
    pub proof: ProofArgs,
}

/// What there is after `up`.
#[derive(Debug, Clone)]
pub struct UpOutcome {
    pub url: String,
    /// The version that callers reach.
    pub version: String,
    /// What the probe has measured.
    pub proof: Option<Proof>,
    /// What was done.
    pub changes: Vec<Description>,
}

/// Builds or takes the binary, deploys it, and prints the URL.
pub async fn run(context: &Context, args: &UpArgs) -> Result<UpOutcome, CommandError> {
    let UpArgs {
        binary,
        yes,
        no_env_file,
        strict,
        proof,
        adopt,
        skip_agent_check,
    } = args;
    let package = match context.package(binary.as_ref()).await {
        Err(error @ CommandError::Package(_)) => {
            return Err(gate::without_package(context, error, !skip_agent_check).await);
        }
        package => package?,
    };
    let outcome = deploy(
        context,
        package,
        Options {
            yes: *yes,
            strict: *strict,
            adopt: *adopt,
            check_agents: !skip_agent_check,
            env_file: !no_env_file,
            proof: proof.clone(),
        },
    )
    .await?;

    let Config {
        name,
        region,
        env_file: path,
        ..
    } = &context.config;
    let written = (!no_env_file)
        .then(|| env_file::write(context, &outcome.url))
        .transpose();
    let UpOutcome {
        url,
        version,
        proof,
        changes,
    } = &outcome;
    let result = json!({
        "name": name,
        "region": region,
        "url": url,
        "version": version,
        "changed": !changes.is_empty(),
        "changes": changes,
        "probe": proof,
        "requests": context.aws.request_counts(),
        "seconds": context.started.elapsed().as_secs_f32(),
        "envFile": written.as_ref().ok().copied().flatten().map(|written| json!({
            "path": path,
            "changed": written == Written::Changed,
        })),
    });
    github::tell(context, &outcome);
    context
        .printer
        .result(&result, url)
        .map_err(CommandError::Print)?;
    written.map_err(CommandError::EnvFile)?;
    Ok(outcome)
}

/// Deploys a package: reads, plans, shows, asks, applies.
pub async fn deploy(
    context: &Context,
    package: Package,
    options: Options,
) -> Result<UpOutcome, CommandError> {
    let Options {
        yes, adopt, proof, ..
    } = &options;
    let printer = context.printer;
    let mut observed = Observed::new(context, context.agents()?, Some(package)).await?;
    observed.desired.adopt = *adopt;
    let plan = planned(context, &mut observed, &options).await?;
    let Observed {
        account,
        desired,
        live,
    } = observed;
    let title = context.title(Some(&account));
    let function = live.function.as_ref();
    let reserved = reserved(desired.reserved_concurrency, function);
    let names = context.names();
    let left_on_trial = live
        .alias
        .as_ref()
        .and_then(|alias| Switched::on_trial(&names, alias));
    let wanted = match proof.probe {
        None if plan.changes().is_empty() && left_on_trial.is_none() => Probe::None,
        wanted => wanted.unwrap_or(context.config.probe),
    };
    let question = Question::new(context, wanted, proof, Some(desired.auth), reserved);

    show_and_ask(context, &plan, &title, *yes)?;
    let (reaching, settling) = plan.halves();
    let total = plan.actions.len();
    let mut apply = Apply::new(&context.aws, printer, names, total, function, question.kind);
    overtaken::carry_out(context, &mut apply, reaching).await?;
    let is_update = function.is_some();
    let Applied { url, switched } = std::mem::take(&mut apply.applied);
    let url = url.or(live.url.map(|url| url.url));
    let on_trial = switched.or(left_on_trial);
    let version = on_trial.as_ref().map(|it| it.version().to_owned());
    let version = version.or(live.alias.map(|alias| alias.version));
    let (Some(url), Some(version)) = (url, version) else {
        return Err(CommandError::Unavailable(
            "AWS did not say what the function URL is",
        ));
    };
    let reached = Reached {
        url: &url,
        version: &version,
        settings: &desired.url,
        vpc: function.and_then(|function| function.vpc.as_deref()),
        is_fresh: !plan.is_empty() || on_trial.is_some(),
    };
    let proof = prove(context, &mut apply, &question, &reached, on_trial).await?;
    overtaken::carry_out(context, &mut apply, settling).await?;
    // Of two that make it anew, AWS refuses the second at each thing that is there already.
    if !plan.is_empty() && is_update {
        overtaken::check(context, &desired, &apply.done).await?;
    }
    let nothing = if plan.is_empty() {
        "nothing to change, "
    } else {
        ""
    };
    printer.say(&format_args!(
        "{title}: {nothing}version {version} is live ({})",
        context.effort()
    ));
    let changes = plan.actions.iter().map(Action::describe).collect();
    Ok(UpOutcome {
        url,
        version,
        proof,
        changes,
    })
}

/// Nobody learns only from the next try what else stands in the way.
async fn planned(
    context: &Context,
    observed: &mut Observed,
    options: &Options,
) -> Result<Plan, CommandError> {
    let Options {
        strict,
        check_agents,
        env_file,
        ..
    } = *options;
    if strict {
        observed.read_whole_role(context).await?;
    }
    if observed.desired.adopt {
        for finding in gate::exposure(context, &observed.live).await? {
            context.printer.warn(&finding.told());
        }
    }
    let mut plan = match observed.plan(context).await {
        Err(error @ CommandError::Plan(_)) => {
            return Err(gate::beside(context, error, &observed.live, check_agents).await);
        }
        plan => plan?,
    };
    if strict {
        refuse_foreign_changes(&plan.elsewhere)?;
    }
    let mut findings = Vec::new();
    if !plan.is_empty() {
        findings = gate::look(context, &observed.live, check_agents).await;
    }
    if env_file {
        match env_file::planned(context, &observed.live) {
            Ok(change) => plan.env_file = change,
            Err(finding) => findings.push(finding),
        }
    }
    gate::pass(context.printer, findings)?;
    Ok(plan)
}

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
    context
        .consent(yes)
        .confirm_unless_ci("Make these changes?")?;
    Ok(())
}

/// For `--strict`.
fn refuse_foreign_changes(elsewhere: &Elsewhere) -> Result<(), CommandError> {
    match elsewhere {
        Elsewhere::Nothing => Ok(()),
        Elsewhere::Unknown => Err(CommandError::NoRecord),
        Elsewhere::Changed(changes) => Err(CommandError::ChangedElsewhere {
            changes: changes.clone(),
        }),
    }
}
