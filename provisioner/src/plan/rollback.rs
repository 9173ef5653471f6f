//! Plans a rollback: which version it goes back to, a role that may do what that version needs, and a URL
//! that lets in whoever it takes.

use super::Plan;
use super::action::Action;
use super::note::Note;
use super::ownership;
use super::resource::{alias, role};
use super::role_documents::policy_needed;
use super::up::callers;
use crate::config::Region;
use crate::config::variables::auth_of;
use crate::deployment::access::{Auth, UrlSettings, auth_type};
use crate::deployment::content::Configuration;
use crate::deployment::names::Names;
use crate::deployment::state::{Live, LiveAlias, LiveVersion};
use crate::hint::Hint;

/// There is no version to go back to.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RollbackError {
    #[error("the function `{function}` has no alias `{alias}` to move")]
    NotDeployed {
        function: String,
        alias: &'static str,
    },
    #[error("the function `{function}` exists, but not made by this tool for this deployment")]
    Foreign { function: String },
    #[error("there is no version {version}; there are: {}", listed(there))]
    NoSuchVersion { version: u64, there: Vec<u64> },
    #[error("version {version} is live already")]
    Live { version: u64 },
    #[error("version {version} is the oldest there is")]
    Oldest { version: String },
    #[error(
        "version {version} has auth `none`, unlike the one that is live: whoever knows the URL could ask \
         the agent, at your cost"
    )]
    Public { version: u64 },
}

impl Hint for RollbackError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotDeployed { .. } => "check `--name` and `--region`, or run `provision up`".to_owned(),
            Self::Foreign { .. } => "check `--name` and `--region`".to_owned(),
            Self::NoSuchVersion { .. } | Self::Live { .. } => "choose another with `--to`".to_owned(),
            Self::Oldest { .. } => {
                "deploy the code you want with `provision up`; `keep_versions` says how many versions stay"
                    .to_owned()
            }
            Self::Public { .. } => {
                "choose another version with `--to`, or say with `--allow-public` that this is meant".to_owned()
            }
        })
    }
}

fn listed(versions: &[u64]) -> String {
    let versions: Vec<String> = versions.iter().map(u64::to_string).collect();
    versions.join(", ")
}

/// The version to go back to, and the changes that bring it there. It only becomes public where it is
/// not already if `allow_public` says so.
pub(crate) fn rollback(
    names: &Names,
    region: &Region,
    live: &Live,
    to: Option<u64>,
    allow_public: bool,
) -> Result<(LiveVersion, Plan), RollbackError> {
    let (Some(function), Some(alias)) = (&live.function, &live.alias) else {
        return Err(RollbackError::NotDeployed {
            function: names.function.clone(),
            alias: names.alias,
        });
    };
    if !ownership::is_ours(&function.tags, &names.deployment) {
        return Err(RollbackError::Foreign {
            function: names.function.clone(),
        });
    }
    let version = target(names, live, alias, to)?;
    let configuration = &version.configuration;
    let auth = auth_of(&configuration.environment);
    let is_opened =
        auth == Some(Auth::None) && auth_of(&alias.configuration.environment) != Some(Auth::None);
    if is_opened && !allow_public {
        return Err(RollbackError::Public {
            version: version.number,
        });
    }
    let release = if is_live(alias, version.number) {
        alias::on_trial(alias)
    } else {
        alias::point(alias, version)
    };
    let mut actions: Vec<Action> = widening(names, region, live, configuration)
        .map(Action::Role)
        .into_iter()
        .collect();
    actions.extend(callers_for(names, live, configuration));
    let mut plan = Plan::staged(names, actions, release, live);
    let reached = live.live_version().and_then(|it| it.edition.as_deref());
    plan.notes
        .extend(Note::of_editions(reached, version.edition.as_deref()));
    Ok((version.clone(), plan))
}

/// The version to go to: the one asked for, the one that an interrupted run was on the way to, or the one
/// that was live before.
fn target<'a>(
    names: &Names,
    live: &'a Live,
    alias: &LiveAlias,
    to: Option<u64>,
) -> Result<&'a LiveVersion, RollbackError> {
    let current: Option<u64> = alias.version.parse().ok();
    let is_unfinished = !callers_for(names, live, &alias.configuration).is_empty();
    let number = match (to, current) {
        (Some(number), _) if is_live(alias, number) && !is_unfinished => {
            return Err(RollbackError::Live { version: number });
        }
        (Some(number), _) => number,
        // Interrupted behind the alias: this run finishes it, the next one goes further back.
        (None, Some(number)) if is_back(alias) && is_unfinished => number,
        (None, _) => before(live, current).ok_or_else(|| RollbackError::Oldest {
            version: alias.version.clone(),
        })?,
    };
    let mut versions = live.versions.iter();
    versions
        .find(|version| version.number == number)
        .ok_or_else(|| RollbackError::NoSuchVersion {
            version: number,
            there: live.versions.iter().map(|version| version.number).collect(),
        })
}

/// All calls go to this version.
fn is_live(alias: &LiveAlias, number: u64) -> bool {
    alias.version == number.to_string() && alias.also_routed_to.is_empty()
}

/// What the role may not do and the version needs: it was made for another agent, perhaps.
fn widening(
    names: &Names,
    region: &Region,
    live: &Live,
    configuration: &Configuration,
) -> Option<role::RoleAction> {
    let needed = policy_needed(&configuration.environment, region, &live.account()?, names)?;
    role::widening(names, live.role.as_ref()?, &needed)
}

/// What a version with this configuration wants changed about the URL, if there is one: one that does
/// not check signatures refuses everybody who signs, and the other way round.
fn callers_for(names: &Names, live: &Live, configuration: &Configuration) -> Vec<Action> {
    let (Some(auth), Some(url)) = (auth_of(&configuration.environment), &live.url) else {
        return Vec::new();
    };
    let settings = UrlSettings {
        auth_type: auth_type(auth),
        ..url.settings.clone()
    };
    // What others have set is no news here.
    let mut notes = Vec::new();
    callers(names, &settings, Some(url), &live.statements, &mut notes)
}

/// The version that is live was gone back to: `up` notes down which one was live before.
fn is_back(alias: &LiveAlias) -> bool {
    let record = alias.record.as_ref();
    record.is_some_and(|record| record.version == alias.version && record.previous.is_none())
}

/// The version that was live before this one, if it was noted down and still exists; else the next
/// older one, which may have been one that never went live.
fn before(live: &Live, current: Option<u64>) -> Option<u64> {
    let current = current?;
    let numbers = || live.versions.iter().map(|version| version.number);
    let noted = live
        .alias
        .as_ref()
        .and_then(|alias| alias.record.as_ref())
        .filter(|record| record.version == current.to_string())
        .and_then(|record| record.previous.as_ref()?.parse().ok())
        .filter(|noted| numbers().any(|number| number == *noted));
    noted.or_else(|| numbers().filter(|number| *number < current).max())
}

#[cfg(test)]
mod tests;
