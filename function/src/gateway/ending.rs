//! When an answer has to end, although its agent goes on or its reader has stopped reading.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// The time between our end and Lambda's, in which `error: deadline` still reaches the client.
const MARGIN: Duration = Duration::from_secs(5);

/// The last moments of one answer, in their order; Lambda ends the function after the last of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// The agent is given up, and the client is told so.
    pub planned: Instant,
    /// The connection to a reader who has not read the end by now is given up.
    pub delivered: Instant,
}

impl Ending {
    /// The ending before `deadline`; `None` for a deadline in the past, which some local runtimes send.
    pub fn before(deadline: SystemTime, now: SystemTime) -> Option<Self> {
        let remaining = deadline.duration_since(now).ok()?;
        let margin = MARGIN.min(remaining / 10);
        let end = Instant::now() + remaining;
        Some(Self {
            planned: end - margin,
            delivered: end - margin / 8,
        })
    }
}
