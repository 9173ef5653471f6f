//! Asks what stands in the way, before anything is changed, and tells all of it at once.

use futures_util::future::join_all;

use super::Context;
use crate::doctor::{Finding, Grade};
use crate::error::{CommandError, Hint as _};
use crate::preflight::preflight;
use crate::printer::Printer;
use crate::state::Live;

/// Looks at the Region, at what `live` is like, and with one request each at the agents.
pub(super) async fn look(context: &Context, live: &Live) -> Vec<Finding> {
    let Context { config, aws, .. } = context;
    let agents = config.agents.iter().flat_map(|agents| &agents.by_key);
    let (agents, unasked) = match aws.control_plane().await {
        Ok(aws) => {
            let looks = agents.map(|(key, agent)| aws.look(key, &agent.upstream));
            (join_all(looks).await, None)
        }
        Err(error) => {
            let message = format!("could not look whether the agents are ready: {error}");
            (Vec::new(), Some(Finding::new(Grade::Note, message)))
        }
    };
    let mut findings = preflight(&config.region, &context.names(), live, &agents);
    findings.extend(unasked);
    findings
}

/// Refuses to go on if something is wrong; of the rest it warns.
pub(super) fn pass(printer: Printer, findings: Vec<Finding>) -> Result<(), CommandError> {
    let (wrong, notes): (Vec<_>, Vec<_>) = findings
        .into_iter()
        .partition(|finding| finding.grade.is_wrong());
    for note in notes {
        printer.warn(&note.message);
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(CommandError::Preflight { findings: wrong })
    }
}

/// There is no package. What else stands in the way is told with it, not after the next try.
pub(super) async fn without_package(context: &Context, error: CommandError) -> CommandError {
    let Ok(live) = context.aws.live(&context.names()).await else {
        return error;
    };
    let mut findings = look(context, &live).await;
    findings.retain(|finding| finding.grade.is_wrong());
    if findings.is_empty() {
        return error;
    }
    let package = Finding {
        grade: Grade::Broken,
        message: crate::error::chain(&error),
        remedy: error.hint(),
    };
    findings.insert(0, package);
    CommandError::Preflight { findings }
}
