//! A request that is refused before any stream begins, as an HTTP error.

/// Why a request is refused: what the client reads and what the log may say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    /// For programs; a code never changes its meaning.
    pub code: &'static str,
    /// For people. It may quote the request, so it is never logged.
    pub message: String,
    /// For the log: which check failed.
    pub reason: Option<&'static str>,
    /// The methods that the path takes, for the header of a 405.
    pub allow: Option<&'static str>,
}

impl Refusal {
    /// A refusal without a reason for the log.
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            reason: None,
            allow: None,
        }
    }

    /// Adds the reason for the log.
    #[must_use]
    pub fn because(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// The `www-authenticate` header that RFC 6750, section 3 requires in a 401.
    pub fn challenge(&self) -> Option<&'static str> {
        match self.code {
            "invalid_token" => Some(r#"Bearer error="invalid_token""#),
            "insufficient_scope" => Some(r#"Bearer error="insufficient_scope""#),
            _ if self.status == 401 => Some("Bearer"),
            _ => None,
        }
    }
}
