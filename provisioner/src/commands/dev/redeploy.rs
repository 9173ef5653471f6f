//! Deploys again what has changed while `dev` runs.

use super::deploy::{deploy, package};
use super::error::DevError;
use super::settings::Settings;
use super::watch::{Change, Changes};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::up::UpOutcome;
use crate::terminal::report::Report;

/// Goes on for ever. What goes wrong is told, and the last good version stays live; `show` gets what is
/// live then.
pub(super) async fn redeploy_on_change(
    mut changes: Changes,
    mut context: Context,
    settings: &Settings<'_>,
    show: impl Fn(&Context, &UpOutcome),
) -> Result<(), CommandError> {
    while let Some(change) = changes.next().await {
        match redeploy(change, &mut context, settings).await {
            Ok(outcome) => show(&context, &outcome),
            Err(error) => context.printer.say(&Report {
                error: &error,
                profile: None,
            }),
        }
    }
    std::future::pending().await
}

async fn redeploy(
    change: Change,
    context: &mut Context,
    settings: &Settings<'_>,
) -> Result<UpOutcome, CommandError> {
    let printer = context.printer;
    if change == Change::Settings {
        let config = settings.load(printer)?;
        let before = &context.config;
        if (&config.name, &config.region) != (&before.name, &before.region) {
            return Err(DevError::OtherDeployment.into());
        }
        context.config = config;
    }
    let package = package(&settings.source, context.config.architecture, printer).await?;
    deploy(context, package).await
}
