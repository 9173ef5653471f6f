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
const JWT_ACCESS_TOKENS_ONLY: &str = "GATEWAY_JWT_ACCESS_TOKENS_ONLY";
const JWT_REQUIRED_SCOPES: &str = "GATEWAY_JWT_REQUIRED_SCOPES";
const JWT_REQUIRED_GROUPS: &str = "GATEWAY_JWT_REQUIRED_GROUPS";
const JWT_PASSED_CLAIMS: &str = "GATEWAY_JWT_PASSED_CLAIMS";
const PASS_CALLER: &str = "GATEWAY_PASS_CALLER";
const ALLOWED_ATTRIBUTES: &str = "GATEWAY_ALLOWED_ATTRIBUTES";
const BODY_LIMIT_KB: &str = "GATEWAY_BODY_LIMIT_KB";
const TRACE: &str = "GATEWAY_TRACE";
const KEEP_ALIVE_SECONDS: &str = "GATEWAY_KEEP_ALIVE_SECONDS";
const IDLE_TIMEOUT_SECONDS: &str = "GATEWAY_IDLE_TIMEOUT_SECONDS";

/// The choices of the deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub agents: AgentsSettings,
    pub auth: Auth,
    /// Whether agents are told who asks.
    pub pass_caller: bool,
    /// The session attributes that callers may set.
    pub allowed_attributes: Vec<String>,
    /// The most bytes of a request's body.
    pub body_limit: usize,
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
    /// Callers send a token that keeps these rules.
    Jwt(TokenRules),
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

/// Which tokens are accepted, and what is read in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenRules {
    pub issuer: String,
    /// One of these has to be the token's audience (client id, where a token has no `aud`).
    pub audience: Vec<String>,
    /// Whether id tokens are refused.
    pub access_tokens_only: bool,
    /// All of these must be in the token.
    pub required_scopes: Vec<String>,
    /// One of these must be in the token, if there are any.
    pub required_groups: Vec<String>,
    /// The claims that agents are told besides issuer and subject.
    pub passed_claims: Vec<String>,
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
        let list = |name| get(name).map(|value| listed(&value)).unwrap_or_default();
        let flag = |name| match get(name).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(value) => Err(invalid(name, value, "true, false")),
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
            Some("jwt") => Auth::Jwt(TokenRules {
                issuer: required(JWT_ISSUER)?,
                audience: listed(&required(JWT_AUDIENCE)?),
                access_tokens_only: flag(JWT_ACCESS_TOKENS_ONLY)?,
                required_scopes: list(JWT_REQUIRED_SCOPES),
                required_groups: list(JWT_REQUIRED_GROUPS),
                passed_claims: list(JWT_PASSED_CLAIMS),
            }),
            Some("none") => Auth::None,
            Some(value) => return Err(invalid(AUTH, value, "iam, jwt, none")),
        };
        let trace = match get(TRACE).as_deref() {
            None | Some("summary") => TraceLevel::Summary,
            Some("off") => TraceLevel::Off,
            Some("full") => TraceLevel::Full,
            Some(value) => return Err(invalid(TRACE, value, "off, summary, full")),
        };
        let number =
            |name, default: u32, range: std::ops::RangeInclusive<u32>, allowed| match get(name) {
                None => Ok(default),
                Some(value) => match value.parse() {
                    Ok(number) if range.contains(&number) => Ok(number),
                    _ => Err(invalid(name, &value, allowed)),
                },
            };
        let seconds = |name, default, range, allowed| {
            number(name, default, range, allowed).map(|it| Duration::from_secs(it.into()))
        };
        let body_limit_kb = number(BODY_LIMIT_KB, 2048, 1..=6144, "1 to 6144")?;
        let pass_caller = flag(PASS_CALLER)?;
        let agents = AgentsSettings::from_json(&required(AGENTS)?);
        let agents = agents.and_then(|agents| agents.for_callers(pass_caller));
        Ok(Self {
            agents: agents.map_err(|message| SettingsError::Agents { message })?,
            auth,
            pass_caller,
            allowed_attributes: list(ALLOWED_ATTRIBUTES),
            body_limit: body_limit_kb as usize * 1024,
            trace,
            keep_alive: seconds(KEEP_ALIVE_SECONDS, 10, 1..=60, "1 to 60")?,
            idle_timeout: seconds(IDLE_TIMEOUT_SECONDS, 120, 5..=900, "5 to 900")?,
        })
    }
}

/// The values of a list, which are separated by commas.
fn listed(value: &str) -> Vec<String> {
    let values = value.split(',').map(str::trim);
    values
        .filter(|value| !value.is_empty())
        .map(ToOwned::to_owned)
        .collect()
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
        assert!(!settings.pass_caller);
        assert_eq!(settings.allowed_attributes, [""; 0]);
        assert_eq!(settings.body_limit, 2 * 1024 * 1024);
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
            (PASS_CALLER, "yes", "true, false"),
            (BODY_LIMIT_KB, "6145", "1 to 6144"),
            (KEEP_ALIVE_SECONDS, "0", "1 to 60"),
            (IDLE_TIMEOUT_SECONDS, "ten", "5 to 900"),
        ] {
            assert_eq!(
                settings(&[AGENT, (name, value)]).unwrap_err(),
                format!("the environment variable `{name}` is `{value}`; allowed: {allowed}")
            );
        }
    }

    #[test]
    fn lists_are_separated_by_commas() {
        let settings = settings(&[
            AGENT,
            (AUTH, "jwt"),
            (JWT_ISSUER, "https://i"),
            (JWT_AUDIENCE, "a, b,"),
            (JWT_REQUIRED_GROUPS, "staff"),
            (JWT_ACCESS_TOKENS_ONLY, "true"),
            (ALLOWED_ATTRIBUTES, "locale,plan"),
        ])
        .unwrap();

        let rules = TokenRules {
            issuer: "https://i".to_owned(),
            audience: vec!["a".to_owned(), "b".to_owned()],
            access_tokens_only: true,
            required_groups: vec!["staff".to_owned()],
            ..TokenRules::default()
        };
        assert_eq!(settings.auth, Auth::Jwt(rules));
        assert_eq!(settings.allowed_attributes, ["locale", "plan"]);
    }
}
