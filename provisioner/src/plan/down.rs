//! Plans `down`: what is ours goes, in the order that leaves nothing callable half-way; what is not ours
//! stays and is named.

use super::action::Action;
use super::order::Guard;
use super::ownership::{self, Resource};
use super::resource::alias::DeleteAlias;
use super::resource::function::FunctionAction;
use super::resource::log_group::LogGroupAction;
use super::resource::permission::remove;
use super::resource::role::RoleAction;
use super::resource::url::UrlAction;
use super::{Plan, Step};
use crate::deployment::names::Names;
use crate::deployment::permission::Grant;
use crate::deployment::state::Live;

const NOBODY: &str = "nobody needs to call it any more";

/// The changes that remove the deployment; the log group only when `logs` is set.
pub(crate) fn down(names: &Names, live: &Live, logs: bool) -> Plan {
    let foreign = ownership::foreign(live, names);
    let is_ours = |resource| !foreign.iter().any(|it| it.resource == resource);

    let mut plan = Plan::nothing(names);
    let mut actions = Vec::new();
    if live.function.is_some() && is_ours(Resource::Function) {
        actions.extend(function(names, live));
    }
    if is_ours(Resource::Role) {
        actions.extend(role(names, live).into_iter().map(Action::Role));
    }
    if live.log_group.is_some() && is_ours(Resource::LogGroup) {
        let name = names.log_group.clone();
        if logs {
            actions.push(Action::LogGroup(LogGroupAction::Delete { name }));
        } else {
            let kept = format!("kept: log group {name}; `provision down --logs` deletes it too");
            plan.notes.push(kept.into());
        }
    }
    plan.prepare = actions
        .into_iter()
        .map(|action| Step {
            action,
            // Whoever deploys meanwhile finds nothing to deploy to.
            guard: Guard::Aws,
            back: None,
        })
        .collect();
    let left = foreign
        .iter()
        .map(|resource| format!("left alone: {resource}, not made by this tool").into());
    plan.notes.extend(left);
    plan
}

/// The function with all that hangs on it; its versions go with it.
fn function(names: &Names, live: &Live) -> Vec<Action> {
    let (function, alias) = (names.function.clone(), names.alias.to_owned());
    let url = live.url.as_ref().map(|url| UrlAction::Delete {
        function: function.clone(),
        alias: alias.clone(),
        url: url.url.clone(),
    });
    let ours = live
        .statements
        .iter()
        .filter(|statement| Grant::of_sid(&statement.sid).is_some());
    let permissions = ours.map(|statement| Action::Permission(remove(names, statement, NOBODY)));
    let alias = live.alias.as_ref().map(|_| DeleteAlias {
        function: function.clone(),
        alias,
    });
    let mut actions: Vec<Action> = url.map(Action::Url).into_iter().collect();
    actions.extend(permissions);
    actions.extend(alias.map(Action::Alias));
    actions.push(Action::Function(FunctionAction::Delete { name: function }));
    actions
}

/// IAM refuses to delete a role that still has a policy.
fn role(names: &Names, live: &Live) -> Vec<RoleAction> {
    let Some(role) = &live.role else {
        return Vec::new();
    };
    let policy = role.policy.as_ref().map(|_| RoleAction::DeletePolicy {
        role: names.role.clone(),
        policy: names.role_policy.to_owned(),
    });
    let delete = RoleAction::Delete {
        name: names.role.clone(),
    };
    policy.into_iter().chain([delete]).collect()
}
