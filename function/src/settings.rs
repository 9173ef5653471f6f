//! Every environment variable that the function reads, named and checked.

pub mod agents;
mod error;
mod platform;

use std::time::Duration;

use agents::AgentsSettings;
pub use error::SettingsError;
use error::invalid;
pub use platform::Platform;

const AGENTS: &str = "GATEWAY_AGENTS";
const AUTH: &str = "GATEWAY_AUTH";
const ROLE_SESSIONS: &str = "GATEWAY_ROLE_SESSIONS";
const JWT_ISSUER: &str = "GATEWAY_JWT_ISSUER";
const JWT_AUDIENCE: &str = "GATEWAY_JWT_AUDIENCE";
const TRACE: &str = "GATEWAY_TRACE";
const KEEP_ALIVE_SECONDS: &str = "GATEWAY_KEEP_ALIVE_SECONDS";
const IDLE_TIMEOUT_SECONDS: &str = "GATEWAY_IDLE_TIMEOUT_SECONDS";

/// The choices of the deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub agents: AgentsSettings,
    pub auth: Auth,
    /// The most that a request may ask for.
    pub trace: TraceLevel,
    /// How long a client may get nothing before it gets a comment.
    pub keep_alive: Duration,
    /// How long the agent may be silent before it is given up.
    pub idle_timeout: Duration,
}

/// Who may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth {
    /// Callers sign with `SigV4`; the platform has checked the signature.
    Iam { role_sessions: RoleSessions },
    /// Callers send a token of this issuer for one of these audiences (client ids, where tokens have
    /// no `aud`).
    Jwt {
        issuer: String,
        audience: Vec<String>,
    },
    /// Anybody.
    None,
}

/// Whether the sessions of one role are one caller, where the role is no person's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RoleSessions {
    /// Whoever takes the role on is the same caller: a server's sessions come and go.
    #[default]
    Shared,
    /// A caller for each session name.
    Separate,
}

/// How much of the agent's trace a client sees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TraceLevel {
    Off,
    /// Agents, steps, tools, durations and tokens; never a prompt.
    #[default]
    Summary,
    /// Prompts, reasoning and the data of tools, too.
    Full,
}

impl TraceLevel {
    /// The name in requests and settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Summary => "summary",
            Self::Full => "full",
        }
    }
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
            // Closed to everybody but IAM callers unless the deployment says otherwise.
            None | Some("iam") => Auth::Iam {
                role_sessions: match get(ROLE_SESSIONS).as_deref() {
                    None | Some("shared") => RoleSessions::Shared,
                    Some("separate") => RoleSessions::Separate,
                    Some(value) => return Err(invalid(ROLE_SESSIONS, value, "shared, separate")),
                },
            },
            Some("jwt") => Auth::Jwt {
                issuer: required(JWT_ISSUER)?,
                audience: required(JWT_AUDIENCE)?
                    .split(',')
                    .map(|audience| audience.trim().to_owned())
                    .collect(),
            },
            Some("none") => Auth::None,
            Some(value) => return Err(invalid(AUTH, value, "iam, jwt, none")),
        };
        let trace = match get(TRACE).as_deref() {
            None | Some("summary") => TraceLevel::Summary,
            Some("off") => TraceLevel::Off,
            Some("full") => TraceLevel::Full,
            Some(value) => return Err(invalid(TRACE, value, "off, summary, full")),
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
            agents: AgentsSettings::from_json(&required(AGENTS)?)
                .map_err(|message| SettingsError::Agents { message })?,
            auth,
            trace,
            keep_alive: seconds(KEEP_ALIVE_SECONDS, 10, 1..=60, "1 to 60")?,
            idle_timeout: seconds(IDLE_TIMEOUT_SECONDS, 120, 5..=900, "5 to 900")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    const AGENT: (&str, &str) = (
        AGENTS,
        r#"{"default":"a","agents":{"a":{"type":"bedrock-agent","agentId":"A","agentAliasId":"B"}}}"#,
    );

    fn settings(values: &[(&str, &str)]) -> Result<Settings, String> {
        let values: HashMap<_, _> = values.iter().copied().collect();
        Settings::from_source(|name| values.get(name).map(ToString::to_string))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn an_agent_suffices_and_the_rest_is_closed_by_default() {
        let settings = settings(&[AGENT]).unwrap();

        let role_sessions = RoleSessions::Shared;
        assert_eq!(settings.auth, Auth::Iam { role_sessions });
        assert_eq!(settings.trace, TraceLevel::Summary);
        assert_eq!(settings.keep_alive, Duration::from_secs(10));
        assert_eq!(settings.idle_timeout, Duration::from_secs(120));
    }

    #[test]
    fn names_the_variable_that_is_missing() {
        for (values, missing) in [
            (vec![], AGENTS),
            (vec![AGENT, (AUTH, "jwt")], JWT_ISSUER),
            (
                vec![AGENT, (AUTH, "jwt"), (JWT_ISSUER, "https://i")],
                JWT_AUDIENCE,
            ),
        ] {
            assert_eq!(
                settings(&values).unwrap_err(),
                format!("the environment variable `{missing}` is not set")
            );
        }
    }

    #[test]
    fn refuses_a_value_it_does_not_know_and_says_what_is_allowed() {
        for (name, value, allowed) in [
            (AUTH, "public", "iam, jwt, none"),
            (TRACE, "everything", "off, summary, full"),
            (KEEP_ALIVE_SECONDS, "0", "1 to 60"),
            (IDLE_TIMEOUT_SECONDS, "ten", "5 to 900"),
        ] {
            assert_eq!(
                settings(&[AGENT, (name, value)]).unwrap_err(),
                format!("the environment variable `{name}` is `{value}`; allowed: {allowed}")
            );
        }
    }
}
