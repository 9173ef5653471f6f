//! Carries steps out, one by one, in their order, and says so. It decides nothing, and stops at the first
//! that fails.

use std::time::Instant;

use super::error::{ApplyError, TrialError};
use crate::aws::write::Latest;
use crate::aws::{Aws, AwsError};
use crate::deployment::names::Names;
use crate::plan::Step;
use crate::plan::description::Description;
use crate::plan::order::Guard;
use crate::terminal::printer::Printer;

/// The changes of one run, under way.
#[derive(Debug)]
pub(super) struct Apply<'a> {
    pub(super) aws: &'a Aws,
    pub(super) printer: Printer,
    pub(super) names: &'a Names,
    /// How many changes there are in all.
    pub(super) total: usize,
    /// What the function holds as far as this run knows.
    pub(super) latest: Latest,
    pub(super) done: usize,
    /// Those that are done, a line each.
    pub(super) changed: Vec<String>,
    /// The address of the function URL, if this run has made it.
    pub(super) url: Option<String>,
}

impl Apply<'_> {
    /// Carries out `steps`.
    pub(super) async fn carry_out(&mut self, steps: &[Step]) -> Result<(), ApplyError> {
        for step in steps {
            let description = step.action.describe();
            let subject = description.subject();
            let started = Instant::now();
            let progress = self
                .aws
                .progress(&format!("{} {subject}", description.change.doing()));
            let result = Box::pin(self.step(step)).await;
            drop(progress);
            let url = result.map_err(|error| self.failed(&description, TrialError::Aws(error)))?;
            self.url = url.or(self.url.take());
            self.tell(&description, "", started);
        }
        Ok(())
    }

    async fn step(&mut self, step: &Step) -> Result<Option<String>, AwsError> {
        if step.guard == Guard::Look {
            self.aws.is_still(self.names, &self.latest).await?;
        }
        self.aws.carry_out(&step.action, &mut self.latest).await
    }

    /// One more change is done; `outcome` is added to its description.
    pub(super) fn tell(&mut self, description: &Description, outcome: &str, started: Instant) {
        self.done += 1;
        self.changed
            .push(format!("{} {}", description.change, description.subject()));
        let (did, subject) = (description.change.done(), description.subject());
        let seconds = started.elapsed().as_secs_f32();
        self.printer
            .say(&format_args!("  {did} {subject}{outcome} ({seconds:.1} s)"));
    }

    /// The change so described has failed.
    pub(super) fn failed(&self, description: &Description, source: TrialError) -> ApplyError {
        ApplyError {
            done: self.done,
            total: self.total,
            action: format!("{} {}", description.change, description.subject()),
            changed: self.changed.clone(),
            source: Box::new(source),
        }
    }
}
