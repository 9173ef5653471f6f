//! Actions in words. Values of the user's own environment variables are never shown: they may be
//! secrets.

use std::collections::BTreeMap;

use super::action::{Action, Change, Description, Released, Tagged};
use crate::desired::OWN_VARIABLES;
use crate::package::Package;
use crate::state::{Code, Configuration, Logging, Tags, UrlSettings};

impl Action {
    /// What the action does, in words.
    pub fn describe(&self) -> Description {
        use Change::{Create, Delete, Update};

        let (change, resource, name, details) = match self {
            Self::CreateLogGroup {
                name,
                retention_days,
                tags: _,
            } => (
                Create,
                "log group",
                name.clone(),
                vec![format!("retention {retention_days} days")],
            ),
            Self::SetRetention {
                log_group,
                from,
                to,
            } => {
                let from = from.map_or("for ever".to_owned(), |days| format!("{days}"));
                (
                    Update,
                    "log group",
                    log_group.clone(),
                    vec![format!("retention {from} -> {to} days")],
                )
            }
            Self::CreateRole {
                name,
                trust: _,
                tags: _,
            } => (
                Create,
                "role",
                name.clone(),
                vec!["assumed by lambda.amazonaws.com".to_owned()],
            ),
            Self::SetTrust { role, from, to } => {
                let details = vec![format!("trust {from}"), format!("   -> {to}")];
                (Update, "role", role.clone(), details)
            }
            Self::PutRolePolicy {
                role,
                name,
                from,
                to,
            } => {
                let (change, details) = match from {
                    None => (
                        Create,
                        to.grants()
                            .iter()
                            .map(|grant| format!("allows {grant}"))
                            .collect(),
                    ),
                    Some(from) => (Update, grants_changed(&from.grants(), &to.grants())),
                };
                (change, "role policy", format!("{role}/{name}"), details)
            }
            Self::CreateFunction {
                name,
                configuration,
                package,
                tags: _,
            } => (
                Create,
                "function",
                name.clone(),
                new_function(configuration, package),
            ),
            Self::UpdateConfiguration { function, from, to } => (
                Update,
                "function",
                function.clone(),
                configuration_changed(from, to),
            ),
            Self::UpdateCode { function, from, to } => {
                (Update, "function", function.clone(), code_changed(from, to))
            }
            Self::Tag { resource, from, to } => {
                let (resource, name) = match resource {
                    Tagged::LogGroup { name, arn: _ } => ("log group", name),
                    Tagged::Role { name } => ("role", name),
                    Tagged::Function { name, arn: _ } => ("function", name),
                };
                (Update, resource, name.clone(), tags_changed(from, to))
            }
            Self::Release {
                function,
                alias,
                code_sha256: _,
                from,
            } => match from {
                None => (
                    Create,
                    "alias",
                    format!("{function}:{alias}"),
                    vec!["-> a new version".to_owned()],
                ),
                Some(Released {
                    version,
                    also_routed_to,
                    revision_id: _,
                }) => {
                    let also = if also_routed_to.is_empty() {
                        String::new()
                    } else {
                        format!(" (and a share of {})", also_routed_to.join(", "))
                    };
                    let details = vec![format!("version {version}{also} -> a new version")];
                    (Update, "alias", format!("{function}:{alias}"), details)
                }
            },
            Self::RemovePermission {
                function,
                alias,
                sid,
                reason,
            } => (
                Delete,
                "permission",
                format!("{sid} on {function}:{alias}"),
                vec![(*reason).to_owned()],
            ),
            Self::AddPermission {
                function,
                alias,
                grant,
            } => (
                Create,
                "permission",
                format!("{} on {function}:{alias}", grant.sid()),
                vec![format!("anyone: {} {}", grant.action(), grant.condition())],
            ),
            Self::CreateUrl {
                function,
                alias,
                settings,
            } => {
                let UrlSettings {
                    auth_type,
                    invoke_mode,
                } = settings;
                let details = vec![format!("auth {auth_type}, {invoke_mode}")];
                (
                    Create,
                    "function URL",
                    format!("of {function}:{alias}"),
                    details,
                )
            }
            Self::UpdateUrl {
                function,
                alias,
                from,
                to,
            } => (
                Update,
                "function URL",
                format!("of {function}:{alias}"),
                url_changed(from, to),
            ),
            Self::DeleteUrl {
                function,
                alias,
                url,
            } => {
                let details = vec![format!(
                    "{url} is gone for good: a new one gets another address"
                )];
                (
                    Delete,
                    "function URL",
                    format!("of {function}:{alias}"),
                    details,
                )
            }
            Self::DeleteAlias { function, alias } => {
                (Delete, "alias", format!("{function}:{alias}"), Vec::new())
            }
            Self::DeleteFunction { name } => (
                Delete,
                "function",
                name.clone(),
                vec!["with all its versions".to_owned()],
            ),
            Self::DeleteRolePolicy { role, name } => {
                (Delete, "role policy", format!("{role}/{name}"), Vec::new())
            }
            Self::DeleteRole { name } => (Delete, "role", name.clone(), Vec::new()),
            Self::DeleteLogGroup { name } => (
                Delete,
                "log group",
                name.clone(),
                vec!["with everything logged so far".to_owned()],
            ),
        };
        Description {
            change,
            resource,
            name,
            details,
        }
    }
}

