//! `up`, as `dev` runs it.

use std::future::ready;
use std::path::Path;

use crate::cli::ProofArgs;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::up;
use crate::commands::up::{Options, UpOutcome};
use crate::config::Probe;
use crate::deployment::content::{Architecture, Package};
use crate::package::{Profile, build, from_local_binary};

/// The package of `binary`, or of what is built now, for this machine.
pub(super) async fn package(
    binary: Option<&Path>,
    architecture: Architecture,
) -> Result<Package, CommandError> {
    let built;
    let binary = if let Some(path) = binary {
        path
    } else {
        built = build(Path::new("."), Profile::Dev, architecture)
            .await
            .map_err(CommandError::Package)?;
        &built
    };
    from_local_binary(binary, architecture).map_err(CommandError::Package)
}

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
