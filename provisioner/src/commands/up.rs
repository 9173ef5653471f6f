//! `up`: makes the account match the configuration, and tells the web application the URL.

use std::path::Path;

use serde_json::json;

use super::{Context, Observed, confirm};
use crate::apply::{Applied, apply};
use crate::cli::UpArgs;
use crate::config::Config;
use crate::env_file::{self, Edit, EnvFileError, VARIABLE, Written};
use crate::error::CommandError;
use crate::package::Package;
use crate::plan::{Action, Description, plan};
use crate::printer;

/// How to deploy.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Do not ask.
    pub yes: bool,
    /// Write the URL to the environment file.
    pub env_file: bool,
}

/// What there is after `up`.
#[derive(Debug, Clone)]
pub struct UpOutcome {
    pub url: String,
    /// The version that callers reach.
    pub version: String,
    /// What was done.
    pub changes: Vec<Description>,
}

/// Builds or takes the binary, deploys it, and prints the URL.
pub async fn run(context: &Context, args: &UpArgs) -> Result<UpOutcome, CommandError> {
    let UpArgs {
        binary,
        yes,
        no_env_file,
    } = args;
    let package = context.package(binary.as_ref()).await?;
    let outcome = deploy(
        context,
        package,
        Options {
            yes: *yes,
            env_file: false,
        },
    )
    .await?;

    let Config {
        name,
        region,
        env_file,
        ..
    } = &context.config;
    let written = (!no_env_file)
        .then(|| write_url(context, env_file, &outcome.url))
        .transpose();
    let UpOutcome {
        url,
        version,
        changes,
    } = &outcome;
    let result = json!({
        "name": name,
        "region": region,
        "url": url,
        "version": version,
        "changed": !changes.is_empty(),
        "changes": changes,
        "requests": context.aws.request_counts(),
        "seconds": context.started.elapsed().as_secs_f32(),
        "envFile": written.as_ref().ok().copied().flatten().map(|written| json!({
            "path": env_file,
            "changed": written == Written::Changed,
        })),
    });
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
    let Options { yes, env_file } = options;
    let printer = context.printer;
    let Observed {
        account,
        desired,
        live,
    } = Observed::new(context, context.agents()?, Some(package)).await?;
    let plan = plan(&desired, &live).map_err(CommandError::Plan)?;
    let title = context.title(Some(&account));

    let (applied, done) = if plan.is_empty() {
        for note in &plan.notes {
            printer.warn(note);
        }
        (Applied::default(), "nothing to change, ")
    } else {
        printer.say(&format_args!("{title}: {}", plan.summary()));
        printer.say(&printer::coloured(&plan));
        confirm(context, yes, "Make these changes?")?;
        let applied = apply(&context.aws, printer, &plan.actions)
            .await
            .map_err(CommandError::Apply)?;
        (applied, "")
    };
    let Applied { url, version } = applied;
    let url = url.or(live.url.map(|url| url.url));
    let version = version.or(live.alias.map(|alias| alias.version));
    let (Some(url), Some(version)) = (url, version) else {
        return Err(CommandError::Unavailable(
            "AWS did not say what the function URL is",
        ));
    };
    printer.say(&format_args!(
        "{title}: {done}version {version} is live ({})",
        context.effort()
    ));
    if env_file {
        write_url(context, &context.config.env_file, &url).map_err(CommandError::EnvFile)?;
    }
    let changes = plan.actions.iter().map(Action::describe).collect();
    Ok(UpOutcome {
        url,
        version,
        changes,
    })
}

fn write_url(context: &Context, path: &Path, url: &str) -> Result<Written, EnvFileError> {
    let written = env_file::update(path, Edit::Set(url))?;
    match written {
        Written::Changed => {
            context
                .printer
                .say(&format_args!("{}: {VARIABLE} is set", path.display()));
        }
        Written::Unchanged => {
            context.printer.detail(&format_args!(
                "{}: {VARIABLE} is up to date",
                path.display()
            ));
        }
    }
    Ok(written)
}
