//! `completions`: a script with which a shell completes commands and flags.

use clap::Command;

use super::error::CommandError;
use crate::cli::{Cli, CompletionsArgs};
use crate::package::edition::Edition;
use crate::terminal::printer::Printer;

/// Prints the script; it needs no configuration and no account.
pub fn run(
    args: &CompletionsArgs,
    edition: &Edition,
    printer: Printer,
) -> Result<(), CommandError> {
    let mut command = shown(&Cli::of(edition));
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "provision", &mut script);
    let script = String::from_utf8_lossy(&script);
    printer.whole(&script).map_err(CommandError::Print)
}

/// What the help shows of a command: `clap_complete` would offer what is hidden as well.
fn shown(command: &Command) -> Command {
    // As clap wants them; there are a few, once.
    let leaked = |text: &str| -> &'static str { text.to_owned().leak() };
    let mut shown = Command::new(leaked(command.get_name()))
        .args(command.get_arguments().filter(|it| !it.is_hide_set()))
        .subcommands(
            command
                .get_subcommands()
                .filter(|it| !it.is_hide_set())
                .map(self::shown),
        );
    if let Some(about) = command.get_about() {
        shown = shown.about(about.clone());
    }
    if let Some(version) = command.get_version() {
        shown = shown.version(leaked(version));
    }
    shown
}
