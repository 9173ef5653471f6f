//! Zips that were made before, in the user's cache directory: compressing the function takes 0.3 s, nearly
//! all of what a run takes that finds nothing to change.
//!
//! It is a cache and no state. An entry counts only if it holds exactly the binary, whoever has put it there,
//! and without a directory, or with one that is full or not writable, everything works as well.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use zip::result::ZipError;

use super::archive::{FINGERPRINT, ZIPPED_LIMIT, holds, zip};

/// The folder of this program.
const FOLDER: &str = "bedrock-gateway/packages";
/// How much is kept, in bytes; what is older goes.
const KEPT: u64 = 64 * 1024 * 1024;

/// Where the user's caches are.
#[derive(Debug, Clone, Default, Args)]
pub struct PackageCache {
    #[arg(
        long = "xdg-cache-home",
        global = true,
        hide = true,
        env = "XDG_CACHE_HOME"
    )]
    xdg_cache_home: Option<PathBuf>,
    #[arg(long = "home", global = true, hide = true, env = "HOME")]
    home: Option<PathBuf>,
}

impl PackageCache {
    /// The zip of `binary`: the one that was kept, or a new one, which is kept.
    pub(super) fn zip(&self, binary: &[u8]) -> Result<Vec<u8>, ZipError> {
        let Some(directory) = self.directory() else {
            return zip(binary);
        };
        let path = directory.join(name(binary));
        if let Some(kept) = read(&path).filter(|kept| holds(kept, binary)) {
            return Ok(kept);
        }
        let zip = zip(binary)?;
        // One that could not be kept is made again the next time.
        let _: io::Result<()> = keep(&directory, &path, &zip);
        Ok(zip)
    }

    /// By the XDG Base Directory Specification, which says to ignore a relative path.
    fn directory(&self) -> Option<PathBuf> {
        let home = || Some(self.home.as_ref()?.join(".cache"));
        let xdg = self.xdg_cache_home.clone();
        let caches = xdg.filter(|path| path.is_absolute()).or_else(home)?;
        caches.is_absolute().then(|| caches.join(FOLDER))
    }
}

/// Another binary and another way of packing have other names.
fn name(binary: &[u8]) -> String {
    let mut digest = Sha256::new();
    digest.update(FINGERPRINT);
    digest.update(binary);
    URL_SAFE_NO_PAD.encode(digest.finalize()) + ".zip"
}

/// Nothing for what is no file, or larger than any package: a foreign entry must not stop a run.
fn read(path: &Path) -> Option<Vec<u8>> {
    let about = fs::metadata(path).ok()?;
    if !about.is_file() || about.len() > ZIPPED_LIMIT {
        return None;
    }
    let mut kept = Vec::new();
    let file = File::open(path).ok()?;
    file.take(ZIPPED_LIMIT).read_to_end(&mut kept).ok()?;
    Some(kept)
}

/// Nobody else may read it, and nobody sees half of it.
fn keep(directory: &Path, path: &Path, zip: &[u8]) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(directory)?;
    let mut temporary = NamedTempFile::new_in(directory)?;
    temporary.write_all(zip)?;
    temporary.persist(path)?;
    forget_the_oldest(directory)
}

/// Removes what does not fit, also what a run that was killed has left.
fn forget_the_oldest(directory: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let about = entry.metadata()?;
        if about.is_file() {
            let written = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            files.push((written, about.len(), entry.path()));
        }
    }
    files.sort_by(|a, b| b.cmp(a));
    let mut kept = 0;
    for (_, bytes, path) in files {
        kept += bytes;
        if kept > KEPT {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::package::archive::{tests::stored, zip};

    const BINARY: &[u8] = b"bootstrap, bootstrap, bootstrap";

    fn cache(home: &Path) -> PackageCache {
        PackageCache {
            xdg_cache_home: Some(PathBuf::from("relative")),
            home: Some(home.to_owned()),
        }
    }

    fn entry(home: &Path) -> PathBuf {
        home.join(".cache").join(FOLDER).join(name(BINARY))
    }

    #[test]
    fn what_was_packed_before_is_not_packed_again() {
        let home = tempfile::tempdir().unwrap();
        let made = cache(home.path()).zip(BINARY).unwrap();
        assert_eq!(made, zip(BINARY).unwrap());
        assert_eq!(fs::read(entry(home.path())).unwrap(), made);

        // Packed otherwise, so that it shows where a zip comes from.
        let other = stored("bootstrap", BINARY);
        fs::write(entry(home.path()), &other).unwrap();
        assert_eq!(cache(home.path()).zip(BINARY).unwrap(), other);
    }

    #[test]
    fn an_entry_that_is_not_exactly_the_binary_is_replaced() {
        let home = tempfile::tempdir().unwrap();
        let made = cache(home.path()).zip(BINARY).unwrap();
        for foreign in [
            b"".to_vec(),
            b"garbage".to_vec(),
            made[..made.len() - 1].to_vec(),
            stored("bootstrap", b"another program"),
            stored("bootstrap", &BINARY[1..]),
            stored("bootstrap", &[BINARY, b"!"].concat()),
            stored("other", BINARY),
        ] {
            fs::write(entry(home.path()), &foreign).unwrap();
            assert_eq!(cache(home.path()).zip(BINARY).unwrap(), made);
            assert_eq!(fs::read(entry(home.path())).unwrap(), made);
        }
    }

    #[test]
    fn without_a_place_to_keep_it_a_zip_is_still_made() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(".cache"), "a file").unwrap();
        let made = zip(BINARY).unwrap();

        assert_eq!(cache(home.path()).zip(BINARY).unwrap(), made);
        assert_eq!(PackageCache::default().zip(BINARY).unwrap(), made);
        // A directory in the entry's place can be neither read nor replaced.
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(entry(home.path()).join("x")).unwrap();
        assert_eq!(cache(home.path()).zip(BINARY).unwrap(), made);
    }

    #[test]
    fn it_is_private_and_does_not_grow_without_end() {
        let home = tempfile::tempdir().unwrap();
        let entry = entry(home.path());
        let directory = entry.parent().unwrap();
        fs::create_dir_all(directory).unwrap();
        for number in 0..3 {
            let file = File::create(directory.join(format!("{number}.zip"))).unwrap();
            file.set_len(KEPT / 2).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        }
        cache(home.path()).zip(BINARY).unwrap();

        let left: u64 = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .sum();
        assert!(left <= KEPT, "{left}");
        let mode = fs::metadata(&entry).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
