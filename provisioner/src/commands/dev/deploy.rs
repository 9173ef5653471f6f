//! `up`, as `dev` runs it.

use crate::cli::ProofArgs;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::up;
use crate::commands::up::{Options, UpOutcome};
use crate::config::Probe;
use crate::deployment::content::Package;

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
    Box::pin(up::deploy(context, Ok(package), &options)).await
}
