//! What requests call the agents, where there are several.

use std::collections::BTreeMap;

use crate::config::{Agent, AgentKey, Agents};

/// One agent in the short form; several by their names, the first by default.
pub(super) fn named(agents: Vec<Agent>) -> Agents {
    let mut agents = agents.into_iter();
    let (Some(first), rest) = (agents.next(), agents.as_slice()) else {
        return Agents {
            default: key("agent", ""),
            by_key: BTreeMap::new(),
            members: BTreeMap::new(),
        };
    };
    if rest.is_empty() {
        return Agents::only(first);
    }
    let default = key(first.name.as_str(), "");
    let mut by_key = BTreeMap::from([(default.clone(), first)]);
    for agent in agents {
        let name = agent.name.to_string();
        let free = (1_u32..=99)
            .map(|number| match number {
                1 => key(&name, ""),
                number => key(&name, &format!("-{number}")),
            })
            .find(|key| !by_key.contains_key(key));
        if let Some(free) = free {
            by_key.insert(free, agent);
        }
    }
    Agents {
        default,
        by_key,
        members: BTreeMap::new(),
    }
}

/// What requests may call an agent of this name; `suffix` tells it from others of the same.
fn key(name: &str, suffix: &str) -> AgentKey {
    let word = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let text: String = name.chars().map(word).collect();
    let room = 64 - suffix.len();
    let mut text: String = text.trim_matches('-').chars().take(room).collect();
    if text.is_empty() {
        return AgentKey::default();
    }
    text.push_str(suffix);
    text.parse().unwrap_or_else(|_| AgentKey::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::init::agents::upstream::bedrock_agent;

    fn agent(name: &str) -> Agent {
        let upstream = bedrock_agent("A", "B").unwrap();
        let name = name.parse().unwrap();
        Agent { name, upstream }
    }

    #[test]
    fn several_get_keys_from_their_names_and_the_first_is_the_default() {
        let long = "長".repeat(70);
        let agents = named(vec![
            agent("My Agent"),
            agent("a"),
            agent("A"),
            agent(&long),
        ]);

        let keys: Vec<&str> = agents.by_key.keys().map(AgentKey::as_str).collect();
        assert_eq!(keys, ["a", "a-2", "default", "my-agent"]);
        assert_eq!(agents.default.as_str(), "my-agent");
    }

    #[test]
    fn long_names_that_begin_alike_get_keys_of_their_own() {
        let begin = "a".repeat(64);
        let agents = named(vec![
            agent(&begin),
            agent(&format!("{begin}b")),
            agent(&format!("{begin}c")),
        ]);

        assert_eq!(agents.by_key.len(), 3);
        assert!(agents.by_key.keys().all(|key| key.as_str().len() <= 64));
    }
}
