//! Makes sure that a deployment works: asks it, and says what is wrong where it does not. What was
//! observed is judged in `judge`, without I/O.

mod judge;
mod observe;
mod version;

pub(crate) use observe::{Target, explained, observe_url};
pub(crate) use version::probe_version;
