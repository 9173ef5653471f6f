//! Builds the function: with cargo-lambda where it is installed, because it links against Lambda's
//! C library and cross-compiles; else with plain cargo for this machine, and the ELF check decides.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::Deserialize;
use tokio::process::Command;

use super::PackageError;
use crate::deployment::content::Architecture;

/// The workspace that `provision` itself was built in.
const OWN_WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

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

/// Builds the package `gateway` of the workspace around `directory`, or else of the one that
/// `provision` was built in, and tells where the binary is. The compiler's output goes to stderr.
pub async fn build(
    directory: &Path,
    profile: Profile,
    architecture: Architecture,
) -> Result<PathBuf, PackageError> {
    let Metadata {
        packages: _,
        target_directory,
        workspace_root,
    } = workspace(directory).await?;
    let (arguments, binary) = match profile {
        Profile::Release if cargo_lambda_is_installed(&workspace_root).await => {
            let target = match architecture {
                Architecture::X86_64 => "--x86-64",
                Architecture::Arm64 => "--arm64",
            };
            let arguments = vec![
                "lambda",
                "build",
                "--release",
                "--locked",
                "-p",
                "gateway",
                target,
            ];
            (arguments, "lambda/bootstrap/bootstrap")
        }
        Profile::Release => (
            vec!["build", "--release", "--locked", "-p", "gateway"],
            "release/bootstrap",
        ),
        // Not `-p gateway`: with features of its own it would compile what `provision` was built with
        // once more.
        Profile::Dev => (
            vec!["build", "--locked", "--bin", "bootstrap"],
            "debug/bootstrap",
        ),
    };
    cargo(&workspace_root, &arguments).await?;
    Ok(target_directory.join(binary))
}

/// Where the function's source is; nothing where `provision` was installed without it.
pub fn function_source() -> Option<PathBuf> {
    [Path::new("."), Path::new(OWN_WORKSPACE)]
        .into_iter()
        .map(|directory| directory.join("function/src"))
        .find(|source| source.join("main.rs").is_file())
}

async fn workspace(directory: &Path) -> Result<Metadata, PackageError> {
    for directory in [directory, Path::new(OWN_WORKSPACE)] {
        let found = metadata(directory).await?;
        let is_ours = |metadata: &Metadata| metadata.packages.iter().any(|p| p.name == "gateway");
        if let Some(metadata) = found.filter(is_ours) {
            return Ok(metadata);
        }
    }
    Err(PackageError::NoWorkspace)
}

/// Nothing, if there is no workspace (or no such directory).
async fn metadata(directory: &Path) -> Result<Option<Metadata>, PackageError> {
    if !directory.is_dir() {
        return Ok(None);
    }
    let output = Command::new("cargo")
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
    Command::new("cargo")
        .args(["lambda", "--version"])
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await
        .is_ok_and(|status| status.success())
}

async fn cargo(directory: &Path, arguments: &[&str]) -> Result<(), PackageError> {
    let command = format!("cargo {}", arguments.join(" "));
    let status = Command::new("cargo")
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::null())
        // stdout is for our own result; the compiler's messages are on stderr anyway.
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .status()
        .await
        .map_err(|source| PackageError::Start {
            command: command.clone(),
            source,
        })?;
    if status.success() {
        Ok(())
    } else {
        Err(PackageError::Build { command, status })
    }
}
