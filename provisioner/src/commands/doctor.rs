//! `doctor`: examines the deployment as it is, and changes nothing.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::context::Context;
use super::error::CommandError;
use crate::aws::AwsError;
use crate::aws::observe::Besides;
use crate::check::exposure::of_function;
use crate::check::finding::{Finding, Grade};
use crate::check::health::examine;
use crate::check::preflight::preflight;
use crate::check::sizing::{REPORT, Report, sizing};
use crate::cli::DoctorArgs;
use crate::config::Config;
use crate::config::variables::auth_of;
use crate::deployment::names::Account;
use crate::deployment::state::{Live, LiveUrl};
use crate::hint::{Complaint, Hint as _, chain};
use crate::package::{Binary, from_binary};
use crate::plan::asking::{Asking, Wish};
use crate::plan::desired::desired;
use crate::plan::up::up;
use crate::release::{Gateway, ask};

/// Prints all findings; fails if somebody has to do something.
pub async fn run(context: &Context, args: &DoctorArgs) -> Result<(), CommandError> {
    let mut findings: Vec<Finding> = args
        .binary
        .iter()
        .map(|path| runnable(context, path))
        .collect();
    let account = match examined(context, args, &mut findings).await {
        Ok(account) => Some(account),
        Err(error) => {
            findings.push(Finding::of(&Complaint::of(&error)));
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
fn runnable(context: &Context, path: &Path) -> Finding {
    let architecture = context.config.architecture;
    let binary = Binary {
        path: path.to_owned(),
        is_carried_too: context.edition.functions.is_some(),
    };
    match from_binary(&binary, architecture, &context.packages) {
        Ok(package) => {
            let message = format!(
                "Lambda can run `{}` ({architecture}, {} bytes zipped)",
                path.display(),
                package.zip.len()
            );
            Finding::new(Grade::Fine, message)
        }
        Err(error) => Finding::of(&Complaint::of(&CommandError::Package(error))),
    }
}

/// Looks at all that AWS has of the deployment; what it finds until it fails is told all the same.
async fn examined(
    context: &Context,
    args: &DoctorArgs,
    findings: &mut Vec<Finding>,
) -> Result<Account, CommandError> {
    let names = context.names();
    let besides = Besides {
        agents: context.agents_to_look_at(!args.skip_agent_check),
        past_alias: true,
    };
    let seen = Box::pin(context.aws.observe(&names, &besides)).await;
    let seen = seen.map_err(CommandError::Read)?;
    let desired = desired(&context.config, context.agents()?, &seen.account, None);
    let plan = up(&desired, &seen.live);
    findings.extend(examine(&names, &seen.live, &plan));
    findings.extend(released(context.edition.live(&seen.live), &seen.live));
    findings.extend(of_function(&names, &seen));
    findings.extend(preflight(&context.config.region, &names, &seen));
    findings.extend(asked(context, args, &seen.live).await);
    findings.extend(sized(context, &seen.live).await);
    Ok(seen.account)
}

/// Whether the function has more memory than its last invocations took.
async fn sized(context: &Context, live: &Live) -> Option<Finding> {
    let function = live.function.as_ref()?;
    live.log_group.as_ref()?;
    let memory_mb = u16::try_from(function.configuration.memory_mb).ok()?;
    match Box::pin(last_reports(context)).await {
        Ok(reports) => sizing(memory_mb, context.config.architecture, &reports),
        Err(error) => Some(Finding::new(
            Grade::Note,
            format!(
                "how much memory the function takes is not known: {}",
                chain(&error)
            ),
        )),
    }
}

/// What Lambda has reported in the last hour, else in the last day, else in the last two weeks: the log is read from
/// its oldest event on, and may be long.
async fn last_reports(context: &Context) -> Result<Vec<Report>, AwsError> {
    /// Of up to 10,000 events each.
    const MOST_PAGES: usize = 5;
    const HOUR_MS: i64 = 3_600_000;

    let names = context.names();
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let now = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
    for hours in [1, 24, 14 * 24] {
        let (mut reports, mut token) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let from = now - hours * HOUR_MS;
            let page = context.aws.log_events(&names, from, Some(REPORT), token);
            let (events, next) = page.await?;
            reports.extend(
                events
                    .iter()
                    .filter_map(|event| Report::of_line(&event.message)),
            );
            token = next;
            if token.is_none() {
                break;
            }
        }
        if !reports.is_empty() {
            return Ok(reports);
        }
    }
    Ok(Vec::new())
}

/// Which released `provision` the live function comes with.
fn released(edition: Option<String>, live: &Live) -> Option<Finding> {
    live.alias.as_ref()?;
    Some(match edition {
        Some(edition) => Finding::new(
            Grade::Fine,
            format!("callers have the function of provision {edition}"),
        ),
        None => Finding::new(
            Grade::Note,
            "callers have a function of no released `provision`: it was built by hand",
        ),
    })
}

/// What the deployment says itself, if it can be asked.
async fn asked(context: &Context, args: &DoctorArgs, live: &Live) -> Vec<Finding> {
    let (Some(LiveUrl { url, settings }), Some(alias)) = (&live.url, &live.alias) else {
        return Vec::new();
    };
    let function = live.function.as_ref();
    let token = args.proof.token.as_ref();
    let wish = Wish {
        probe: args.proof.probe.unwrap_or(context.config.probe),
        has_token: token.is_some(),
        auth: auth_of(&alias.configuration.environment),
        reserved_concurrency: function.and_then(|function| function.reserved_concurrency),
        settings,
    };
    let (asking, note) = Asking::decide(wish, &context.config, function, false);
    let gateway = Gateway {
        url,
        region: context.config.region.as_str(),
        token,
        names: &context.names(),
    };
    let answer = match Box::pin(ask(&context.aws, &gateway, &asking)).await {
        Ok(proof) => proof.map(|proof| Finding::new(Grade::Fine, format!("{url} {proof}"))),
        Err(cause) => Some(Finding {
            grade: Grade::Broken,
            message: cause.to_string(),
            remedy: cause.hint(),
        }),
    };
    let note = note.map(|note| Finding::new(Grade::Note, note.to_string()));
    note.into_iter().chain(answer).collect()
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
