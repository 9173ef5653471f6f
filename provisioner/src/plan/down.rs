//! Plans `down`: what is ours goes, in the order that leaves nothing callable half-way; what is not
//! ours stays and is named.

use super::action::{Action, Tagged};
use super::permissions::remove;
use super::{Plan, ownership};
use crate::deployment::names::Names;
use crate::deployment::permission::Grant;
use crate::deployment::state::Live;

const NOBODY: &str = "nobody needs to call it any more";

/// The changes that remove the deployment; the log group only when `logs` is set.
pub fn down(names: &Names, live: &Live, logs: bool) -> Plan {
    let Live {
        log_group,
        role,
        function,
        alias,
        url,
        statements,
        // They go with the function.
        versions: _,
    } = live;
    let foreign = ownership::foreign(live, names);
    let is_foreign = |kind: fn(&Tagged) -> bool| foreign.iter().any(|f| kind(&f.resource));

    let mut plan = Plan::default();
    if function.is_some() && !is_foreign(|resource| matches!(resource, Tagged::Function { .. })) {
        let function = names.function.clone();
        if let Some(url) = url {
            plan.actions.push(Action::DeleteUrl {
                function: function.clone(),
                alias: names.alias.to_owned(),
                url: url.url.clone(),
            });
        }
        let ours = statements
            .iter()
            .filter(|statement| Grant::of_sid(&statement.sid).is_some());
        plan.actions
            .extend(ours.map(|statement| remove(names, statement, NOBODY)));
        if alias.is_some() {
            let (function, alias) = (function.clone(), names.alias.to_owned());
            plan.actions.push(Action::DeleteAlias { function, alias });
        }
        plan.actions.push(Action::DeleteFunction { name: function });
    }
    if let Some(role) = role
        .as_ref()
        // Whose it is has to be known.
        .filter(|role| role.head.is_some() && !is_foreign(|r| matches!(r, Tagged::Role { .. })))
    {
        // IAM refuses to delete a role that still has a policy.
        if role.policy.is_some() {
            let (role, name) = (names.role.clone(), names.role_policy.to_owned());
            plan.actions.push(Action::DeleteRolePolicy { role, name });
        }
        plan.actions.push(Action::DeleteRole {
            name: names.role.clone(),
        });
    }
    if log_group.is_some() && !is_foreign(|resource| matches!(resource, Tagged::LogGroup { .. })) {
        if logs {
            plan.actions.push(Action::DeleteLogGroup {
                name: names.log_group.clone(),
            });
        } else {
            let kept = &names.log_group;
            plan.note(format!(
                "kept: log group {kept}; `provision down --logs` deletes it too"
            ));
        }
    }
    plan.note_each(
        foreign
            .iter()
            .map(|resource| format!("left alone: {resource}, not made by this tool")),
    );
    plan
}
