//! Which agents the gateway is for: those that flags name, else those chosen from what the account
//! has.

mod flags;
mod named;
mod upstream;

use super::dialog::{Dialog, Prompt};
use crate::aws::catalog::Item;
use crate::aws::{AwsError, ControlPlane};
use crate::commands::error::CommandError;
use crate::commands::init::error::InitError;
use crate::config::{
    Agent, AgentKey, AgentName, Agents, Dialogue, History, Protocol, SettingFlags, Upstream,
    UpstreamKind,
};
use crate::hint::{Hint as _, chain};
use crate::plan::seen::Memory;
pub(super) use flags::one_kind;
use named::named;
use upstream::{agentcore, bedrock_agent, kind_of, kind_words, name_in};

const WHICH: Prompt<'_> = Prompt {
    text: "agent",
    flag: "--agent, --agent-runtime, --agent-harness or --agent-id",
};

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Candidate {
    kind: UpstreamKind,
    item: Item,
}

/// The agents that are wanted: those `told` by `--agent`, or by the flags of all commands, or chosen.
/// `catalog` is made only if something has to be looked up.
pub(super) async fn wanted(
    dialog: Dialog,
    args: &SettingFlags,
    told: &[String],
    catalog: impl AsyncFnOnce() -> Result<ControlPlane, CommandError>,
) -> Result<Agents, CommandError> {
    if let Some(agents) = flags::told(args, told)? {
        return Ok(agents);
    }
    let catalog = catalog().await?;
    let chosen = match &args.agent_id {
        Some(id) => vec![typed(id)],
        None => choose(dialog, &catalog).await?,
    };
    let mut agents = Vec::new();
    for candidate in &chosen {
        let alias = args.agent_alias.clone().filter(|_| chosen.len() == 1);
        agents.push(resolve(dialog, &catalog, candidate, alias).await?);
    }
    Ok(named(agents))
}

async fn choose(dialog: Dialog, catalog: &ControlPlane) -> Result<Vec<Candidate>, CommandError> {
    let (runtimes, harnesses, agents) =
        tokio::join!(catalog.runtimes(), catalog.harnesses(), catalog.agents());
    // The classic agents last: Bedrock takes no new customers for them.
    let lists = [
        (UpstreamKind::Runtime, runtimes),
        (UpstreamKind::Harness, harnesses),
        (UpstreamKind::BedrockAgent, agents),
    ];
    let mut candidates = Vec::new();
    let mut refused = false;
    for (kind, list) in lists {
        match list {
            Ok(items) => candidates.extend(items.into_iter().map(|item| Candidate { kind, item })),
            // Not every Region has every service, and not everybody may list everything.
            Err(error) => {
                refused = true;
                warn(dialog, &error);
            }
        }
    }
    candidates.retain(|candidate| {
        let Candidate { kind, item } = candidate;
        let usable = match kind {
            UpstreamKind::BedrockAgent => bedrock_agent(&item.id, "A").is_ok(),
            UpstreamKind::Runtime | UpstreamKind::Harness => agentcore(&item.id).is_ok(),
        };
        if !usable {
            dialog.printer.warn(&format_args!(
                "{} `{}` is left out: `{}` is no id of such an agent",
                kind_words(*kind),
                item.name,
                item.id
            ));
        }
        usable
    });
    if candidates.is_empty() {
        dialog.printer.say(&if refused {
            "not all lists of agents were answered, and the others are empty"
        } else {
            "no agents are found in this account and Region"
        });
        let id: AnyText = dialog.setting(
            Prompt {
                text: "ARN of a runtime or harness, or a Bedrock agent's id",
                ..WHICH
            },
            None,
            None,
        )?;
        return Ok(vec![typed(&id.0)]);
    }
    let lines: Vec<String> = candidates.iter().map(line).collect();
    let chosen = dialog.choose(WHICH, &lines, true)?;
    Ok(chosen
        .into_iter()
        .filter_map(|index| candidates.get(index).cloned())
        .collect())
}

/// A list that AWS refuses is no failure: the agent can be typed instead.
fn warn(dialog: Dialog, error: &AwsError) {
    let hint = error.hint().map(|hint| format!("\n  {hint}"));
    let text = chain(error) + &hint.unwrap_or_default();
    dialog.printer.warn(&text);
}

