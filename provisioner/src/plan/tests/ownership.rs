use std::collections::BTreeMap;

use super::fixtures::{converged, desired, log_group};
use super::planned;
use crate::deployment::names::MANAGED_BY_TAG;
use crate::deployment::state::Live;
use crate::hint::Hint as _;
use crate::plan::up::{PlanError, up};

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

    let error = up(&desired, &live).unwrap_err();

    insta::assert_snapshot!(format!("{error}\n{}", error.hint().unwrap()), @r"
    role `magi-role`, function `magi` (of deployment `other`) exist already, but not made by this tool for `magi`
    choose another `name`
    ");
}

#[test]
fn what_is_nobodys_is_taken_over_only_if_asked_and_what_is_another_deployments_never() {
    let mut desired = desired("AWS_IAM");
    let mut live = converged(&desired);
    live.function.as_mut().unwrap().tags.clear();

    let refused = up(&desired, &live).unwrap_err();
    assert!(refused.hint().unwrap().contains("--adopt"), "{refused}");

    desired.adopt = true;
    let taken_over = up(&desired, &live).unwrap();
    insta::assert_snapshot!(taken_over.to_string(), @r"
    ~ function magi (tags)
        tag bedrock-gateway:deployment (unset) -> magi
        tag managed-by (unset) -> bedrock-gateway-provision
    ! function `magi` was not made by this tool: it is taken over, and `down` will delete it
    ");

    let other = ("bedrock-gateway:deployment".to_owned(), "other".to_owned());
    live.function.as_mut().unwrap().tags.extend([other]);
    assert!(up(&desired, &live).is_err());
}

#[test]
fn a_foreign_log_group_is_refused() {
    let desired = desired("AWS_IAM");
    let mut live = Live {
        log_group: Some(log_group(&desired, None)),
        ..Live::default()
    };
    live.log_group.as_mut().unwrap().tags.clear();

    assert!(matches!(
        up(&desired, &live),
        Err(PlanError::Foreign { .. })
    ));
}

#[test]
fn a_new_tag_goes_to_everything() {
    let mut desired = desired("AWS_IAM");
    let live = converged(&desired);
    desired.tags.insert("team".to_owned(), "nerv".to_owned());

    insta::assert_snapshot!(planned(&desired, &live), @r"
    ~ log group /aws/lambda/magi (tags)
        tag team (unset) -> nerv
    ~ role magi-role (tags)
        tag team (unset) -> nerv
    ~ function magi (tags)
        tag team (unset) -> nerv
    ");
}
