//! Events of Strands that JSON can't hold. Pure.
//!
//! Most of Strands' events carry the `Agent` object itself. Amazon's `bedrock-agentcore` sends such
//! an event as a JSON string of Python's own notation: `"{'data': '賛成', 'agent': <strands.…>, …}"`
//! (`BedrockAgentCoreApp._safe_serialize_to_json_string`, 1.25.0).

/// Such an event, as far as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Repr {
    /// A piece of text, and the node of the graph that it comes from.
    Text(Option<String>, String),
    Reasoning(Option<String>, String),
    /// A node of a graph has ended.
    NodeStopped(String),
    /// An event whose content comes in other events, too.
    Other,
}

/// Reads `text`; `None` when it is just text.
pub(super) fn read(text: &str) -> Option<Repr> {
    // Every event of the loop has this key, and no answer contains it.
    let is_event = text.starts_with("{'") && text.contains("event_loop_cycle_id");
    is_event.then(|| event(text).unwrap_or(Repr::Other))
}

fn event(mut text: &str) -> Option<Repr> {
    let mut node = None;
    // A loop, not recursion: graphs in graphs nest as deep as their author likes.
    loop {
        let (key, rest) = key(text, "{")?;
        let (string, rest) = literal(rest)?;
        match key.as_str() {
            "data" => return Some(Repr::Text(node, string)),
            "reasoningText" => return Some(Repr::Reasoning(node, string)),
            "type" => {
                let (_, rest) = key_of(rest, "node_id")?;
                let (id, rest) = literal(rest)?;
                match string.as_str() {
                    "multiagent_node_stop" => return Some(Repr::NodeStopped(id)),
                    "multiagent_node_stream" => (_, text) = key_of(rest, "event")?,
                    _ => return None,
                }
                node = Some(id);
            }
            _ => return None,
        }
    }
}

/// The next key, and what follows it.
fn key<'a>(text: &'a str, before: &str) -> Option<(String, &'a str)> {
    let (key, rest) = literal(text.strip_prefix(before)?)?;
    Some((key, rest.strip_prefix(": ")?))
}

fn key_of<'a>(text: &'a str, name: &str) -> Option<(String, &'a str)> {
    key(text, ", ").filter(|(key, _)| key == name)
}

/// A string in Python's notation, and what follows it.
fn literal(text: &str) -> Option<(String, &str)> {
    let mut rest = text.chars();
    let quote = rest.next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let mut string = String::new();
    loop {
        match rest.next()? {
            end if end == quote => return Some((string, rest.as_str())),
            '\\' => string.push(match rest.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'x' => hexadecimal(&mut rest, 2)?,
                'u' => hexadecimal(&mut rest, 4)?,
                'U' => hexadecimal(&mut rest, 8)?,
                itself => itself,
            }),
            character => string.push(character),
        }
    }
}

fn hexadecimal(rest: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let mut code = 0;
    for _ in 0..digits {
        code = code * 16 + rest.next()?.to_digit(16)?;
    }
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REST: &str =
        ", 'agent': <strands.agent.agent.Agent object at 0x7f>, 'event_loop_cycle_id': UUID('d1')}";

    fn text(notation: &str) -> Option<Repr> {
        read(&format!("{{'data': {notation}{REST}"))
    }

    #[test]
    fn text_is_read_whatever_python_has_escaped() {
        for (notation, said) in [
            ("'賛成'", "賛成"),
            (r#""it's""#, "it's"),
            (r#"'it\'s "so"'"#, r#"it's "so""#),
            (
                r"'a\\b\n\r\t\x1b\u3000\U000e0001'",
                "a\\b\n\r\t\u{1b}\u{3000}\u{e0001}",
            ),
            ("''", ""),
        ] {
            assert_eq!(text(notation), Some(Repr::Text(None, said.to_owned())));
        }
    }

    #[test]
    fn what_an_agent_says_is_just_text() {
        for said in ["", "賛成", "{", "{'data': 'x'}", "'event_loop_cycle_id'"] {
            assert_eq!(read(said), None, "{said}");
        }
    }

    #[test]
    fn graphs_in_graphs_are_read_however_deep() {
        let graph =
            |id: usize| format!("{{'type': 'multiagent_node_stream', 'node_id': '{id}', 'event': ");
        let graphs: String = (1..=100_000).map(graph).collect();
        let event = format!("{graphs}{{'data': 'x'{REST}");
        assert_eq!(
            read(&event),
            Some(Repr::Text(Some("100000".to_owned()), "x".to_owned()))
        );
    }

    proptest! {
        #[test]
        fn nothing_that_looks_like_an_event_is_taken_for_text(inside in ".{0,60}") {
            let text = format!("{{'{inside}{REST}");
            prop_assert!(read(&text).is_some());
        }
    }
}
