//! A function URL as a value.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::route::function_arn;
use crate::scope::Scope;

/// Who may call a function URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AuthType {
    #[serde(rename = "NONE")]
    None,
    #[serde(rename = "AWS_IAM")]
    AwsIam,
}

/// Whether a function URL waits for the whole answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum InvokeMode {
    #[default]
    #[serde(rename = "BUFFERED")]
    Buffered,
    #[serde(rename = "RESPONSE_STREAM")]
    ResponseStream,
}

/// Which other origins may call, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Cors {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) allow_credentials: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) allow_headers: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) allow_methods: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) allow_origins: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expose_headers: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_age: Option<u32>,
}

/// What is behind a function URL.
#[derive(Debug, Clone)]
pub(crate) struct UrlTarget {
    pub(crate) function_name: String,
    /// The alias, if the URL is one of an alias.
    pub(crate) qualifier: Option<String>,
    pub(crate) auth_type: AuthType,
    pub(crate) cors: Option<Cors>,
    pub(crate) invoke_mode: InvokeMode,
    pub(crate) account_id: String,
    pub(crate) region: String,
}

#[derive(Debug, Clone)]
pub(super) struct UrlConfig {
    pub(super) url_id: String,
    pub(super) url: String,
    pub(super) auth_type: AuthType,
    pub(super) cors: Option<Cors>,
    pub(super) invoke_mode: InvokeMode,
    pub(super) created: String,
    pub(super) last_modified: String,
}

impl UrlTarget {
    /// The ARN of the function or alias that the URL belongs to.
    pub(crate) fn arn(&self, scope: &Scope<'_>) -> String {
        function_arn(&self.function_name, self.qualifier.as_deref(), scope)
    }
}

impl UrlConfig {
    pub(super) fn describe(&self, function_arn: &str) -> Value {
        json!({
            "FunctionUrl": self.url,
            "FunctionArn": function_arn,
            "AuthType": self.auth_type,
            "Cors": self.cors,
            "CreationTime": self.created,
            "LastModifiedTime": self.last_modified,
            "InvokeMode": self.invoke_mode,
        })
    }
}
