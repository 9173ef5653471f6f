//! `man`: the manual pages, one for the program and one for each command.

use clap::Command;
use clap_mangen::Man;

use super::error::CommandError;
use crate::cli::{Cli, ManArgs};
use crate::generate::files::{FilesError, write};
use crate::package::edition::Edition;

/// Writes `provision.1`, `provision-up.1` and so on; it needs no configuration and no account.
pub fn run(args: &ManArgs, edition: &Edition) -> Result<(), CommandError> {
    let mut program = Cli::of(edition).disable_help_subcommand(true);
    program.build();
    page(args, &program)?;
    for command in program.get_subcommands().filter(|it| !it.is_hide_set()) {
        page(args, command)?;
    }
    Ok(())
}

fn page(args: &ManArgs, command: &Command) -> Result<(), CommandError> {
    let man = Man::new(command.clone());
    let path = args.out.join(man.get_filename());
    let mut text = Vec::new();
    let rendered = man.render(&mut text);
    let failed = |source| FilesError::Write {
        path: path.clone(),
        source,
    };
    rendered.map_err(failed).map_err(CommandError::Files)?;
    write(&path, &text).map_err(CommandError::Files)
}
