//! The zip. Nothing in it depends on when or where it was made, so that its hash, which Lambda
//! reports as `CodeSha256`, tells whether the code changed.

use std::io::{Cursor, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// A zip with the one entry `bootstrap`, executable, dated 1980-01-01 (the oldest a zip can say).
pub(super) fn zip(binary: &[u8]) -> Result<Vec<u8>, ZipError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("bootstrap", options)?;
    writer.write_all(binary)?;
    Ok(writer.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_same_binary_gives_the_same_bytes() {
        let binary = b"bootstrap ".repeat(10_000);

        let digest = Sha256::digest(zip(&binary).unwrap());

        // A literal, so that a dependency that starts to pack differently is noticed: every
        // deployment would upload its code once more.
        insta::assert_snapshot!(STANDARD.encode(digest), @"6Hulu+QJPF0IFMZs/TPyXWpXjCuEDLfmYAaE4SBL2uE=");
    }

    #[test]
    fn holds_one_executable_entry_without_a_date() {
        let mut archive = zip::ZipArchive::new(Cursor::new(zip(b"content").unwrap())).unwrap();

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