fn new_function(configuration: &Configuration, package: &Package) -> Vec<String> {
    let Configuration {
        role_arn: _,
        runtime,
        handler: _,
        memory_mb,
        timeout_seconds,
        logging: _,
        environment,
    } = configuration;
    let mut details = vec![
        format!("runtime {runtime}, {}", package.architecture),
        format!("memory {memory_mb} MB, timeout {timeout_seconds} s"),
        format!(
            "code {}, {}",
            size(package.zip.len()),
            short(&package.code_sha256)
        ),
    ];
    details.extend(
        environment
            .iter()
            .map(|(key, value)| format!("{key} {}", shown(key, value))),
    );
    details
}

fn configuration_changed(from: &Configuration, to: &Configuration) -> Vec<String> {
    let Configuration {
        role_arn,
        runtime,
        handler,
        memory_mb,
        timeout_seconds,
        logging,
        environment,
    } = from;
    let mut details = Vec::new();
    if *memory_mb != to.memory_mb {
        details.push(format!("memory {memory_mb} -> {} MB", to.memory_mb));
    }
    if *timeout_seconds != to.timeout_seconds {
        details.push(format!(
            "timeout {timeout_seconds} -> {} s",
            to.timeout_seconds
        ));
    }
    for (what, from, to) in [
        ("role", role_arn, &to.role_arn),
        ("runtime", runtime, &to.runtime),
        ("handler", handler, &to.handler),
    ] {
        if from != to {
            details.push(format!("{what} {from} -> {to}"));
        }
    }
    if let (Some(from), Some(to)) = (logging, &to.logging) {
        if from != to {
            let words =
                |Logging { log_group, format }: &Logging| format!("{format} to {log_group}");
            details.push(format!("logs {} -> {}", words(from), words(to)));
        }
    }
    details.extend(environment_changed(environment, &to.environment));
    if details.is_empty() {
        details.push("the same configuration again, because the last update failed".to_owned());
    }
    details
}

fn environment_changed(
    from: &BTreeMap<String, String>,
    to: &BTreeMap<String, String>,
) -> Vec<String> {
    let mut details = Vec::new();
    for (key, new) in to {
        match from.get(key) {
            None => details.push(format!("{key} (unset) -> {}", shown(key, new))),
            Some(old) if old != new && key.starts_with(OWN_VARIABLES) => {
                details.push(format!("{key} {old} -> {new}"));
            }
            Some(old) if old != new => details.push(format!("{key} (value hidden) changes")),
            Some(_) => {}
        }
    }
    let removed = from.keys().filter(|key| !to.contains_key(*key));
    details.extend(removed.map(|key| format!("{key} -> (unset)")));
    details
}

fn code_changed(from: &Code, to: &Package) -> Vec<String> {
    let mut details = Vec::new();
    let Code {
        sha256,
        architecture,
    } = from;
    if *sha256 == to.code_sha256 {
        details.push(format!("code {}, the same again", short(sha256)));
    } else {
        let size = size(to.zip.len());
        details.push(format!(
            "code {} -> {}, {size}",
            short(sha256),
            short(&to.code_sha256)
        ));
    }
    if architecture != to.architecture.as_str() {
        details.push(format!(
            "architecture {architecture} -> {}",
            to.architecture
        ));
    }
    details
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

fn shown<'a>(key: &str, value: &'a str) -> &'a str {
    if key.starts_with(OWN_VARIABLES) {
        value
    } else {
        "(value hidden)"
    }
}

/// Enough of a hash to recognise it.
fn short(sha256: &str) -> String {
    format!("sha256 {}", sha256.get(..8).unwrap_or(sha256))
}

fn size(bytes: usize) -> String {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a size of a few megabytes, for reading"
    )]
    let kilobytes = bytes as f64 / 1e3;
    if kilobytes < 1000.0 {
        format!("{kilobytes:.1} kB")
    } else {
        format!("{:.1} MB", kilobytes / 1e3)
    }
}
