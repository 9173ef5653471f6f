//! `status`: the deployment as it is, and how far it is from the configuration.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::context::Context;
use super::error::CommandError;
use crate::aws::observe::Besides;
use crate::config::Config;
use crate::deployment::names::Names;
use crate::deployment::state::Live;
use crate::plan::Plan;
use crate::plan::desired::desired;
use crate::plan::seen::Seen;
use crate::plan::up::up;

/// Prints a summary. The code is not compared: that would mean building it.
pub async fn run(context: &Context) -> Result<(), CommandError> {
    let names = context.names();
    let besides = Besides::default();
    let seen = Box::pin(context.aws.observe(&names, &besides)).await;
    let Seen { account, live, .. } = seen.map_err(CommandError::Read)?;
    let drift = match &context.config.agents {
        Some(agents) => match up(&desired(&context.config, agents, &account, None), &live) {
            Ok(plan) => Drift::Known(Box::new(plan)),
            Err(error) => Drift::Unknown(error.to_string()),
        },
        None => Drift::Unknown("no agent is configured".to_owned()),
    };
    let edition = context.edition.live(&live);
    let edition = edition.as_deref();
    let json = as_json(&context.config, &names, &live, edition, &drift);
    let text = as_text(
        &context.title(Some(&account)),
        &names,
        &live,
        edition,
        &drift,
    );
    context
        .printer
        .result(&json, &text)
        .map_err(CommandError::Print)?;
    context.printer.detail(&context.effort());
    Ok(())
}

/// How far the account is from the configuration.
enum Drift {
    Known(Box<Plan>),
    Unknown(String),
}

fn as_json(
    config: &Config,
    names: &Names,
    live: &Live,
    edition: Option<&str>,
    drift: &Drift,
) -> Value {
    let Config { name, region, .. } = config;
    let Live {
        log_group,
        role,
        function,
        alias,
        url,
        statements: _,
        versions: _,
    } = live;
    let (drift, changes, notes) = match drift {
        Drift::Known(plan) => {
            let changes = plan.account_changes();
            (json!(changes.len()), json!(changes), json!(plan.notes))
        }
        Drift::Unknown(reason) => (Value::Null, Value::Null, json!([reason])),
    };
    json!({
        "name": name,
        "region": region,
        "deployed": url.is_some(),
        "url": url.as_ref().map(|url| &url.url),
        "authType": url.as_ref().map(|url| &url.settings.auth_type),
        "invokeMode": url.as_ref().map(|url| &url.settings.invoke_mode),
        "version": alias.as_ref().map(|alias| &alias.version),
        "codeSha256": alias.as_ref().map(|alias| &alias.code.sha256),
        "release": edition,
        "function": function.as_ref().map(|function| json!({
            "arn": function.arn,
            "state": function.state,
            "failedUpdate": function.failed_update,
            "memoryMb": function.configuration.memory_mb,
            "timeoutSeconds": function.configuration.timeout_seconds,
            "architecture": function.code.architecture,
            "codeSha256": function.code.sha256,
            "lastModified": function.last_modified,
            "reservedConcurrency": function.reserved_concurrency,
        })),
        "role": role.as_ref().map(|role| &role.arn),
        "logGroup": log_group.as_ref().map(|group| json!({
            "name": names.log_group,
            "retentionDays": group.retention_days,
        })),
        "drift": drift,
        "changes": changes,
        "notes": notes,
    })
}

fn as_text(
    title: &str,
    names: &Names,
    live: &Live,
    edition: Option<&str>,
    drift: &Drift,
) -> String {
    let Live {
        log_group,
        role,
        function,
        alias,
        url,
        statements: _,
        versions: _,
    } = live;
    if log_group.is_none() && role.is_none() && function.is_none() {
        return format!("{title}: not deployed");
    }
    let missing = || "missing".to_owned();
    let rows = [
        (
            "url",
            url.as_ref().map_or_else(missing, |url| url.url.clone()),
        ),
        (
            "access",
            url.as_ref().map_or_else(missing, |url| {
                format!("{}, {}", url.settings.auth_type, url.settings.invoke_mode)
            }),
        ),
        (
            "function",
            function.as_ref().map_or_else(missing, |function| {
                let configuration = &function.configuration;
                format!(
                    "{}, {} MB, {} s, {}",
                    function.state,
                    configuration.memory_mb,
                    configuration.timeout_seconds,
                    function.code.architecture
                )
            }),
        ),
        (
            "version",
            alias.as_ref().map_or_else(missing, |alias| {
                format!("{} ({})", alias.version, names.alias)
            }),
        ),
        (
            "release",
            edition.map_or_else(
                || "none: this function was built by hand".to_owned(),
                |edition| format!("provision {edition}"),
            ),
        ),
        (
            "modified",
            function
                .as_ref()
                .and_then(|function| function.last_modified.clone())
                .unwrap_or_else(missing),
        ),
        (
            "log group",
            log_group.as_ref().map_or_else(missing, |group| {
                let kept = group
                    .retention_days
                    .map_or("for ever".to_owned(), |days| format!("{days} days"));
                format!("{}, kept {kept}", names.log_group)
            }),
        ),
    ];
    let mut text = title.to_owned();
    for (label, value) in rows {
        row(&mut text, label, &value);
    }
    if let Some(0) = function
        .as_ref()
        .and_then(|function| function.reserved_concurrency)
    {
        row(
            &mut text,
            "warning",
            "reserved concurrency is 0: every call is answered with 429",
        );
    }
    match drift {
        Drift::Unknown(reason) => row(&mut text, "drift", &format!("unknown: {reason}")),
        Drift::Known(plan) => {
            row(&mut text, "drift", &plan.summary());
            for line in plan.to_string().lines() {
                text.push_str("\n    ");
                text.push_str(line);
            }
        }
    }
    text
}

fn row(text: &mut String, label: &str, value: &str) {
    // Writing to a String cannot fail.
    let _ = write!(text, "\n  {label:<10} {value}");
}
