//! The agents that flags and variables name.

use super::named::named;
use super::upstream::{agentcore, bedrock_agent, name_in};
use crate::commands::init::error::InitError;
use crate::config::{Agent, AgentName, Agents, InvalidValue, SettingFlags};

const EXPECTED: &str = "`ID/ALIAS` or an ARN, and `NAME=` before it if it is to have a name";

/// Fails if agents are named in several ways: nobody knows which are meant.
pub(in crate::commands::init) fn one_kind(
    args: &SettingFlags,
    told: &[String],
) -> Result<(), InitError> {
    let flags = [&args.agent_id, &args.agent_runtime, &args.agent_harness];
    let given = flags.into_iter().flatten();
    if given.count() + usize::from(!told.is_empty()) > 1 {
        return Err(InitError::SeveralAgents);
    }
    Ok(())
}

/// The agents, if nothing has to be looked up or asked.
pub(super) fn told(args: &SettingFlags, told: &[String]) -> Result<Option<Agents>, InitError> {
    if !told.is_empty() {
        let agents: Result<_, _> = told.iter().map(|text| agent(text)).collect();
        return Ok(Some(named(agents?)));
    }
    let arn = args.agent_runtime.as_ref().or(args.agent_harness.as_ref());
    let (name, upstream) = match (&args.agent_id, &args.agent_alias, arn) {
        (Some(id), Some(alias), _) => (AgentName::default(), bedrock_agent(id, alias)?),
        (_, _, Some(arn)) => (name_in(arn), agentcore(arn)?),
        _ => return Ok(None),
    };
    Ok(Some(Agents::only(Agent { name, upstream })))
}

/// `ID/ALIAS` or an ARN, either with `NAME=` before it.
fn agent(text: &str) -> Result<Agent, InitError> {
    let refused = |refused| InitError::Answer {
        flag: "--agent",
        refused,
    };
    let (name, place) = match text.split_once('=') {
        Some((name, place)) => (name.parse().map_err(refused)?, place),
        None if text.starts_with("arn:") => (name_in(text), text),
        None => (AgentName::default(), text),
    };
    let upstream = if place.starts_with("arn:") {
        agentcore(place)?
    } else {
        let (id, alias) = place.split_once('/').ok_or_else(|| {
            refused(InvalidValue {
                value: text.to_owned(),
                expected: EXPECTED,
            })
        })?;
        bedrock_agent(id, alias)?
    };
    Ok(Agent { name, upstream })
}
