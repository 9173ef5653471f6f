//! Every environment variable the function reads, named and checked here.

use std::time::Duration;

const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";
const REGION: &str = "AWS_REGION";
const ENDPOINT_URL: &str = "AWS_ENDPOINT_URL";
const BEDROCK_ENDPOINT_URL: &str = "AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME";
const CA_BUNDLE: &str = "AWS_CA_BUNDLE";
const MAX_CONCURRENCY: &str = "AWS_LAMBDA_MAX_CONCURRENCY";
const AGENT_ID: &str = "GATEWAY_AGENT_ID";
const AGENT_ALIAS_ID: &str = "GATEWAY_AGENT_ALIAS_ID";
const AGENT_NAME: &str = "GATEWAY_AGENT_NAME";
const AUTH: &str = "GATEWAY_AUTH";
const TRACE: &str = "GATEWAY_TRACE";
const KEEP_ALIVE_SECONDS: &str = "GATEWAY_KEEP_ALIVE_SECONDS";
const IDLE_TIMEOUT_SECONDS: &str = "GATEWAY_IDLE_TIMEOUT_SECONDS";

/// What the deployment decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The agent to ask, as Bedrock names it.
    pub agent_id: String,
    pub agent_alias_id: String,
    /// How clients see the agent: the `agent` of its chunks, `SOLOMON` for the council.
    pub agent_name: String,
    pub auth: Auth,
    /// The most a request may ask for.
    pub trace: TraceLevel,
    /// Silence towards the client after which a comment is sent.
    pub keep_alive: Duration,
    /// Silence of the agent after which it is given up.
    pub idle_timeout: Duration,
}

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Callers sign with `SigV4`; the platform has checked the signature.
    Iam,
    /// Anybody.
    None,
}

/// How much of the agent's trace a client sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TraceLevel {
    /// Nothing.
    Off,
    /// Which agent, which step, how long, how many tokens; never a prompt.
    Summary,
}

impl TraceLevel {
    /// The name in requests and settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Summary => "summary",
        }
    }
}

/// A setting that is missing or malformed.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the environment variable `{name}` is not set")]
    Missing { name: &'static str },
    #[error("the environment variable `{name}` is `{value}`; allowed: {allowed}")]
    Invalid {
        name: &'static str,
        value: String,
        allowed: &'static str,
    },
}

impl Settings {
    /// Reads every setting through `get`: the environment in `main`, a map in tests.
    pub fn from_source(get: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let required = |name| {
            get(name)
                .filter(|value| !value.is_empty())
                .ok_or(SettingsError::Missing { name })
        };
        let auth = match get(AUTH).as_deref() {
            // Closed by default.
            None | Some("iam") => Auth::Iam,
            Some("none") => Auth::None,
            Some(value) => return Err(invalid(AUTH, value, "iam, none")),
        };
        let trace = match get(TRACE).as_deref() {
            None | Some("summary") => TraceLevel::Summary,
            Some("off") => TraceLevel::Off,
            Some(value) => return Err(invalid(TRACE, value, "off, summary")),
        };
        let seconds = |name, default, range: std::ops::RangeInclusive<u64>, allowed| match get(name)
        {
            None => Ok(Duration::from_secs(default)),
            Some(value) => match value.parse() {
                Ok(seconds) if range.contains(&seconds) => Ok(Duration::from_secs(seconds)),
                _ => Err(invalid(name, &value, allowed)),
            },
        };
        Ok(Self {
            agent_id: required(AGENT_ID)?,
            agent_alias_id: required(AGENT_ALIAS_ID)?,
            agent_name: get(AGENT_NAME)
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| "agent".to_owned()),
            auth,
            trace,
            keep_alive: seconds(KEEP_ALIVE_SECONDS, 10, 1..=60, "1 to 60")?,
            idle_timeout: seconds(IDLE_TIMEOUT_SECONDS, 120, 5..=900, "5 to 900")?,
        })
    }
}

/// What Lambda itself tells the process that it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// `host:port` of the Runtime API.
    pub runtime_api: String,
    pub region: String,
    /// Where the agent is instead of AWS, in the [variables of all SDKs].
    ///
    /// [variables of all SDKs]: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    pub endpoint_url: Option<String>,
    /// A PEM file of the certificates to trust instead of Amazon's.
    pub ca_bundle: Option<String>,
    /// Streams at once in this process: 1, or more on Lambda Managed Instances.
    pub max_concurrency: usize,
}

impl Platform {
    /// Reads what Lambda sets; see [Lambda runtime environment variables].
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
            endpoint_url: get(BEDROCK_ENDPOINT_URL).or_else(|| get(ENDPOINT_URL)),
            ca_bundle: get(CA_BUNDLE),
            max_concurrency,
        })
    }
}

fn invalid(name: &'static str, value: &str, allowed: &'static str) -> SettingsError {
    SettingsError::Invalid {
        name,
        value: value.to_owned(),
        allowed,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    const AGENT: [(&str, &str); 2] = [(AGENT_ID, "MAGICOUNCL"), (AGENT_ALIAS_ID, "LIVE")];

    fn settings(values: &[(&str, &str)]) -> Result<Settings, String> {
        let values: HashMap<_, _> = values.iter().copied().collect();
        Settings::from_source(|name| values.get(name).map(ToString::to_string))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn an_agent_suffices_and_the_rest_is_closed_by_default() {
        let settings = settings(&AGENT).unwrap();

        assert_eq!(settings.auth, Auth::Iam);
        assert_eq!(settings.trace, TraceLevel::Summary);
        assert_eq!(settings.keep_alive, Duration::from_secs(10));
        assert_eq!(settings.idle_timeout, Duration::from_secs(120));
    }

    #[test]
    fn names_the_variable_that_is_missing() {
        assert_eq!(
            settings(&AGENT[..1]).unwrap_err(),
            "the environment variable `GATEWAY_AGENT_ALIAS_ID` is not set"
        );
    }

    #[test]
    fn refuses_a_value_it_does_not_know_and_says_what_is_allowed() {
        for (name, value, allowed) in [
            (AUTH, "public", "iam, none"),
            (TRACE, "everything", "off, summary"),
            (KEEP_ALIVE_SECONDS, "0", "1 to 60"),
            (IDLE_TIMEOUT_SECONDS, "ten", "5 to 900"),
        ] {
            let [id, alias] = AGENT;
            assert_eq!(
                settings(&[id, alias, (name, value)]).unwrap_err(),
                format!("the environment variable `{name}` is `{value}`; allowed: {allowed}")
            );
        }
    }
}
