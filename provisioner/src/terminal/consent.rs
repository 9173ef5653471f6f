//! Asks the person at the terminal before anything is changed.

use super::printer::Printer;
use crate::hint::Hint;

/// How somebody is asked, if there is somebody to ask.
#[derive(Debug, Clone, Copy)]
pub struct Consent {
    pub printer: Printer,
    /// There is somebody at a terminal.
    pub interactive: bool,
    /// They have agreed already, with `--yes`.
    pub yes: bool,
}

/// Nobody has agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConsentError {
    #[error(
        "nothing was changed: this needs a confirmation, and there is no terminal to ask on, or it runs in CI"
    )]
    NoTerminal,
    #[error("nothing was changed: not confirmed")]
    NotConfirmed,
}

impl Hint for ConsentError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::NoTerminal => Some("look at the changes above, then add `--yes`".to_owned()),
            Self::NotConfirmed => None,
        }
    }
}

impl Consent {
    /// For changes that a later run can take back: where there is nobody to ask, they are made.
    pub(crate) fn ask_unless_ci(self, question: &str) -> Result<(), ConsentError> {
        if !self.interactive {
            return Ok(());
        }
        self.agreed(|printer| printer.confirm(question))
    }

    /// For a deletion: the deployment's name has to be typed, so that nobody deletes the wrong one.
    pub(crate) fn ask_for_name(self, name: &str) -> Result<(), ConsentError> {
        let question = format!("Delete all this? Type the deployment's name, {name}: ");
        self.agreed(|printer| printer.ask(&question).as_deref() == Some(name))
    }

    fn agreed(self, agrees: impl FnOnce(Printer) -> bool) -> Result<(), ConsentError> {
        if self.yes {
            return Ok(());
        }
        if !self.interactive {
            return Err(ConsentError::NoTerminal);
        }
        if agrees(self.printer) {
            Ok(())
        } else {
            Err(ConsentError::NotConfirmed)
        }
    }
}
