//! Settings that are left alone unless they are configured, and the versions that a release leaves.

use super::fixtures::{converged, desired};
use super::model::{Work, advance, works};
use super::{planned, work};
use crate::deployment::access::Cors;
use crate::deployment::state::{Live, LiveVersion};
use crate::plan::action::Action;
use crate::plan::resource::function::FunctionAction;

fn cors(origin: &str) -> Cors {
    Cors {
        allow_origins: [origin.to_owned()].into(),
        ..Cors::default()
    }
}

#[test]
fn what_is_configured_is_reached_from_every_value_and_what_is_not_is_left_alone() {
    let concurrencies = [None, Some(0), Some(5), Some(6)];
    let origins = [
        None,
        Some(Cors::default()),
        Some(cors("https://a")),
        Some(cors("*")),
    ];
    for live_concurrency in concurrencies {
        for live_cors in &origins {
            for wanted_concurrency in [None, Some(0), Some(5)] {
                for wanted_cors in &origins[..3] {
                    let mut desired = desired("NONE");
                    let mut live = converged(&desired);
                    desired.reserved_concurrency = wanted_concurrency;
                    desired.url.cors.clone_from(wanted_cors);
                    live.function.as_mut().unwrap().reserved_concurrency = live_concurrency;
                    live.url
                        .as_mut()
                        .unwrap()
                        .settings
                        .cors
                        .clone_from(live_cors);

                    let plan = planned(&desired, &live);

                    let end = works(&plan).iter().fold(live, advance);
                    let reached = end.function.as_ref().unwrap().reserved_concurrency;
                    let expected = wanted_concurrency.map(i32::from).or(live_concurrency);
                    assert_eq!(reached, expected, "{plan}");
                    let reached = end.url.as_ref().unwrap().settings.cors.clone();
                    let expected = wanted_cors.clone().or_else(|| live_cors.clone());
                    assert_eq!(
                        reached.unwrap_or_default(),
                        expected.unwrap_or_default(),
                        "{plan}"
                    );
                    assert_eq!(work(&desired, &end), [], "{plan}");
                }
            }
        }
    }
}

#[test]
fn concurrency_is_reserved_before_a_version_is_tried_out() {
    let mut desired = desired("NONE");
    desired.reserved_concurrency = Some(5);
    let work = work(&desired, &Live::default());

    let at = |is: fn(&Work) -> bool| work.iter().position(is).unwrap();
    let concurrency = at(|work| {
        matches!(
            work,
            Work::Action(Action::Function(FunctionAction::SetConcurrency { .. }))
        )
    });
    let function = at(|work| {
        matches!(
            work,
            Work::Action(Action::Function(FunctionAction::Create { .. }))
        )
    });
    assert!(function < concurrency);
    assert!(concurrency < at(|work| matches!(work, Work::Release(_))));
}

#[test]
fn a_release_that_was_killed_anywhere_leaves_the_same_versions() {
    let mut desired = desired("AWS_IAM");
    desired.keep_versions = 3;
    let mut live = converged(&desired);
    "5".clone_into(&mut live.alias.as_mut().unwrap().version);
    let function = live.function.as_mut().unwrap();
    function.configuration.memory_mb = 128;
    live.versions = (1..=5)
        .map(|number| LiveVersion {
            number,
            configuration: function.configuration.clone(),
            code: function.code.clone(),
            aliases: Vec::new(),
            edition: None,
        })
        .collect();
    live.alias.as_mut().unwrap().configuration = function.configuration.clone();
    let numbers = |live: &Live| -> Vec<u64> {
        let versions = live.versions.iter();
        versions.map(|version| version.number).collect()
    };
    let all = work(&desired, &live);
    let release = all.len() - 1;

    for done in 0..=all.len() {
        let mut stopped = all[..done.min(release)].iter().fold(live.clone(), advance);
        if done > release {
            // Published, but the alias has not moved.
            let function = stopped.function.as_ref().unwrap();
            let published = LiveVersion {
                number: 6,
                configuration: function.configuration.clone(),
                code: function.code.clone(),
                aliases: Vec::new(),
                edition: None,
            };
            stopped.versions.push(published);
        }
        let rest = work(&desired, &stopped);
        let pruned = rest
            .iter()
            .filter(|work| !matches!(work, Work::Release(_)))
            .fold(stopped, advance);

        let mut left = numbers(&pruned);
        if !left.contains(&6) {
            left.push(6);
        }
        assert_eq!(left, [4, 5, 6], "stopped after {done}");
        assert!(matches!(rest.last(), Some(Work::Release(_))));
    }
}
