//! The gateway.yaml that `init` writes: an example, with every comment, and the answers in it.

use std::fmt::Write as _;

use crate::cli::Lang;
use crate::config::{Agent, Agents, History, Jwt, Name, Protocol, Region, Upstream};
use crate::deployment::access::Auth;

/// Explains every setting.
const ENGLISH: &str = include_str!("../../../../templates/gateway.yaml");
/// The same settings, explained in Japanese.
const JAPANESE: &str = include_str!("../../../../templates/gateway.ja.yaml");

fn example(comments: Lang) -> &'static str {
    match comments {
        Lang::En => ENGLISH,
        Lang::Ja => JAPANESE,
    }
}

/// The answers.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) name: Name,
    pub(super) region: Region,
    pub(super) agents: Agents,
    pub(super) auth: Auth,
    pub(super) jwt: Option<Jwt>,
}

impl Draft {
    /// The text of the file. An answer whose place the example no longer has would be lost: a test looks
    /// for that, and `init` reads the text back before it writes it.
    pub(super) fn text(&self, comments: Lang) -> String {
        let Self {
            name,
            region,
            agents,
            auth,
            jwt,
        } = self;
        let mut text = example(comments).to_owned();
        put(
            &mut text,
            "\nname: magi\n",
            &format!("\nname: {}\n", scalar(name.as_str())),
        );
        let of_region = format!("\nregion: {region}\n");
        put(&mut text, "\nregion: ap-northeast-1\n", &of_region);
        let agent = block(&text, "agent").to_owned();
        put(&mut text, &agent, &agents_text(agents));
        put(&mut text, "\nauth: iam\n", &format!("\nauth: {auth}\n"));
        if let Some(Jwt {
            issuer, audience, ..
        }) = jwt
        {
            let audience: Vec<String> = audience.iter().map(|it| scalar(it.as_str())).collect();
            // Below the comment about tokens, after which comes the one about telling agents who calls.
            let next = block(&text, "pass_caller").to_owned();
            let jwt = format!(
                "jwt:\n  issuer: {}\n  audience: [{}]\n\n{next}",
                scalar(issuer.as_str()),
                audience.join(", ")
            );
            text = text.replacen(&format!("\n{next}"), &jwt, 1);
        }
        text
    }
}

fn put(text: &mut String, place: &str, new: &str) {
    *text = text.replacen(place, new, 1);
}

/// The lines without a blank one between them in which `key` is set: its comment, itself and what it holds.
fn block<'a>(text: &'a str, key: &str) -> &'a str {
    let is_set = |block: &&str| {
        let prefix = format!("{key}:");
        block.lines().any(|line| line.starts_with(&prefix))
    };
    text.split_inclusive("\n\n")
        .find(is_set)
        .map(|block| block.strip_suffix('\n').unwrap_or(block))
        .unwrap_or_default()
}

fn agents_text(agents: &Agents) -> String {
    let Agents {
        default, by_key, ..
    } = agents;
    let mut text = String::new();
    if let [only] = by_key.values().collect::<Vec<_>>().as_slice() {
        text.push_str("agent:\n");
        agent_text(&mut text, only, "  ");
    } else {
        let default = scalar(default.as_str());
        // Writing to a string can't fail, here and below.
        let _ = write!(text, "default_agent: {default}\nagents:\n");
        for (key, agent) in by_key {
            let _ = writeln!(text, "  {}:", scalar(key.as_str()));
            agent_text(&mut text, agent, "    ");
        }
    }
    text
}

fn agent_text(text: &mut String, agent: &Agent, indent: &str) {
    let Agent { name, upstream } = agent;
    let lines = match upstream {
        Upstream::BedrockAgent { id, alias } => vec![
            ("id", scalar(id.as_str())),
            ("alias", scalar(alias.as_str())),
        ],
        Upstream::Runtime {
            arn,
            qualifier,
            dialogue,
        } => {
            let mut lines = vec![
                ("runtime", arn.to_string()),
                ("qualifier", scalar(qualifier.as_str())),
            ];
            if dialogue.protocol != Protocol::default() {
                lines.push(("protocol", dialogue.protocol.to_string()));
            }
            lines
        }
        Upstream::Harness {
            arn,
            qualifier,
            history,
        } => {
            let mut lines = vec![
                ("harness", arn.to_string()),
                ("qualifier", scalar(qualifier.as_str())),
            ];
            if *history != History::default() {
                lines.push(("history", history.to_string()));
            }
            lines
        }
    };
    let name = ("name", scalar(name.as_str()));
    for (key, value) in lines.into_iter().chain([name]) {
        let _ = writeln!(text, "{indent}{key}: {value}");
    }
}

