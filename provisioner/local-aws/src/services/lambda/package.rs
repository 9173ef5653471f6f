//! A deployment package: checked as AWS does when it is uploaded.

use std::fmt;
use std::io::Cursor;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use zip::ZipArchive;

use crate::wire::api_error::ApiError;

const ZIPPED_LIMIT: usize = 52_428_800;
const UNZIPPED_LIMIT: u64 = 262_144_000;

/// The zip of a function.
#[derive(Clone)]
pub(super) struct Package {
    pub(super) zip: Arc<[u8]>,
    /// Base64 of the SHA-256, Lambda's `CodeSha256`.
    pub(super) sha256: String,
}

impl Package {
    /// Reads the `ZipFile` of a request.
    pub(super) fn upload(base64: &str) -> Result<Self, ApiError> {
        // Refused before it is decoded.
        if decoded_length(base64) > ZIPPED_LIMIT {
            return Err(ApiError::too_large(
                "RequestEntityTooLargeException",
                format!("Zipped size must be smaller than {ZIPPED_LIMIT} bytes"),
            ));
        }
        let zip = STANDARD
            .decode(base64)
            .map_err(|error| ApiError::bad_request("SerializationException", error.to_string()))?;
        let unzipped = unzipped_size(&zip).ok_or_else(|| {
            ApiError::invalid_parameter_value(
                "Could not unzip uploaded file. Please check your file, then try to upload again.",
            )
        })?;
        if unzipped > UNZIPPED_LIMIT {
            return Err(ApiError::invalid_parameter_value(format!(
                "Unzipped size must be smaller than {UNZIPPED_LIMIT} bytes"
            )));
        }
        if unzipped == 0 {
            return Err(ApiError::invalid_parameter_value(
                "Uploaded file must be a non-empty zip",
            ));
        }
        Ok(Self {
            sha256: STANDARD.encode(Sha256::digest(&zip)),
            zip: zip.into(),
        })
    }
}

/// The length in bytes: four characters are three bytes, or fewer with padding.
fn decoded_length(base64: &str) -> usize {
    let padding = base64.bytes().rev().take_while(|it| *it == b'=').count();
    (base64.len() / 4 * 3).saturating_sub(padding)
}

fn unzipped_size(zip: &[u8]) -> Option<u64> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).ok()?;
    (0..archive.len())
        .map(|index| archive.by_index_raw(index).ok().map(|file| file.size()))
        .sum()
}

impl PartialEq for Package {
    fn eq(&self, other: &Self) -> bool {
        self.sha256 == other.sha256
    }
}

impl Eq for Package {}

/// Leaves out the bytes of the zip.
impl fmt::Debug for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Package")
            .field("bytes", &self.zip.len())
            .field("sha256", &self.sha256)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_has_a_largest_size() {
        // Two bytes in the last group, as the limit leaves over.
        let mut base64 = "A".repeat(ZIPPED_LIMIT / 3 * 4) + "AAA=";
        assert_eq!(decoded_length(&base64), ZIPPED_LIMIT);
        base64.truncate(base64.len() - 1);
        base64.push('A');

        assert_eq!(
            Package::upload(&base64).unwrap_err().code,
            "RequestEntityTooLargeException"
        );
    }
}
