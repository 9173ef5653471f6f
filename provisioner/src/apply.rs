//! Carries out a plan, action by action, in its order. The only caller of writes; it decides
//! nothing, and stops at the first failure.

use std::time::Instant;

use crate::aws::write::{Latest, Outcome, Published};
use crate::aws::{Aws, AwsError};
use crate::config::Probe;
use crate::error::Hint;
use crate::plan::Action;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::state::LiveFunction;
use crate::switch::{Switch, SwitchError, Switched, switch};

/// What the changes led to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The address of the function URL, if it was made.
    pub url: Option<String>,
    /// The alias, if it was moved.
    pub switched: Option<Switched>,
}

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub enum StepError {
    Aws(AwsError),
    Switch(SwitchError),
}

impl Hint for StepError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Aws(source) => source.hint(),
            Self::Switch(source) => source.hint(),
        }
    }
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
    pub source: Box<StepError>,
}

impl Hint for ApplyError {
    fn hint(&self) -> Option<String> {
        let Self {
            done,
            total: _,
            action: _,
            source,
        } = self;
        let goes_on = *done > 0 && matches!(**source, StepError::Aws(_));
        let again = goes_on.then(|| {
            "then run the same command again: what is done stays done, and it goes on from there".to_owned()
        });
        let parts: Vec<String> = source.hint().into_iter().chain(again).collect();
        (!parts.is_empty()).then(|| parts.join(";\n      "))
    }
}

/// Carries out `actions`, and says so as it goes. A new version is tried out before the alias moves,
/// unless `probe` is `none`. `function` is the function as it was found: if somebody else has changed
/// it since, nothing is built on that.
pub async fn apply(
    aws: &Aws,
    printer: Printer,
    actions: &[Action],
    function: Option<&LiveFunction>,
    probe: Probe,
) -> Result<Applied, ApplyError> {
    let mut applied = Applied::default();
    let mut latest = Latest::found(function);
    for (done, action) in actions.iter().enumerate() {
        let description = action.describe();
        let subject = description.subject();
        let started = Instant::now();
        let doing = format!("{} {subject}", description.change.doing());
        let progress = Progress::begin(&doing, aws.upload());
        let result = Box::pin(step(aws, action, probe, &mut latest, &mut applied)).await;
        drop(progress);
        let result = result.map_err(|source| ApplyError {
            done,
            total: actions.len(),
            action: format!("{} {subject}", description.change),
            source: Box::new(source),
        })?;
        let did = description.change.done();
        let seconds = started.elapsed().as_secs_f32();
        printer.say(&format_args!("  {did} {subject}{result} ({seconds:.1} s)"));
    }
    Ok(applied)
}

/// One action; returns what to add to its description.
async fn step(
    aws: &Aws,
    action: &Action,
    probe: Probe,
    latest: &mut Latest,
    applied: &mut Applied,
) -> Result<String, StepError> {
    let outcome = aws.carry_out(action, latest).await;
    let outcome = outcome.map_err(StepError::Aws)?;
    match (outcome, action) {
        (
            Outcome::Published(Published { version, content }),
            Action::Release {
                function,
                alias,
                code_sha256: _,
                from,
            },
        ) => {
            let before = from.as_ref().map(|from| from.version.clone());
            let to = Switch {
                function,
                alias,
                from: from.as_ref(),
                version: &version,
                latest: content.clone(),
                content,
                previous: before.filter(|before| *before != version),
            };
            let switched = switch(aws, probe, to).await.map_err(StepError::Switch)?;
            applied.switched = Some(switched);
            Ok(format!(" -> version {version}"))
        }
        (Outcome::Url(url), _) => {
            applied.url = Some(url);
            Ok(String::new())
        }
        (Outcome::Done | Outcome::Published(_), _) => Ok(String::new()),
    }
}
