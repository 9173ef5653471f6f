//! Counts the bytes of a large request as they go out.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::terminal::progress::Upload;

/// Small enough for a bar that moves, large enough not to be in the way.
const PIECE: usize = 64 * 1024;
/// Smaller requests are gone before anybody could look.
const WORTH_A_BAR: usize = 256 * 1024;

/// The same body, which counts into `upload` if it is large.
pub(super) fn counted(body: SdkBody, upload: &Arc<Upload>) -> SdkBody {
    let Some(bytes) = body.bytes().filter(|bytes| bytes.len() >= WORTH_A_BAR) else {
        return body;
    };
    upload.begin(bytes.len() as u64);
    SdkBody::from_body_1_x(CountingBody {
        rest: Bytes::copy_from_slice(bytes),
        upload: Arc::clone(upload),
    })
}

#[derive(Debug)]
struct CountingBody {
    rest: Bytes,
    upload: Arc<Upload>,
}

impl Body for CountingBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(length);
        self.upload.advance(length as u64);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
