//! Makes the deployment package: takes what this `provision` carries, or finds or builds the `bootstrap`
//! binary, makes sure that Lambda can run it, and packs it so that the same binary always gives the same bytes.

mod archive;
mod build;
mod cache;
pub mod edition;
mod elf;
mod hash;
pub mod source;
pub mod tool;

use std::path::{Path, PathBuf};

use archive::{ZIPPED_LIMIT, smallest_zip, zip};
pub use build::Profile;
pub use cache::PackageCache;
pub use elf::Unrunnable;
use zip::result::ZipError;

use crate::deployment::content::{Architecture, Package};
use crate::hint::Hint;

/// What Lambda takes unzipped, in bytes.
const UNZIPPED_LIMIT: u64 = 262_144_000;

/// The function's `bootstrap`, as a file.
#[derive(Debug, Clone)]
pub struct Binary {
    pub path: PathBuf,
    /// Whether this `provision` carries a function that could be taken instead: its user need not know how
    /// one is built.
    pub is_carried_too: bool,
}

/// The deployment package could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    #[error("could not read the binary `{}`", path.display())]
    UnreadableBinary {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the binary `{}` is not a file", path.display())]
    NoFile { path: PathBuf },
    #[error("Lambda cannot run `{}`", path.display())]
    Unrunnable {
        path: PathBuf,
        is_carried_too: bool,
        #[source]
        source: Unrunnable,
    },
    #[error("could not pack the binary `{}`", path.display())]
    Archive {
        path: PathBuf,
        #[source]
        source: ZipError,
    },
    #[error("`{}` has {bytes} bytes {what}, and Lambda takes at most {limit}", path.display())]
    TooLarge {
        path: PathBuf,
        /// `unzipped` or `zipped`.
        what: &'static str,
        bytes: u64,
        limit: u64,
    },
    #[error("could not start `{command}`")]
    Start {
        command: String,
        #[source]
        source: std::io::Error,
    },
    #[error("`{command}` failed ({status})")]
    Build {
        command: String,
        status: std::process::ExitStatus,
    },
    #[error("`{command}` succeeded, and named no binary `bootstrap`")]
    NoBinary { command: String },
    #[error("could not ask cargo about the workspace in `{}`", directory.display())]
    Metadata {
        directory: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("`--build` found no sources of the function in {}", listed(looked))]
    NoWorkspace { looked: Vec<PathBuf> },
    #[error("this `provision` was built in a clone, and carries no function to deploy")]
    Nowhere,
}

fn listed(directories: &[PathBuf]) -> String {
    let shown = directories.iter().map(|directory| {
        if directory == Path::new(".") {
            "this directory".to_owned()
        } else {
            format!("`{}`", directory.display())
        }
    });
    shown.collect::<Vec<_>>().join(" or ")
}

impl Hint for PackageError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::UnreadableBinary { .. } | Self::NoFile { .. } => Some(
                "give the path of the function's `bootstrap` with `--binary`, or leave it out"
                    .to_owned(),
            ),
            Self::Unrunnable {
                path: _,
                is_carried_too,
                source,
            } => Some(source.way_out(*is_carried_too)),
            Self::Archive { .. } => None,
            Self::TooLarge { .. } => Some(
                "give a release build without debug symbols (`strip = true` in the profile), or leave \
                 out `--binary`"
                    .to_owned(),
            ),
            Self::Start { .. } | Self::Metadata { .. } => {
                Some("install Rust from https://rustup.rs, or give a binary with `--binary`".to_owned())
            }
            Self::NoBinary { .. } => {
                Some("give the path of the function's `bootstrap` with `--binary`".to_owned())
            }
            Self::Build { .. } => Some("the compiler's messages are above".to_owned()),
            Self::NoWorkspace { .. } => Some(
                "run it inside a clone of the gateway's repository, or leave out `--build`".to_owned(),
            ),
            Self::Nowhere => Some(
                "add `--build`, which compiles the clone, or give a `bootstrap` with `--binary`; a released \
                 `provision` has the function inside"
                    .to_owned(),
            ),
        }
    }
}

