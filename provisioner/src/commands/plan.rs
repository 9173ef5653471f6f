//! `plan`: shows what `up` would do, and does nothing.

use serde_json::json;

use super::{Context, Exit, Observed};
use crate::cli::PlanArgs;
use crate::config::Config;
use crate::error::CommandError;
use crate::plan::{Action, Description};
use crate::printer;

/// Prints the plan; tells through the exit code whether it is empty, if asked to.
pub async fn run(context: &Context, args: &PlanArgs) -> Result<Exit, CommandError> {
    let PlanArgs {
        binary,
        detailed_exitcode,
        adopt,
    } = args;
    let package = context.package(binary.as_ref()).await?;
    let mut observed = Observed::new(context, context.agents()?, Some(package)).await?;
    observed.desired.adopt = *adopt;
    let plan = observed.plan(context).await?;
    let account = &observed.account;

    let Config { name, region, .. } = &context.config;
    let result = json!({
        "name": name,
        "region": region,
        "account": account.id,
        "changes": plan.actions.iter().map(Action::describe).collect::<Vec<Description>>(),
        "notes": plan.notes,
    });
    let details = printer::coloured(&plan);
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
    Ok(if *detailed_exitcode && !plan.is_empty() {
        Exit::Changes
    } else {
        Exit::Done
    })
}
