//! The function's environment variables that are ours.

/// The prefix of the function's variables that are ours.
pub(crate) const OWN_VARIABLES: &str = "GATEWAY_";

/// The variables themselves. Their values are no secrets and may be shown, unlike those of variables
/// that somebody has given our prefix.
pub(crate) const SHOWN_VARIABLES: [&str; 15] = [
    AGENTS_VARIABLE,
    "GATEWAY_ALLOWED_ATTRIBUTES",
    AUTH_VARIABLE,
    "GATEWAY_BODY_LIMIT_KB",
    "GATEWAY_IDLE_TIMEOUT_SECONDS",
    "GATEWAY_JWT_ACCESS_TOKENS_ONLY",
    "GATEWAY_JWT_AUDIENCE",
    "GATEWAY_JWT_ISSUER",
    "GATEWAY_JWT_PASSED_CLAIMS",
    "GATEWAY_JWT_REQUIRED_GROUPS",
    "GATEWAY_JWT_REQUIRED_SCOPES",
    "GATEWAY_KEEP_ALIVE_SECONDS",
    PASS_CALLER_VARIABLE,
    "GATEWAY_ROLE_SESSIONS",
    "GATEWAY_TRACE",
];

/// The variable that says who may call.
pub(crate) const AUTH_VARIABLE: &str = "GATEWAY_AUTH";

/// The variable that names the agents.
pub(crate) const AGENTS_VARIABLE: &str = "GATEWAY_AGENTS";

/// The variable that says whether agents are told who calls.
pub(crate) const PASS_CALLER_VARIABLE: &str = "GATEWAY_PASS_CALLER";
