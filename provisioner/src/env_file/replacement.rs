//! A file that takes the place of another: beside it, with everything that is not its text, and renamed
//! over it in the end. What can fail is done before there is a text.

use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::XattrFlags;
use tempfile::NamedTempFile;

use super::error::EnvFileError;

/// Everything that it takes to replace a file, but the text.
pub(super) struct Replacement {
    target: PathBuf,
    directory: PathBuf,
    /// Still empty, and gone if nobody makes use of it.
    temporary: NamedTempFile,
}

impl Replacement {
    /// For the file at `path`, which may not exist. Changes nothing.
    pub(super) fn prepare(path: &Path) -> Result<Self, EnvFileError> {
        let failed = |source| EnvFileError::Write {
            path: path.to_owned(),
            source,
        };
        // A symbolic link stays one: what it points to is replaced.
        let target = target(path).map_err(failed)?;
        let before = match fs::metadata(&target) {
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        if let Some(metadata) = &before {
            check_replaceable(path, &target, metadata)?;
        }
        let directory = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let directory = directory.to_owned();
        if before.is_none() && !directory.exists() {
            let path = path.to_owned();
            return Err(EnvFileError::NoDirectory { path, directory });
        }
        // Nobody but its owner reads it, which is what a new file stays at: it may come to hold secrets.
        let temporary = tempfile::Builder::new()
            .prefix(".env.")
            .permissions(Permissions::from_mode(0o600))
            .tempfile_in(&directory)
            .map_err(failed)?;
        if let Some(metadata) = before {
            dress(path, &target, &metadata, temporary.as_file())?;
        }
        Ok(Self {
            target,
            directory,
            temporary,
        })
    }

    /// Writes the text, flushed to disk, and puts the file in the place of the one at `path`.
    pub(super) fn put(self, path: &Path, text: &str) -> Result<(), EnvFileError> {
        let failed = |source| EnvFileError::Write {
            path: path.to_owned(),
            source,
        };
        let Self {
            target,
            directory,
            mut temporary,
        } = self;
        temporary.write_all(text.as_bytes()).map_err(failed)?;
        match temporary.as_file().sync_all() {
            Err(error) if !is_unsupported(&error) => return Err(failed(error)),
            _ => {}
        }
        temporary
            .persist(&target)
            .map_err(|error| failed(error.error))?;
        // The rename outlives a power cut once the directory is on disk, too. Not every file system can do
        // that, and the new text is there in any case.
        drop(File::open(directory).and_then(|directory| directory.sync_all()));
        Ok(())
    }
}

/// Whether a rename would put something in this file's place, and may.
fn check_replaceable(path: &Path, target: &Path, metadata: &Metadata) -> Result<(), EnvFileError> {
    EnvFileError::unless_file(path, metadata.file_type())?;
    // Renaming over it would work, and would not be what the mode asks for.
    if metadata.permissions().readonly() {
        return Err(EnvFileError::ReadOnly {
            path: path.to_owned(),
        });
    }
    check_attributes(path, target)
}

/// What the file system says of the file, beyond its mode: that nobody changes it, and that it is mounted
/// by itself, as containers do with single files. Another file cannot take the place of such a one.
#[cfg(target_os = "linux")]
fn check_attributes(path: &Path, target: &Path) -> Result<(), EnvFileError> {
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};

    let path = path.to_owned();
    let seen = statx(CWD, target, AtFlags::empty(), StatxFlags::BASIC_STATS);
    let attributes = seen.map_or(StatxAttributes::empty(), |seen| seen.stx_attributes);
    if attributes.intersects(StatxAttributes::IMMUTABLE | StatxAttributes::APPEND) {
        return Err(EnvFileError::ReadOnly { path });
    }
    if attributes.contains(StatxAttributes::MOUNT_ROOT) {
        return Err(EnvFileError::Mounted { path });
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn check_attributes(_path: &Path, _target: &Path) -> Result<(), EnvFileError> {
    Ok(())
}

/// Gives `file` the owner, the mode and the attributes, access lists among them, of the one before.
fn dress(path: &Path, target: &Path, before: &Metadata, file: &File) -> Result<(), EnvFileError> {
    let failed = |what| {
        move |source| EnvFileError::Keep {
            path: path.to_owned(),
            what,
            source,
        }
    };
    let now = file.metadata().map_err(failed("the owner"))?;
    let changed = |before: u32, now: u32| (before != now).then_some(before);
    let (owner, group) = (
        changed(before.uid(), now.uid()),
        changed(before.gid(), now.gid()),
    );
    if owner.is_some() || group.is_some() {
        fchown(file, owner, group).map_err(failed("the owner"))?;
    }
    // After the owner, whose change takes bits away; before the access lists, of which the mode is a part.
    file.set_permissions(before.permissions())
        .map_err(failed("the mode"))?;
    keep_attributes(target, file).map_err(failed("the extended attributes"))
}

fn keep_attributes(target: &Path, file: &File) -> io::Result<()> {
    /// As large as Linux lets a list of names or a value be.
    const MOST: usize = 65_536;

    let mut names = vec![0; MOST];
    let length = match rustix::fs::listxattr(target, &mut names[..]) {
        Ok(length) => length,
        Err(error) if is_unsupported(&error.into()) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    names.truncate(length);
    let mut value = vec![0; MOST];
    let mut there = vec![0; MOST];
    for name in names
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
    {
        let length = rustix::fs::getxattr(target, name, &mut value[..])?;
        let value = value.get(..length).unwrap_or_default();
        // A label that new files get anyway may not be set by everybody.
        let same = rustix::fs::fgetxattr(file, name, &mut there[..])
            .is_ok_and(|length| there.get(..length) == Some(value));
        if !same {
            rustix::fs::fsetxattr(file, name, value, XattrFlags::empty())?;
        }
    }
    Ok(())
}

fn is_unsupported(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Unsupported | ErrorKind::InvalidInput
    )
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
