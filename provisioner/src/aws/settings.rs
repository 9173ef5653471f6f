//! What six answers with the same members say about a function's settings.

use aws_sdk_lambda::operation::create_function::CreateFunctionOutput;
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::operation::publish_version::PublishVersionOutput;
use aws_sdk_lambda::operation::update_function_code::UpdateFunctionCodeOutput;
use aws_sdk_lambda::operation::update_function_configuration::UpdateFunctionConfigurationOutput;
use aws_sdk_lambda::types::{
    Architecture, EnvironmentResponse, EphemeralStorage, FunctionConfiguration, LogFormat,
    LoggingConfig, Runtime,
};

use crate::deployment::content::{self, Code, Configuration, Logging};
use crate::deployment::digest::ContentDigest;

/// The members that matter here.
#[derive(Debug)]
pub(super) struct Settings<'a> {
    role: Option<&'a str>,
    runtime: Option<&'a Runtime>,
    handler: Option<&'a str>,
    memory_size: Option<i32>,
    timeout: Option<i32>,
    ephemeral_storage: Option<&'a EphemeralStorage>,
    logging: Option<&'a LoggingConfig>,
    environment: Option<&'a EnvironmentResponse>,
    code_sha256: Option<&'a str>,
    architectures: &'a [Architecture],
}

/// One constructor for each answer: to the compiler their members have nothing in common.
macro_rules! settings_of {
    ($($constructor:ident($answer:ty)),+ $(,)?) => {
        impl<'a> Settings<'a> {
            $(pub(super) fn $constructor(answer: &'a $answer) -> Self {
                Self {
                    role: answer.role(),
                    runtime: answer.runtime(),
                    handler: answer.handler(),
                    memory_size: answer.memory_size(),
                    timeout: answer.timeout(),
                    ephemeral_storage: answer.ephemeral_storage(),
                    logging: answer.logging_config(),
                    environment: answer.environment(),
                    code_sha256: answer.code_sha256(),
                    architectures: answer.architectures(),
                }
            })+
        }
    };
}

settings_of! {
    of_latest(FunctionConfiguration),
    of_version(GetFunctionConfigurationOutput),
    of_published(PublishVersionOutput),
    of_created(CreateFunctionOutput),
    of_configured(UpdateFunctionConfigurationOutput),
    of_coded(UpdateFunctionCodeOutput),
}

impl Settings<'_> {
    pub(super) fn configuration(&self) -> Configuration {
        Configuration {
            role_arn: self.role.unwrap_or_default().to_owned(),
            runtime: self.runtime.map_or("", Runtime::as_str).to_owned(),
            handler: self.handler.unwrap_or_default().to_owned(),
            // Lambda's own defaults.
            memory_mb: self.memory_size.unwrap_or(128),
            timeout_seconds: self.timeout.unwrap_or(3),
            ephemeral_storage_mb: self.ephemeral_storage.map(EphemeralStorage::size),
            logging: Logging {
                log_group: self
                    .logging
                    .and_then(LoggingConfig::log_group)
                    .unwrap_or_default()
                    .to_owned(),
                format: self
                    .logging
                    .and_then(LoggingConfig::log_format)
                    .map_or("Text", LogFormat::as_str)
                    .to_owned(),
            },
            environment: self
                .environment
                .and_then(EnvironmentResponse::variables)
                .into_iter()
                .flatten()
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        }
    }

    pub(super) fn code(&self) -> Code {
        Code {
            sha256: self.code_sha256.unwrap_or_default().to_owned(),
            architecture: match self.architectures.first() {
                Some(Architecture::Arm64) => content::Architecture::Arm64,
                _ => content::Architecture::X86_64,
            },
        }
    }

    /// What tells this content from any other.
    pub(super) fn digest(&self) -> ContentDigest {
        ContentDigest::of(&self.configuration(), &self.code())
    }
}
