//! Carries out a plan, action by action, in its order. The only caller of writes; it decides
//! nothing, and stops at the first failure, or when somebody else turns out to be deploying.

use std::time::Instant;

use super::proof::Cause;
use super::switch;
use super::switch::{SwitchError, Switched};
use crate::aws::write::{Latest, Outcome, Published};
use crate::aws::{Aws, AwsError};
use crate::config::Probe;
use crate::deployment::names::Names;
use crate::deployment::record::Record;
use crate::deployment::state::LiveFunction;
use crate::deployment::state::Released;
use crate::hint::Hint;
use crate::plan::{Action, undo};
use crate::terminal::printer::Printer;
use crate::terminal::progress::Progress;

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
            let progress = self.aws.progress(&doing);
            let result = Box::pin(self.step(action, &progress)).await;
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

    /// Takes the version back that does not work behind the URL for `cause`, and what was changed for it
    /// about who can call; how that went is the error to report.
    pub(crate) async fn go_back(&mut self, switched: &Switched, cause: Cause) -> SwitchError {
        let went = switch::go_back(self.aws, switched, cause).await;
        let SwitchError::WentBack {
            version,
            live,
            cause,
        } = went
        else {
            return went;
        };
        let back = undo(&self.done);
        let mut undoing = Self {
            total: back.len(),
            done: Vec::new(),
            applied: Applied::default(),
            names: self.names.clone(),
            latest: self.latest.clone(),
            ..*self
        };
        match Box::pin(undoing.carry_out(&back)).await {
            Ok(()) => SwitchError::WentBack {
                version,
                live,
                cause,
            },
            Err(error) => SwitchError::HalfBack {
                version,
                live,
                cause,
                error: Box::new(error),
            },
        }
    }

    /// One action; returns what to add to its description.
    async fn step(&mut self, action: &Action, progress: &Progress) -> Result<String, StepError> {
        self.still_ours(action).await.map_err(StepError::Aws)?;
        let outcome = self.aws.carry_out(action, &mut self.latest).await;
        match outcome.map_err(StepError::Aws)? {
            Outcome::Done => Ok(String::new()),
            Outcome::Url(url) => {
                self.applied.url = Some(url);
                Ok(String::new())
            }
            Outcome::Published(published) => self.switch(action, published, progress).await,
        }
    }

    /// The second half of a release, and all of a rollback.
    async fn switch(
        &mut self,
        action: &Action,
        to: Published,
        progress: &Progress,
    ) -> Result<String, StepError> {
        let Published { version, content } = to;
        let (function, alias, from, previous) = match action {
            Action::Release {
                function,
                alias,
                code_sha256: _,
                from,
                differences: _,
            } => {
                let before = from.as_ref().map(|from: &Released| from.version.clone());
                let previous = before.filter(|before| *before != version);
                (function, alias, from.as_ref(), previous)
            }
            // From there a rollback goes further back, not forth again.
            Action::PointAlias {
                function,
                alias,
                from,
                ..
            } => (function, alias, Some(from), None),
            _ => return Ok(String::new()),
        };
        let record = Record {
            version: version.clone(),
            latest: self.latest.content().unwrap_or(&content).clone(),
            content,
            previous,
            on_trial: false,
        };
        let switched = switch::switch(
            self.aws, self.probe, function, alias, record, from, progress,
        )
        .await;
        self.applied.switched = Some(switched.map_err(StepError::Switch)?);
        Ok(format!(" -> version {version}"))
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
