mod model;

use std::collections::BTreeMap;

use super::*;
use crate::permission::{Grant, Meaning, Statement};
use crate::state::{LiveUrl, MANAGED_BY_TAG};
use model::{
    advance, assert_reached, converged, desired, live_function, log_group, role, starting_points,
};

fn planned(desired: &Desired, live: &Live) -> Plan {
    plan(desired, live).unwrap()
}

#[test]
fn changes_nothing_when_the_account_already_agrees() {
    for auth in ["AWS_IAM", "NONE"] {
        let desired = desired(auth);
        assert_eq!(planned(&desired, &converged(&desired)).actions, []);
    }
}

#[test]
fn creates_everything_in_an_empty_account() {
    insta::assert_snapshot!(planned(&desired("NONE"), &Live::default()), @"");
}

#[test]
fn a_private_url_needs_no_permissions() {
    let plan = planned(&desired("AWS_IAM"), &Live::default());

    assert!(
        plan.actions
            .iter()
            .all(|action| !matches!(action, Action::AddPermission { .. }))
    );
}

#[test]
fn shows_old_and_new_values_of_an_update() {
    let desired = desired("AWS_IAM");
    let mut live = converged(&desired);
    let function = live.function.as_mut().unwrap();
    function.configuration.memory_mb = 128;
    let environment = &mut function.configuration.environment;
    environment.insert("GATEWAY_TRACE".to_owned(), "full".to_owned());
    environment.insert("GATEWAY_OLD".to_owned(), "1".to_owned());
    environment.insert("SECRET".to_owned(), "old secret".to_owned());
    environment.insert("OTHERS".to_owned(), "theirs".to_owned());
    function.code.sha256 = "0000000000000000".to_owned();
    live.log_group = Some(log_group(None));
    live.url.as_mut().unwrap().settings.invoke_mode = "BUFFERED".to_owned();

    insta::assert_snapshot!(planned(&desired, &live), @"");
}

#[test]
fn values_of_the_users_own_variables_are_never_shown() {
    let desired = desired("AWS_IAM");
    let mut changed = converged(&desired);
    let environment = &mut changed.function.as_mut().unwrap().configuration.environment;
    environment.insert("SECRET".to_owned(), "old secret".to_owned());
    for live in [Live::default(), changed] {
        let text = planned(&desired, &live).to_string();
        assert!(text.contains("SECRET"), "{text}");
        assert!(!text.contains("secret"), "{text}");
    }
}

#[test]
fn converges_from_every_starting_point() {
    let mut seen = 0;
    for auth in ["AWS_IAM", "NONE"] {
        let desired = desired(auth);
        for start in starting_points(&desired) {
            let end = planned(&desired, &start)
                .actions
                .iter()
                .fold(start.clone(), advance);

            // The state itself, not the planner's opinion of it: a planner that overlooks a field
            // would also find nothing left to do.
            assert_reached(&desired, &start, &end);
            assert_eq!(planned(&desired, &end).actions, [], "from {start:#?}");
            seen += 1;
        }
    }
    assert!(seen > 10_000, "{seen}");
}

#[test]
fn an_interrupted_run_is_finished_by_the_next() {
    for auth in ["AWS_IAM", "NONE"] {
        let desired = desired(auth);
        for start in starting_points(&desired).step_by(7) {
            let actions = planned(&desired, &start).actions;
            for done in 0..actions.len() {
                let stopped = actions[..done].iter().fold(start.clone(), advance);

                let rest = planned(&desired, &stopped).actions;

                let end = rest.iter().fold(stopped, advance);
                assert_reached(&desired, &start, &end);
            }
        }
    }
}

#[test]
fn the_alias_moves_after_the_function_is_complete() {
    let desired = desired("AWS_IAM");
    let mut live = converged(&desired);
    let function = live.function.as_mut().unwrap();
    function.configuration.memory_mb = 128;
    function.code.sha256 = "old".to_owned();

    let kinds: Vec<&str> = planned(&desired, &live)
        .actions
        .iter()
        .map(|action| match action {
            Action::UpdateConfiguration { .. } => "configuration",
            Action::UpdateCode { .. } => "code",
            Action::Release { .. } => "release",
            other => panic!("{other}"),
        })
        .collect();

    assert_eq!(kinds, ["configuration", "code", "release"]);
}

#[test]
fn a_run_that_stopped_before_the_alias_moved_is_finished() {
    let desired = desired("AWS_IAM");
    let mut live = converged(&desired);
    live.alias.as_mut().unwrap().code.sha256 = "old".to_owned();

    insta::assert_snapshot!(planned(&desired, &live), @"");
}

#[test]
fn without_a_package_the_code_is_left_as_it_is() {
    let mut desired = desired("AWS_IAM");
    desired.package = None;
    let mut live = converged(&model::desired("AWS_IAM"));
    live.function.as_mut().unwrap().code.sha256 = "other".to_owned();
    live.alias.as_mut().unwrap().code.sha256 = "other".to_owned();

    assert_eq!(planned(&desired, &live).actions, []);
    assert!(matches!(
        plan(&desired, &Live::default()),
        Err(PlanError::NoCode { .. })
    ));
}

