use super::fixtures::{converged, desired, live_function, role};
use super::model::{advance, works};
use super::starting_points::starting_points;
use crate::deployment::permission::{Grant, Meaning, Statement};
use crate::deployment::state::{Live, LiveUrl};
use crate::plan::down::down;

#[test]
fn removal_leaves_nothing_of_ours_from_every_starting_point() {
    for auth in ["AWS_IAM", "NONE"] {
        let desired = desired(auth);
        for start in starting_points(&desired) {
            for logs in [false, true] {
                let plan = down(&desired.names, &start, logs);

                let end = works(&plan).iter().fold(start.clone(), advance);

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

    insta::assert_snapshot!(down(&desired.names, &live, true), @r"
    - role policy magi-role/bedrock-gateway
    - role magi-role
    - log group /aws/lambda/magi
        with everything logged so far
    ! left alone: function `magi`, not made by this tool
    ");
}

#[test]
fn removal_shows_what_is_lost() {
    let desired = desired("NONE");

    insta::assert_snapshot!(down(&desired.names, &converged(&desired), true), @r"
    - function URL magi:live
        https://abc.lambda-url.ap-northeast-1.on.aws/ is gone for good: a new one gets another address
    - permission bedrock-gateway-call-url on magi:live
        nobody needs to call it any more
    - permission bedrock-gateway-invoke-via-url on magi:live
        nobody needs to call it any more
    - alias magi:live
    - function magi
        with all its versions
    - role policy magi-role/bedrock-gateway
    - role magi-role
    - log group /aws/lambda/magi
        with everything logged so far
    ");
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

    let plan = down(&desired.names, &live, false);
    let end = works(&plan).iter().fold(live, advance);

    assert_eq!(end, Live::default());
}
