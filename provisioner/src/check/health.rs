//! Looks at a deployment as it is and says what is wrong with it, what `up` would repair, and what
//! only people can. Pure.

use super::exposure;
use super::finding::{Finding, Grade};

use crate::deployment::names::Names;
use crate::deployment::permission::Grant;
use crate::deployment::state::{Live, LiveFunction};
use crate::hint::Hint as _;
use crate::plan::description::Description;
use crate::plan::{Action, Plan, PlanError};

/// All findings at once. `plan` is what `up` would do.
pub(crate) fn examine(names: &Names, live: &Live, plan: &Result<Plan, PlanError>) -> Vec<Finding> {
    let mut findings = vec![existence(names, live)];
    findings.extend(live.function.as_ref().map(state));
    let (actions, notes) = match plan {
        Ok(plan) => (plan.actions.as_slice(), plan.notes.as_slice()),
        // Nothing is built here: a missing function is all that this says.
        Err(PlanError::NoCode { .. }) => Default::default(),
        Err(error @ PlanError::Foreign { .. }) => {
            let mut foreign = Finding::new(Grade::Broken, error.to_string());
            foreign.remedy = error.hint();
            findings.push(foreign);
            Default::default()
        }
    };
    findings.extend(actions.iter().map(repair));
    findings.extend(exposure::of_alias(names, live));
    findings.extend(
        notes
            .iter()
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
    let LiveFunction {
        state,
        reserved_concurrency,
        ..
    } = function;
    match (state.as_str(), reserved_concurrency) {
        (_, Some(0)) => Finding::new(
            Grade::Broken,
            "reserved concurrency is 0: every call is answered with 429",
        )
        .remedy("set `reserved_concurrency`, once you know who has stopped it and why"),
        ("Failed", _) => Finding::new(Grade::Broken, "the function is in state Failed")
            .remedy("`provision status` tells more; `provision up` sends it again"),
        (state, _) => Finding::new(Grade::Fine, format!("the function is {state}")),
    }
}

fn repair(action: &Action) -> Finding {
    let description = action.describe();
    let Description {
        change, details, ..
    } = &description;
    let mut message = format!("{change} {}", description.subject());
    if !details.is_empty() {
        message = format!("{message}: {}", details.join("; "));
    }
    let finding = Finding::new(Grade::Repair, message);
    match action {
        Action::AddPermission {
            grant: Grant::InvokeViaUrl,
            ..
        } => finding.remedy(
            "`provision up` adds it: since 1 November 2026 a public URL without it answers 403 in every \
             account",
        ),
        Action::SetTrust { .. } => finding.remedy(
            "`provision up --strict` does it; without that, a run that finds nothing else to change does \
             not read who may assume the role",
        ),
        _ => finding.remedy("`provision up` does it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::permission::{Meaning, Statement};
    use crate::deployment::state::Desired;
    use crate::plan::plan;
    use crate::plan::tests::fixtures::{converged, desired};

    fn told(desired: &Desired, live: &Live) -> String {
        let findings = examine(&desired.names, live, &plan(desired, live));
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
