//! What the relay needs to know before a stream begins.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::council::Council;
use crate::settings::TraceLevel;

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// How long the client may get nothing before it gets a keep-alive.
    pub keep_alive: Duration,
    /// How long the agent may be silent before the answer fails.
    pub idle_timeout: Duration,
    /// When the answer must have ended; some local runtimes do not say.
    pub deadline: Option<Instant>,
}

/// Ids that clients find in the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub session_id: String,
    pub request_id: String,
    pub agent_id: String,
}

/// The terms of one stream.
#[derive(Debug)]
pub struct Terms {
    pub identity: Identity,
    pub timing: Timing,
    pub council: Council,
    /// What the client may see.
    pub trace: TraceLevel,
    pub clock: fn() -> SystemTime,
}
