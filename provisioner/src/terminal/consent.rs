//! Asks the person at the terminal before anything is changed.

use super::printer::Printer;
use crate::hint::Hint;

/// Whom to ask, if anybody.
#[derive(Debug, Clone, Copy)]
pub struct Consent {
    pub printer: Printer,
    /// There is somebody at a terminal to ask.
    pub interactive: bool,
    /// Given beforehand, with `--yes`.
    pub yes: bool,
}

/// Nobody has agreed to the changes.
#[derive(Debug, thiserror::Error)]
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
    /// Asks where there is somebody to be asked, and goes on where there is not: for changes that a
    /// later run can take back.
    pub(crate) fn confirm_unless_ci(self, question: &str) -> Result<(), ConsentError> {
        let yes = self.yes || !self.interactive;
        Self { yes, ..self }.ask(|printer| printer.confirm(question))
    }

    /// Makes sure that nobody deletes the wrong deployment: its name has to be typed.
    pub(crate) fn confirm_by_name(self, name: &str) -> Result<(), ConsentError> {
        let question = format!("Delete all this? Type the deployment's name, {name}: ");
        self.ask(|printer| printer.ask(&question).as_deref() == Some(name))
    }

    fn ask(self, agrees: impl FnOnce(Printer) -> bool) -> Result<(), ConsentError> {
        if self.yes {
            Ok(())
        } else if !self.interactive {
            Err(ConsentError::NoTerminal)
        } else if agrees(self.printer) {
            Ok(())
        } else {
            Err(ConsentError::NotConfirmed)
        }
    }
}
