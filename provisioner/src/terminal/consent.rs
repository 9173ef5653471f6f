//! Asks the person at the terminal before anything is changed.

use super::printer::Printer;
use crate::commands::Context;
use crate::commands::error::CommandError;

/// Asks where there is somebody to be asked, and goes on where there is not: for changes that a later
/// run can take back.
pub(crate) fn confirm_unless_ci(
    context: &Context,
    yes: bool,
    question: &str,
) -> Result<(), CommandError> {
    confirm(context, yes || !context.interactive, question)
}

/// Makes sure that nobody deletes the wrong deployment: its name has to be typed.
pub(crate) fn confirm_by_name(context: &Context, yes: bool) -> Result<(), CommandError> {
    let name = context.config.name.to_string();
    let question = format!("Delete all this? Type the deployment's name, {name}: ");
    ask(context, yes, |printer| printer.ask(&question) == Some(name))
}

/// Makes sure that the changes shown are wanted.
pub(crate) fn confirm(context: &Context, yes: bool, question: &str) -> Result<(), CommandError> {
    ask(context, yes, |printer| printer.confirm(question))
}

fn ask(
    context: &Context,
    yes: bool,
    agrees: impl FnOnce(Printer) -> bool,
) -> Result<(), CommandError> {
    if yes {
        return Ok(());
    }
    if !context.interactive {
        return Err(CommandError::NoTerminal);
    }
    if agrees(context.printer) {
        Ok(())
    } else {
        Err(CommandError::NotConfirmed)
    }
}
