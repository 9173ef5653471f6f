//! What an action changes, value by value.

mod agents;
mod function;

use std::collections::BTreeSet;

use super::action::Action;
use crate::deployment::access::{Cors, UrlSettings};
use crate::deployment::names::Tags;
use crate::deployment::state::Released;
use function::new_function;
pub(super) use function::{code_changed, code_moved, configuration_changed, content_changed};

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
        } => to.grants(),
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
        } => {
            let details = configuration_changed(from, to);
            if details.is_empty() {
                let again = "the same configuration again, because the function has failed";
                return vec![again.to_owned()];
            }
            details
        }
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
            from: Some(from),
            differences,
            ..
        } => {
            let mut details = vec![released_changed(from, "a new version")];
            details.extend_from_slice(differences);
            details
        }
        Action::PointAlias {
            version,
            from,
            differences,
            ..
        } => {
            let mut details = vec![released_changed(from, version)];
            details.extend_from_slice(differences);
            details
        }
        Action::DeleteVersion { .. } => vec!["old, and no alias points to it".to_owned()],
        Action::SetConcurrency {
            function: _,
            from,
            to,
        } => {
            let from = from.map_or("(none)".to_owned(), |reserved| reserved.to_string());
            vec![format!("reserved concurrency {from} -> {to}")]
        }
        Action::RemovePermission {
            function: _,
            alias: _,
            sid: _,
            grants: _,
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
                cors,
            } = settings;
            let mut details = vec![format!("auth {auth_type}, {invoke_mode}")];
            details.extend(
                cors.iter()
                    .flat_map(|to| cors_changed(&Cors::default(), to)),
            );
            details
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

fn released_changed(from: &Released, to: &str) -> String {
    let Released {
        version,
        also_routed_to,
        revision_id: _,
        content: _,
        previous: _,
        on_trial: _,
    } = from;
    let also = if also_routed_to.is_empty() {
        String::new()
    } else {
        format!(" (and a share of {})", also_routed_to.join(", "))
    };
    format!("version {version}{also} -> {to}")
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
        cors,
    } = from;
    let mut details: Vec<String> = [
        ("auth", auth_type, &to.auth_type),
        ("invoke mode", invoke_mode, &to.invoke_mode),
    ]
    .into_iter()
    .filter(|(_, from, to)| from != to)
    .map(|(what, from, to)| format!("{what} {from} -> {to}"))
    .collect();
    if let Some(to) = &to.cors {
        details.extend(cors_changed(&cors.clone().unwrap_or_default(), to));
    }
    details
}

fn cors_changed(from: &Cors, to: &Cors) -> Vec<String> {
    let list = |set: &BTreeSet<String>| match set.iter().cloned().collect::<Vec<_>>().join(", ") {
        empty if empty.is_empty() => "(none)".to_owned(),
        listed => listed,
    };
    // In full, so that a new member does not compile until it is shown.
    let shown = |cors: &Cors| {
        let Cors {
            allow_credentials,
            allow_headers,
            allow_methods,
            allow_origins,
            expose_headers,
            max_age_seconds,
        } = cors;
        [
            ("origins", list(allow_origins)),
            ("methods", list(allow_methods)),
            ("headers", list(allow_headers)),
            ("exposed headers", list(expose_headers)),
            ("credentials", allow_credentials.to_string()),
            ("max age", format!("{max_age_seconds} s")),
        ]
    };
    shown(from)
        .into_iter()
        .zip(shown(to))
        .filter(|(from, to)| from != to)
        .map(|((what, from), (_, to))| format!("CORS {what} {from} -> {to}"))
        .collect()
}

fn grants_changed(from: &[String], to: &[String]) -> Vec<String> {
    let gone = from
        .iter()
        .filter(|grant| !to.contains(grant))
        .map(|grant| format!("no longer {grant}"));
    let new = to.iter().filter(|grant| !from.contains(grant)).cloned();
    let changes: Vec<String> = gone.chain(new).collect();
    if changes.is_empty() {
        vec!["effect or conditions, back to ours".to_owned()]
    } else {
        changes
    }
}
