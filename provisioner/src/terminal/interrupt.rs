//! Ctrl-C, and a request to terminate as CI systems send it.

use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// Returns when somebody wants the process to end. From the first call on signals no longer end it by
/// themselves.
pub(crate) async fn interrupted() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result,
        _ = terminate.recv() => Ok(()),
    }
}
