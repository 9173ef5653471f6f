//! Tells of a deployment: the web application by its environment file, scripts on stdout, and GitHub Actions.

use serde_json::json;

use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::config::Config;
use crate::env_file::{self, Edit, EnvFileError, VARIABLE, Written};
use crate::plan::description::Description;
use crate::release::proof::Proof;

/// What there is after `up`.
#[derive(Debug, Clone)]
pub struct UpOutcome {
    pub url: String,
    /// The version that callers reach.
    pub version: String,
    /// The hash of its code, as AWS tells it.
    pub code_sha256: Option<String>,
    /// What the probe has measured.
    pub proof: Option<Proof>,
    /// What was done.
    pub changes: Vec<Description>,
}

/// The result is told even if the environment file cannot be written: the deployment is done.
pub(super) fn tell(
    context: &Context,
    outcome: &UpOutcome,
    has_env_file: bool,
) -> Result<(), CommandError> {
    let Config {
        name,
        region,
        env_file: path,
        ..
    } = &context.config;
    let UpOutcome {
        url,
        version,
        code_sha256,
        proof,
        changes,
    } = outcome;
    let written = has_env_file
        .then(|| write_env_file(context, url))
        .transpose();
    let result = json!({
        "name": name,
        "region": region,
        "url": url,
        "version": version,
        "codeSha256": code_sha256,
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
    tell_github(context, outcome);
    context
        .printer
        .result(&result, url)
        .map_err(CommandError::Print)?;
    written.map(drop).map_err(CommandError::EnvFile)
}

fn write_env_file(context: &Context, url: &str) -> Result<Written, EnvFileError> {
    let path = &context.config.env_file;
    let written = env_file::update(path, Edit::Set(url))?;
    let shown = path.display();
    match written {
        Written::Changed => context
            .printer
            .say(&format_args!("{shown}: {VARIABLE} is set")),
        Written::Unchanged => context
            .printer
            .detail(&format_args!("{shown}: {VARIABLE} is up to date")),
    }
    Ok(written)
}

/// Outputs for later steps, and a line for the job's page.
fn tell_github(context: &Context, outcome: &UpOutcome) {
    let UpOutcome {
        url,
        version,
        code_sha256: _,
        proof,
        changes,
    } = outcome;
    let Config { name, region, .. } = &context.config;
    let changed = if changes.is_empty() { "false" } else { "true" };
    let told = context
        .github
        .set(&[("url", url), ("version", version), ("changed", changed)]);
    let count = match changes.len() {
        0 => "nothing to change".to_owned(),
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    };
    let proof = proof
        .as_ref()
        .map(|proof| format!("; it {proof}"))
        .unwrap_or_default();
    let line = format!(
        "**{name}** in {region}: version {version} is live at {url} ({count}, {}){proof}\n",
        context.effort()
    );
    if let Err(error) = told.and_then(|()| context.github.summarise(&line)) {
        let warning = format!("could not tell GitHub Actions: {error}");
        context.printer.warn(&warning);
    }
}
