//! `plan`: shows what `up` would do, and does nothing.

use serde_json::json;

use super::context::{Context, Exit};
use super::error::CommandError;
use crate::aws::observe::Besides;
use crate::cli::PlanArgs;
use crate::config::Config;
use crate::env_file;
use crate::hint::Complaint;
use crate::plan::desired::desired;
use crate::plan::env_file::{EnvFileChange, as_json};
use crate::plan::print::coloured;
use crate::plan::seen::Seen;
use crate::plan::up::up;

/// Prints the plan; tells through the exit code whether it is empty, if asked to.
pub async fn run(context: &Context, args: &PlanArgs) -> Result<Exit, CommandError> {
    let PlanArgs {
        code,
        detailed_exitcode,
        adopt,
        no_env_file,
    } = args;
    let code = context.code(code).await?;
    let (names, besides) = (context.names(), Besides::default());
    let seeing = Box::pin(context.aws.observe(&names, &besides));
    let (seen, package) = tokio::join!(seeing, context.packing(code));
    let package = package.map_err(CommandError::Package)?;
    let Seen { account, live, .. } = seen.map_err(CommandError::Read)?;

    let mut desired = desired(&context.config, context.agents()?, &account, Some(package));
    desired.adopt = *adopt;
    let mut plan = up(&desired, &live).map_err(CommandError::Plan)?;
    let Config {
        name,
        region,
        env_file: path,
        ..
    } = &context.config;
    if !no_env_file {
        let unreadable = |complaint: Complaint| CommandError::EnvFileUnread(complaint);
        let file = env_file::look(path).map_err(unreadable)?;
        plan.env_file = EnvFileChange::decide(&file, live.url.as_ref().map(|it| it.url.as_str()));
    }

    let result = json!({
        "name": name,
        "region": region,
        "account": account.id,
        "changes": plan.account_changes(),
        "notes": plan.notes,
        "envFile": (!no_env_file).then(|| as_json(path, plan.env_file.as_ref())),
    });
    let details = coloured(&plan);
    let separator = if details.is_empty() { "" } else { "\n" };
    let text = format!(
        "{}: {}{separator}{details}",
        context.title(Some(&account)),
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
