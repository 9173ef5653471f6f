//! `completions`: a script with which a shell completes commands and flags.

use clap::CommandFactory as _;

use super::error::CommandError;
use crate::cli::{Cli, CompletionsArgs};
use crate::terminal::printer::Printer;

/// Prints the script; it needs no configuration and no account.
pub fn run(args: &CompletionsArgs, printer: Printer) -> Result<(), CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "provision", &mut script);
    let script = String::from_utf8_lossy(&script);
    printer.whole(&script).map_err(CommandError::Print)
}
