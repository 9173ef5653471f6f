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

/// What is wrong with a variable that the SDK reads. It leaves out an endpoint that it does not understand, and the
/// requests would go to AWS.
pub(super) fn wrong() -> Option<String> {
    const ENDPOINT: &str = "AWS_ENDPOINT_URL";

    let value = std::env::var_os(ENDPOINT).filter(|value| !value.is_empty())?;
    let is_url = value
        .to_str()
        .is_some_and(|value| value.parse::<http::Uri>().is_ok());
    (!is_url).then(|| format!("{ENDPOINT} is not a URL: {}", value.display()))
}

fn is_unset(arg: &Arg) -> bool {
    let Some(value) = arg.get_env().and_then(std::env::var_os) else {
        return true;
    };
    let is_flag = matches!(arg.get_action(), ArgAction::SetTrue);
    let is_on = || FalseyValueParser::new().parse_ref(&Command::new(""), None, &value);
    value.is_empty() || (is_flag && is_on().is_ok_and(|on| !on))
}
