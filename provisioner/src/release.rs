//! The one door to all writes. Carries a plan out, stage by stage; a new version shows that it works, or
//! callers get the one before. What comes when is `trial`'s to say.

mod apply;
mod ask;
pub(crate) mod error;
mod probe;
pub(crate) mod proof;
mod trial;
mod try_out;

use std::time::Instant;

use crate::aws::write::{Before, Latest};
use crate::aws::{Aws, AwsError};
use crate::deployment::names::Names;
use crate::deployment::state::Live;
use crate::gateway::client::Token;
use crate::hint::chain;
use crate::plan::Plan;
use crate::terminal::printer::Printer;
use apply::Apply;
pub(crate) use ask::{Gateway, ask};
use error::{ReleaseError, TrialError};
use proof::Proof;
use trial::{Do, Happened, Stage, Trial};

/// With what a plan is carried out.
#[derive(Debug)]
pub(crate) struct Tools<'a> {
    pub(crate) aws: &'a Aws,
    pub(crate) printer: Printer,
    pub(crate) region: &'a str,
    /// A caller's token to ask with.
    pub(crate) token: Option<&'a Token>,
}

/// What callers reach now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reached {
    /// `None`: the deployment has no URL.
    pub(crate) url: Option<String>,
    /// `None`: there is no alias.
    pub(crate) version: Option<String>,
    /// What it has shown, if it was asked.
    pub(crate) proof: Option<Proof>,
}

/// Carries `plan` out, which was made of `live`.
pub(crate) async fn release(
    tools: &Tools<'_>,
    plan: &Plan,
    live: &Live,
) -> Result<Reached, ReleaseError> {
    let latest = Latest::found(live.function.as_ref());
    let mut run = Run {
        tools,
        plan,
        apply: Apply {
            aws: tools.aws,
            printer: tools.printer,
            names: &plan.names,
            total: plan.account_changes().len(),
            latest: latest.clone(),
            done: 0,
            changed: Vec::new(),
            url: None,
        },
        url: live.url.as_ref().map(|url| url.url.clone()),
        version: live.alias.as_ref().map(|alias| alias.version.clone()),
        released: None,
    };
    let (mut trial, first) = Trial::begin(plan, latest.content().cloned(), run.version.clone());
    let mut todo = Some(first);
    while let Some(work) = todo {
        let happened = Box::pin(run.happen(work)).await?;
        (trial, todo) = trial.next(happened);
    }
    match trial.end() {
        Ok(proof) => Ok(Reached {
            url: run.url,
            version: run.version,
            proof,
        }),
        Err(error) => Err(run.failed(error)),
    }
}

/// A run under way.
struct Run<'a> {
    tools: &'a Tools<'a>,
    plan: &'a Plan,
    apply: Apply<'a>,
    /// The address of the function URL.
    url: Option<String>,
    /// What callers get.
    version: Option<String>,
    /// Since when the release is under way, until the alias has moved.
    released: Option<Instant>,
}

