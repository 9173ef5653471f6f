//! The order of changes, as others see it.

use serde_json::json;

use super::fixtures::{converged, desired};
use super::planned;
use crate::deployment::document::Document;
use crate::deployment::state::Live;
use crate::plan::action::Action;
use crate::plan::order::Guard;
use crate::plan::resource::role::RoleAction;
use crate::plan::{Plan, Step};

fn allows(actions: &[&str]) -> Document {
    let statements: Vec<_> = actions
        .iter()
        .map(|action| json!({ "Effect": "Allow", "Action": action, "Resource": "x" }))
        .collect();
    Document::new(json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// What the plan puts into the role, before the alias moves and after the URL has been asked.
fn policies(plan: &Plan) -> [Vec<Document>; 2] {
    [&plan.prepare, &plan.settle].map(|steps| {
        let policies = steps.iter().filter_map(|step| match &step.action {
            Action::Role(RoleAction::PutPolicy(change) | RoleAction::NarrowPolicy(change)) => {
                Some(change.to.clone())
            }
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

        let plan = planned(&desired, &live);

        let first = |steps: &[Step], is: fn(&Action) -> bool| {
            steps.iter().position(|step| is(&step.action))
        };
        let unguarded = first(&plan.prepare, |action| action.guard() == Guard::Look);
        let function = first(&plan.prepare, Action::changes_latest);
        assert!(function.unwrap() < unguarded.unwrap(), "{plan}");
        let policy = first(&plan.prepare, |action| matches!(action, Action::Role(_)));
        assert!(policy.is_some(), "{plan}");
        let retention = first(&plan.settle, |action| matches!(action, Action::LogGroup(_)));
        assert!(retention.is_some(), "{plan}");
        assert!(plan.release.moves_alias());
    }
}

#[test]
fn the_function_is_looked_at_before_what_aws_takes_from_anybody() {
    let desired = desired("AWS_IAM");
    let mut live = converged(&desired);
    live.function.as_mut().unwrap().configuration.memory_mb += 1;
    live.alias.as_mut().unwrap().configuration.memory_mb += 1;
    live.role.as_mut().unwrap().policy = None;
    live.log_group.as_mut().unwrap().retention_days = None;

    let guards = |plan: &Plan| -> Vec<(String, Guard)> {
        let steps = plan.steps();
        steps
            .map(|step| (step.action.describe().subject(), step.guard))
            .collect()
    };
    let look = |subject: &str| (subject.to_owned(), Guard::Look);
    let aws = |subject: &str| (subject.to_owned(), Guard::Aws);
    assert_eq!(
        guards(&planned(&desired, &live)),
        [
            aws("function magi (configuration)"),
            // Straight after a change of the function it is known what it holds.
            aws("role policy magi-role/bedrock-gateway"),
            look("log group /aws/lambda/magi (retention)"),
        ]
    );
    // There is no function yet that somebody else could have changed.
    let plan = planned(&desired, &Live::default());
    assert!(
        plan.steps().all(|step| step.guard == Guard::Aws),
        "{plan:#?}"
    );
}
