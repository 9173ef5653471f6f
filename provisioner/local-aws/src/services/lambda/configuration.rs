//! `FunctionConfiguration`, the shape that most operations answer with.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::function::{Function, Revision};
use super::lifecycle::Phase;
use super::settings::{Architecture, Logging};
use crate::scope::Scope;
use crate::wire::timestamp;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FunctionConfiguration<'a> {
    function_name: &'a str,
    function_arn: String,
    runtime: &'a str,
    role: &'a str,
    handler: &'a str,
    code_size: usize,
    description: &'a str,
    timeout: u32,
    memory_size: u32,
    last_modified: String,
    code_sha256: &'a str,
    version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<Environment<'a>>,
    tracing_config: Value,
    revision_id: String,
    package_type: &'static str,
    architectures: [Architecture; 1],
    ephemeral_storage: Value,
    snap_start: Value,
    logging_config: &'a Logging,
    #[serde(flatten)]
    state: Option<State>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Environment<'a> {
    variables: &'a BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_field_names, reason = "the names are AWS's")]
struct State {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_update_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_update_status_reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_update_status_reason_code: Option<&'static str>,
}

impl State {
    /// AWS gives the same reason for a function and for an update in progress.
    const REASON: &'static str = "The function is being created.";
    const REASON_CODE: &'static str = "Creating";

    fn of(phase: Phase) -> Self {
        let settled = Self {
            state: "Active",
            state_reason: None,
            state_reason_code: None,
            last_update_status: Some("Successful"),
            last_update_status_reason: None,
            last_update_status_reason_code: None,
        };
        match phase {
            Phase::Settled => settled,
            Phase::Creating => Self {
                state: "Pending",
                state_reason: Some(Self::REASON),
                state_reason_code: Some(Self::REASON_CODE),
                last_update_status: None,
                ..settled
            },
            Phase::Updating => Self {
                last_update_status: Some("InProgress"),
                last_update_status_reason: Some(Self::REASON),
                last_update_status_reason_code: Some(Self::REASON_CODE),
                ..settled
            },
        }
    }
}

impl Function {
    /// One version, under the name that the client used for it.
    pub(super) fn configuration(
        &self,
        revision: &Revision,
        qualifier: Option<&str>,
        scope: &Scope<'_>,
    ) -> Value {
        let state = State::of(revision.lifecycle.phase(scope.now));
        self.encode(revision, qualifier, Some(state), scope)
    }

    /// One version as lists show it: without its state.
    pub(super) fn listed(
        &self,
        revision: &Revision,
        qualifier: Option<&str>,
        scope: &Scope<'_>,
    ) -> Value {
        self.encode(revision, qualifier, None, scope)
    }

    fn encode(
        &self,
        revision: &Revision,
        qualifier: Option<&str>,
        state: Option<State>,
        scope: &Scope<'_>,
    ) -> Value {
        let settings = &revision.content.settings;
        let package = &revision.content.package;
        let configuration = FunctionConfiguration {
            function_name: &self.name,
            function_arn: self.arn(qualifier, scope),
            runtime: &settings.runtime,
            role: &settings.role,
            handler: &settings.handler,
            code_size: package.zip.len(),
            description: &settings.description,
            timeout: settings.timeout_seconds,
            memory_size: settings.memory_mb,
            last_modified: timestamp::last_modified(revision.last_modified),
            code_sha256: &package.sha256,
            version: &revision.version,
            environment: settings
                .environment
                .as_ref()
                .map(|variables| Environment { variables }),
            tracing_config: json!({ "Mode": "PassThrough" }),
            revision_id: revision.lifecycle.revision_id(scope.now),
            package_type: "Zip",
            architectures: [settings.architecture],
            ephemeral_storage: json!({ "Size": settings.ephemeral_storage_mb }),
            snap_start: json!({ "ApplyOn": "None", "OptimizationStatus": "Off" }),
            logging_config: &settings.logging,
            state,
        };
        // Serializing fails only for keys that are no strings; there are none.
        serde_json::to_value(configuration).unwrap_or_default()
    }
}
