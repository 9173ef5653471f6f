//! Decides what must change. Pure: no I/O, no clock, no randomness, no SDK type. What it decides is
//! printed and applied as it is.

pub(crate) mod action;
pub(crate) mod cost;
mod describe;
pub(crate) mod description;
pub(crate) mod desired;
mod details;
pub(crate) mod down;
mod elsewhere;
pub(crate) mod env_file;
mod function;
mod needs;
mod order;
mod ownership;
mod permissions;
pub(crate) mod print;
mod role;
pub(crate) mod role_documents;
mod rollback;
pub(crate) mod seen;
mod undo;
mod versions;

use std::fmt;

pub use action::{Action, Tagged};
pub use description::{Change, Description};
pub use down::down;
pub use elsewhere::{Elsewhere, changed_elsewhere};
pub use env_file::EnvFileChange;
pub use needs::{needs_log_group_tags, needs_role, needs_versions};
pub use ownership::ForeignResource;
pub use rollback::{RollbackError, rollback};
pub use undo::undo;

use serde::Serialize;

use crate::deployment::access::Auth;
use crate::deployment::content::Code;
use crate::deployment::names::{Names, Tags};
use crate::deployment::state::{Desired, Live, LiveLogGroup};
use crate::hint::Hint;

/// The changes to make, in the order to make them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    pub actions: Vec<Action>,
    /// What is left alone, and what the user should know about.
    pub notes: Vec<Note>,
    /// What somebody else has done to the function, one line for each value; for `--strict`.
    pub elsewhere: Elsewhere,
    /// What comes last, on this machine: no part of the account.
    pub env_file: Option<EnvFileChange>,
}

/// What the user should know about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct Note {
    text: String,
    /// Something is wrong: `doctor` finds it by itself, and says what to do about it.
    pub is_trouble: bool,
}

impl From<String> for Note {
    fn from(text: String) -> Self {
        let is_trouble = false;
        Self { text, is_trouble }
    }
}

impl From<Note> for String {
    fn from(note: Note) -> Self {
        note.text
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// There is no plan that keeps its hands off what is not ours.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    #[error("{} exist{} already, but not made by this tool for `{deployment}`",
        ownership::listed(resources), if resources.len() == 1 { "s" } else { "" })]
    Foreign {
        deployment: String,
        resources: Vec<ForeignResource>,
    },
    #[error("the function `{function}` does not exist, and there is no code to create it with")]
    NoCode { function: String },
}

impl Hint for PlanError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Foreign { resources, .. } => Some(ownership::ways_out(resources)),
            Self::NoCode { .. } => Some("run `provision up`".to_owned()),
        }
    }
}

/// Computes the changes that turn `live` into `desired`; none if they already agree.
pub fn plan(desired: &Desired, live: &Live) -> Result<Plan, PlanError> {
    // Destructured in full, so that a new field does not compile until it is planned for.
    let Desired {
        names,
        tags,
        retention_days,
        role,
        configuration,
        package,
        url,
        reserved_concurrency,
        keep_versions,
        adopt,
        auth,
    } = desired;
    let Live {
        log_group,
        role: live_role,
        function,
        alias,
        url: live_url,
        statements,
        versions: _,
    } = live;

    let (adopted, foreign): (Vec<_>, Vec<_>) = ownership::foreign(live, names)
        .into_iter()
        .partition(|resource| *adopt && resource.is_nobodys());
    if !foreign.is_empty() {
        return Err(PlanError::Foreign {
            deployment: names.deployment.clone(),
            resources: foreign,
        });
    }

    let mut plan = Plan::default();
    plan.note_each(adopted.iter().map(|resource| {
        format!("{resource} was not made by this tool: it is taken over, and `down` will delete it")
    }));
    plan.elsewhere(desired, live);
    plan.log_group(names, *retention_days, tags, log_group.as_ref());
    plan.role(names, role, tags, live_role.as_ref());
    let wanted = function::Wanted {
        names,
        configuration,
        role_arn: role_arn(desired, live),
        package: package.as_ref(),
        tags,
        reserved_concurrency: *reserved_concurrency,
    };
    plan.function(&wanted, function.as_ref(), alias.as_ref())?;
    plan.versions(names, *keep_versions, live);
    plan.url(names, url, live_url.as_ref(), statements);
    plan.order(function.is_some() && live_role.is_some());
    plan.cost(desired, live);
    if *auth == Auth::None {
        plan.note(
            "auth is `none`: whoever knows the URL can ask the agent, at your cost".to_owned(),
        );
    }
    Ok(plan)
}