/// A text in YAML: plain where that can't be taken for anything else, else in JSON's quotes.
fn scalar(text: &str) -> String {
    const WORDS: [&str; 7] = ["true", "false", "null", "yes", "no", "on", "off"];
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_/".contains(&byte))
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if plain {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::args;
    use crate::config::{Config, Dialogue, Needs};

    const RUNTIME: &str =
        "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/research-AbC1234567";

    fn agent(name: &str, upstream: Upstream) -> Agent {
        Agent {
            name: name.parse().unwrap(),
            upstream,
        }
    }

    fn classic(id: &str) -> Upstream {
        Upstream::BedrockAgent {
            id: id.parse().unwrap(),
            alias: "TSTALIASID".parse().unwrap(),
        }
    }

    fn draft(agents: Agents) -> Draft {
        Draft {
            name: "on".parse().unwrap(),
            region: "us-east-1".parse().unwrap(),
            agents,
            auth: Auth::Iam,
            jwt: None,
        }
    }

    const LANGUAGES: [Lang; 2] = [Lang::En, Lang::Ja];

    /// Read back, it says what was answered; and every explanation is still there.
    fn assert_is_read_back(draft: &Draft) {
        for language in LANGUAGES {
            let text = draft.text(language);
            let config = Config::resolve(&text, &args(), Needs::Deployment).unwrap();

            assert_eq!((&config.name, &config.region), (&draft.name, &draft.region));
            assert_eq!(config.agents.as_ref(), Some(&draft.agents));
            assert_eq!((config.auth, &config.jwt), (draft.auth, &draft.jwt));
            let comments = |text: &str| text.lines().filter(|line| line.starts_with('#')).count();
            assert_eq!(comments(&text), comments(example(language)));
        }
    }

    /// What the comments show as an example: indented lines, and settings that are commented out.
    fn shown(text: &str) -> Vec<&str> {
        let comments = text.lines().filter_map(|line| line.strip_prefix("# "));
        let lines = comments.filter(|line| {
            let word = line.split(' ').next().unwrap_or_default();
            line.starts_with("  ")
                || (word.ends_with(':') && word.starts_with(|c: char| c.is_ascii_lowercase()))
        });
        // The rest of a line may be an explanation.
        lines
            .filter_map(|line| line.split_whitespace().next())
            .collect()
    }

    #[test]
    fn both_languages_have_the_same_settings_and_examples() {
        let [english, japanese] = LANGUAGES
            .map(|language| Config::resolve(example(language), &args(), Needs::Deployment));
        assert_eq!(english.unwrap(), japanese.unwrap());

        let keys = |text: &'static str| -> Vec<&str> {
            let settings = text
                .lines()
                .map(str::trim)
                .filter(|line| !line.starts_with('#'));
            settings.filter(|line| !line.is_empty()).collect()
        };
        assert_eq!(keys(ENGLISH), keys(JAPANESE), "in the same order");
        assert_eq!(shown(ENGLISH), shown(JAPANESE));
        assert!(shown(ENGLISH).contains(&"allow_origins:"), "{ENGLISH}");
    }

    #[test]
    fn one_agent_of_each_kind() {
        assert_is_read_back(&draft(Agents::only(agent(
            "agent: \"1\"",
            classic("0123456789"),
        ))));
        let qualifier = || "beta".parse().unwrap();
        let runtime = Upstream::Runtime {
            arn: RUNTIME.parse().unwrap(),
            qualifier: qualifier(),
            dialogue: Dialogue {
                protocol: Protocol::A2a,
                ..Dialogue::default()
            },
        };
        assert_is_read_back(&draft(Agents::only(agent("研究", runtime))));
        let harness = Upstream::Harness {
            arn: RUNTIME.replace(":runtime", ":harness").parse().unwrap(),
            qualifier: qualifier(),
            history: History::Client,
        };
        assert_is_read_back(&draft(Agents::only(agent("null", harness))));
    }

    #[test]
    fn several_agents_and_tokens() {
        let by_key = [("b", classic("1E5")), ("a", classic("ABC"))];
        let agents = Agents {
            default: "b".parse().unwrap(),
            by_key: by_key
                .map(|(key, upstream)| (key.parse().unwrap(), agent(key, upstream)))
                .into(),
            members: std::collections::BTreeMap::new(),
        };
        assert_is_read_back(&Draft {
            auth: Auth::Jwt,
            jwt: Some(Jwt::new(
                "https://issuer.example/".parse().unwrap(),
                vec!["1abc".parse().unwrap(), "b".parse().unwrap()],
            )),
            ..draft(agents)
        });
    }
}
