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
            edition: None,
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
