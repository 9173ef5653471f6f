//! The configuration of a function: what a request may set, the rules of each member, the defaults.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::wire::api_error::ApiError;

mod rules;

use rules::{
    check_environment, check_handler, check_length, check_range, check_role, check_runtime,
};

/// Everything about a version of a function but its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) description: String,
    pub(super) role: String,
    pub(super) handler: String,
    pub(super) runtime: String,
    pub(super) memory_mb: u32,
    pub(super) timeout_seconds: u32,
    pub(super) ephemeral_storage_mb: u32,
    /// `None` was never set; AWS leaves it out of answers, unlike an empty one.
    pub(super) environment: Option<BTreeMap<String, String>>,
    pub(super) architecture: Architecture,
    pub(super) logging: Logging,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Architecture {
    #[serde(rename = "x86_64")]
    X86_64,
    #[serde(rename = "arm64")]
    Arm64,
}

/// `LoggingConfig`; the levels exist only with the format `JSON`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Logging {
    log_format: LogFormat,
    #[serde(skip_serializing_if = "Option::is_none")]
    application_log_level: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system_log_level: Option<String>,
    pub(super) log_group: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum LogFormat {
    #[serde(rename = "JSON")]
    Json,
    Text,
}

/// The members of `CreateFunction` and `UpdateFunctionConfiguration` that set something.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct SettingsInput {
    description: Option<String>,
    role: Option<String>,
    handler: Option<String>,
    runtime: Option<String>,
    memory_size: Option<u32>,
    timeout: Option<u32>,
    ephemeral_storage: Option<EphemeralStorage>,
    environment: Option<Environment>,
    logging_config: Option<LoggingInput>,
    tracing_config: Option<TracingConfig>,
    snap_start: Option<SnapStart>,
    layers: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EphemeralStorage {
    size: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Environment {
    #[serde(default)]
    variables: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct LoggingInput {
    log_format: Option<LogFormat>,
    application_log_level: Option<String>,
    system_log_level: Option<String>,
    log_group: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TracingConfig {
    mode: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SnapStart {
    apply_on: String,
}

impl Settings {
    /// What AWS gives a function that says nothing about itself.
    pub(super) fn default_for(function_name: &str) -> Self {
        Self {
            description: String::new(),
            role: String::new(),
            handler: String::new(),
            runtime: String::new(),
            memory_mb: 128,
            timeout_seconds: 3,
            ephemeral_storage_mb: 512,
            environment: None,
            architecture: Architecture::X86_64,
            logging: Logging {
                log_format: LogFormat::Text,
                application_log_level: None,
                system_log_level: None,
                log_group: format!("/aws/lambda/{function_name}"),
            },
        }
    }

    /// Refuses settings without a runtime or a handler.
    pub(super) fn check_complete(&self) -> Result<(), ApiError> {
        if self.handler.is_empty() || self.runtime.is_empty() {
            return Err(ApiError::invalid_parameter_value(
                "Runtime and Handler are mandatory parameters for functions created with \
                 deployment packages.",
            ));
        }
        Ok(())
    }
}

impl SettingsInput {
    /// The settings with the members of this request in place.
    pub(super) fn apply(self, mut settings: Settings) -> Result<Settings, ApiError> {
        // Destructured in full, so that a new member does not compile until it is applied.
        let Self {
            description,
            role,
            handler,
            runtime,
            memory_size,
            timeout,
            ephemeral_storage,
            environment,
            logging_config,
            tracing_config,
            snap_start,
            layers,
        } = self;

        if let Some(description) = description {
            check_length(&description, "description", 256)?;
            settings.description = description;
        }
        if let Some(role) = role {
            check_role(&role)?;
            settings.role = role;
        }
        if let Some(handler) = handler {
            check_handler(&handler)?;
            settings.handler = handler;
        }
        if let Some(runtime) = runtime {
            check_runtime(&runtime)?;
            settings.runtime = runtime;
        }
        if let Some(memory_mb) = memory_size {
            check_range(memory_mb, "memorySize", 128..=10_240)?;
            settings.memory_mb = memory_mb;
        }
        if let Some(seconds) = timeout {
            check_range(seconds, "timeout", 1..=900)?;
            settings.timeout_seconds = seconds;
        }
        if let Some(storage) = ephemeral_storage {
            check_range(storage.size, "ephemeralStorage.size", 512..=10_240)?;
            settings.ephemeral_storage_mb = storage.size;
        }
        if let Some(environment) = environment {
            check_environment(&environment.variables)?;
            settings.environment = Some(environment.variables);
        }
        if let Some(logging) = logging_config {
            settings.logging = logging.apply(settings.logging)?;
        }
        if tracing_config.is_some_and(|tracing| tracing.mode != "PassThrough") {
            return Err(ApiError::not_emulated("active tracing of functions"));
        }
        if snap_start.is_some_and(|snap_start| snap_start.apply_on != "None") {
            return Err(ApiError::not_emulated("SnapStart"));
        }
        if layers.is_some_and(|layers| !layers.is_empty()) {
            return Err(ApiError::not_emulated("layers"));
        }
        Ok(settings)
    }
}

impl LoggingInput {
    fn apply(self, mut logging: Logging) -> Result<Logging, ApiError> {
        if let Some(log_group) = self.log_group {
            logging.log_group = log_group;
        }
        logging.log_format = self.log_format.unwrap_or(logging.log_format);
        match logging.log_format {
            LogFormat::Json => {
                let level = |given: Option<String>, before: Option<String>| {
                    given.or(before).or_else(|| Some("INFO".to_owned()))
                };
                logging.application_log_level =
                    level(self.application_log_level, logging.application_log_level);
                logging.system_log_level = level(self.system_log_level, logging.system_log_level);
            }
            LogFormat::Text => {
                if self.application_log_level.is_some() || self.system_log_level.is_some() {
                    return Err(ApiError::invalid_parameter_value(
                        "LogLevel is not supported when LogFormat is set to \"Text\". Remove \
                         LogLevel from your request or change the LogFormat to \"JSON\" and try \
                         again.",
                    ));
                }
                logging.application_log_level = None;
                logging.system_log_level = None;
            }
        }
        Ok(logging)
    }
}

/// The one architecture of a request, if it names one.
pub(super) fn architecture(given: Option<Vec<String>>) -> Result<Option<Architecture>, ApiError> {
    let Some(given) = given else {
        return Ok(None);
    };
    let refuse = |rule: &str| {
        let value = format!("[{}]", given.join(", "));
        Err(ApiError::constraint(value, "architectures", rule))
    };
    match given.as_slice() {
        [] => refuse("have length greater than or equal to 1"),
        [one] => match one.as_str() {
            "x86_64" => Ok(Some(Architecture::X86_64)),
            "arm64" => Ok(Some(Architecture::Arm64)),
            _ => refuse(
                "satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member \
                 must not be null]",
            ),
        },
        _ => refuse("have length less than or equal to 1"),
    }
}
