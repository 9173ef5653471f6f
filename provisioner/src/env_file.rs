//! .env.local, from which the web application learns the function URL. Only our variable's value
//! changes: comments, order, quotes and line ends of everything else stay as they are. Written as a
//! whole or not at all, and only when something changes.

mod error;
pub(crate) mod kind;
mod replacement;
pub(crate) mod text;

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

pub use error::EnvFileError;
pub use text::{Edit, value};

use replacement::Replacement;

use crate::hint::Complaint;

/// The variable that holds the function URL.
pub const VARIABLE: &str = "BEDROCK_GATEWAY_LAMBDA_URL";

/// The file as it was found, before anything is decided about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvFile {
    pub path: PathBuf,
    /// `None`: there is no such file.
    pub text: Option<String>,
    /// Hard links to the same file under other names. They keep the text that they have.
    pub other_names: u64,
    /// Whether another text can take its place.
    pub replaceable: Result<(), Complaint>,
}

/// Looks at the file, and changes nothing.
pub fn look(path: &Path) -> Result<EnvFile, Complaint> {
    Ok(EnvFile {
        path: path.to_owned(),
        text: read(path).map_err(|error| Complaint::of(&error))?,
        other_names: fs::metadata(path).map_or(0, |found| found.nlink().saturating_sub(1)),
        replaceable: check_writable(path).map_err(|error| Complaint::of(&error)),
    })
}

/// What became of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    Changed,
    Unchanged,
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

/// The file's text; `None` where there is no file. A named pipe would be waited for, and give what it has
/// only once.
fn read(path: &Path) -> Result<Option<String>, EnvFileError> {
    let failed = |source| EnvFileError::Read {
        path: path.to_owned(),
        source,
    };
    match fs::metadata(path) {
        Ok(metadata) => EnvFileError::unless_file(path, metadata.file_type())?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    }
    // Something else may have come in its place since.
    let without_waiting = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default();
    let mut file = OpenOptions::new()
        .read(true)
        .custom_flags(without_waiting)
        .open(path)
        .map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    EnvFileError::unless_file(path, metadata.file_type())?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(failed)?;
    Ok(Some(text))
}

/// Readers see the old text or the new, never half of one, even if the machine stops in between.
fn replace(path: &Path, text: &str) -> Result<(), EnvFileError> {
    Replacement::prepare(path)?.put(path, text)
}

#[cfg(test)]
mod tests;
