//! Whether what `up` has made is still there at its end. AWS itself refuses the second of two
//! deployments only where it is about the function; the role's policy, tags, the URL's settings and the
//! log group take whatever comes last. Every such change comes after a look at the function, but between
//! look and change there are milliseconds. A run that then finds itself overtaken says what it left.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::error::CommandError;
use super::{Context, read_rest, role};
use crate::aws::pauses;
use crate::deployment::state::Desired;
use crate::hint::chain;
use crate::plan::{Action, plan};
use crate::release::apply::Apply;

/// AWS may take a moment to show what it has just been told.
const LOOKS: usize = 5;
/// IAM may take longer.
const LAG: Duration = Duration::from_secs(15);

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
        warn_of_leftovers(context, &apply.done).await;
    }
    Err(CommandError::Apply(error))
}

/// Reads again, and fails if there is something to change: of two that deploy at the same time the
/// last to get here sees what both have made. Where it cannot be read the deployment is done all the same.
pub(super) async fn check(
    context: &Context,
    desired: &Desired,
    done: &[Action],
) -> Result<(), CommandError> {
    let started = Instant::now();
    let mut pauses = pauses();
    for look in 1.. {
        let differences = match look_again(context, desired).await {
            Ok(differences) if differences.is_empty() => break,
            Ok(differences) => differences,
            Err(error) => {
                context.printer.warn(&format_args!(
                    "the deployment is done, but whether somebody else has changed it meanwhile could \
                     not be seen: {}",
                    chain(&error)
                ));
                break;
            }
        };
        let pause = pauses.next().unwrap_or_default();
        let goes_on = if differences.iter().all(|difference| difference.lags(done)) {
            started.elapsed() + pause <= LAG
        } else {
            look < LOOKS
        };
        if !goes_on {
            warn_of_leftovers(context, done).await;
            return Err(CommandError::Overtaken {
                name: context.config.name.to_string(),
                differences: differences.iter().map(Difference::to_string).collect(),
            });
        }
        sleep(pause).await;
    }
    Ok(())
}

/// What is not as it should be.
#[derive(Debug)]
enum Difference {
    /// It would have to be changed once more.
    Left(Box<Action>),
    /// It is not ours any more, so that there is no plan.
    Lost(String),
}

impl Difference {
    /// AWS may just not show yet what was `done`.
    fn lags(&self, done: &[Action]) -> bool {
        match self {
            Self::Left(action) => action.shows_what_was_before(done),
            Self::Lost(_) => false,
        }
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Left(action) => action.fmt(f),
            Self::Lost(reason) => f.write_str(reason),
        }
    }
}

async fn look_again(context: &Context, desired: &Desired) -> Result<Vec<Difference>, CommandError> {
    let live = context.aws.live(&context.names()).await;
    let mut live = live.map_err(CommandError::Read)?;
    read_rest(context, desired, &mut live).await?;
    Ok(match plan(desired, &live) {
        Ok(plan) => {
            let left = plan.actions.into_iter().map(Box::new);
            left.map(Difference::Left).collect()
        }
        Err(error) => vec![Difference::Lost(error.to_string())],
    })
}

/// Says which of the changes `done` still hold although somebody else has deployed meanwhile.
async fn warn_of_leftovers(context: &Context, done: &[Action]) {
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
