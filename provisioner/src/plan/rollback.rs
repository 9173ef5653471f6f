//! Plans a rollback: which version it goes back to, a role that may do what that version needs, and a URL
//! that lets in whoever it takes.

use super::Plan;
use super::action::Action;
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
    Ok((version.clone(), Plan::staged(names, actions, release, live)))
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
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::deployment::access::AuthType;
    use crate::deployment::digest::ContentDigest;
    use crate::deployment::permission::Grant;
    use crate::deployment::record::Record;
    use crate::plan::resource::alias::Release;
    use crate::plan::tests::fixtures::{converged, desired, ours};
    use crate::plan::tests::model::{Work, advance, works};

    fn region() -> Region {
        "ap-northeast-1".parse().unwrap()
    }

    fn deployed(live_version: &str, numbers: &[u64]) -> (Names, Live) {
        let desired = desired("AWS_IAM");
        let mut live = converged(&desired);
        live_version.clone_into(&mut live.alias.as_mut().unwrap().version);
        let function = live.function.clone().unwrap();
        live.versions = numbers
            .iter()
            .map(|number| LiveVersion {
                number: *number,
                configuration: function.configuration.clone(),
                code: function.code.clone(),
                aliases: Vec::new(),
            })
            .collect();
        (desired.names, live)
    }

    fn note(live: &mut Live, version: &str, previous: Option<&str>) {
        let alias = live.alias.as_mut().unwrap();
        let content = ContentDigest::of(&alias.configuration, &alias.code);
        alias.record = Some(Record {
            version: version.to_owned(),
            latest: content.clone(),
            content,
            previous: previous.map(str::to_owned),
            on_trial: false,
        });
    }

    fn target((names, live): &(Names, Live), to: Option<u64>) -> Result<u64, RollbackError> {
        rollback(names, &region(), live, to, false).map(|(version, _)| version.number)
    }

    #[test]
    fn goes_to_the_version_before() {
        assert_eq!(target(&deployed("7", &[3, 5, 7, 8]), None), Ok(5));
    }

    #[test]
    fn passes_over_versions_that_never_went_live() {
        let mut deployment = deployed("7", &[3, 5, 6, 7]);
        note(&mut deployment.1, "7", Some("5"));
        assert_eq!(target(&deployment, None), Ok(5));

        // Noted for another version, or gone: no guide.
        note(&mut deployment.1, "6", Some("3"));
        assert_eq!(target(&deployment, None), Ok(6));
        note(&mut deployment.1, "7", Some("4"));
        assert_eq!(target(&deployment, None), Ok(6));
    }

    #[test]
    fn goes_where_it_is_told_forward_too() {
        assert_eq!(target(&deployed("7", &[3, 7, 8]), Some(8)), Ok(8));
        assert_eq!(
            target(&deployed("7", &[3, 7]), Some(4)),
            Err(RollbackError::NoSuchVersion {
                version: 4,
                there: vec![3, 7]
            })
        );
        assert_eq!(
            target(&deployed("7", &[3, 7]), Some(7)),
            Err(RollbackError::Live { version: 7 })
        );
    }

    /// Version 7 is live, and 5 is the one before; each with its `auth`.
    fn changed_auth(before: &str, live_auth: &str) -> (Names, Live) {
        let (names, mut live) = deployed("7", &[5, 7]);
        let auth = |environment: &mut BTreeMap<String, String>, auth: &str| {
            environment.insert("GATEWAY_AUTH".to_owned(), auth.to_owned());
        };
        let alias = live.alias.as_mut().unwrap();
        auth(&mut alias.configuration.environment, live_auth);
        for (version, its) in live.versions.iter_mut().zip([before, live_auth]) {
            auth(&mut version.configuration.environment, its);
        }
        let open = live_auth != "iam";
        let url = live.url.as_mut().unwrap();
        url.settings.auth_type = if open {
            AuthType::None
        } else {
            AuthType::AwsIam
        };
        live.statements = if open {
            Grant::ALL.map(ours).to_vec()
        } else {
            Vec::new()
        };
        (names, live)
    }

    #[test]
    fn the_url_lets_in_whoever_the_version_takes() {
        for (before, live_auth) in [
            ("iam", "none"),
            ("iam", "jwt"),
            ("jwt", "iam"),
            ("none", "iam"),
        ] {
            let (names, live) = changed_auth(before, live_auth);
            let (_, plan) = rollback(&names, &region(), &live, None, true).unwrap();
            let open = works(&plan).split_off(1);
            let end = open.iter().fold(live, advance);

            let is_open = before != "iam";
            let settings = &end.url.as_ref().unwrap().settings;
            assert_eq!(
                settings.auth_type == AuthType::None,
                is_open,
                "{before} <- {live_auth}"
            );
            assert_eq!(end.statements.len(), if is_open { 2 } else { 0 });
        }
        let (names, live) = changed_auth("jwt", "none");
        let (_, plan) = rollback(&names, &region(), &live, None, false).unwrap();
        assert!(matches!(
            works(&plan).as_slice(),
            [Work::Release(Release::Point { .. })]
        ));
    }

    #[test]
    fn what_was_interrupted_is_finished_before_anything_goes_further_back() {
        let (names, mut live) = changed_auth("iam", "none");
        let (_, plan) = rollback(&names, &region(), &live, None, false).unwrap();
        // The alias has moved, the URL has not.
        let alias = live.alias.as_mut().unwrap();
        alias.version = "5".to_owned();
        alias.configuration = live.versions[0].configuration.clone();
        note(&mut live, "5", None);
        let left = &works(&plan)[1..];
        assert!(!left.is_empty());

        for done in 0..left.len() {
            let live = left[..done].iter().fold(live.clone(), advance);
            for to in [None, Some(5)] {
                let (version, plan) = rollback(&names, &region(), &live, to, false).unwrap();
                assert_eq!(version.number, 5);
                assert_eq!(works(&plan), left[done..]);
            }
        }
        let finished = left.iter().fold(live, advance);
        assert!(rollback(&names, &region(), &finished, None, false).is_err());
    }

    #[test]
    fn a_gateway_is_not_opened_to_everybody_by_the_way() {
        for live_auth in ["iam", "jwt"] {
            let (names, live) = changed_auth("none", live_auth);
            let refused = rollback(&names, &region(), &live, None, false);
            assert_eq!(refused.unwrap_err(), RollbackError::Public { version: 5 });
        }
        let (names, live) = changed_auth("none", "none");
        assert!(rollback(&names, &region(), &live, None, false).is_ok());
    }

    #[test]
    fn refuses_what_cannot_be_rolled_back() {
        let oldest = RollbackError::Oldest {
            version: "3".to_owned(),
        };
        assert_eq!(target(&deployed("3", &[3, 7]), None), Err(oldest));

        let mut foreign = deployed("7", &[3, 7]);
        foreign.1.function.as_mut().unwrap().tags.clear();
        assert!(matches!(
            target(&foreign, None),
            Err(RollbackError::Foreign { .. })
        ));
        assert!(matches!(
            target(&(foreign.0, Live::default()), None),
            Err(RollbackError::NotDeployed { .. })
        ));
    }
}
