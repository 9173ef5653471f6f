//! Finds out how a job at GitHub comes by this `provision`: it was released, or git tells about its clone.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::generate::origin::{Origin, PACKAGE, public_address};
use crate::hint::Hint;
use crate::package::edition::Edition;
use crate::package::source::OWN_WORKSPACE;
use crate::package::tool::tool;
use crate::terminal::printer::Printer;

/// Nothing that a job could fetch.
#[derive(Debug, thiserror::Error)]
pub enum OriginError {
    #[error("a job at GitHub could not get this `provision`: it was built in `{}`, and {why}", clone.display())]
    Unfetchable { clone: PathBuf, why: String },
}

impl Hint for OriginError {
    fn hint(&self) -> Option<String> {
        Some(
            "push that clone to a public repository and make it the remote `origin`, or take a released \
             `provision`, which the workflow then installs from npm"
                .to_owned(),
        )
    }
}

/// Warns of what that commit does not have.
pub(super) fn origin(edition: &Edition, printer: Printer) -> Result<Origin, OriginError> {
    if edition.functions.is_some() {
        return Ok(Origin::Release {
            package: PACKAGE,
            version: edition.version.to_owned(),
        });
    }
    let clone = std::fs::canonicalize(OWN_WORKSPACE).unwrap_or_else(|_| OWN_WORKSPACE.into());
    let unfetchable = |why: String| OriginError::Unfetchable {
        clone: clone.clone(),
        why,
    };
    let ask = |arguments: &[&str]| git(&clone, arguments).map_err(unfetchable);
    let configured = git(&clone, &["config", "--get", "remote.origin.url"])
        .map_err(|_| unfetchable("that clone has no remote `origin`".to_owned()))?;
    // As git rewrites it for this user (`url.….insteadOf`).
    let remote = ask(&["ls-remote", "--get-url", &configured])?;
    let remote = public_address(&remote).ok_or_else(|| {
        unfetchable(format!(
            "its remote `{remote}` is a directory of this machine"
        ))
    })?;
    let commit = ask(&["rev-parse", "HEAD"])?;
    if ask(&["branch", "--remotes", "--contains", &commit])?.is_empty() {
        printer.warn(&format_args!(
            "commit {commit} is on no branch of {remote}, as far as this clone knows: push it first"
        ));
    }
    if !ask(&["status", "--porcelain", "--untracked-files=no"])?.is_empty() {
        printer.warn(&format_args!(
            "`{}` has changes that are not committed: the workflow builds without them",
            clone.display()
        ));
    }
    Ok(Origin::Clone { remote, commit })
}

/// What git prints, or why it does not.
fn git(clone: &Path, arguments: &[&str]) -> Result<String, String> {
    let command = format!("`git {}`", arguments.join(" "));
    let output = tool("git")
        .arg("-C")
        .arg(clone)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{command} did not start: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("{command} says: {}", said.trim()))
    }
}
