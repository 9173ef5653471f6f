//! What the protocols of AWS look like: signatures, parameters, answers, errors, streams.

pub(crate) mod api_error;
pub(crate) mod event_stream;
pub(crate) mod page;
pub(crate) mod parameters;
pub(crate) mod query_protocol;
pub(crate) mod secret;
pub(crate) mod sigv4;
pub mod this_machine;
pub(crate) mod timestamp;
