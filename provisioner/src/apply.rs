//! Carries out a plan, action by action, in its order. The only caller of writes; it decides
//! nothing, and stops at the first failure, or when somebody else turns out to be deploying.

use std::time::Instant;

use crate::aws::write::{Latest, Outcome, Published};
use crate::aws::{Aws, AwsError};
use crate::config::Probe;
use crate::error::Hint;
use crate::plan::Action;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::state::{LiveFunction, Names};
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

impl StepError {
    /// Somebody else was faster.
    fn is_overtaken(&self) -> bool {
        match self {
            Self::Aws(error) | Self::Switch(SwitchError::Alias(error)) => error.is_overtaken(),
            Self::Switch(_) => false,
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

impl ApplyError {
    /// Somebody else was faster.
    pub(crate) fn is_overtaken(&self) -> bool {
        self.source.is_overtaken()
    }
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
        let rest = goes_on
            .then(|| "what is done stays done, and the next run goes on from there".to_owned());
        let parts: Vec<String> = source.hint().into_iter().chain(rest).collect();
        (!parts.is_empty()).then(|| parts.join(";\n      "))
    }
}

/// The changes of one run, under way.
#[derive(Debug)]
pub(crate) struct Apply<'a> {
    aws: &'a Aws,
    printer: Printer,
    names: Names,
    /// How many changes the plan has.
    total: usize,
    probe: Probe,
    /// What the function holds as far as this run knows.
    latest: Latest,
    pub(crate) done: Vec<Action>,
    pub(crate) applied: Applied,
}

impl<'a> Apply<'a> {
    /// A new version is tried out before the alias moves, unless `probe` is `none`. `function` is the
    /// function as it was found: if somebody else has changed it since, nothing is built on that.
    pub(crate) fn new(
        aws: &'a Aws,
        printer: Printer,
        names: Names,
        total: usize,
        function: Option<&LiveFunction>,
        probe: Probe,
    ) -> Self {
        Self {
            aws,
            printer,
            names,
            total,
            probe,
            latest: Latest::found(function),
            done: Vec::new(),
            applied: Applied::default(),
        }
    }

    /// Carries out `actions`, and says so as it goes.
    pub(crate) async fn carry_out(&mut self, actions: &[Action]) -> Result<(), ApplyError> {
        for action in actions {
            let description = action.describe();
            let subject = description.subject();
            let started = Instant::now();
            let doing = format!("{} {subject}", description.change.doing());
            let progress = Progress::begin(&doing, self.aws.upload());
            let result = Box::pin(self.step(action)).await;
            drop(progress);
            let result = result.map_err(|source| ApplyError {
                done: self.done.len(),
                total: self.total,
                action: format!("{} {subject}", description.change),
                source: Box::new(source),
            })?;
            let did = description.change.done();
            let seconds = started.elapsed().as_secs_f32();
            self.printer
                .say(&format_args!("  {did} {subject}{result} ({seconds:.1} s)"));
            self.done.push(action.clone());
        }
        Ok(())
    }

    /// One action; returns what to add to its description.
    async fn step(&mut self, action: &Action) -> Result<String, StepError> {
        self.still_ours(action).await.map_err(StepError::Aws)?;
        let outcome = self.aws.carry_out(action, &mut self.latest).await;
        let outcome = outcome.map_err(StepError::Aws)?;
        match (outcome, action) {
            (
                Outcome::Published(Published { version, content }),
                Action::Release {
                    function,
                    alias,
                    code_sha256: _,
                    from,
                    differences: _,
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
                let switched = switch(self.aws, self.probe, to).await;
                self.applied.switched = Some(switched.map_err(StepError::Switch)?);
                Ok(format!(" -> version {version}"))
            }
            (Outcome::Url(url), _) => {
                self.applied.url = Some(url);
                Ok(String::new())
            }
            (Outcome::Done | Outcome::Published(_), _) => Ok(String::new()),
        }
    }

    /// Before a change that AWS takes from whoever comes last: whether somebody else has changed the
    /// function meanwhile. Straight after a change of the function that is known already.
    async fn still_ours(&self, action: &Action) -> Result<(), AwsError> {
        let is_known = self.done.last().is_some_and(Action::changes_function);
        if action.is_guarded() || is_known || self.latest == Latest::found(None) {
            return Ok(());
        }
        let function = self.aws.function(&self.names).await?;
        if Latest::found(function.as_ref()) == self.latest {
            return Ok(());
        }
        let function = self.names.function.clone();
        Err(AwsError::Overtaken { function })
    }
}
