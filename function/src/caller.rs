//! Who sent a request.

/// The owner of sessions and memories: no caller reaches those of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The deployment does not ask callers who they are.
    Anyone,
    /// A name that belongs to this caller alone.
    Known(String),
}
