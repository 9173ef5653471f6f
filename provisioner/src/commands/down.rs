//! `down`: deletes what carries our tags, however much of it is left.

use crate::plan::print::coloured;
use serde_json::json;

use super::error::CommandError;
use super::{Context, read_log_group_tags, read_role};
use crate::cli::DownArgs;
use crate::config::{Config, Probe};
use crate::deployment::state::Live;
use crate::env_file;
use crate::env_file::{Edit, EnvFileError, VARIABLE, Written};
use crate::plan::description::Description;
use crate::plan::{self, Action};
use crate::release::apply::Apply;

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
    let progress = aws.progress("reading what there is");
    let mut live = aws.live(&names).await.map_err(CommandError::Read)?;
    // Whose it is has to be known.
    read_role(context, &mut live).await?;
    if *logs {
        read_log_group_tags(aws, &mut live).await?;
    }
    drop(progress);
    let plan = plan::down(&names, &live, *logs);
    let title = context.title(live.account().as_ref());

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
        context
            .consent(*yes)
            .confirm_by_name(context.config.name.as_str())?;
        env_file_changed = forget_url(context, &live).unwrap_or_else(|error| {
            // No reason to leave everything else standing.
            printer.warn(&format_args!("{error}; remove {VARIABLE} by hand"));
            false
        });
        let total = plan.actions.len();
        Apply::new(aws, *printer, names, total, None, Probe::None)
            .carry_out(&plan.actions)
            .await
            .map_err(CommandError::Apply)?;
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
        "changes": plan.actions.iter().map(Action::describe).collect::<Vec<Description>>(),
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
