//! `package`: makes the zip that `up` would upload, for those who let another tool upload it.

use serde_json::json;

use super::error::CommandError;
use crate::cli::{CodeArgs, GlobalArgs, PackageArgs};
use crate::config::{Config, Needs};
use crate::deployment::content::Package;
use crate::generate::files;
use crate::package::edition::Edition;
use crate::package::source::Source;
use crate::package::{PackageCache, Profile};
use crate::terminal::printer::Printer;

/// The name that generated files know the package by.
const FILE: &str = "bootstrap.zip";

/// Prints `CodeSha256`, by which Lambda knows the code. The same binary gives the same zip.
pub async fn run(
    global: &GlobalArgs,
    args: &PackageArgs,
    edition: Edition,
    printer: Printer,
) -> Result<(), CommandError> {
    let PackageArgs {
        code: CodeArgs { binary, build },
        smallest,
        out,
    } = args;
    let path = out.join(FILE);
    // Told before minutes of compiling.
    files::unless_file(&path).map_err(CommandError::Files)?;
    let source = Source::decide(binary.as_deref(), *build, &edition);
    // Only the architecture matters.
    let config = Config::load(&global.settings, Needs::Nothing).map_err(CommandError::Config)?;
    let architecture = config.architecture;
    if source.is_compiled() {
        printer.say(&"building the function");
    }
    let found = source.find(Profile::Release, architecture).await;
    let package = found.and_then(|it| {
        if *smallest {
            it.smallest_package(architecture)
        } else {
            // It is asked for a zip, once: nothing to keep.
            it.package(Profile::Release, architecture, &PackageCache::default())
        }
    });
    let Package {
        zip,
        code_sha256,
        architecture,
        edition,
    } = package.map_err(CommandError::Package)?;
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
        "release": edition,
    });
    printer
        .result(&result, &code_sha256)
        .map_err(CommandError::Print)
}
