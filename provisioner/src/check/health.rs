//! Looks at a deployment as it is and says what is wrong with it, what `up` would repair, and what
//! only people can. Pure.

use super::exposure;
use super::finding::{Finding, Grade};

use crate::deployment::names::Names;
use crate::deployment::permission::Grant;
use crate::deployment::state::{Live, LiveFunction};
use crate::hint::Complaint;
use crate::plan::action::Action;
use crate::plan::description::Description;
use crate::plan::resource::permission::PermissionAction;
use crate::plan::up::PlanError;
use crate::plan::{Plan, Step};

/// All findings at once. `plan` is what `up` would do.
pub(crate) fn examine(names: &Names, live: &Live, plan: &Result<Plan, PlanError>) -> Vec<Finding> {
    let mut findings = vec![existence(names, live)];
    findings.extend(live.function.as_ref().map(state));
    match plan {
        Ok(plan) => findings.extend(repairs(plan)),
        // Nothing is built here: a missing function is all that this says.
        Err(PlanError::NoCode { .. }) => {}
        Err(error @ PlanError::Foreign { .. }) => findings.push(Finding::of(&Complaint::of(error))),
    }
    findings.extend(exposure::of_alias(names, live));
    let notes = plan.iter().flat_map(|plan| &plan.notes);
    findings.extend(
        notes
            .filter(|note| !note.is_trouble)
            .map(|note| Finding::new(Grade::Note, note.to_string())),
    );
    findings
}

fn existence(names: &Names, live: &Live) -> Finding {
    let missing: Vec<&str> = [
        ("log group", live.log_group.is_none()),
        ("role", live.role.is_none()),
        ("function", live.function.is_none()),
        ("alias", live.alias.is_none()),
        ("function URL", live.url.is_none()),
    ]
    .into_iter()
    .filter_map(|(what, is_missing)| is_missing.then_some(what))
    .collect();
    if missing.is_empty() {
        Finding::new(Grade::Fine, format!("`{}` is deployed", names.deployment))
    } else {
        Finding::new(Grade::Repair, format!("missing: {}", missing.join(", ")))
            .remedy("`provision up` makes it")
    }
}

fn state(function: &LiveFunction) -> Finding {
    if function.reserved_concurrency == Some(0) {
        return Finding::new(
            Grade::Broken,
            "reserved concurrency is 0: every call is answered with 429",
        )
        .remedy("set `reserved_concurrency`, once you know who has stopped it and why");
    }
    if function.is_failed() {
        return Finding::new(Grade::Broken, "the function is in state Failed")
            .remedy("`provision status` tells more; `provision up` sends it again");
    }
    Finding::new(Grade::Fine, format!("the function is {}", function.state))
}

/// What `up` would do, in its order.
fn repairs(plan: &Plan) -> Vec<Finding> {
    let of_steps = |steps: &[Step]| -> Vec<Finding> { steps.iter().map(of_step).collect() };
    let release = plan.release.describe(&plan.names);
    let mut findings = of_steps(&plan.prepare);
    findings.extend(release.map(|it| repair(&it).remedy("`provision up` does it")));
    findings.extend(of_steps(&plan.open));
    findings.extend(of_steps(&plan.settle));
    findings
}

fn of_step(step: &Step) -> Finding {
    let finding = repair(&step.action.describe());
    match step.action {
        Action::Permission(PermissionAction::Add {
            grant: Grant::InvokeViaUrl,
            ..
        }) => finding.remedy(
            "`provision up` adds it: since 1 November 2026 a public URL without it answers 403 in every \
             account",
        ),
        _ => finding.remedy("`provision up` does it"),
    }
}

fn repair(description: &Description) -> Finding {
    let Description {
        change, details, ..
    } = description;
    let mut message = format!("{change} {}", description.subject());
    if !details.is_empty() {
        message = format!("{message}: {}", details.join("; "));
    }
    Finding::new(Grade::Repair, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::permission::{Meaning, Statement};
    use crate::deployment::state::Desired;
    use crate::plan::tests::fixtures::{converged, desired};
    use crate::plan::up::up;

    fn told(desired: &Desired, live: &Live) -> String {
        let findings = examine(&desired.names, live, &up(desired, live));
        let lines = findings.iter().map(|finding| {
            let Finding {
                grade,
                message,
                remedy,
            } = finding;
            match remedy {
                Some(remedy) => format!("{grade}: {message}\n    {remedy}"),
                None => format!("{grade}: {message}"),
            }
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_sound_deployment_is_fine() {
        let desired = desired("AWS_IAM");

        insta::assert_snapshot!(told(&desired, &converged(&desired)), @r"
        ok: `magi` is deployed
        ok: the function is Active
        ");
    }

    #[test]
    fn each_fault_comes_with_its_remedy() {
        let desired = desired("NONE");
        let mut live = converged(&desired);
        live.function.as_mut().unwrap().reserved_concurrency = Some(0);
        live.statements.pop();
        live.statements.push(Statement {
            sid: "theirs".to_owned(),
            meaning: Meaning::Hole,
        });
        live.url = None;

        insta::assert_snapshot!(told(&desired, &live), @r"
        repair: missing: function URL
            `provision up` makes it
        broken: reserved concurrency is 0: every call is answered with 429
            set `reserved_concurrency`, once you know who has stopped it and why
        repair: + permission bedrock-gateway-invoke-via-url on magi:live: anyone: lambda:InvokeFunction through the function URL only
            `provision up` adds it: since 1 November 2026 a public URL without it answers 403 in every account
        repair: + function URL magi:live: auth NONE, RESPONSE_STREAM
            `provision up` does it
        broken: statement theirs lets any AWS account invoke the function directly, past the URL
            aws lambda remove-permission --function-name magi --qualifier live --statement-id theirs
        note: statement bedrock-gateway-call-url opens a function URL that is gone; a new one would be public at once
            aws lambda remove-permission --function-name magi --qualifier live --statement-id bedrock-gateway-call-url
        note: auth is `none`: whoever knows the URL can ask the agent, at your cost
        ");
    }
}
