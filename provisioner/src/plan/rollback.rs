//! Decides which version a rollback goes back to.

use crate::error::Hint;
use crate::state::{Live, LiveVersion, Names};

use super::action::Released;
use super::ownership;

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
        })
    }
}

fn listed(versions: &[u64]) -> String {
    let versions: Vec<String> = versions.iter().map(u64::to_string).collect();
    versions.join(", ")
}

/// Which version to point the alias to, and where it points now.
pub fn rollback(
    names: &Names,
    live: &Live,
    to: Option<u64>,
) -> Result<(LiveVersion, Released), RollbackError> {
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
    let versions = live.versions.as_deref().unwrap_or_default();
    let current: Option<u64> = alias.version.parse().ok();
    let number = match to {
        Some(number) if current == Some(number) && alias.also_routed_to.is_empty() => {
            return Err(RollbackError::Live { version: number });
        }
        Some(number) => number,
        None => before(live, current).ok_or_else(|| RollbackError::Oldest {
            version: alias.version.clone(),
        })?,
    };
    let Some(version) = versions.iter().find(|version| version.number == number) else {
        return Err(RollbackError::NoSuchVersion {
            version: number,
            there: versions.iter().map(|version| version.number).collect(),
        });
    };
    Ok((version.clone(), Released::of(alias)))
}

/// The version that was live before this one, if it was noted down and still exists; else the next
/// older one, which may have been one that never went live.
fn before(live: &Live, current: Option<u64>) -> Option<u64> {
    let current = current?;
    let numbers = || live.versions.iter().flatten().map(|version| version.number);
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
    use super::*;
    use crate::plan::tests::fixtures::{converged, desired};
    use crate::record::{ContentDigest, Record};

    fn deployed(live_version: &str, numbers: &[u64]) -> (Names, Live) {
        let desired = desired("AWS_IAM");
        let mut live = converged(&desired);
        live_version.clone_into(&mut live.alias.as_mut().unwrap().version);
        let function = live.function.clone().unwrap();
        live.versions = Some(
            numbers
                .iter()
                .map(|number| LiveVersion {
                    number: *number,
                    configuration: function.configuration.clone(),
                    code: function.code.clone(),
                    aliases: Vec::new(),
                })
                .collect(),
        );
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
        });
    }

    fn target((names, live): &(Names, Live), to: Option<u64>) -> Result<u64, RollbackError> {
        rollback(names, live, to).map(|(version, _)| version.number)
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
