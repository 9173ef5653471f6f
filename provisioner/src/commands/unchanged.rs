//! Whether what `up` has made is still there at its end. AWS itself refuses the second of two
//! deployments only where it is about the function; the role's policy, tags, the URL's settings and the
//! log group take whatever comes last. Every such change comes after a look at the function, but between
//! look and change there are milliseconds. A run that then finds itself overtaken says what it left.

use super::{Context, read_rest, role};
use crate::apply::Apply;
use crate::aws::pauses;
use crate::error::{CommandError, chain};
use crate::plan::{Action, plan};
use crate::state::Desired;

/// AWS may take a moment to show what it has just been told.
const LOOKS: usize = 5;

/// Carries out changes. If somebody else is faster, says what is left of those that were made.
pub(super) async fn carry_out(
    context: &Context,
    apply: &mut Apply<'_>,
    actions: &[Action],
) -> Result<(), CommandError> {
    let Err(error) = apply.carry_out(actions).await else {
        return Ok(());
    };
    if error.is_overtaken() {
        own_up(context, &apply.done).await;
    }
    Err(CommandError::Apply(error))
}

/// Reads again, and fails if there is something to change: of two that deploy at the same time the
/// last to get here sees what both have made.
pub(super) async fn check(
    context: &Context,
    desired: &Desired,
    done: &[Action],
) -> Result<(), CommandError> {
    let progress = context.aws.progress("looking whether all of it is there");
    let mut differences = Vec::new();
    for pause in pauses().take(LOOKS) {
        let live = context.aws.live(&context.names()).await;
        let mut live = live.map_err(CommandError::Read)?;
        read_rest(context, desired, &mut live).await?;
        let left = plan(desired, &live).map_err(CommandError::Plan)?.actions;
        if left.is_empty() {
            return Ok(());
        }
        differences = left;
        tokio::time::sleep(pause).await;
    }
    drop(progress);
    own_up(context, done).await;
    Err(CommandError::Overtaken {
        name: context.config.name.to_string(),
        differences: differences.iter().map(Action::to_string).collect(),
    })
}

/// Says which of the changes `done` still hold although somebody else has deployed meanwhile.
async fn own_up(context: &Context, done: &[Action]) {
    if done.is_empty() {
        return;
    }
    let live = match context.aws.live(&context.names()).await {
        Ok(live) => live,
        Err(error) => return context.printer.warn(&chain(&error)),
    };
    let left: Vec<String> = done
        .iter()
        .filter(|action| action.holds(&live))
        .map(|action| format!("\n{action}").replace('\n', "\n  "))
        .collect();
    let is_policy = |action: &Action| matches!(action, Action::PutRolePolicy { .. });
    if let Some(alias) = &live.alias
        && done.iter().any(is_policy)
        // Whoever has won may have been allowed something before.
        && let Err(error) = role::allow(context, &live, &alias.configuration).await
    {
        context.printer.warn(&chain(&error));
    }
    if !left.is_empty() {
        context.printer.warn(&format_args!(
            "this run was overtaken, and of what it has changed before this still holds; whoever is to win \
             runs `provision up` once more{}",
            left.concat()
        ));
    }
}
