//! .env.local, from which the web application learns the function URL. Only our variable's value
//! changes: comments, order, quotes and line ends of everything else stay as they are. Written as a
//! whole or not at all, and only when something changes.

pub(crate) mod text;

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

pub use text::{Edit, value};

use tempfile::NamedTempFile;

use crate::hint::{Complaint, Hint};

/// The variable that holds the function URL.
pub const VARIABLE: &str = "BEDROCK_GATEWAY_LAMBDA_URL";

/// The file as it was found, before anything is decided about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvFile {
    pub path: PathBuf,
    /// `None`: there is no such file.
    pub text: Option<String>,
    /// Whether another text can take its place.
    pub replaceable: Result<(), Complaint>,
}

/// Looks at the file, and changes nothing.
pub fn look(path: &Path) -> Result<EnvFile, Complaint> {
    Ok(EnvFile {
        path: path.to_owned(),
        text: read(path).map_err(|error| Complaint::of(&error))?,
        replaceable: check_writable(path).map_err(|error| Complaint::of(&error)),
    })
}

/// What became of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    Changed,
    Unchanged,
}

/// The file could not be read or replaced. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum EnvFileError {
    #[error("could not read `{}`", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{}` is read-only; it is as it was", path.display())]
    ReadOnly { path: PathBuf },
    #[error("could not write `{}`; it is as it was", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
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
            Self::ReadOnly { path } => format!("`chmod u+w {}`, or {without}", path.display()),
            Self::Write { path, .. } => {
                format!(
                    "allow writing to the directory of `{}`, or {without}",
                    path.display()
                )
            }
        })
    }
}

/// The value that the file gives the variable, if it does.
pub fn current(path: &Path) -> Result<Option<String>, EnvFileError> {
    Ok(read(path)?.and_then(|text| value(&text, VARIABLE)))
}

/// Makes sure that the file can be replaced, without doing so.
fn check_writable(path: &Path) -> Result<(), EnvFileError> {
    Replacement::prepare(path).map(drop)
}

/// Applies `edit` to our variable in the file at `path`, which is made if it is missing and needed.
pub fn update(path: &Path, edit: Edit<'_>) -> Result<Written, EnvFileError> {
    let before = read(path)?;
    let text = before.as_deref().unwrap_or_default();
    let after = text::edited(text, VARIABLE, edit);
    if after == text {
        return Ok(Written::Unchanged);
    }
    replace(path, &after)?;
    Ok(Written::Changed)
}

/// The file's text; `None` where there is no file.
fn read(path: &Path) -> Result<Option<String>, EnvFileError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(EnvFileError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

/// A temporary file beside it, flushed to disk, renamed over it: readers see the old text or the
/// new, never half of one, even if the machine stops in between.
fn replace(path: &Path, text: &str) -> Result<(), EnvFileError> {
    let failed = |source| write_error(path, source);
    let Replacement {
        target,
        directory,
        mode,
        mut temporary,
    } = Replacement::prepare(path)?;
    temporary.write_all(text.as_bytes()).map_err(failed)?;
    temporary.as_file().set_permissions(mode).map_err(failed)?;
    temporary.as_file().sync_all().map_err(failed)?;
    temporary
        .persist(&target)
        .map_err(|error| failed(error.error))?;
    // The rename itself is only safe on disk once the directory is.
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(failed)
}

/// Everything that it takes to replace a file, but the text.
struct Replacement {
    target: PathBuf,
    directory: PathBuf,
    mode: Permissions,
    /// Still empty, and gone if nobody makes use of it.
    temporary: NamedTempFile,
}

impl Replacement {
    fn prepare(path: &Path) -> Result<Self, EnvFileError> {
        let failed = |source| write_error(path, source);
        // A symbolic link stays one: what it points to is replaced.
        let target = target(path).map_err(failed)?;
        let mode = match fs::metadata(&target) {
            // Renaming over it would work, and would not be what the mode asks for.
            Ok(metadata) if metadata.permissions().readonly() => {
                return Err(EnvFileError::ReadOnly {
                    path: path.to_owned(),
                });
            }
            Ok(metadata) => metadata.permissions(),
            Err(error) if error.kind() == ErrorKind::NotFound => private(),
            Err(error) => return Err(failed(error)),
        };
        let directory = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let directory = directory.to_owned();
        let temporary = tempfile::Builder::new()
            .prefix(".env.")
            .tempfile_in(&directory)
            .map_err(failed)?;
        Ok(Self {
            target,
            directory,
            mode,
            temporary,
        })
    }
}

fn write_error(path: &Path, source: io::Error) -> EnvFileError {
    EnvFileError::Write {
        path: path.to_owned(),
        source,
    }
}

/// Where a chain of symbolic links ends, which may be a file that does not exist yet.
fn target(path: &Path) -> io::Result<PathBuf> {
    /// As many as Linux follows.
    const MOST_LINKS: usize = 40;

    let mut target = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&target) {
            Ok(next) => {
                target = target.parent().unwrap_or(Path::new("")).join(next);
            }
            // Not a link, or nothing there.
            Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::NotFound) => {
                return Ok(target);
            }
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// The file may come to hold secrets of others: only its owner reads it.
#[cfg(unix)]
fn private() -> Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o600)
}

#[cfg(test)]
mod tests;
