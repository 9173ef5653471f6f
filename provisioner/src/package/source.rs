//! Where the function comes from: the binary that was named, what this `provision` carries, or the compiler.

use std::path::{Path, PathBuf};

use super::build::{Profile, build};
use super::cache::PackageCache;
use super::edition::Edition;
use super::{Binary, PackageError, from_binary, from_local_binary, smallest_from_binary};
use crate::deployment::content::{Architecture, Package};

/// The workspace that `provision` itself was built in.
pub const OWN_WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Where the function's code comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file that was named.
    Binary(Binary),
    /// What this `provision` carries.
    Carried(Edition),
    /// The first of these directories that is in the function's workspace; it is compiled.
    Checkout(Vec<PathBuf>),
    /// None of these.
    Nowhere,
}

impl Source {
    /// `--binary` first, then `--build`, else what is carried. A release never looks where it was built: on
    /// another machine that directory is somebody else's.
    pub fn decide(binary: Option<&Path>, build: bool, edition: &Edition) -> Self {
        let is_released = edition.functions.is_some();
        match binary {
            Some(path) => Self::Binary(Binary {
                path: path.to_owned(),
                is_carried_too: is_released,
            }),
            None if build && is_released => Self::Checkout(vec![".".into()]),
            None if build => Self::Checkout(vec![".".into(), OWN_WORKSPACE.into()]),
            None if is_released => Self::Carried(*edition),
            None => Self::Nowhere,
        }
    }

    /// Somebody has to wait for a compiler.
    pub fn is_compiled(&self) -> bool {
        matches!(self, Self::Checkout(_))
    }

    /// The function for Lambda, or with `Profile::Dev` the one for this machine; compiled if need be.
    pub async fn find(
        &self,
        profile: Profile,
        architecture: Architecture,
    ) -> Result<Found, PackageError> {
        match self {
            Self::Binary(binary) => Ok(Found::Binary(binary.clone())),
            Self::Checkout(directories) => {
                let path = build(directories, profile, architecture).await?;
                Ok(Found::Binary(Binary {
                    path,
                    is_carried_too: false,
                }))
            }
            Self::Carried(edition) => {
                let carried = match profile {
                    Profile::Release => edition.for_lambda(architecture),
                    Profile::Dev => edition.for_this_machine(architecture),
                };
                carried.map(Found::Carried).ok_or(PackageError::Nowhere)
            }
            Self::Nowhere => Err(PackageError::Nowhere),
        }
    }
}

/// The function, as it was found.
#[derive(Debug, Clone)]
pub enum Found {
    /// A binary that is still to be looked at and packed.
    Binary(Binary),
    /// It is packed already.
    Carried(Package),
}

impl Found {
    /// The package for Lambda, or with `Profile::Dev` the one for this machine.
    pub fn package(
        self,
        profile: Profile,
        architecture: Architecture,
        cache: &PackageCache,
    ) -> Result<Package, PackageError> {
        match (self, profile) {
            (Self::Carried(package), _) => Ok(package),
            (Self::Binary(binary), Profile::Release) => from_binary(&binary, architecture, cache),
            (Self::Binary(binary), Profile::Dev) => from_local_binary(&binary, architecture),
        }
    }

    /// The package for Lambda in as few bytes as possible; what is packed already stays as it is.
    pub fn smallest_package(self, architecture: Architecture) -> Result<Package, PackageError> {
        match self {
            Self::Carried(package) => Ok(package),
            Self::Binary(binary) => smallest_from_binary(&binary, architecture),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::edition::Functions;

    fn edition(carries: bool) -> Edition {
        let functions = Functions {
            x86_64: b"",
            arm64: b"",
            local: None,
        };
        Edition {
            version: "1.2.3",
            commit: None,
            functions: carries.then_some(functions),
        }
    }

    fn decided(binary: Option<&str>, build: bool, carries: bool) -> String {
        let source = Source::decide(binary.map(Path::new), build, &edition(carries));
        match source {
            Source::Binary(binary) => binary.path.display().to_string(),
            Source::Carried(_) => "carried".to_owned(),
            Source::Checkout(directories) => format!("build in {}", directories.len()),
            Source::Nowhere => "nowhere".to_owned(),
        }
    }

    #[test]
    fn who_names_something_gets_it_and_a_release_needs_no_name() {
        assert_eq!(decided(Some("b"), false, true), "b");
        assert_eq!(decided(None, false, true), "carried");
        assert_eq!(decided(None, false, false), "nowhere");
        // A clone's own `provision` finds its clone from everywhere, a released one only where it stands.
        assert_eq!(decided(None, true, false), "build in 2");
        assert_eq!(decided(None, true, true), "build in 1");
    }
}
