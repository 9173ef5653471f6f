//! Asks what stands in the way, before anything is changed, and tells all of it at once.

use aws_smithy_runtime_api::box_error::BoxError;
use futures_util::future::join_all;

use super::exposure::of_function;
use super::finding::{Finding, Grade};
use super::preflight::preflight;
use crate::commands::Context;
use crate::commands::error::CommandError;
use crate::deployment::state::Live;
use crate::hint::{Hint as _, chain};
use crate::plan::seen::Looked;
use crate::terminal::printer::Printer;

/// Looks at the Region, at what `live` is like, and, if `asks_agents`, with one request each at the
/// agents.
pub(crate) async fn look(context: &Context, live: &Live, asks_agents: bool) -> Vec<Finding> {
    let (agents, unasked) = match looked(context, asks_agents).await {
        Ok(agents) => (agents, None),
        Err(error) => {
            let why = chain(&*error);
            let message = format!("could not look whether the agents are ready: {why}");
            (Vec::new(), Some(Finding::new(Grade::Note, message)))
        }
    };
    let mut findings = preflight(&context.config.region, &context.names(), live, &agents);
    findings.extend(unasked);
    findings
}

async fn looked(context: &Context, asks_agents: bool) -> Result<Vec<Looked>, BoxError> {
    if !asks_agents {
        return Ok(Vec::new());
    }
    let Context { config, aws, .. } = context;
    let aws = aws.control_plane().await?;
    let agents = config.agents.iter().flat_map(|agents| &agents.by_key);
    Ok(join_all(agents.map(|(key, agent)| aws.look(key, &agent.upstream))).await)
}

/// What is open past the alias, if there is a function.
pub(crate) async fn exposure(context: &Context, live: &Live) -> Result<Vec<Finding>, CommandError> {
    if live.function.is_none() {
        return Ok(Vec::new());
    }
    let names = context.names();
    let unqualified = context.aws.unqualified(&names).await;
    let unqualified = unqualified.map_err(CommandError::Read)?;
    // moto makes no difference between the function and its alias; AWS never gives two URLs one address.
    if unqualified.url.is_some() && unqualified.url == live.url {
        return Ok(Vec::new());
    }
    Ok(of_function(&names, &unqualified))
}

/// Refuses to go on if something is wrong; of the rest it warns.
pub(crate) fn pass(printer: Printer, findings: Vec<Finding>) -> Result<(), CommandError> {
    let (wrong, notes): (Vec<_>, Vec<_>) = findings
        .into_iter()
        .partition(|finding| finding.grade.is_wrong());
    for note in notes {
        printer.warn(&note.told());
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(CommandError::Preflight { findings: wrong })
    }
}

/// There is no package. What else stands in the way is told with it, not after the next try.
pub(crate) async fn without_package(
    context: &Context,
    error: CommandError,
    asks_agents: bool,
) -> CommandError {
    match context.aws.live(&context.names()).await {
        Ok(live) => beside(context, error, &live, asks_agents).await,
        Err(unread) => {
            let findings = vec![of_error(&error), of_error(&CommandError::Read(unread))];
            CommandError::Preflight { findings }
        }
    }
}

/// Nothing can be done with `live`. What else stands in the way is told with it.
pub(crate) async fn beside(
    context: &Context,
    error: CommandError,
    live: &Live,
    asks_agents: bool,
) -> CommandError {
    let mut findings = look(context, live, asks_agents).await;
    findings.retain(|finding| finding.grade.is_wrong());
    if findings.is_empty() {
        return error;
    }
    findings.insert(0, of_error(&error));
    CommandError::Preflight { findings }
}

/// What made the command fail, as one finding among others.
pub(crate) fn of_error(error: &CommandError) -> Finding {
    let message = match error {
        // Its own words are those that the findings begin with.
        CommandError::Plan(source) => chain(source),
        error => chain(error),
    };
    Finding {
        grade: Grade::Broken,
        message,
        remedy: error.hint(),
    }
}
