//! What GitHub Actions is told of a deployment.

use super::UpOutcome;
use crate::commands::Context;
use crate::config::Config;

/// Outputs for later steps, and a line for the job's page.
pub(super) fn tell(context: &Context, outcome: &UpOutcome) {
    let UpOutcome {
        url,
        version,
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