#[test]
fn logging_that_was_not_answered_is_not_compared() {
    let desired = desired("AWS_IAM");
    let mut live = converged(&desired);
    live.function.as_mut().unwrap().configuration.logging = None;
    live.alias.as_mut().unwrap().configuration.logging = None;

    assert_eq!(planned(&desired, &live).actions, []);
}

#[test]
fn opening_a_url_permits_first_and_closing_it_closes_first() {
    let positions = |from: &str, to: &str| {
        let actions = planned(&desired(to), &converged(&desired(from))).actions;
        let url = actions
            .iter()
            .position(|action| matches!(action, Action::UpdateUrl { .. }));
        let permission = actions.iter().position(|action| {
            matches!(
                action,
                Action::AddPermission { .. } | Action::RemovePermission { .. }
            )
        });
        (url.unwrap(), permission.unwrap())
    };

    let (url, permission) = positions("AWS_IAM", "NONE");
    assert!(permission < url);
    let (url, permission) = positions("NONE", "AWS_IAM");
    assert!(url < permission);
}

#[test]
fn a_hole_of_ours_is_repaired_and_a_foreign_one_reported() {
    let desired = desired("NONE");
    let mut live = converged(&desired);
    live.statements[1].meaning = Meaning::Hole;
    live.statements.push(Statement {
        sid: "theirs".to_owned(),
        meaning: Meaning::Hole,
    });

    insta::assert_snapshot!(planned(&desired, &live), @"");
}

#[test]
fn the_same_permission_under_another_id_is_enough() {
    let desired = desired("NONE");
    let mut live = converged(&desired);
    for (statement, sid) in live
        .statements
        .iter_mut()
        .zip(["FunctionURLAllowPublicAccess", "x"])
    {
        sid.clone_into(&mut statement.sid);
    }

    assert_eq!(planned(&desired, &live).actions, []);
}

#[test]
fn what_is_not_ours_is_refused_with_a_way_out() {
    let desired = desired("AWS_IAM");
    let mut live = converged(&desired);
    live.role.as_mut().unwrap().tags.clear();
    let others = BTreeMap::from([
        (
            MANAGED_BY_TAG.to_owned(),
            "bedrock-gateway-provision".to_owned(),
        ),
        ("bedrock-gateway:deployment".to_owned(), "other".to_owned()),
    ]);
    live.function.as_mut().unwrap().tags = others;

    let error = plan(&desired, &live).unwrap_err();

    insta::assert_snapshot!(format!("{error}\n{}", error.hint().unwrap()), @"");
}

#[test]
fn a_foreign_log_group_is_refused_when_it_would_be_changed() {
    let desired = desired("AWS_IAM");
    let mut live = Live {
        log_group: Some(log_group(None)),
        ..Live::default()
    };
    assert!(needs_log_group_tags(&desired, &live));
    live.log_group.as_mut().unwrap().tags = Some(BTreeMap::new());

    assert!(matches!(
        plan(&desired, &live),
        Err(PlanError::Foreign { .. })
    ));
    assert!(!needs_log_group_tags(&desired, &converged(&desired)));
}

#[test]
fn a_new_tag_goes_to_everything() {
    let mut desired = desired("AWS_IAM");
    let mut live = converged(&desired);
    desired.tags.insert("team".to_owned(), "nerv".to_owned());
    assert!(needs_log_group_tags(&desired, &live));
    live.log_group.as_mut().unwrap().tags = Some(live.role.as_ref().unwrap().tags.clone());

    insta::assert_snapshot!(planned(&desired, &live), @"");
}

#[test]
fn removal_leaves_nothing_of_ours_from_every_starting_point() {
    for auth in ["AWS_IAM", "NONE"] {
        let desired = desired(auth);
        for start in starting_points(&desired) {
            for logs in [false, true] {
                let plan = removal(&desired.names, &start, logs);

                let end = plan.actions.iter().fold(start.clone(), advance);

                let kept = if logs { None } else { start.log_group.clone() };
                assert_eq!(
                    end,
                    Live {
                        log_group: kept,
                        ..Live::default()
                    },
                    "from {start:#?}"
                );
            }
        }
    }
}

#[test]
fn removal_leaves_what_is_not_ours() {
    let desired = desired("NONE");
    let mut live = converged(&desired);
    live.function.as_mut().unwrap().tags.clear();

    insta::assert_snapshot!(removal(&desired.names, &live, true), @"");
}

#[test]
fn removal_shows_what_is_lost() {
    let desired = desired("NONE");

    insta::assert_snapshot!(removal(&desired.names, &converged(&desired), true), @"");
}

#[test]
fn removal_works_when_half_is_gone() {
    let desired = desired("NONE");
    let live = Live {
        role: Some(role(&desired, None)),
        function: Some(live_function(&desired)),
        url: Some(LiveUrl {
            url: "u".to_owned(),
            settings: desired.url.clone(),
        }),
        statements: vec![Statement {
            sid: Grant::InvokeViaUrl.sid().to_owned(),
            meaning: Meaning::Other,
        }],
        ..Live::default()
    };

    let end = removal(&desired.names, &live, false)
        .actions
        .iter()
        .fold(live, advance);

    assert_eq!(end, Live::default());
}
