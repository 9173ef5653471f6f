//! `plan`: shows what `up` would do, and does nothing.

use crate::plan::env_file::{EnvFileChange, as_json};
use crate::plan::print::coloured;
use serde_json::json;

use super::error::CommandError;
use super::{Context, Exit, Observed};
use crate::cli::PlanArgs;
use crate::config::Config;
use crate::env_file;
use crate::plan::Action;
use crate::plan::description::Description;

/// Prints the plan; tells through the exit code whether it is empty, if asked to.
pub async fn run(context: &Context, args: &PlanArgs) -> Result<Exit, CommandError> {
    let PlanArgs {
        binary,
        detailed_exitcode,
        adopt,
        no_env_file,
    } = args;
    let package = context.package(binary.as_ref()).await?;
    let mut observed = Observed::new(context, context.agents()?, Some(package)).await?;
    observed.desired.adopt = *adopt;
    let mut plan = observed.plan(context).await?;
    let account = &observed.account;
    let Config {
        name,
        region,
        env_file,
        ..
    } = &context.config;
    if !no_env_file {
        let url = observed.live.url.as_ref().map(|url| url.url.as_str());
        let text = env_file::read(env_file).map_err(CommandError::EnvFile)?;
        plan.env_file = EnvFileChange::decide(env_file, text.as_deref(), url);
    }

    let result = json!({
        "name": name,
        "region": region,
        "account": account.id,
        "changes": plan.actions.iter().map(Action::describe).collect::<Vec<Description>>(),
        "notes": plan.notes,
        "envFile": (!no_env_file).then(|| as_json(env_file, plan.env_file.as_ref())),
    });
    let details = coloured(&plan);
    let separator = if details.is_empty() { "" } else { "\n" };
    let text = format!(
        "{}: {}{separator}{details}",
        context.title(Some(account)),
        plan.summary()
    );
    context
        .printer
        .result(&result, &text)
        .map_err(CommandError::Print)?;
    context.printer.detail(&context.effort());
    Ok(if *detailed_exitcode && !plan.changes().is_empty() {
        Exit::Changes
    } else {
        Exit::Done
    })
}
