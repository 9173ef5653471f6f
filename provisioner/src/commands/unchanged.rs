//! Whether what `up` has made is still there at its end. AWS itself refuses the second of two
//! deployments only where it is about the function; tags, permissions, the URL and the log group take
//! whatever comes last.

use super::{Context, read_rest};
use crate::aws::pauses;
use crate::error::CommandError;
use crate::plan::{Action, plan};
use crate::state::Desired;

/// AWS may take a moment to show what it has just been told.
const LOOKS: usize = 5;

/// Reads again, and fails if there is something to change: of two that deploy at the same time the
/// last to get here sees what both have made.
pub(super) async fn check(context: &Context, desired: &Desired) -> Result<(), CommandError> {
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
    Err(CommandError::Overtaken {
        name: context.config.name.to_string(),
        differences: differences.iter().map(Action::to_string).collect(),
    })
}
