mod any_account;
mod down;
pub(crate) mod fixtures;
pub(crate) mod model;
mod optional;
mod order;
mod ownership;
mod permissions;
mod starting_points;

use super::resource::function::FunctionAction;
use super::up::{PlanError, up};
use super::*;
use crate::deployment::access::{Auth, InvokeMode};
use crate::deployment::state::Desired;
use fixtures::{converged, desired, log_group};
use model::{Work, advance, assert_reached, works};
use starting_points::starting_points;

fn planned(desired: &Desired, live: &Live) -> Plan {
    up(desired, live).unwrap()
}

/// What `up` does to the account, in its order.
fn work(desired: &Desired, live: &Live) -> Vec<Work> {
    works(&planned(desired, live))
}

#[test]
fn changes_nothing_when_the_account_already_agrees() {
    for auth in ["AWS_IAM", "NONE"] {
        let desired = desired(auth);
        assert_eq!(work(&desired, &converged(&desired)), []);
    }
}

#[test]
fn creates_everything_in_an_empty_account() {
    insta::assert_snapshot!(planned(&desired("NONE"), &Live::default()), @r"
    + log group /aws/lambda/magi
        retention 14 days
    + role magi-role
        assumed by lambda.amazonaws.com
        within the boundary arn:aws:iam::123456789012:policy/magi-boundary
    + function magi
        runtime provided.al2023, x86_64
        memory 512 MB, timeout 60 s
        code 1.2 MB, sha256 newnewne
        ephemeral storage 512 MB
        GATEWAY_TRACE off
        SECRET (value hidden)
    + role policy magi-role/bedrock-gateway
        allows bedrock:InvokeAgent on agent
    + alias magi:live
        at a new version
    + permission bedrock-gateway-call-url on magi:live
        anyone: lambda:InvokeFunctionUrl while the URL's auth type is NONE
    + permission bedrock-gateway-invoke-via-url on magi:live
        anyone: lambda:InvokeFunction through the function URL only
    + function URL magi:live
        auth NONE, RESPONSE_STREAM
    ! anyone can start answers that run 60 s with 512 MB, even when nobody listens: up to $0.001 each and $1 for a thousand at once; set `reserved_concurrency`
    ! auth is `none`: whoever knows the URL can ask the agent, at your cost
    ");
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
    live.log_group = Some(log_group(&desired, None));
    live.url.as_mut().unwrap().settings.invoke_mode = InvokeMode::Buffered;

    insta::assert_snapshot!(planned(&desired, &live), @r"
    ~ function magi (configuration)
        memory 128 -> 512 MB
        GATEWAY_TRACE full -> off
        SECRET (value hidden) changes
        GATEWAY_OLD -> (unset)
    ~ function magi (code)
        code sha256 00000000 -> newnewne, 1.2 MB
    ~ alias magi:live
        version 1 -> a new version
        OTHERS (unset) -> (value hidden)
    ~ function URL magi:live
        invoke mode BUFFERED -> RESPONSE_STREAM
    ~ log group /aws/lambda/magi (retention)
        retention for ever -> 14 days
    ! left alone: the function's variable OTHERS, which is not in the configuration
    ");
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
            let end = work(&desired, &start).iter().fold(start.clone(), advance);

            // The state itself, not the planner's opinion of it: a planner that overlooks a field
            // would also find nothing left to do.
            assert_reached(&desired, &start, &end);
            assert_eq!(work(&desired, &end), [], "from {start:#?}");
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
            let actions = work(&desired, &start);
            for done in 0..actions.len() {
                let stopped = actions[..done].iter().fold(start.clone(), advance);

                let rest = work(&desired, &stopped);

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

    live.alias.as_mut().unwrap().code.sha256 = "old".to_owned();

    let work = work(&desired, &live);

    let kinds: Vec<&str> = work
        .iter()
        .map(|work| match work {
            Work::Action(Action::Function(FunctionAction::UpdateConfiguration { .. })) => {
                "configuration"
            }
            Work::Action(Action::Function(FunctionAction::UpdateCode { .. })) => "code",
            Work::Release(_) => "release",
            Work::Action(other) => panic!("{other}"),
        })
        .collect();

    assert_eq!(kinds, ["configuration", "code", "release"]);
}

#[test]
fn a_run_that_stopped_before_the_alias_moved_is_finished() {
    let desired = desired("AWS_IAM");
    let mut live = converged(&desired);
    live.alias.as_mut().unwrap().code.sha256 = "old".to_owned();

    insta::assert_snapshot!(planned(&desired, &live), @r"
    ~ alias magi:live
        version 1 -> a new version
        code sha256 old -> newnewne
    ");
}

#[test]
fn a_release_tells_what_changes_for_callers_where_nothing_else_does() {
    let desired = desired("AWS_IAM");
    let mut live = converged(&desired);
    // After a rollback, and then somebody has changed `$LATEST`.
    let alias = live.alias.as_mut().unwrap();
    alias.configuration.memory_mb = 128;
    let environment = &mut alias.configuration.environment;
    environment.insert("SECRET".to_owned(), "old secret".to_owned());
    "0000000000000000".clone_into(&mut alias.code.sha256);
    let function = live.function.as_mut().unwrap();
    function.configuration.timeout_seconds = 3;

    insta::assert_snapshot!(planned(&desired, &live), @r"
    ~ function magi (configuration)
        timeout 3 -> 60 s
    ~ alias magi:live
        version 1 -> a new version
        memory 128 -> 512 MB
        SECRET (value hidden) changes
        code sha256 00000000 -> newnewne
    ");
}

#[test]
fn a_function_that_has_failed_is_sent_again() {
    let desired = desired("AWS_IAM");
    let mut live = converged(&desired);
    "Failed".clone_into(&mut live.function.as_mut().unwrap().state);

    insta::assert_snapshot!(planned(&desired, &live), @r"
    ~ function magi (configuration)
        the same configuration again, because the function has failed
    ~ function magi (code)
        code sha256 newnewne, the same again
    ! the function is in state Failed: its configuration and code are sent again
    ");
}

#[test]
fn an_open_url_without_a_limit_is_warned_of_with_what_it_may_cost() {
    let mut desired = desired("NONE");
    desired.configuration.memory_mb = 2048;
    desired.configuration.timeout_seconds = 600;
    let warnings = |desired: &Desired, live: &Live| {
        let notes = planned(desired, live).notes;
        notes
            .iter()
            .filter(|note| {
                note.to_string()
                    .contains("$0.020 each and $20 for a thousand")
            })
            .count()
    };
    for auth in [Auth::None, Auth::Jwt] {
        desired.auth = auth;
        assert_eq!(warnings(&desired, &Live::default()), 1);
        assert_eq!(warnings(&desired, &converged(&desired)), 1);
    }
    let mut limited = converged(&desired);
    limited.function.as_mut().unwrap().reserved_concurrency = Some(5);
    assert_eq!(warnings(&desired, &limited), 0);
    desired.reserved_concurrency = Some(5);
    assert_eq!(warnings(&desired, &Live::default()), 0);
}

#[test]
fn without_a_package_the_code_is_left_as_it_is() {
    let mut desired = desired("AWS_IAM");
    desired.package = None;
    let mut live = converged(&fixtures::desired("AWS_IAM"));
    live.function.as_mut().unwrap().code.sha256 = "other".to_owned();
    live.alias.as_mut().unwrap().code.sha256 = "other".to_owned();

    assert_eq!(work(&desired, &live), []);
    assert!(matches!(
        up(&desired, &Live::default()),
        Err(PlanError::NoCode { .. })
    ));
}
