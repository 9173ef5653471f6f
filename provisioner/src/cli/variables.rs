//! Environment variables that say nothing are left out before clap sees them: it would refuse an empty
//! value, and count a flag's `false` as the flag.

use clap::builder::{FalseyValueParser, Resettable, TypedValueParser as _};
use clap::{Arg, ArgAction, Command};

/// `command`, in which only those arguments have a variable that is set to something.
pub(super) fn without_unset(command: Command) -> Command {
    command
        .mut_args(|arg| {
            if is_unset(&arg) {
                arg.env(Resettable::Reset)
            } else {
                arg
            }
        })
        .mut_subcommands(without_unset)
}

fn is_unset(arg: &Arg) -> bool {
    let Some(value) = arg.get_env().and_then(std::env::var_os) else {
        return true;
    };
    let is_flag = matches!(arg.get_action(), ArgAction::SetTrue);
    let is_on = || FalseyValueParser::new().parse_ref(&Command::new(""), None, &value);
    value.is_empty() || (is_flag && is_on().is_ok_and(|on| !on))
}
