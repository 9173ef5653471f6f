//! The function's environment variables: what the settings say, as the function reads it.

use std::collections::BTreeMap;

use super::Config;
use super::agents::Agents;
use super::gateway_agents::written;
use super::jwt::Jwt;
use crate::deployment::access::{Auth, RoleSessions};
use crate::deployment::variables::{AGENTS_VARIABLE, AUTH_VARIABLE, PASS_CALLER_VARIABLE};

/// Whom a version with this environment lets in; `None` if it has no such variable, or an
/// unknown value in it.
pub(crate) fn auth_of(environment: &BTreeMap<String, String>) -> Option<Auth> {
    environment.get(AUTH_VARIABLE)?.parse().ok()
}

/// The function's variables: the user's, and ours.
pub(crate) fn environment(config: &Config, agents: &Agents) -> BTreeMap<String, String> {
    let mut own = vec![
        (AGENTS_VARIABLE, written(agents)),
        (AUTH_VARIABLE, config.auth.to_string()),
        ("GATEWAY_TRACE", config.trace.to_string()),
        (
            "GATEWAY_KEEP_ALIVE_SECONDS",
            config.keep_alive_seconds.to_string(),
        ),
        (
            "GATEWAY_IDLE_TIMEOUT_SECONDS",
            config.idle_timeout_seconds.to_string(),
        ),
    ];
    // What is not asked for is no variable: a deployment of before stays as it is.
    let mut own_if = |is_set: bool, key, value: String| {
        if is_set {
            own.push((key, value));
        }
    };
    let yes = || "true".to_owned();
    own_if(config.pass_caller, PASS_CALLER_VARIABLE, yes());
    let allowed = joined(&config.allowed_attributes);
    own_if(!allowed.is_empty(), "GATEWAY_ALLOWED_ATTRIBUTES", allowed);
    own_if(
        config.role_sessions == RoleSessions::Separate,
        "GATEWAY_ROLE_SESSIONS",
        config.role_sessions.to_string(),
    );
    if let Some(body_limit) = config.body_limit_kb {
        own_if(true, "GATEWAY_BODY_LIMIT_KB", body_limit.to_string());
    }
    if let Some(Jwt {
        issuer,
        audience,
        access_tokens_only,
        required_scopes,
        required_groups,
        pass_claims,
    }) = &config.jwt
    {
        own_if(true, "GATEWAY_JWT_ISSUER", issuer.to_string());
        own_if(true, "GATEWAY_JWT_AUDIENCE", joined(audience));
        own_if(*access_tokens_only, "GATEWAY_JWT_ACCESS_TOKENS_ONLY", yes());
        for (key, words) in [
            ("GATEWAY_JWT_REQUIRED_SCOPES", required_scopes),
            ("GATEWAY_JWT_REQUIRED_GROUPS", required_groups),
            ("GATEWAY_JWT_PASSED_CLAIMS", pass_claims),
        ] {
            own_if(!words.is_empty(), key, joined(words));
        }
    }
    let own = own.into_iter().map(|(key, value)| (key.to_owned(), value));
    config.environment.clone().into_iter().chain(own).collect()
}

/// Words as the function reads a list of them. None has a comma.
fn joined(words: &[impl ToString]) -> String {
    let words: Vec<_> = words.iter().map(ToString::to_string).collect();
    words.join(",")
}
