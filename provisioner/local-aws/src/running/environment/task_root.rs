//! Unpacks a deployment package, once for all environments that run it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zip::ZipArchive;
use zip::result::ZipError;

/// Lambda's quota for an unzipped deployment package.
const LARGEST: u64 = 250 * 1024 * 1024;

/// Why there is nothing to run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnpackError {
    #[error("the deployment package cannot be read: {0}")]
    Read(#[source] ZipError),
    #[error("the deployment package unpacks to more than {LARGEST} bytes")]
    TooLarge,
    #[error("the deployment package cannot be written below `{}`: {source}", at.display())]
    Write { at: PathBuf, source: io::Error },
    #[error("the task that unpacks the deployment package broke off")]
    Interrupted,
}

/// The directory that a function sees as `LAMBDA_TASK_ROOT`.
pub(super) async fn task_root(
    scratch_dir: &Path,
    code: Arc<[u8]>,
    code_sha256: &str,
) -> Result<PathBuf, UnpackError> {
    // Base64 has a character that no file name may have.
    let name = code_sha256.replace('/', "_");
    let scratch_dir = scratch_dir.to_owned();
    let unpacking = tokio::task::spawn_blocking(move || unpack_once(&scratch_dir, &name, &code));
    unpacking.await.unwrap_or(Err(UnpackError::Interrupted))
}

fn unpack_once(scratch_dir: &Path, name: &str, code: &[u8]) -> Result<PathBuf, UnpackError> {
    let root = scratch_dir.join(name);
    if root.is_dir() {
        return Ok(root);
    }
    let failed = |source| UnpackError::Write {
        at: scratch_dir.to_owned(),
        source,
    };
    fs::create_dir_all(scratch_dir).map_err(failed)?;
    let unpacked = tempfile::Builder::new()
        .prefix("unpacking-")
        .tempdir_in(scratch_dir)
        .map_err(failed)?;
    // The program that a function's package is run as may be another user's on AWS; here the
    // directory is as private as the temporary one it is made from.
    unpack(code, unpacked.path())?;
    match fs::rename(unpacked.path(), &root) {
        // An environment that started at the same time was faster: theirs is the same.
        Err(_) if root.is_dir() => Ok(root),
        Err(source) => Err(failed(source)),
        Ok(()) => Ok(root),
    }
}

fn unpack(code: &[u8], into: &Path) -> Result<(), UnpackError> {
    let mut archive = ZipArchive::new(io::Cursor::new(code)).map_err(UnpackError::Read)?;
    let declared = archive.decompressed_size().unwrap_or_default();
    if declared > u128::from(LARGEST) {
        return Err(UnpackError::TooLarge);
    }
    // Refuses names that lead outside, and keeps the files' modes.
    archive.extract(into).map_err(UnpackError::Read)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;

    use zip::write::SimpleFileOptions;

    use super::*;

    fn package(name: &str, mode: u32) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().unix_permissions(mode);
        zip.start_file(name, options).unwrap();
        zip.write_all(b"#!/bin/sh\n").unwrap();
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn a_package_is_unpacked_once_with_its_modes() {
        let scratch = tempfile::tempdir().unwrap();

        let root = unpack_once(scratch.path(), "a", &package("bootstrap", 0o755)).unwrap();
        let mode = fs::metadata(root.join("bootstrap")).unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o755);

        // The second time the bytes are not even looked at.
        assert_eq!(unpack_once(scratch.path(), "a", b"").unwrap(), root);
        assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_name_that_leads_outside_is_refused() {
        let scratch = tempfile::tempdir().unwrap();

        let result = unpack_once(scratch.path(), "a", &package("../../escaped", 0o644));

        assert!(matches!(result, Err(UnpackError::Read(_))), "{result:?}");
        assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_no_zip_is_refused() {
        let scratch = tempfile::tempdir().unwrap();

        let result = unpack_once(scratch.path(), "a", b"no zip");

        assert!(matches!(result, Err(UnpackError::Read(_))), "{result:?}");
    }
}
