//! The hash by which Lambda knows code.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The base64 of a zip's SHA-256: what Lambda answers as `CodeSha256`.
pub(super) fn code_sha256(zip: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(zip))
}
