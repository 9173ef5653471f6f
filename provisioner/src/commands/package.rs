//! `package`: makes the zip that `up` would upload, for those who let another tool upload it.

use std::path::Path;

use serde_json::json;

use super::error::CommandError;
use crate::cli::{GlobalArgs, PackageArgs};
use crate::config::{Config, Needs};
use crate::deployment::content::Package;
use crate::generate::files;
use crate::package::{PackageCache, Profile, build, from_binary};
use crate::terminal::printer::Printer;

/// The name that generated files know the package by.
const FILE: &str = "bootstrap.zip";

/// Prints `CodeSha256`, by which Lambda knows the code. The same binary gives the same zip.
pub async fn run(
    global: &GlobalArgs,
    args: &PackageArgs,
    printer: Printer,
) -> Result<(), CommandError> {
    let PackageArgs { binary, out } = args;
    // Only the architecture matters.
    let config = Config::load(&global.settings, Needs::Nothing).map_err(CommandError::Config)?;
    let architecture = config.architecture;
    let built;
    let binary = if let Some(path) = binary {
        path
    } else {
        printer.say(&"building the function");
        built = build(Path::new("."), Profile::Release, architecture)
            .await
            .map_err(CommandError::Package)?;
        &built
    };
    // It is asked for a zip, once: nothing to keep.
    let package = from_binary(binary, architecture, &PackageCache::default());
    let Package {
        zip,
        code_sha256,
        architecture,
        binary: _,
    } = package.map_err(CommandError::Package)?;
    let path = out.join(FILE);
    files::write(&path, &zip).map_err(CommandError::Files)?;
    printer.say(&format_args!(
        "{}: {} bytes for {architecture}",
        path.display(),
        zip.len()
    ));
    let result = json!({
        "path": path,
        "codeSha256": code_sha256,
        "architecture": architecture,
        "bytes": zip.len(),
    });
    printer
        .result(&result, &code_sha256)
        .map_err(CommandError::Print)
}
