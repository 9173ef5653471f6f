//! Asks a function URL, and judges what was observed without I/O.

mod judge;
mod observe;

pub(super) use judge::message;
pub(super) use observe::observe_url;
