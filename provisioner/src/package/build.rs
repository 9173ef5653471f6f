//! Builds the function: with cargo-lambda where it is installed, because it links against Lambda's
//! C library and cross-compiles; else with plain cargo for this machine, and the ELF check decides.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};

use serde::Deserialize;
use tokio::process::Command;

use super::PackageError;
use super::tool::tool;
use crate::deployment::content::Architecture;

/// How to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// What is deployed: small, for Amazon Linux.
    Release,
    /// What runs on this machine: quick to build.
    Dev,
}

/// What `cargo metadata` says, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<MetadataPackage>,
    target_directory: PathBuf,
    workspace_root: PathBuf,
}

#[derive(Debug, Deserialize)]
struct MetadataPackage {
    name: String,
}

/// Builds the package `gateway` of the first of `directories` that is in its workspace, and tells where the
/// binary is. The compiler's output goes to stderr.
pub(super) async fn build(
    directories: &[PathBuf],
    profile: Profile,
    architecture: Architecture,
) -> Result<PathBuf, PackageError> {
    let Metadata {
        packages: _,
        target_directory,
        workspace_root,
    } = workspace(directories).await?;
    match profile {
        Profile::Release if cargo_lambda_is_installed(&workspace_root).await => {
            let target = match architecture {
                Architecture::X86_64 => "--x86-64",
                Architecture::Arm64 => "--arm64",
            };
            // Said, because settings of its own may name another, and an older binary may lie here.
            let directory = target_directory.join("lambda");
            // Nothing is lost: cargo has told it as JSON.
            let lambda_dir = directory.to_string_lossy();
            let arguments = [
                "lambda",
                "build",
                "--release",
                "--locked",
                "-p",
                "gateway",
                target,
                "--lambda-dir",
                &lambda_dir,
            ];
            let (command, output) = cargo(&workspace_root, &arguments, Stdio::null()).await?;
            succeeded(command, output.status)?;
            Ok(directory.join("bootstrap/bootstrap"))
        }
        Profile::Release => {
            let arguments = ["build", "--release", "--locked", "-p", "gateway"];
            built(&workspace_root, &arguments).await
        }
        Profile::Dev => {
            // Not `-p gateway`: with features of its own it would compile what `provision` was built
            // with once more.
            let arguments = ["build", "--locked", "--bin", "bootstrap"];
            built(&workspace_root, &arguments).await
        }
    }
}

async fn workspace(directories: &[PathBuf]) -> Result<Metadata, PackageError> {
    for directory in directories {
        let found = metadata(directory).await?;
        let is_ours = |metadata: &Metadata| metadata.packages.iter().any(|p| p.name == "gateway");
        if let Some(metadata) = found.filter(is_ours) {
            return Ok(metadata);
        }
    }
    Err(PackageError::NoWorkspace {
        looked: directories.to_owned(),
    })
}

/// Nothing, if there is no workspace (or no such directory).
async fn metadata(directory: &Path) -> Result<Option<Metadata>, PackageError> {
    if !directory.is_dir() {
        return Ok(None);
    }
    let output = Command::from(tool("cargo"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(directory)
        .stdin(Stdio::null())
        .output()
        .await
        .map_err(|source| PackageError::Start {
            command: "cargo metadata".to_owned(),
            source,
        })?;
    if !output.status.success() {
        return Ok(None);
    }
    serde_json::from_slice(&output.stdout)
        .map(Some)
        .map_err(|source| PackageError::Metadata {
            directory: directory.to_owned(),
            source,
        })
}

async fn cargo_lambda_is_installed(directory: &Path) -> bool {
    Command::from(tool("cargo"))
        .args(["lambda", "--version"])
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await
        .is_ok_and(|status| status.success())
}

/// Builds with plain cargo, and gives the path of the function that cargo names. Where it lies depends on
/// `CARGO_BUILD_TARGET`, `build.target` and more, and an older one may lie elsewhere.
async fn built(directory: &Path, arguments: &[&str]) -> Result<PathBuf, PackageError> {
    let arguments = [arguments, &["--message-format", "json-render-diagnostics"]].concat();
    let (command, output) = cargo(directory, &arguments, Stdio::piped()).await?;
    let bootstrap = bootstrap_of(&output.stdout);
    succeeded(command.clone(), output.status)?;
    bootstrap.ok_or(PackageError::NoBinary { command })
}

/// One of cargo's messages, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Message {
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// The binary `bootstrap` among what cargo says that it has made, one message a line.
fn bootstrap_of(messages: &[u8]) -> Option<PathBuf> {
    let lines = messages.split(|byte| *byte == b'\n');
    let messages = lines.filter_map(|line| serde_json::from_slice::<Message>(line).ok());
    let is_ours = |target: &Target| {
        target.name == "bootstrap" && target.kind.iter().any(|kind| kind == "bin")
    };
    messages
        .filter(|message| message.target.as_ref().is_some_and(is_ours))
        .filter_map(|message| message.executable)
        .next_back()
}

/// The command in words, and how it went. cargo's messages for people are on stderr anyway.
async fn cargo(
    directory: &Path,
    arguments: &[&str],
    stdout: Stdio,
) -> Result<(String, Output), PackageError> {
    let command = format!("cargo {}", arguments.join(" "));
    let child = Command::from(tool("cargo"))
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(stdout)
        .kill_on_drop(true)
        .spawn();
    let output = match child {
        Ok(child) => child.wait_with_output().await,
        Err(error) => Err(error),
    };
    match output {
        Ok(output) => Ok((command, output)),
        Err(source) => Err(PackageError::Start { command, source }),
    }
}

fn succeeded(command: String, status: ExitStatus) -> Result<(), PackageError> {
    if status.success() {
        Ok(())
    } else {
        Err(PackageError::Build { command, status })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binary_is_where_cargo_says_and_no_other_of_the_same_name() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"gateway","kind":["lib"]},"executable":null}
{"reason":"compiler-artifact","target":{"name":"build-script-build","kind":["custom-build"]},"executable":"/t/build"}
{"reason":"compiler-artifact","target":{"name":"bootstrap","kind":["test"]},"executable":"/t/test"}
{"reason":"compiler-artifact","target":{"name":"bootstrap","kind":["bin"]},"executable":"/t/x86_64-unknown-linux-musl/release/bootstrap"}
what a build script says
{"reason":"build-finished","success":true}
"#;

        let found = bootstrap_of(messages.as_bytes());

        let expected = "/t/x86_64-unknown-linux-musl/release/bootstrap";
        assert_eq!(found, Some(PathBuf::from(expected)));
        assert_eq!(bootstrap_of(b""), None);
    }
}
