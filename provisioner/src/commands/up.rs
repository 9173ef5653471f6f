//! `up`: makes the account match the configuration, and tells the web application the URL.

mod env_file;
mod github;

use serde_json::json;

use super::confirm::confirm_unless_ci;
use super::verify::{Reached, probe_for, reserved, say, verify};
use super::{Context, Observed, overtaken, preflight};
use crate::apply::{Applied, Apply};
use crate::cli::UpArgs;
use crate::config::{Config, Probe};
use crate::env_file::Written;
use crate::error::CommandError;
use crate::package::Package;
use crate::plan::{Action, Description, Elsewhere, Plan};
use crate::printer;
use crate::probe::Proof;
use crate::state::Live;
use crate::switch::{SwitchError, go_back};

/// How to deploy.
#[derive(Debug, Clone, Copy)]
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
    /// How to make sure that it works, also if nothing changes; `None` does as configured, and only
    /// after changes.
    pub probe: Option<Probe>,
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
        probe,
        adopt,
        skip_agent_check,
    } = args;
    let package = match context.package(binary.as_ref()).await {
        Err(error @ CommandError::Package(_)) if !skip_agent_check => {
            return Err(preflight::without_package(context, error).await);
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
            probe: *probe,
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
        yes,
        strict,
        adopt,
        check_agents: _,
        env_file: _,
        probe,
    } = options;
    let printer = context.printer;
    let mut observed = Observed::new(context, context.agents()?, Some(package)).await?;
    observed.desired.adopt = adopt;
    if strict {
        observed.read_whole_role(context).await?;
    }
    let mut plan = observed.plan(context).await?;
    let Observed {
        account,
        desired,
        live,
    } = observed;
    let title = context.title(Some(&account));
    if strict {
        refuse_foreign_changes(&plan.elsewhere)?;
    }
    let function = live.function.as_ref();
    let reserved = reserved(desired.reserved_concurrency, function);
    look_first(context, &live, &mut plan, options).await?;
    let auth = desired.configuration.environment.get("GATEWAY_AUTH");
    let auth = auth.map_or("", String::as_str);
    let probe = match probe {
        None if plan.is_empty() => Probe::None,
        wanted => probe_for(
            context,
            wanted.unwrap_or(context.config.probe),
            auth,
            reserved,
        ),
    };

    show_and_ask(context, &plan, &title, yes)?;
    let (reaching, settling) = plan.halves();
    let total = plan.actions.len();
    let mut apply = Apply::new(
        &context.aws,
        printer,
        context.names(),
        total,
        function,
        probe,
    );
    overtaken::carry_out(context, &mut apply, reaching).await?;
    let is_update = function.is_some();
    let Applied { url, switched } = apply.applied.clone();
    let url = url.or(live.url.map(|url| url.url));
    let version = switched.as_ref().map(|switched| switched.version.clone());
    let version = version.or(live.alias.map(|alias| alias.version));
    let (Some(url), Some(version)) = (url, version) else {
        return Err(CommandError::Unavailable(
            "AWS did not say what the function URL is",
        ));
    };
    let reached = Reached {
        url: &url,
        auth_type: &desired.url.auth_type,
        vpc: function.and_then(|function| function.vpc.as_deref()),
        is_fresh: !plan.is_empty(),
    };
    let proof = match verify(context, probe, &reached).await {
        Ok(proof) => proof,
        Err(cause) => {
            let error = match switched {
                Some(switched) => go_back(&context.aws, switched, cause).await,
                None => SwitchError::NotAnswering { version, cause },
            };
            return Err(CommandError::Switch(error.into()));
        }
    };
    say(context, &url, proof.as_ref());
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

/// Finds what stands in the way, all at once, and decides what is set in the environment file.
async fn look_first(
    context: &Context,
    live: &Live,
    plan: &mut Plan,
    options: Options,
) -> Result<(), CommandError> {
    let mut findings = Vec::new();
    if options.check_agents && !plan.is_empty() {
        findings = preflight::look(context, live).await;
    }
    if options.env_file {
        match env_file::planned(context, live) {
            Ok(change) => plan.env_file = change,
            Err(finding) => findings.push(finding),
        }
    }
    preflight::pass(context.printer, findings)
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
    printer.say(&printer::coloured(plan));
    confirm_unless_ci(context, yes, "Make these changes?")
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
