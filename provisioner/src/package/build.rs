//! Builds the function: with cargo-lambda where it is installed, because it links against Lambda's
//! C library and cross-compiles; else with plain cargo for this machine, and the ELF check decides.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::Deserialize;
use tokio::process::Command;

use super::{PackageError, from_binary, from_local_binary};
use crate::deployment::content::Architecture;
use crate::deployment::content::Package;

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

/// Builds the package `gateway` of the first of `directories` that is in its workspace. The compiler's
/// output goes to stderr.
pub(super) async fn build(
    directories: &[PathBuf],
    profile: Profile,
    architecture: Architecture,
) -> Result<Package, PackageError> {
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
            let arguments = [
                "lambda",
                "build",
                "--release",
                "--locked",
                "-p",
                "gateway",
                target,
            ];
            cargo(&workspace_root, &arguments).await?;
            from_binary(
                &target_directory.join("lambda/bootstrap/bootstrap"),
                architecture,
            )
        }
        Profile::Release => {
            cargo(
                &workspace_root,
                &["build", "--release", "--locked", "-p", "gateway"],
            )
            .await?;
            from_binary(&target_directory.join("release/bootstrap"), architecture)
        }
        Profile::Dev => {
            // Not `-p gateway`: with features of its own it would compile what `provision` was built
            // with once more.
            cargo(
                &workspace_root,
                &["build", "--locked", "--bin", "bootstrap"],
            )
            .await?;
            from_local_binary(&target_directory.join("debug/bootstrap"), architecture)
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
