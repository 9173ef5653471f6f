//! `doctor`: examines the deployment as it is, and changes nothing.

use std::fmt::Write as _;

use serde_json::json;

use super::verify::{Reached, probe_for, verify};
use super::{Context, Observed, preflight};
use crate::cli::DoctorArgs;
use crate::config::Config;
use crate::doctor::{Finding, Grade, examine};
use crate::error::{CommandError, Hint as _};
use crate::plan::plan;
use crate::state::{Live, LiveUrl};

/// Prints all findings; fails if somebody has to do something.
pub async fn run(context: &Context, args: &DoctorArgs) -> Result<(), CommandError> {
    let Config { name, region, .. } = &context.config;
    let mut observed = Observed::new(context, context.agents()?, None).await?;
    observed.read_whole_role(context).await?;
    let Observed {
        account,
        desired,
        live,
    } = observed;
    let mut findings = examine(&desired.names, &live, &plan(&desired, &live));
    let reserved = live
        .function
        .as_ref()
        .and_then(|function| function.reserved_concurrency);
    if !args.skip_agent_check {
        findings.extend(preflight::look(context, &live).await);
    }
    findings.extend(asked(context, args, &live, reserved).await);

    let wrong = findings
        .iter()
        .filter(|finding| finding.grade.is_wrong())
        .count();
    let title = context.title(Some(&account));
    let result = json!({
        "name": name,
        "region": region,
        "account": account.id,
        "healthy": wrong == 0,
        "findings": findings,
    });
    context
        .printer
        .result(&result, &as_text(&title, &findings))
        .map_err(CommandError::Print)?;
    context.printer.detail(&context.effort());
    if wrong == 0 {
        Ok(())
    } else {
        Err(CommandError::Unhealthy { findings: wrong })
    }
}

/// What the deployment says itself, if it can be asked.
async fn asked(
    context: &Context,
    args: &DoctorArgs,
    live: &Live,
    reserved: Option<i32>,
) -> Option<Finding> {
    let LiveUrl { url, settings } = live.url.as_ref()?;
    let alias = live.alias.as_ref()?;
    let auth = alias.configuration.environment.get("GATEWAY_AUTH");
    let wanted = args.probe.unwrap_or(context.config.probe);
    let probe = probe_for(context, wanted, auth.map_or("", String::as_str), reserved);
    let reached = Reached {
        url,
        auth_type: &settings.auth_type,
        vpc: live
            .function
            .as_ref()
            .and_then(|function| function.vpc.as_deref()),
        is_fresh: false,
    };
    match verify(context, probe, &reached).await {
        Ok(proof) => Some(Finding::new(Grade::Fine, format!("{url} {}", proof?))),
        Err(cause) => Some(Finding {
            grade: Grade::Broken,
            message: cause.to_string(),
            remedy: cause.hint(),
        }),
    }
}

fn as_text(title: &str, findings: &[Finding]) -> String {
    let mut text = title.to_owned();
    for Finding {
        grade,
        message,
        remedy,
    } in findings
    {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n  {:<6} {message}", grade.to_string());
        if let Some(remedy) = remedy {
            let _ = write!(text, "\n         -> {remedy}");
        }
    }
    text
}
