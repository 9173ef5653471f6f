use std::collections::BTreeMap;

use super::super::*;
use super::fixtures::{converged, desired, log_group};
use super::planned;
use crate::state::MANAGED_BY_TAG;

#[test]
fn what_is_not_ours_is_refused_with_a_way_out() {
    let desired = desired("AWS_IAM");
    let mut live = converged(&desired);
    live.role
        .as_mut()
        .unwrap()
        .head
        .as_mut()
        .unwrap()
        .tags
        .clear();
    let others = BTreeMap::from([
        (
            MANAGED_BY_TAG.to_owned(),
            "bedrock-gateway-provision".to_owned(),
        ),
        ("bedrock-gateway:deployment".to_owned(), "other".to_owned()),
    ]);
    live.function.as_mut().unwrap().tags = others;

    let error = plan(&desired, &live).unwrap_err();

    insta::assert_snapshot!(format!("{error}\n{}", error.hint().unwrap()), @r#"
    role `magi-role`, function `magi` (of deployment `other`) exist already, but not made by this tool for `magi`
    choose another `name`, or hand what exists over to this tool (it will be changed to fit):
            aws iam tag-role --role-name magi-role --tags Key=managed-by,Value=bedrock-gateway-provision Key=bedrock-gateway:deployment,Value=magi
            aws lambda tag-resource --resource arn:aws:lambda:ap-northeast-1:123456789012:function:magi --tags '{"managed-by":"bedrock-gateway-provision","bedrock-gateway:deployment":"magi"}'
    "#);
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
    live.log_group.as_mut().unwrap().tags = Some(live.function.as_ref().unwrap().tags.clone());

    insta::assert_snapshot!(planned(&desired, &live), @r"
    ~ log group /aws/lambda/magi (tags)
        tag team (unset) -> nerv
    ~ role magi-role (tags)
        tag team (unset) -> nerv
    ~ function magi (tags)
        tag team (unset) -> nerv
    ");
}
