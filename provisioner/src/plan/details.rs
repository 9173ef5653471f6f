//! What an action changes, value by value.

mod function;

use super::action::{Action, Released};
use crate::state::{Tags, UrlSettings};
use function::{code_changed, configuration_changed, new_function};

/// One line for each value that `action` sets or changes.
#[expect(
    clippy::too_many_lines,
    reason = "a line or two for each kind of action"
)]
pub(super) fn details(action: &Action) -> Vec<String> {
    match action {
        Action::CreateLogGroup {
            name: _,
            retention_days,
            tags: _,
        } => {
            vec![format!("retention {retention_days} days")]
        }
        Action::SetRetention {
            log_group: _,
            from,
            to,
        } => {
            let from = from.map_or("for ever".to_owned(), |days| days.to_string());
            vec![format!("retention {from} -> {to} days")]
        }
        Action::CreateRole { .. } => vec!["assumed by lambda.amazonaws.com".to_owned()],
        Action::SetTrust { role: _, from, to } => {
            vec![format!("trust {from}"), format!("   -> {to}")]
        }
        Action::PutRolePolicy {
            role: _,
            name: _,
            from: None,
            to,
        } => to
            .grants()
            .iter()
            .map(|grant| format!("allows {grant}"))
            .collect(),
        Action::PutRolePolicy {
            role: _,
            name: _,
            from: Some(from),
            to,
        } => grants_changed(&from.grants(), &to.grants()),
        Action::CreateFunction {
            name: _,
            configuration,
            package,
            tags: _,
        } => new_function(configuration, package),
        Action::UpdateConfiguration {
            function: _,
            from,
            to,
        } => configuration_changed(from, to),
        Action::UpdateCode {
            function: _,
            from,
            to,
        } => code_changed(from, to),
        Action::Tag {
            resource: _,
            from,
            to,
        } => tags_changed(from, to),
        Action::Release { from: None, .. } => vec!["at a new version".to_owned()],
        Action::Release {
            from: Some(from), ..
        } => vec![released_changed(from)],
        Action::RemovePermission {
            function: _,
            alias: _,
            sid: _,
            reason,
        } => {
            vec![(*reason).to_owned()]
        }
        Action::AddPermission {
            function: _,
            alias: _,
            grant,
        } => {
            vec![format!("anyone: {} {}", grant.action(), grant.condition())]
        }
        Action::CreateUrl {
            function: _,
            alias: _,
            settings,
        } => {
            let UrlSettings {
                auth_type,
                invoke_mode,
            } = settings;
            vec![format!("auth {auth_type}, {invoke_mode}")]
        }
        Action::UpdateUrl {
            function: _,
            alias: _,
            from,
            to,
        } => url_changed(from, to),
        Action::DeleteUrl {
            function: _,
            alias: _,
            url,
        } => {
            vec![format!(
                "{url} is gone for good: a new one gets another address"
            )]
        }
        Action::DeleteFunction { name: _ } => vec!["with all its versions".to_owned()],
        Action::DeleteLogGroup { name: _ } => vec!["with everything logged so far".to_owned()],
        Action::DeleteAlias { .. }
        | Action::DeleteRolePolicy { .. }
        | Action::DeleteRole { .. } => Vec::new(),
    }
}

fn released_changed(from: &Released) -> String {
    let Released {
        version,
        also_routed_to,
        revision_id: _,
    } = from;
    let also = if also_routed_to.is_empty() {
        String::new()
    } else {
        format!(" (and a share of {})", also_routed_to.join(", "))
    };
    format!("version {version}{also} -> a new version")
}

fn tags_changed(from: &Tags, to: &Tags) -> Vec<String> {
    to.iter()
        .filter(|(key, value)| from.get(*key) != Some(value))
        .map(|(key, value)| {
            format!(
                "tag {key} {} -> {value}",
                from.get(key).map_or("(unset)", String::as_str)
            )
        })
        .collect()
}

fn url_changed(from: &UrlSettings, to: &UrlSettings) -> Vec<String> {
    let UrlSettings {
        auth_type,
        invoke_mode,
    } = from;
    [
        ("auth", auth_type, &to.auth_type),
        ("invoke mode", invoke_mode, &to.invoke_mode),
    ]
    .into_iter()
    .filter(|(_, from, to)| from != to)
    .map(|(what, from, to)| format!("{what} {from} -> {to}"))
    .collect()
}

fn grants_changed(from: &[String], to: &[String]) -> Vec<String> {
    let gone = from
        .iter()
        .filter(|grant| !to.contains(grant))
        .map(|grant| format!("no longer allows {grant}"));
    let new = to
        .iter()
        .filter(|grant| !from.contains(grant))
        .map(|grant| format!("allows {grant}"));
    let changes: Vec<String> = gone.chain(new).collect();
    if changes.is_empty() {
        vec!["effect or conditions, back to ours".to_owned()]
    } else {
        changes
    }
}
