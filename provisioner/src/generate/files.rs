//! Generated files on disk: compared, and written where they differ.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::{GeneratedFile, is_generated};
use crate::env_file::kind::other_than_file;
use crate::hint::Hint;

/// How a file on disk compares to what would be generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    Missing,
    /// Generated from other settings, or changed by hand since.
    Changed,
    /// Somebody wrote it: it does not say that it was generated.
    Foreign,
}

/// A file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("could not read `{}`", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("could not write `{}`", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("nothing was written: `{}` exists already, and was not generated", path.display())]
    Foreign { path: PathBuf },
    #[error("nothing was written: `{}` is {what}, not a file", path.display())]
    NoFile { path: PathBuf, what: &'static str },
}

impl Hint for FilesError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Read { .. } => Some("choose another `--out`, or allow reading there".to_owned()),
            Self::Write { .. } => Some("choose another `--out`, or allow writing there".to_owned()),
            Self::Foreign { .. } | Self::NoFile { .. } => {
                Some("move it away, or choose another directory with `--out`".to_owned())
            }
        }
    }
}

/// How the file below `directory` differs from what was generated, if it does.
pub fn difference(
    directory: &Path,
    file: &GeneratedFile,
) -> Result<Option<Difference>, FilesError> {
    let path = directory.join(&file.path);
    unless_file(&path)?;
    match fs::read(&path) {
        Ok(bytes) if bytes == file.text.as_bytes() => Ok(None),
        Ok(bytes) if is_generated(&String::from_utf8_lossy(&bytes)) => {
            Ok(Some(Difference::Changed))
        }
        Ok(_) => Ok(Some(Difference::Foreign)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Some(Difference::Missing)),
        Err(source) => Err(FilesError::Read { path, source }),
    }
}

/// Makes sure that what is at `path` is a file, if there is something. Whoever opens a named pipe waits for
/// somebody at its other end.
pub fn unless_file(path: &Path) -> Result<(), FilesError> {
    let what = fs::metadata(path).ok();
    match what.and_then(|found| other_than_file(found.file_type())) {
        None => Ok(()),
        Some(what) => Err(FilesError::NoFile {
            path: path.to_owned(),
            what,
        }),
    }
}

/// Writes a file, and makes the directories that it is in.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FilesError> {
    unless_file(path)?;
    let directory = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(directory)
        .and_then(|()| fs::write(path, bytes))
        .map_err(|source| FilesError::Write {
            path: path.to_owned(),
            source,
        })
}
