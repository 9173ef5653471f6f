//! How fast a streamed answer may flow: a burst at full speed, then a constant rate.

use std::time::{Duration, Instant};

/// The most a streamed answer may hold.
pub(crate) const LONGEST_STREAM: u64 = 200 * 1024 * 1024;

/// What one streamed answer may use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bandwidth {
    /// Bytes that flow at full speed.
    pub(crate) burst: u32,
    /// Bytes a second after that.
    pub(crate) rate: u32,
}

impl Bandwidth {
    /// Lambda's own: the first 6 MB of an answer at full speed, the rest at 2 MB a second.
    pub(crate) const LAMBDA: Self = Self {
        burst: 6 * 1024 * 1024,
        rate: 2 * 1024 * 1024,
    };
}

/// The state of one answer.
#[derive(Debug)]
pub(super) struct TokenBucket {
    bandwidth: Bandwidth,
    /// Below zero when a chunk larger than what was left has been let through on credit.
    tokens: f64,
    filled: Instant,
}

impl TokenBucket {
    pub(super) fn new(bandwidth: Bandwidth, now: Instant) -> Self {
        Self {
            bandwidth,
            tokens: bandwidth.burst.into(),
            filled: now,
        }
    }

    /// Takes what a chunk needs, and tells how long to hold the chunk back.
    pub(super) fn take(&mut self, bytes: usize, now: Instant) -> Duration {
        let rate = f64::from(self.bandwidth.rate);
        let gained = now.duration_since(self.filled).as_secs_f64() * rate;
        self.filled = now;
        // A chunk is at most as long as a request's buffer: far below 2^52.
        #[expect(
            clippy::cast_precision_loss,
            reason = "a chunk is far shorter than 2^52 bytes"
        )]
        let needed = bytes as f64;
        self.tokens = (self.tokens + gained).min(self.bandwidth.burst.into()) - needed;
        // An impossible rate of zero gives no finite time: hold nothing back.
        Duration::try_from_secs_f64(-self.tokens / rate).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1024 * 1024;

    #[test]
    fn a_burst_flows_then_the_rate_holds() {
        let start = Instant::now();
        let mut bucket = TokenBucket::new(Bandwidth::LAMBDA, start);

        assert_eq!(bucket.take(6 * MIB, start), Duration::ZERO);
        assert_eq!(bucket.take(MIB, start), Duration::from_millis(500));
        let later = start + Duration::from_millis(500);
        assert_eq!(bucket.take(2 * MIB, later), Duration::from_secs(1));
    }

    #[test]
    fn silence_earns_at_most_one_burst() {
        let start = Instant::now();
        let mut bucket = TokenBucket::new(Bandwidth::LAMBDA, start);
        let later = start + Duration::from_hours(1);

        assert_eq!(bucket.take(6 * MIB, later), Duration::ZERO);
        assert_eq!(bucket.take(2 * MIB, later), Duration::from_secs(1));
    }

    #[test]
    fn a_rate_of_zero_does_not_panic() {
        let bandwidth = Bandwidth { burst: 1, rate: 0 };
        let mut bucket = TokenBucket::new(bandwidth, Instant::now());

        assert_eq!(bucket.take(MIB, Instant::now()), Duration::ZERO);
    }
}
