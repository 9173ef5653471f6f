//! What changes about the function. Values of the user's own environment variables are never shown:
//! they may be secrets.

use std::collections::BTreeMap;

use super::agents;
use crate::deployment::content::{Code, Configuration, Logging, Package};
use crate::deployment::variables::{AGENTS_VARIABLE, SHOWN_VARIABLES};

/// Everything about a new function.
pub(super) fn new_function(configuration: &Configuration, package: &Package) -> Vec<String> {
    let Configuration {
        role_arn: _,
        runtime,
        handler: _,
        memory_mb,
        timeout_seconds,
        ephemeral_storage_mb,
        logging: _,
        environment,
    } = configuration;
    let mut details = vec![
        format!("runtime {runtime}, {}", package.architecture),
        format!("memory {memory_mb} MB, timeout {timeout_seconds} s"),
        format!(
            "code {}, sha256 {}",
            size(package.zip.len()),
            recognisable(&package.code_sha256)
        ),
    ];
    details.extend(ephemeral_storage_mb.map(|size| format!("ephemeral storage {size} MB")));
    for (key, value) in environment {
        match agents::listed(value).filter(|_| key == AGENTS_VARIABLE) {
            Some(agents) => details.extend(agents),
            None => details.push(format!("{key} {}", shown(key, value))),
        }
    }
    details
}

/// What is different in the configuration `to`.
pub(in crate::plan) fn configuration_changed(
    from: &Configuration,
    to: &Configuration,
) -> Vec<String> {
    let Configuration {
        role_arn,
        runtime,
        handler,
        memory_mb,
        timeout_seconds,
        ephemeral_storage_mb,
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
    if let (Some(from), Some(to)) = (ephemeral_storage_mb, to.ephemeral_storage_mb)
        && *from != to
    {
        details.push(format!("ephemeral storage {from} -> {to} MB"));
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
    if *logging != to.logging {
        let words = |Logging { log_group, format }: &Logging| format!("{format} to {log_group}");
        details.push(format!("logs {} -> {}", words(logging), words(&to.logging)));
    }
    details.extend(environment_changed(environment, &to.environment));
    details
}

/// What is different in `to`, code included.
pub(in crate::plan) fn content_changed(
    (from, from_code): (&Configuration, &Code),
    (to, to_code): (&Configuration, &Code),
) -> Vec<String> {
    let mut details = configuration_changed(from, to);
    details.extend(code_changed(from_code, to_code));
    details
}

/// What is different about the code in `to`.
pub(in crate::plan) fn code_changed(from: &Code, to: &Code) -> Vec<String> {
    let Code {
        sha256,
        architecture,
    } = from;
    let mut details = Vec::new();
    if *sha256 != to.sha256 {
        details.push(format!(
            "code sha256 {} -> {}",
            recognisable(sha256),
            recognisable(&to.sha256)
        ));
    }
    if *architecture != to.architecture {
        details.push(format!(
            "architecture {architecture} -> {}",
            to.architecture
        ));
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
            Some(old) if old != new && key == AGENTS_VARIABLE => {
                let agents = agents::changed(old, new);
                details.extend(agents.unwrap_or_else(|| vec![format!("{key} {old} -> {new}")]));
            }
            Some(old) if old != new && SHOWN_VARIABLES.contains(&key.as_str()) => {
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

/// What is sent, and in place of which code.
pub(super) fn code_sent(from: &Code, to: &Package) -> Vec<String> {
    let mut details = Vec::new();
    let Code {
        sha256,
        architecture,
    } = from;
    if *sha256 == to.code_sha256 {
        details.push(format!(
            "code sha256 {}, the same again",
            recognisable(sha256)
        ));
    } else {
        let size = size(to.zip.len());
        details.push(format!(
            "code sha256 {} -> {}, {size}",
            recognisable(sha256),
            recognisable(&to.code_sha256)
        ));
    }
    if *architecture != to.architecture {
        details.push(format!(
            "architecture {architecture} -> {}",
            to.architecture
        ));
    }
    details
}

fn shown<'a>(key: &str, value: &'a str) -> &'a str {
    if SHOWN_VARIABLES.contains(&key) {
        value
    } else {
        "(value hidden)"
    }
}

/// Enough of a hash to recognise it.
fn recognisable(sha256: &str) -> String {
    sha256.get(..8).unwrap_or(sha256).to_owned()
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
