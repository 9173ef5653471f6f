//! This `provision` as it was built: by a release, with the function inside, or in a clone.

use std::fmt;

use super::hash::code_sha256;
use crate::deployment::content::{Architecture, Package};
use crate::deployment::state::Live;

/// What `main` knows of this program. It is decided when it is built.
#[derive(Debug, Clone, Copy)]
pub struct Edition {
    pub version: &'static str,
    /// What it was built from; a build by hand does not know it.
    pub commit: Option<&'static str>,
    /// What a release carries, and a build in a clone does not.
    pub functions: Option<Functions>,
}

/// The function as zips: the very ones that are deployed.
#[derive(Clone, Copy)]
pub struct Functions {
    pub x86_64: &'static [u8],
    pub arm64: &'static [u8],
    /// For `dev`, where this machine cannot run what Lambda runs.
    pub local: Option<&'static [u8]>,
}

impl Edition {
    /// The carried function for Lambda.
    pub(super) fn for_lambda(&self, architecture: Architecture) -> Option<Package> {
        let functions = self.functions.as_ref()?;
        Some(self.package(functions.zip(architecture), architecture))
    }

    /// The carried function for this machine, which is of `architecture`.
    pub(super) fn for_this_machine(&self, architecture: Architecture) -> Option<Package> {
        let functions = self.functions.as_ref()?;
        let zip = functions.local.unwrap_or(functions.zip(architecture));
        Some(self.package(zip, architecture))
    }

    fn package(&self, zip: &'static [u8], architecture: Architecture) -> Package {
        Package {
            zip: zip.into(),
            code_sha256: code_sha256(zip),
            architecture,
            edition: Some(self.version.to_owned()),
        }
    }

    /// The version of the released `provision` whose function callers reach; nothing if it is of none.
    pub fn live(&self, live: &Live) -> Option<String> {
        let ours = live
            .alias
            .as_ref()
            .and_then(|it| self.carries(&it.code.sha256));
        let told = || live.live_version()?.edition.clone();
        ours.map(str::to_owned).or_else(told)
    }

    /// The version of the released `provision` that carries this code, if it is this one.
    fn carries(&self, code_sha256: &str) -> Option<&'static str> {
        let functions = self.functions.as_ref()?;
        let is_ours = |architecture| self::code_sha256(functions.zip(architecture)) == code_sha256;
        let known = [Architecture::X86_64, Architecture::Arm64];
        known.into_iter().any(is_ours).then_some(self.version)
    }
}

impl Functions {
    fn zip(&self, architecture: Architecture) -> &'static [u8] {
        match architecture {
            Architecture::X86_64 => self.x86_64,
            Architecture::Arm64 => self.arm64,
        }
    }
}

/// What `provision --version` prints behind the program's name.
impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            version,
            commit,
            functions,
        } = self;
        f.write_str(version)?;
        if let Some(commit) = commit {
            write!(f, " (commit {commit})")?;
        }
        let Some(functions) = functions else {
            return f.write_str("\nit carries no function: `--build` compiles one in a clone");
        };
        for architecture in [Architecture::X86_64, Architecture::Arm64] {
            let hash = code_sha256(functions.zip(architecture));
            write!(f, "\nfunction for {architecture}: CodeSha256 {hash}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            x86_64,
            arm64,
            local,
        } = self;
        f.debug_struct("Functions")
            .field("x86_64", &format_args!("{} bytes", x86_64.len()))
            .field("arm64", &format_args!("{} bytes", arm64.len()))
            .field("local", &local.map(<[u8]>::len))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RELEASED: Edition = Edition {
        version: "1.2.3",
        commit: Some("abc"),
        functions: Some(Functions {
            x86_64: b"x",
            arm64: b"a",
            local: None,
        }),
    };

    #[test]
    fn says_what_it_carries_and_knows_it_again() {
        insta::assert_snapshot!(RELEASED, @r"
        1.2.3 (commit abc)
        function for x86_64: CodeSha256 LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=
        function for arm64: CodeSha256 ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=
        ");
        let arm = RELEASED.for_lambda(Architecture::Arm64).unwrap();
        assert_eq!(RELEASED.carries(&arm.code_sha256), Some("1.2.3"));
        assert_eq!(RELEASED.carries("another"), None);
    }

    #[test]
    fn what_runs_here_may_be_another_program_than_what_runs_on_lambda() {
        let functions = RELEASED.functions.map(|it| Functions {
            local: Some(b"here"),
            ..it
        });
        let there = Edition {
            functions,
            ..RELEASED
        };

        let here = there.for_this_machine(Architecture::Arm64).unwrap();

        assert_eq!(*here.zip, *b"here");
        let here = RELEASED.for_this_machine(Architecture::Arm64).unwrap();
        assert_eq!(*here.zip, *b"a");
    }
}
