//! The stream to the client. Messages are collected into blocks, so that a flood of small ones costs
//! little; before a pause the block is sent, however short it is.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use tokio::sync::mpsc::Sender;

use crate::wire::event_stream::FrameError;

const BLOCK: usize = 16 * 1024;

/// Why the connection is broken at this point of the stream.
pub(super) type Closed = io::Error;

#[derive(Debug)]
pub(super) struct Wire {
    written: Mutex<BytesMut>,
    blocks: Sender<Result<Bytes, Closed>>,
}

/// The client has left: there is nobody to play for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the client has left")]
pub(super) struct Gone;

impl Wire {
    pub(super) fn new(blocks: Sender<Result<Bytes, Closed>>) -> Self {
        Self {
            written: Mutex::default(),
            blocks,
        }
    }

    fn lock(&self) -> MutexGuard<'_, BytesMut> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a message. A scenario's messages are far shorter than the format allows, so one that
    /// cannot be written breaks the connection instead of being left out.
    pub(super) async fn write(
        &self,
        message: impl FnOnce(&mut BytesMut) -> Result<(), FrameError>,
    ) -> Result<(), Gone> {
        let (result, length) = {
            let mut written = self.lock();
            (message(&mut written), written.len())
        };
        match result {
            Err(error) => self.close(io::Error::other(error)).await,
            Ok(()) if length >= BLOCK => self.flush().await,
            Ok(()) => Ok(()),
        }
    }

    pub(super) async fn flush(&self) -> Result<(), Gone> {
        let block = self.lock().split().freeze();
        if block.is_empty() {
            return Ok(());
        }
        self.blocks.send(Ok(block)).await.map_err(|_| Gone)
    }

    /// Sends what has been written, then breaks the connection.
    pub(super) async fn close(&self, reason: Closed) -> Result<(), Gone> {
        self.flush().await?;
        let _ = self.blocks.send(Err(reason)).await;
        Err(Gone)
    }

    /// Returns when the client has left.
    pub(super) async fn gone(&self) {
        self.blocks.closed().await;
    }
}
