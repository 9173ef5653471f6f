//! `doctor`: examines the deployment as it is, and changes nothing.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;

use super::error::CommandError;
use super::{Context, Observed};
use crate::check::finding::{Finding, Grade};
use crate::check::gate;
use crate::check::health::examine;
use crate::cli::DoctorArgs;
use crate::config::Config;
use crate::config::variables::auth_of;
use crate::deployment::content::Architecture;
use crate::deployment::names::Account;
use crate::deployment::state::{Live, LiveUrl};
use crate::hint::Hint as _;
use crate::package::from_binary;
use crate::plan::plan;
use crate::release::verify::{Question, Reached, verify};

/// Prints all findings; fails if somebody has to do something.
pub async fn run(context: &Context, args: &DoctorArgs) -> Result<(), CommandError> {
    let mut findings: Vec<Finding> = args
        .binary
        .iter()
        .map(|path| runnable(path, context.config.architecture))
        .collect();
    let account = match examined(context, args, &mut findings).await {
        Ok(account) => Some(account),
        Err(error) => {
            findings.push(gate::of_error(&error));
            None
        }
    };

    let wrong = findings
        .iter()
        .filter(|finding| finding.grade.is_wrong())
        .count();
    let Config { name, region, .. } = &context.config;
    let title = context.title(account.as_ref());
    let result = json!({
        "name": name,
        "region": region,
        "account": account.as_ref().map(|account| &account.id),
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

/// Whether Lambda can run a binary. Nothing is sent.
fn runnable(path: &Path, architecture: Architecture) -> Finding {
    match from_binary(path, architecture) {
        Ok(package) => {
            let message = format!(
                "Lambda can run `{}` ({architecture}, {} bytes zipped)",
                path.display(),
                package.zip.len()
            );
            Finding::new(Grade::Fine, message)
        }
        Err(error) => gate::of_error(&CommandError::Package(error)),
    }
}

/// Looks at all that AWS has of the deployment; what it finds until it fails is told all the same.
async fn examined(
    context: &Context,
    args: &DoctorArgs,
    findings: &mut Vec<Finding>,
) -> Result<Account, CommandError> {
    let mut observed = Observed::new(context, context.agents()?, None).await?;
    observed.read_whole_role(context).await?;
    let Observed {
        account,
        desired,
        live,
    } = observed;
    findings.extend(examine(&desired.names, &live, &plan(&desired, &live)));
    let reserved = live
        .function
        .as_ref()
        .and_then(|function| function.reserved_concurrency);
    findings.extend(gate::exposure(context, &live).await?);
    findings.extend(gate::look(context, &live, !args.skip_agent_check).await);
    findings.extend(asked(context, args, &live, reserved).await);
    Ok(account)
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
    let auth = auth_of(&alias.configuration.environment);
    let wanted = args.proof.probe.unwrap_or(context.config.probe);
    let question = Question::new(context, wanted, &args.proof, auth, reserved);
    let reached = Reached {
        url,
        version: &alias.version,
        settings,
        vpc: live
            .function
            .as_ref()
            .and_then(|function| function.vpc.as_deref()),
        is_fresh: false,
    };
    match verify(context, &question, &reached).await {
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
