//! `up`, as `dev` runs it.

use std::future::ready;
use std::path::Path;

use crate::cli::{DevArgs, ProofArgs};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::up;
use crate::commands::up::{Options, UpOutcome};
use crate::config::Probe;
use crate::deployment::content::{Architecture, Package};
use crate::package::{Profile, build, from_local_binary};
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

/// The binary that was named, or a quick build.
pub(super) async fn package(
    args: &DevArgs,
    architecture: Architecture,
    printer: Printer,
) -> Result<Package, CommandError> {
    let built;
    let binary = if let Some(path) = &args.binary {
        path
    } else {
        printer.say(&"building the function (quick profile; `provision up` ships a small one)");
        built = build(Path::new("."), Profile::Dev, architecture)
            .await
            .map_err(CommandError::Package)?;
        &built
    };
    from_local_binary(binary, architecture).map_err(CommandError::Package)
}
