//! What a stream needs to know before it begins.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::council::Council;
use crate::settings::TraceLevel;

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Silence after which a `KeepAlive` is told.
    pub keep_alive: Duration,
    /// Silence of the agent after which the answer fails.
    pub idle_timeout: Duration,
    /// When the answer must have ended; unknown to some local runtimes.
    pub deadline: Option<Instant>,
}

/// Who is answered by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub session_id: String,
    pub request_id: String,
    pub agent_id: String,
}

/// What a stream needs to know.
#[derive(Debug)]
pub struct Terms {
    pub identity: Identity,
    pub timing: Timing,
    pub council: Council,
    /// What the client may see.
    pub trace: TraceLevel,
    pub clock: fn() -> SystemTime,
}
