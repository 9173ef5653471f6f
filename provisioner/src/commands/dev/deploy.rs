//! `up`, as `dev` runs it.

use std::future::ready;

use crate::cli::ProofArgs;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::up;
use crate::commands::up::{Options, UpOutcome};
use crate::config::Probe;
use crate::deployment::content::{Architecture, Package};
use crate::package::source::Source;
use crate::package::{PackageCache, Profile};
use crate::terminal::printer::Printer;

/// Deploys to the local AWS with the very code of `up`.
pub(super) async fn deploy(context: &Context, package: Package) -> Result<UpOutcome, CommandError> {
    let options = Options {
        yes: true,
        strict: false,
        adopt: false,
        // They are scripted, or of an account that the local AWS does not know.
        check_agents: false,
        env_file: false,
        proof: ProofArgs {
            probe: Some(Probe::None),
            token: None,
        },
    };
    Box::pin(up::deploy(context, ready(Ok(package)), &options)).await
}

/// The function for this machine: the binary that was named, what is carried, or a quick build.
pub(super) async fn package(
    source: &Source,
    architecture: Architecture,
    printer: Printer,
) -> Result<Package, CommandError> {
    if source.is_compiled() {
        printer.say(&"building the function (quick profile; `provision up` ships a small one)");
    }
    let found = source.find(Profile::Dev, architecture).await;
    // It is large, and another one after each change: nothing to keep.
    let cache = PackageCache::default();
    let package = found.and_then(|it| it.package(Profile::Dev, architecture, &cache));
    package.map_err(CommandError::Package)
}
