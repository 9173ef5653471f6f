//! What Lambda sets in the environment of the process that it starts.

use super::error::{SettingsError, invalid};

const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";
const REGION: &str = "AWS_REGION";
const ENDPOINT_URL: &str = "AWS_ENDPOINT_URL";
const BEDROCK_ENDPOINT_URL: &str = "AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME";
const AGENTCORE_ENDPOINT_URL: &str = "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE";
const CA_BUNDLE: &str = "AWS_CA_BUNDLE";
const MAX_CONCURRENCY: &str = "AWS_LAMBDA_MAX_CONCURRENCY";

/// What Lambda sets in the environment of the process that it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// `host:port` of the Runtime API.
    pub runtime_api: String,
    pub region: String,
    /// The address of Bedrock Agents where it is not AWS's own, from the [variables of all SDKs].
    ///
    /// [variables of all SDKs]: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    pub bedrock_endpoint_url: Option<String>,
    /// The same for `AgentCore`.
    pub agentcore_endpoint_url: Option<String>,
    /// A PEM file of the certificates to trust instead of Amazon's.
    pub ca_bundle: Option<String>,
    /// How many streams this process answers at once: 1, or more on Lambda Managed Instances.
    pub max_concurrency: usize,
}

impl Platform {
    /// Reads the variables through `get`; see [Lambda runtime environment variables].
    ///
    /// [Lambda runtime environment variables]: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    pub fn from_source(get: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let max_concurrency = match get(MAX_CONCURRENCY) {
            None => 1,
            Some(value) => match value.parse() {
                Ok(streams @ 1..=1000) => streams,
                _ => return Err(invalid(MAX_CONCURRENCY, &value, "1 to 1000")),
            },
        };
        let required = |name| get(name).ok_or(SettingsError::Missing { name });
        Ok(Self {
            runtime_api: required(RUNTIME_API)?,
            region: required(REGION)?,
            bedrock_endpoint_url: get(BEDROCK_ENDPOINT_URL).or_else(|| get(ENDPOINT_URL)),
            agentcore_endpoint_url: get(AGENTCORE_ENDPOINT_URL).or_else(|| get(ENDPOINT_URL)),
            ca_bundle: get(CA_BUNDLE),
            max_concurrency,
        })
    }
}
