//! `dev`: everything on this machine, on the embedded local AWS.

use crate::cli::{DevArgs, GlobalArgs};
use crate::error::CommandError;
use crate::printer::Printer;

/// Starts the local AWS and deploys to it.
#[expect(
    clippy::unused_async,
    reason = "the local AWS is not in this build yet"
)]
pub async fn run(
    _global: &GlobalArgs,
    _args: &DevArgs,
    _printer: Printer,
) -> Result<(), CommandError> {
    Err(CommandError::Unavailable("`dev` is not in this build"))
}