impl Run<'_> {
    async fn happen(&mut self, work: Do) -> Result<Happened, ReleaseError> {
        let aws = self.tools.aws;
        let names: &Names = &self.plan.names;
        Ok(match work {
            Do::Apply(Stage::Undo) => {
                let steps = self.plan.back();
                (self.apply.done, self.apply.total) = (0, steps.len());
                match self.apply.carry_out(&steps).await {
                    Ok(()) => Happened::Applied,
                    Err(error) => Happened::NotUndone(Box::new(error)),
                }
            }
            Do::Apply(stage) => {
                let steps = match stage {
                    Stage::Prepare => &self.plan.prepare,
                    Stage::Open => &self.plan.open,
                    Stage::Settle | Stage::Undo => &self.plan.settle,
                };
                let applied = self.apply.carry_out(steps).await;
                applied.map_err(ReleaseError::Apply)?;
                self.url = self.apply.url.clone().or(self.url.take());
                Happened::Applied
            }
            Do::Publish { code_sha256 } => {
                self.released = Some(Instant::now());
                let _progress = aws.progress("publishing the new version");
                let latest = &self.apply.latest;
                let edition = self.plan.edition.as_deref();
                let published = Box::pin(aws.publish(names, &code_sha256, edition, latest)).await;
                Happened::Published(published.map(|published| {
                    let latest = latest.content().unwrap_or(&published.content).clone();
                    (published, latest)
                }))
            }
            Do::TryOut { version } => {
                self.released.get_or_insert_with(Instant::now);
                let _progress = aws.progress(&format!("trying out version {version}"));
                Happened::TriedOut(try_out::try_out(aws, &names.function, &version).await)
            }
            Do::Point { record, before } => {
                let started = *self.released.get_or_insert_with(Instant::now);
                let (function, alias, version) = (&names.function, names.alias, &record.version);
                let doing = format!("moving alias {function}:{alias} to version {version}");
                let progress = aws.progress(&doing);
                let pointed = aws.point_alias(names, &record, &before).await;
                // What is said next would stand behind the progress, on the same line.
                drop(progress);
                if pointed.is_ok() {
                    self.moved(version, started);
                }
                Happened::Pointed(pointed)
            }
            Do::Note { record, before } => {
                Happened::Pointed(aws.point_alias(names, &record, &before).await)
            }
            Do::Replace { is, record } => {
                let pointed = match aws.revision_of(names, &is).await {
                    Ok(revision) => {
                        let before = Before::Revision(revision);
                        aws.point_alias(names, &record, &before).await
                    }
                    Err(error) => Err(error),
                };
                Happened::Pointed(pointed)
            }
            Do::Ask => Happened::Asked(self.ask().await),
            Do::LookAgain => Happened::Looked(self.look_again().await),
        })
    }

    /// The alias points to another version.
    fn moved(&mut self, version: &str, started: Instant) {
        self.version = Some(version.to_owned());
        self.released = None;
        if let Some(description) = self.plan.release.describe(&self.plan.names) {
            let outcome = format!(" -> version {version}");
            self.apply.tell(&description, &outcome, started);
        }
    }

    async fn ask(&self) -> Result<Option<Proof>, proof::Cause> {
        let Some(url) = &self.url else {
            // That it starts is all that it can show.
            return Ok(None);
        };
        let Tools {
            aws,
            printer,
            region,
            token,
        } = *self.tools;
        let gateway = Gateway {
            url,
            region,
            token,
            names: &self.plan.names,
        };
        let proof = ask(aws, &gateway, &self.plan.asking).await?;
        if let Some(proof) = &proof {
            printer.say(&format_args!("  {url} {proof}"));
        }
        Ok(proof)
    }

    /// Whether the function is as this run has left it. Where that cannot be seen the deployment is done all
    /// the same.
    async fn look_again(&self) -> Result<(), AwsError> {
        let Tools { aws, printer, .. } = *self.tools;
        match aws.is_still(&self.plan.names, &self.apply.latest).await {
            Err(error) if !error.is_overtaken() => {
                printer.warn(&format_args!(
                    "the deployment is done, but whether somebody else has changed it meanwhile could not be \
                     seen: {}",
                    chain(&error)
                ));
                Ok(())
            }
            looked => looked,
        }
    }

    /// What went wrong, as a change that failed where the alias was to move.
    fn failed(&self, error: TrialError) -> ReleaseError {
        let release = self.plan.release.describe(&self.plan.names);
        match (release, self.released) {
            (Some(description), Some(_)) => {
                ReleaseError::Apply(self.apply.failed(&description, error))
            }
            _ => match error {
                TrialError::Aws(source) => ReleaseError::Overtaken {
                    changed: self.apply.changed.clone(),
                    source,
                },
                error => ReleaseError::Probe(error),
            },
        }
    }
}
