//! Carries out a plan, action by action, in its order. The only caller of writes; it decides
//! nothing, and stops at the first failure.

use std::time::Instant;

use crate::aws::write::Outcome;
use crate::aws::{Aws, AwsError};
use crate::error::Hint;
use crate::plan::{Action, Change};
use crate::printer::Printer;

/// What the changes led to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The address of the function URL, if it was made.
    pub url: Option<String>,
    /// The version that the alias points to, if it was moved.
    pub version: Option<String>,
}

/// A change failed; those before it are done.
#[derive(Debug, thiserror::Error)]
#[error("change {} of {total} failed: {action}", done + 1)]
pub struct ApplyError {
    pub done: usize,
    pub total: usize,
    /// The action's first line.
    pub action: String,
    #[source]
    pub source: Box<AwsError>,
}

impl Hint for ApplyError {
    fn hint(&self) -> Option<String> {
        let Self {
            done,
            total: _,
            action: _,
            source,
        } = self;
        let again = (*done > 0).then(|| {
            "then run the same command again: what is done stays done, and it goes on from there".to_owned()
        });
        let parts: Vec<String> = source.hint().into_iter().chain(again).collect();
        (!parts.is_empty()).then(|| parts.join(";\n      "))
    }
}

/// Carries out `actions`, and says so as it goes.
pub async fn apply(aws: &Aws, printer: Printer, actions: &[Action]) -> Result<Applied, ApplyError> {
    let mut applied = Applied::default();
    for (done, action) in actions.iter().enumerate() {
        let description = action.describe();
        let subject = description.subject();
        let started = Instant::now();
        let outcome = Box::pin(aws.carry_out(action))
            .await
            .map_err(|source| ApplyError {
                done,
                total: actions.len(),
                action: format!("{} {subject}", description.change),
                source: Box::new(source),
            })?;
        let result = match outcome {
            Outcome::Done => String::new(),
            Outcome::Released { version } => {
                let result = format!(" -> version {version}");
                applied.version = Some(version);
                result
            }
            Outcome::Url(url) => {
                applied.url = Some(url);
                String::new()
            }
        };
        let did = match description.change {
            Change::Create => "created",
            Change::Update => "updated",
            Change::Delete => "deleted",
        };
        let seconds = started.elapsed().as_secs_f32();
        printer.say(&format_args!("  {did} {subject}{result} ({seconds:.1} s)"));
    }
    Ok(applied)
}
