//! The last step of a release: the version shows behind the URL that it works, or goes back.

use super::apply::Apply;
use super::proof::Proof;
use super::switch::{SwitchError, Switched, keep};
use super::verify::{Question, Reached, verify};
use crate::commands::Context;
use crate::commands::error::CommandError;
use crate::terminal::printer::Printer;

/// Asks the deployment. `on_trial` is the version that has to show that it works, where there is one; it
/// is what `reached` reaches.
pub(crate) async fn prove(
    context: &Context,
    apply: &mut Apply<'_>,
    question: &Question,
    reached: &Reached<'_>,
    on_trial: Option<Switched>,
) -> Result<Option<Proof>, CommandError> {
    let failed = |error: SwitchError| CommandError::Switch(Box::new(error));
    match (verify(context, question, reached).await, on_trial) {
        (Ok(Some(proof)), on_trial) => {
            say(context.printer, reached.url, &proof);
            if let Some(on_trial) = on_trial {
                keep(&context.aws, &on_trial).await.map_err(failed)?;
            }
            Ok(Some(proof))
        }
        (Ok(None), _) => Ok(None),
        (Err(cause), Some(on_trial)) => Err(failed(apply.go_back(&on_trial, cause).await)),
        (Err(cause), None) => Err(failed(SwitchError::StillLive {
            version: reached.version.to_owned(),
            previous: None,
            cause,
        })),
    }
}

fn say(printer: Printer, url: &str, proof: &Proof) {
    printer.say(&format_args!("  {url} {proof}"));
}
