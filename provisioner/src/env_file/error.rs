//! What stands in the way of reading or replacing the file.

use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};

use super::kind::other_than_file;
use crate::hint::Hint;

/// The file could not be read or replaced. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum EnvFileError {
    #[error("could not read `{}`", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{}` is {what}, not a file; it is as it was", path.display())]
    NoFile { path: PathBuf, what: &'static str },
    #[error("`{}` is read-only; it is as it was", path.display())]
    ReadOnly { path: PathBuf },
    #[error("`{}` is mounted by itself, so that no other file can take its place; it is as it was", path.display())]
    Mounted { path: PathBuf },
    #[error("`{}` would be in `{}`, which is not there", path.display(), directory.display())]
    NoDirectory { path: PathBuf, directory: PathBuf },
    #[error("could not keep {what} of `{}`; it is as it was", path.display())]
    Keep {
        path: PathBuf,
        what: &'static str,
        #[source]
        source: io::Error,
    },
    #[error("could not write `{}`; it is as it was", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl EnvFileError {
    /// Password managers put a named pipe there; what it gives is not for the disk.
    pub(super) fn unless_file(path: &Path, kind: FileType) -> Result<(), Self> {
        match other_than_file(kind) {
            None => Ok(()),
            Some(what) => Err(Self::NoFile {
                path: path.to_owned(),
                what,
            }),
        }
    }
}

impl Hint for EnvFileError {
    fn hint(&self) -> Option<String> {
        let without = "leave the file alone with `--no-env-file`";
        Some(match self {
            Self::Read { path, .. } => {
                format!(
                    "make `{}` a readable text file in UTF-8, or {without}",
                    path.display()
                )
            }
            Self::NoFile { .. } => format!(
                "name a file with `env_file` in gateway.yaml, or {without}: `provision url` prints the URL"
            ),
            Self::ReadOnly { path } => format!("`chmod u+w {}`, or {without}", path.display()),
            Self::Mounted { .. } => format!(
                "mount the directory that it is in, name another file with `env_file` in gateway.yaml, or {without}"
            ),
            Self::NoDirectory { directory, .. } => format!(
                "`mkdir -p {}`, correct the link or `env_file` in gateway.yaml, or {without}",
                directory.display()
            ),
            Self::Keep { path, .. } => format!(
                "run it as the user to whom `{}` belongs, or {without}",
                path.display()
            ),
            Self::Write { path, .. } => {
                format!(
                    "allow writing to the directory of `{}`, or {without}",
                    path.display()
                )
            }
        })
    }
}
