//! The zip. Nothing in it depends on when or where it was made, so that its hash, which Lambda
//! reports as `CodeSha256`, tells whether the code changed.

use std::io::{Cursor, Read as _, Write};
use std::iter;

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// What one certain content is packed to, as its hash: the sign by which a way of packing is known. A test
/// holds it. When a dependency begins to pack differently, every deployment uploads its code once more.
pub(super) const FINGERPRINT: &str = "6Hulu+QJPF0IFMZs/TPyXWpXjCuEDLfmYAaE4SBL2uE=";

/// What Lambda takes in a request, in bytes.
pub(super) const ZIPPED_LIMIT: u64 = 52_428_800;
const NAME: &str = "bootstrap";
const EXECUTABLE: u32 = 0o755;

/// Compression levels of the crate: deflate's highest, and 5 rounds of Zopfli, which takes a quarter of a
/// minute for 3 % fewer bytes.
const USUAL: i64 = 9;
const SMALLEST: i64 = 14;

/// Zopfli divides what it is given at once into at most 15 blocks, each with codes of its own, which are too few
/// for a whole program: in pieces of this many bytes it is 1 % smaller. Matches still reach back over pieces.
const ZOPFLI_PIECE: usize = 256 << 10;

/// A zip with the one entry `bootstrap`, executable, dated 1980-01-01 (the oldest a zip can say).
pub(super) fn zip(binary: &[u8]) -> Result<Vec<u8>, ZipError> {
    compressed(iter::once(binary), USUAL)
}

/// The same in as few bytes as deflate can have: for a zip that is made once and loaded by many.
pub(super) fn smallest_zip(binary: &[u8]) -> Result<Vec<u8>, ZipError> {
    compressed(binary.chunks(ZOPFLI_PIECE), SMALLEST)
}

fn compressed<'a>(pieces: impl Iterator<Item = &'a [u8]>, level: i64) -> Result<Vec<u8>, ZipError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(level))
        // A buffer would cut the pieces anew.
        .with_zopfli_buffer(None)
        .last_modified_time(DateTime::default())
        .unix_permissions(EXECUTABLE);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file(NAME, options)?;
    for piece in pieces {
        writer.write_all(piece)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// Whether a zip of unknown origin holds `binary` and nothing else, as [`zip`] would have packed it.
pub(super) fn holds(zip: &[u8], binary: &[u8]) -> bool {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(zip)) else {
        return false;
    };
    let is_alone = archive.len() == 1;
    let Ok(entry) = archive.by_index(0) else {
        return false;
    };
    let is_executable = entry
        .unix_mode()
        .is_some_and(|mode| mode & 0o777 == EXECUTABLE);
    if !is_alone || !is_executable || entry.name() != NAME {
        return false;
    }
    // One byte more than there should be is enough to see that it is another.
    let mut content = Vec::with_capacity(binary.len() + 1);
    let read = entry
        .take(binary.len() as u64 + 1)
        .read_to_end(&mut content);
    read.is_ok() && content == binary
}

#[cfg(test)]
pub(super) mod tests {

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_same_binary_gives_the_same_bytes() {
        let binary = b"bootstrap ".repeat(10_000);

        let digest = Sha256::digest(zip(&binary).unwrap());

        assert_eq!(STANDARD.encode(digest), FINGERPRINT);
    }

    /// A zip with one executable that is not compressed.
    pub(crate) fn stored(name: &str, content: &[u8]) -> Vec<u8> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .unix_permissions(EXECUTABLE);
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file(name, options).unwrap();
        writer.write_all(content).unwrap();
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn the_smallest_zip_is_smaller_and_holds_the_same() {
        let binary: Vec<u8> = (0..20_000_u32)
            .flat_map(|number| (number * number / 7).to_le_bytes())
            .collect();

        let smallest = smallest_zip(&binary).unwrap();

        assert!(smallest.len() < zip(&binary).unwrap().len());
        assert!(holds(&smallest, &binary));
    }

    #[test]
    fn holds_one_executable_entry_without_a_date() {
        let mut archive = ZipArchive::new(Cursor::new(zip(b"content").unwrap())).unwrap();

        assert_eq!(archive.len(), 1);
        let mut entry = archive.by_index(0).unwrap();
        assert_eq!(entry.name(), "bootstrap");
        assert_eq!(entry.unix_mode(), Some(0o100_755));
        assert_eq!(entry.last_modified().map(|date| date.year()), Some(1980));
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        assert_eq!(content, b"content");
    }
}