/// Packs a binary that exists, once it is sure that Lambda can run it.
pub fn from_binary(
    binary: &Binary,
    architecture: Architecture,
    cache: &PackageCache,
) -> Result<Package, PackageError> {
    pack(
        binary,
        architecture,
        |binary| cache.zip(binary),
        for_lambda(architecture),
    )
}

/// The same in as few bytes as possible, which takes a quarter of a minute.
pub fn smallest_from_binary(
    binary: &Binary,
    architecture: Architecture,
) -> Result<Package, PackageError> {
    pack(binary, architecture, smallest_zip, for_lambda(architecture))
}

fn for_lambda(architecture: Architecture) -> impl Fn(&[u8]) -> Result<(), Unrunnable> {
    move |binary| {
        elf::check_machine(binary, architecture)?;
        elf::check_glibc(binary)
    }
}

/// Packs a binary that is to run on this machine, with this machine's C library. Nothing of it is kept: it is
/// large, and another one after each change.
pub fn from_local_binary(
    binary: &Binary,
    architecture: Architecture,
) -> Result<Package, PackageError> {
    pack(binary, architecture, zip, |binary| {
        elf::check_machine(binary, architecture)
    })
}

fn pack(
    Binary {
        path,
        is_carried_too,
    }: &Binary,
    architecture: Architecture,
    zip: impl Fn(&[u8]) -> Result<Vec<u8>, ZipError>,
    check: impl Fn(&[u8]) -> Result<(), Unrunnable>,
) -> Result<Package, PackageError> {
    let unreadable = |source| PackageError::UnreadableBinary {
        path: path.to_owned(),
        source,
    };
    let about = std::fs::metadata(path).map_err(unreadable)?;
    // A pipe says nothing of its size, and is waited for; a device may never end.
    if !about.is_file() {
        return Err(PackageError::NoFile {
            path: path.to_owned(),
        });
    }
    fits(path, "unzipped", about.len(), UNZIPPED_LIMIT)?;
    let binary = std::fs::read(path).map_err(unreadable)?;
    check(&binary).map_err(|source| PackageError::Unrunnable {
        path: path.to_owned(),
        is_carried_too: *is_carried_too,
        source,
    })?;
    let zip = zip(&binary).map_err(|source| PackageError::Archive {
        path: path.to_owned(),
        source,
    })?;
    fits(path, "zipped", zip.len() as u64, ZIPPED_LIMIT)?;
    Ok(Package {
        code_sha256: hash::code_sha256(&zip),
        zip: zip.into(),
        architecture,
        edition: None,
    })
}

/// Found out here, not after minutes of uploading.
fn fits(path: &Path, what: &'static str, bytes: u64, limit: u64) -> Result<(), PackageError> {
    if bytes <= limit {
        return Ok(());
    }
    Err(PackageError::TooLarge {
        path: path.to_owned(),
        what,
        bytes,
        limit,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lambda_does_not_take_is_refused_with_size_limit_and_a_way_out() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("bootstrap");
        // Sparse: it takes no room on the disk.
        let file = std::fs::File::create(&path).unwrap();
        file.set_len(UNZIPPED_LIMIT + 1).unwrap();
        let binary = Binary {
            path,
            is_carried_too: false,
        };

        let error =
            from_binary(&binary, Architecture::X86_64, &PackageCache::default()).unwrap_err();

        let message = error.to_string();
        assert!(
            message.ends_with("has 262144001 bytes unzipped, and Lambda takes at most 262144000"),
            "{message}"
        );
        assert!(
            error
                .hint()
                .is_some_and(|hint| hint.contains("strip = true"))
        );
    }

    #[test]
    fn the_zip_may_be_as_large_as_the_limit_and_no_larger() {
        let path = Path::new("bootstrap");
        assert!(fits(path, "zipped", ZIPPED_LIMIT, ZIPPED_LIMIT).is_ok());
        assert!(fits(path, "zipped", ZIPPED_LIMIT + 1, ZIPPED_LIMIT).is_err());
        // In base64 and with its settings it fits the 70,167,211 bytes of a request.
        assert!(ZIPPED_LIMIT.div_ceil(3) * 4 < 70_167_211);
    }
}
