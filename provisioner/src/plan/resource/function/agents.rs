//! The variable that tells the function its agents, in words: as JSON it is too long for any line.

use std::collections::BTreeSet;

use serde_json::Value;

/// What changes from one value of the variable to another; `None` where they are not as we write them,
/// or do not differ in anything that has a name.
pub(super) fn changed(from: &str, to: &str) -> Option<Vec<String>> {
    let parsed = |text| serde_json::from_str::<Value>(text).ok();
    let (from, to) = (parsed(from)?, parsed(to)?);
    let mut lines = Vec::new();
    for (list, word, shown) in [
        (
            "agents",
            "agent",
            agent as fn(&str, &Value) -> Option<String>,
        ),
        ("members", "member", member),
    ] {
        let (from, to) = (&from[list], &to[list]);
        let keys: BTreeSet<&String> = [from, to]
            .into_iter()
            .filter_map(Value::as_object)
            .flat_map(serde_json::Map::keys)
            .collect();
        for key in keys {
            let shown = |one: &Value| match one.get(key) {
                None => Some("(none)".to_owned()),
                Some(one) => shown(key, one),
            };
            let (from, to) = (shown(from)?, shown(to)?);
            if from != to {
                lines.push(format!("{word} {key}: {from} -> {to}"));
            }
        }
    }
    let default = |one: &Value| one["default"].as_str().map(str::to_owned);
    if let (Some(from), Some(to)) = (default(&from), default(&to))
        && from != to
    {
        lines.push(format!("default agent {from} -> {to}"));
    }
    (!lines.is_empty()).then_some(lines)
}

/// All of it, for a new function.
pub(super) fn listed(text: &str) -> Option<Vec<String>> {
    let lines = changed("{}", text)?;
    let lines = lines.iter().map(|line| line.replace(": (none) ->", ":"));
    Some(lines.collect())
}

fn agent(key: &str, agent: &Value) -> Option<String> {
    let text = |name: &str| agent[name].as_str();
    let reached = if text("type")? == "bedrock-agent" {
        let (id, alias) = (text("agentId")?, text("agentAliasId")?);
        format!("Bedrock agent {id}, alias {alias}")
    } else {
        let (arn, qualifier) = (text("arn")?, text("qualifier").unwrap_or("DEFAULT"));
        let protocol = text("protocol").map(|protocol| format!(", protocol {protocol}"));
        let history = text("history").filter(|history| *history != "session");
        let history = history.map(|history| format!(", history: {history}"));
        let more = [protocol, history]
            .into_iter()
            .flatten()
            .collect::<String>();
        format!("{arn}, endpoint {qualifier}{more}")
    };
    let name = text("name").filter(|name| *name != key);
    let called = name.map(|name| format!(", called {name}"));
    let unusual = ["request", "answer"].map(|name| match agent.get(name) {
        Some(value) => format!(", {name} {value}"),
        None => String::new(),
    });
    let unusual = unusual.concat();
    Some(format!("{reached}{}{unusual}", called.unwrap_or_default()))
}

fn member(key: &str, member: &Value) -> Option<String> {
    let name = member["name"].as_str().unwrap_or(key);
    let members = member.as_object()?;
    let role = members.get("role").and_then(Value::as_str);
    Some(role.map_or_else(|| name.to_owned(), |role| format!("{name} ({role})")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"default":"magi","agents":{"magi":{"type":"bedrock-agent","agentId":"MAGICOUNCL","agentAliasId":"LIVE","name":"SOLOMON"}}}"#;
    const TWO: &str = r#"{"default":"research","agents":{"magi":{"type":"bedrock-agent","agentId":"MAGICOUNCL","agentAliasId":"BETA","name":"SOLOMON"},"research":{"type":"agentcore-runtime","arn":"arn:x","protocol":"a2a","name":"research"}},"members":{"CASPAR":{"name":"カスパー","role":"sage"}}}"#;

    #[test]
    fn each_agent_and_member_has_a_line() {
        insta::assert_snapshot!(listed(TWO).unwrap().join("\n"), @r"
        agent magi: Bedrock agent MAGICOUNCL, alias BETA, called SOLOMON
        agent research: arn:x, endpoint DEFAULT, protocol a2a
        member CASPAR: カスパー (sage)
        ");
    }

    #[test]
    fn only_what_changes_is_shown() {
        insta::assert_snapshot!(changed(ONE, TWO).unwrap().join("\n"), @r"
        agent magi: Bedrock agent MAGICOUNCL, alias LIVE, called SOLOMON -> Bedrock agent MAGICOUNCL, alias BETA, called SOLOMON
        agent research: (none) -> arn:x, endpoint DEFAULT, protocol a2a
        member CASPAR: (none) -> カスパー (sage)
        default agent magi -> research
        ");
    }

    #[test]
    fn how_a_runtime_is_asked_and_understood_is_shown_as_it_is() {
        let with = |more: &str| {
            format!(r#"{{"agents":{{"a":{{"type":"agentcore-runtime","arn":"arn:x"{more}}}}}}}"#)
        };
        let (from, to) = (
            with(r#","request":"${question}""#),
            with(r#","request":{"q":"${question}"},"answer":{"text":"/a"}"#),
        );
        insta::assert_snapshot!(changed(&from, &to).unwrap().join("\n"), @r#"agent a: arn:x, endpoint DEFAULT, request "${question}" -> arn:x, endpoint DEFAULT, request {"q":"${question}"}, answer {"text":"/a"}"#);
    }

    #[test]
    fn what_is_not_ours_is_left_to_be_shown_as_it_is() {
        for text in ["", "hello", r#"{"agents":{"a":{"type":"bedrock-agent"}}}"#] {
            assert_eq!(changed(text, ONE), None, "{text}");
            assert_eq!(listed(text), None, "{text}");
        }
    }
}