/// A role that was adopted may have a path.
fn role_arn<'a>(desired: &'a Desired, live: &'a Live) -> &'a str {
    live.role
        .as_ref()
        .map_or(&desired.role.arn, |live| &live.arn)
}

/// What is built now, else what is there.
fn code_wanted(desired: &Desired, live: &Live) -> Option<Code> {
    let built = desired.package.as_ref().map(function::code_of);
    built.or_else(|| live.function.as_ref().map(|function| function.code.clone()))
}

impl Plan {
    /// Nothing changes in the account.
    fn note(&mut self, text: impl Into<String>) {
        self.notes.push(Note::from(text.into()));
    }

    fn note_each(&mut self, texts: impl IntoIterator<Item = String>) {
        self.notes.extend(texts.into_iter().map(Note::from));
    }

    fn trouble(&mut self, text: impl Into<String>) {
        self.notes.push(Note {
            text: text.into(),
            is_trouble: true,
        });
    }

    pub fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    /// Everything that changes, in words.
    pub fn changes(&self) -> Vec<Description> {
        let actions = self.actions.iter().map(Action::describe);
        let env_file = self.env_file.iter().map(EnvFileChange::describe);
        actions.chain(env_file).collect()
    }

    /// How many resources are created, updated and deleted.
    pub fn summary(&self) -> String {
        let changes = self.changes();
        let count = |change: Change| {
            changes
                .iter()
                .filter(|description| description.change == change)
                .count()
        };
        let parts: Vec<String> = [
            (Change::Create, "to create"),
            (Change::Update, "to update"),
            (Change::Delete, "to delete"),
        ]
        .into_iter()
        .map(|(change, words)| (count(change), words))
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
        if parts.is_empty() {
            "nothing to change".to_owned()
        } else {
            parts.join(", ")
        }
    }

    fn elsewhere(&mut self, desired: &Desired, live: &Live) {
        let code = code_wanted(desired, live);
        let mut configuration = desired.configuration.clone();
        role_arn(desired, live).clone_into(&mut configuration.role_arn);
        let wanted = code.as_ref().map(|code| (&configuration, code));
        let elsewhere = changed_elsewhere(live, wanted);
        if let Elsewhere::Changed(changes) = &elsewhere {
            let since = "changed elsewhere since the last run";
            self.note_each(changes.iter().map(|change| format!("{since}: {change}")));
        }
        self.elsewhere = elsewhere;
    }

    fn cost(&mut self, desired: &Desired, live: &Live) {
        let function = live.function.as_ref();
        let reserved = desired.reserved_concurrency.map(i32::from);
        let reserved = reserved.or_else(|| function.and_then(|it| it.reserved_concurrency));
        let warning = code_wanted(desired, live).and_then(|code| {
            let auth_type = &desired.url.auth_type;
            cost::warning(
                auth_type,
                reserved,
                &desired.configuration,
                &code.architecture,
            )
        });
        self.note_each(warning);
    }

    fn log_group(
        &mut self,
        names: &Names,
        retention_days: u16,
        tags: &Tags,
        live: Option<&LiveLogGroup>,
    ) {
        let name = names.log_group.clone();
        let Some(LiveLogGroup {
            arn,
            retention_days: current,
            tags: live_tags,
        }) = live
        else {
            self.actions.push(Action::CreateLogGroup {
                name,
                retention_days,
                tags: tags.clone(),
            });
            return;
        };
        if *current != Some(retention_days.into()) {
            let log_group = name.clone();
            self.actions.push(Action::SetRetention {
                log_group,
                from: *current,
                to: retention_days,
            });
        }
        if let Some(live_tags) = live_tags {
            self.tags(
                Tagged::LogGroup {
                    name,
                    arn: arn.clone(),
                },
                live_tags,
                tags,
            );
        }
    }

    /// Adds what is missing. Tags of others stay.
    fn tags(&mut self, resource: Tagged, live: &Tags, desired: &Tags) {
        if desired
            .iter()
            .any(|(key, value)| live.get(key) != Some(value))
        {
            let (from, to) = (live.clone(), desired.clone());
            self.actions.push(Action::Tag { resource, from, to });
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in self.changes() {
            writeln!(f, "{change}")?;
        }
        for note in &self.notes {
            writeln!(f, "! {note}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