fn line(Candidate { kind, item }: &Candidate) -> String {
    let Item { id, name, status } = item;
    let id = id.rsplit('/').next().unwrap_or(id);
    format!("{name:<20} {} {id}, {status}", kind_words(*kind))
}

/// An id or ARN as it was typed; it is checked when it is used.
struct AnyText(String);

impl std::str::FromStr for AnyText {
    type Err = crate::config::InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl std::fmt::Display for AnyText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn typed(id: &str) -> Candidate {
    let kind = kind_of(id);
    let name = match kind {
        UpstreamKind::Runtime | UpstreamKind::Harness => name_in(id),
        UpstreamKind::BedrockAgent => AgentName::default(),
    };
    let item = Item {
        id: id.to_owned(),
        name: name.to_string(),
        status: String::new(),
    };
    Candidate { kind, item }
}

async fn resolve(
    dialog: Dialog,
    catalog: &ControlPlane,
    candidate: &Candidate,
    alias: Option<String>,
) -> Result<Agent, CommandError> {
    let Candidate {
        kind,
        item: Item { id, name, .. },
    } = candidate;
    let upstream = match kind {
        UpstreamKind::Runtime => spoken(dialog, catalog, agentcore(id)?).await?,
        UpstreamKind::Harness => remembering(catalog, agentcore(id)?).await,
        UpstreamKind::BedrockAgent => {
            let alias = match alias {
                Some(alias) => alias,
                None => choose_alias(dialog, catalog, id, name).await?,
            };
            bedrock_agent(id, &alias)?
        }
    };
    let name = name.parse().unwrap_or_default();
    Ok(Agent { name, upstream })
}

/// The harness, with the conversation kept where AWS says that it is. Who may not look gets the default.
async fn remembering(catalog: &ControlPlane, mut upstream: Upstream) -> Upstream {
    let seen = catalog.look(&AgentKey::default(), &upstream).await;
    let memory = seen.kept.map(|kept| kept.memory);
    if let (Upstream::Harness { history, .. }, Some(Memory::Off)) = (&mut upstream, memory) {
        *history = History::Client;
    }
    upstream
}

/// The same with the protocol that the runtime was made with, where AWS tells it.
async fn spoken(
    dialog: Dialog,
    catalog: &ControlPlane,
    upstream: Upstream,
) -> Result<Upstream, InitError> {
    let Upstream::Runtime {
        arn,
        qualifier,
        dialogue,
    } = upstream
    else {
        return Ok(upstream);
    };
    let protocol = match catalog.server_protocol(&arn, None).await {
        Ok((made_with, _)) if made_with == "MCP" => return Err(InitError::Mcp { arn }),
        Ok((made_with, _)) => Protocol::of_server(&made_with).unwrap_or_default(),
        Err(error) => {
            warn(dialog, &error);
            Protocol::default()
        }
    };
    Ok(Upstream::Runtime {
        arn,
        qualifier,
        dialogue: Dialogue {
            protocol,
            ..dialogue
        },
    })
}

async fn choose_alias(
    dialog: Dialog,
    catalog: &ControlPlane,
    id: &str,
    name: &str,
) -> Result<String, CommandError> {
    let (aliases, suggested) = match catalog.aliases(id).await {
        // The alias that every agent has.
        Ok(aliases) => (aliases, Some(AnyText("TSTALIASID".to_owned()))),
        Err(error) if error.is_not_found() => return Err(CommandError::Read(error)),
        Err(error) => {
            warn(dialog, &error);
            (Vec::new(), None)
        }
    };
    let text = format!("alias of {name}");
    let prompt = Prompt {
        text: &text,
        flag: "--agent-alias",
    };
    if aliases.is_empty() {
        let alias: AnyText = dialog.setting(prompt, None, suggested)?;
        return Ok(alias.0);
    }
    let lines: Vec<String> = aliases
        .iter()
        .map(|Item { id, name, status }| format!("{name:<20} {id}, {status}"))
        .collect();
    let chosen = dialog.choose(prompt, &lines, false)?;
    let chosen = chosen.first().and_then(|index| aliases.get(*index));
    Ok(chosen.map(|alias| alias.id.clone()).unwrap_or_default())
}
