//! Lets the role do what a version needs that was made earlier, for another agent perhaps.

use super::Context;
use super::error::CommandError;
use crate::config::Probe;
use crate::deployment::content::Configuration;
use crate::deployment::state::{Live, LiveRole};
use crate::plan::Action;
use crate::plan::role_documents::policy_needed;
use crate::release::apply::Apply;

/// Adds to the role's policy what a version with this configuration needs and the role may not do.
pub(super) async fn allow(
    context: &Context,
    live: &Live,
    configuration: &Configuration,
) -> Result<(), CommandError> {
    let Some(action) = missing(context, live, configuration) else {
        return Ok(());
    };
    let Context { aws, printer, .. } = context;
    printer.say(
        &format!("\n{action}")
            .replace('\n', "\n  ")
            .trim_start_matches('\n'),
    );
    Apply::new(aws, *printer, context.names(), 1, None, Probe::None)
        .carry_out(&[action])
        .await
        .map_err(CommandError::Apply)
}

/// What has to be added. Nothing is taken away: the next `up` does that.
pub(super) fn missing(
    context: &Context,
    live: &Live,
    configuration: &Configuration,
) -> Option<Action> {
    let names = context.names();
    let LiveRole { policy, .. } = live.role.as_ref()?;
    let from = policy.clone()?;
    let needed = policy_needed(
        &configuration.environment,
        &context.config.region,
        &live.account()?,
        &names,
    )?;
    let to = from.with(&needed);
    (to != from).then(|| Action::PutRolePolicy {
        role: names.role,
        name: names.role_policy.to_owned(),
        from: Some(from),
        to,
    })
}
