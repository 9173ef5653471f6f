//! Signs of life: bytes of an answer that make no event keep it from being given up.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

/// When bytes of an answer last came, whatever they mean. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Pulse(Arc<Mutex<Option<Instant>>>);

impl Pulse {
    /// Bytes have come.
    pub fn beat(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// When it last beat.
    pub fn last(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// It is no part of what an agent is asked.
impl PartialEq for Pulse {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
