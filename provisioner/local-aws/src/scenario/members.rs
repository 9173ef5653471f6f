//! Steps with more than text: sources, files, tools, returned control.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

/// Words of the final answer, and where they come from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cite {
    pub(crate) text: String,
    pub(crate) sources: Vec<Reference>,
}

/// A part of a document: on the web, or in S3.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reference {
    pub(crate) uri: String,
    pub(crate) title: Option<String>,
    pub(crate) excerpt: String,
}

/// A file that the agent made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) media_type: String,
    pub(crate) text: String,
}

/// The client is asked to act; the answer ends.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReturnControl {
    pub(crate) group: String,
    pub(crate) function: String,
    #[serde(default)]
    pub(crate) parameters: BTreeMap<String, String>,
}

/// What a guardrail did because of which topic.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Guardrail {
    pub(crate) action: GuardrailAction,
    pub(crate) topic: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum GuardrailAction {
    Intervened,
    None,
}

impl GuardrailAction {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Intervened => "INTERVENED",
            Self::None => "NONE",
        }
    }
}

/// A model's reasoning.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    pub(crate) agent: String,
    pub(crate) text: String,
}

/// An agent uses a tool and sees what comes of it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Use {
    pub(crate) agent: String,
    #[serde(flatten)]
    pub(crate) tool: Tool,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Tool {
    /// A function of an action group.
    Function {
        group: String,
        name: String,
        #[serde(default)]
        parameters: BTreeMap<String, String>,
        output: Value,
    },
    /// A look into a knowledge base.
    Lookup { text: String, found: Vec<Reference> },
    /// Code that is run.
    Code {
        code: String,
        output: Option<String>,
        error: Option<String>,
    },
}

impl Tool {
    /// Its name, what it is given, and what comes of it, for protocols with one kind of tool only.
    pub(crate) fn call(&self) -> (&str, Value, Value) {
        match self {
            Self::Function {
                name,
                parameters,
                output,
                ..
            } => (name, json!(parameters), output.clone()),
            Self::Lookup { text, found } => {
                let excerpts: Vec<&str> = found.iter().map(|it| it.excerpt.as_str()).collect();
                ("retrieve", json!({"text": text}), json!(excerpts))
            }
            Self::Code {
                code,
                output,
                error,
            } => {
                let output = json!({"output": output, "error": error});
                ("code_interpreter", json!({"code": code}), output)
            }
        }
    }
}
