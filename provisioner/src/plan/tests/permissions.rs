use super::fixtures::{converged, desired};
use super::model::works;
use super::{planned, work};
use crate::deployment::access::Auth;
use crate::deployment::permission::{Meaning, Statement};
use crate::deployment::state::{Desired, Live};
use crate::plan::action::Action;

#[test]
fn a_private_url_needs_no_permissions() {
    let plan = planned(&desired("AWS_IAM"), &Live::default());

    let mut steps = plan.steps();
    assert!(steps.all(|step| !matches!(step.action, Action::Permission(_))));
}

#[test]
fn opening_a_url_permits_first_and_closing_it_closes_first() {
    let positions = |from: &str, to: &str| {
        let open = planned(&desired(to), &converged(&desired(from))).open;
        let url = open
            .iter()
            .position(|step| matches!(step.action, Action::Url(_)));
        let permission = open
            .iter()
            .position(|step| matches!(step.action, Action::Permission(_)));
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

    insta::assert_snapshot!(planned(&desired, &live), @r"
    - permission bedrock-gateway-invoke-via-url on magi:live
        lets any AWS account invoke the function directly, past the URL
    + permission bedrock-gateway-invoke-via-url on magi:live
        anyone: lambda:InvokeFunction through the function URL only
    ! SECURITY: statement theirs, which is not ours, lets any AWS account invoke the function directly, past the URL; remove it with: aws lambda remove-permission --function-name magi --qualifier live --statement-id theirs
    ! anyone can start answers that run 60 s with 512 MB, even when nobody listens: up to $0.001 each and $1 for a thousand at once; set `reserved_concurrency`
    ! auth is `none`: whoever knows the URL can ask the agent, at your cost
    ");
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

    assert_eq!(work(&desired, &live), []);
}

#[test]
fn a_url_whose_function_checks_tokens_is_open_but_not_warned_of() {
    let mut open = desired("NONE");
    // What strangers could spend is a warning of its own.
    open.reserved_concurrency = Some(5);
    let tokens = Desired {
        auth: Auth::Jwt,
        ..open.clone()
    };
    let (open, tokens) = (
        planned(&open, &Live::default()),
        planned(&tokens, &Live::default()),
    );

    assert_eq!(works(&tokens), works(&open));
    assert!(tokens.notes.is_empty(), "{:?}", tokens.notes);
}
