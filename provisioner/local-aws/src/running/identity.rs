//! The identifiers of an invocation: in its function's context, in the log, in the answer's headers.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

/// One invocation's identifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) request_id: String,
    pub(crate) trace_id: TraceId,
}

impl Identity {
    /// Made up here, as Lambda does for its own API.
    pub(crate) fn new() -> Self {
        Self {
            request_id: Uuid::new_v4().to_string(),
            trace_id: TraceId::new(SystemTime::now(), Uuid::new_v4()),
        }
    }
}

/// X-Ray's root: `1-<seconds in hexadecimal>-<96 random bits>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TraceId(String);

impl TraceId {
    pub(crate) fn new(now: SystemTime, random: Uuid) -> Self {
        let seconds = now
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let random = random.simple().to_string();
        Self(format!("1-{seconds:08x}-{}", &random[..24]))
    }

    /// The header as a function gets it.
    pub(crate) fn for_function(&self, parent: Uuid) -> String {
        let parent = parent.simple().to_string();
        format!("Root={};Parent={};Sampled=0", self.0, &parent[..16])
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_trace_id_is_made_as_x_ray_does() {
        let id = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        let trace = TraceId::new(UNIX_EPOCH + Duration::from_secs(0x6a12_3456), id);

        assert_eq!(trace.to_string(), "1-6a123456-0123456789abcdef01234567");
        assert_eq!(
            trace.for_function(id),
            "Root=1-6a123456-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0"
        );
    }
}
