//! The function's environment variables: what the settings say, as the function reads it.

use std::collections::BTreeMap;

use super::Config;
use super::agents::Agents;
use super::gateway_agents::written;
use super::jwt::{Audience, Jwt};
use crate::deployment::access::{Auth, RoleSessions};
use crate::deployment::variables::{AGENTS_VARIABLE, AUTH_VARIABLE};

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
    if let Some(Jwt { issuer, audience }) = &config.jwt {
        let audience: Vec<&str> = audience.iter().map(Audience::as_str).collect();
        own.push(("GATEWAY_JWT_ISSUER", issuer.to_string()));
        own.push(("GATEWAY_JWT_AUDIENCE", audience.join(",")));
    }
    // Left out otherwise, so that nobody's deployment changes.
    if config.role_sessions == RoleSessions::Separate {
        own.push(("GATEWAY_ROLE_SESSIONS", config.role_sessions.to_string()));
    }
    let own = own.into_iter().map(|(key, value)| (key.to_owned(), value));
    config.environment.clone().into_iter().chain(own).collect()
}
