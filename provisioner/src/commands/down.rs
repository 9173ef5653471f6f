//! `down`: deletes what carries our tags, however much of it is left.

use serde_json::json;

use super::context::Context;
use super::error::CommandError;
use crate::aws::observe::Besides;
use crate::cli::DownArgs;
use crate::config::Config;
use crate::deployment::state::Live;
use crate::env_file::{self, Edit, EnvFileError, VARIABLE, Written};
use crate::plan::down::down;
use crate::plan::print::coloured;
use crate::plan::seen::Seen;
use crate::release::release;

/// Shows what goes, asks, and deletes it. The environment file comes first: while the URL still
/// exists it can be told from one of another deployment.
pub async fn run(context: &Context, args: &DownArgs) -> Result<(), CommandError> {
    let DownArgs { yes, logs } = args;
    let Context {
        config,
        aws,
        printer,
        ..
    } = context;
    let names = context.names();
    let besides = Besides::default();
    let seen = Box::pin(aws.observe(&names, &besides)).await;
    let Seen { account, live, .. } = seen.map_err(CommandError::Read)?;
    let plan = down(&names, &live, *logs);

    let title = context.title(Some(&account));
    let summary = if plan.is_empty() {
        "nothing to delete".to_owned()
    } else {
        plan.summary()
    };
    printer.say(&format_args!("{title}: {summary}"));
    let details = coloured(&plan);
    if !details.is_empty() {
        printer.say(&details);
    }
    let mut env_file_changed = false;
    if !plan.is_empty() {
        let consent = context.consent(*yes).confirm_by_name(config.name.as_str());
        consent.map_err(CommandError::Consent)?;
        env_file_changed = forget_url(context, &live).unwrap_or_else(|error| {
            // No reason to leave everything else standing.
            printer.warn(&format_args!("{error}; remove {VARIABLE} by hand"));
            false
        });
        let deleted = Box::pin(release(&context.tools(None), &plan, &live)).await;
        deleted.map_err(|error| CommandError::Release(Box::new(error)))?;
        printer.say(&format_args!("{title}: done ({})", context.effort()));
    }

    let Config {
        name,
        region,
        env_file,
        ..
    } = config;
    let result = json!({
        "name": name,
        "region": region,
        "changed": !plan.is_empty(),
        "changes": plan.account_changes(),
        "notes": plan.notes,
        "requests": aws.request_counts(),
        "envFile": { "path": env_file, "changed": env_file_changed },
    });
    printer.json_result(&result).map_err(CommandError::Print)
}

/// Takes our variable out of the environment file if it holds the URL that is deleted. Of another, or
/// where ours is gone already, nobody can tell whether something still answers there.
fn forget_url(context: &Context, live: &Live) -> Result<bool, EnvFileError> {
    let path = &context.config.env_file;
    let Some(value) = env_file::current(path)? else {
        return Ok(false);
    };
    let why = match &live.url {
        Some(url) if url.url == value => None,
        Some(url) => Some(format!("it is not this deployment's {}", url.url)),
        None => Some(format!(
            "this deployment has no URL any more, and {value} may be another's; if not, remove it by hand"
        )),
    };
    if let Some(why) = why {
        let path = path.display();
        context
            .printer
            .warn(&format_args!("{path} keeps {VARIABLE}: {why}"));
        return Ok(false);
    }
    let written = env_file::update(path, Edit::Remove)?;
    context
        .printer
        .say(&format_args!("{}: {VARIABLE} is removed", path.display()));
    Ok(written == Written::Changed)
}
