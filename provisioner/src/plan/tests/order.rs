//! The order of changes, as others see it.

use serde_json::json;

use super::fixtures::{converged, desired};
use super::planned;
use crate::deployment::document::Document;
use crate::plan::*;

fn allows(actions: &[&str]) -> Document {
    let statements: Vec<_> = actions
        .iter()
        .map(|action| json!({ "Effect": "Allow", "Action": action, "Resource": "x" }))
        .collect();
    Document::new(json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// What the plan puts into the role, before the alias moves and after the URL has been asked.
fn policies(plan: &Plan) -> [Vec<Document>; 2] {
    let (reaching, settling) = plan.halves();
    [reaching, settling].map(|actions| {
        let policies = actions.iter().filter_map(|action| match action {
            Action::PutRolePolicy { to, .. } => Some(to.clone()),
            _ => None,
        });
        policies.collect()
    })
}

#[test]
fn the_version_that_is_live_may_do_what_it_needs_until_nobody_calls_it() {
    let mut desired = desired("AWS_IAM");
    let mut live = converged(&desired);
    let [ask_old, ask_new, log] = ["ask:old", "ask:new", "log"];
    let put = |live: &mut Live, policy: Document| live.role.as_mut().unwrap().policy = Some(policy);
    desired.role.policy = allows(&[ask_new, log]);
    desired.configuration.memory_mb += 1;

    // Another agent.
    put(&mut live, allows(&[ask_old, log]));
    let both = allows(&[ask_new, log, ask_old]);
    let after = vec![desired.role.policy.clone()];
    assert_eq!(
        policies(&planned(&desired, &live)),
        [vec![both.clone()], after.clone()]
    );
    // A run that was ended in the middle of that.
    put(&mut live, both);
    assert_eq!(policies(&planned(&desired, &live)), [vec![], after.clone()]);
    // One more agent.
    put(&mut live, allows(&[log]));
    assert_eq!(policies(&planned(&desired, &live)), [after.clone(), vec![]]);
    // No new version.
    desired.configuration.memory_mb -= 1;
    put(&mut live, allows(&[ask_old, log]));
    assert_eq!(policies(&planned(&desired, &live)), [after, vec![]]);
}

#[test]
fn what_aws_guards_comes_first() {
    let desired = desired("AWS_IAM");
    let mut changed = converged(&desired);
    changed.function.as_mut().unwrap().configuration.memory_mb += 1;
    changed.alias.as_mut().unwrap().configuration.memory_mb += 1;
    let mut half_made = converged(&desired);
    (half_made.function, half_made.alias, half_made.url) = (None, None, None);
    for mut live in [changed, half_made] {
        live.log_group.as_mut().unwrap().retention_days = None;
        live.role.as_mut().unwrap().policy = None;

        let actions = planned(&desired, &live).actions;

        let first = |is: fn(&Action) -> bool| actions.iter().position(is).unwrap();
        let unguarded = first(|action| !action.is_guarded());
        let function = first(Action::changes_function);
        let policy = first(|action| matches!(action, Action::PutRolePolicy { .. }));
        let released = first(|action| matches!(action, Action::Release { .. }));
        let retention = first(|action| matches!(action, Action::SetRetention { .. }));
        assert!(function < unguarded, "{actions:#?}");
        assert!(policy < released && released < retention, "{actions:#?}");
    }
}

#[test]
fn what_aws_does_not_show_yet_is_told_from_what_somebody_else_has_done() {
    let desired = desired("AWS_IAM");
    let put = |from: &str, to: &str| Action::PutRolePolicy {
        role: desired.names.role.clone(),
        name: desired.names.role_policy.to_owned(),
        from: Some(allows(&[from])),
        to: allows(&[to]),
    };
    let keep = |from, to| Action::SetRetention {
        log_group: desired.names.log_group.clone(),
        from: Some(from),
        to,
    };
    let done = [put("old", "both"), put("both", "new"), keep(7, 14)];

    for shown in [put("old", "new"), put("both", "new"), keep(7, 14)] {
        assert!(shown.shows_what_was_before(&done), "{shown}");
    }
    for theirs in [put("theirs", "new"), keep(30, 14)] {
        assert!(!theirs.shows_what_was_before(&done), "{theirs}");
    }
}
