//! Who may invoke the function, read from its resource policy and compared by meaning: every tool
//! that makes function URLs public chooses other statement ids.
//!
//! Since October 2025 a public URL needs two statements. `lambda:InvokeFunction` for `*` without its
//! condition is a hole: it lets any AWS account call the function directly, past the URL.

use serde::Serialize;
use serde_json::Value;

use super::access::AuthType;

/// One statement of a resource policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub sid: String,
    pub meaning: Meaning,
}

/// What a statement allows, as far as this tool cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    Grant(Grant),
    /// Everybody may invoke the function directly.
    Hole,
    /// Everybody may call the URL, whatever its auth type is.
    UrlHole,
    /// It says what is not meant (`NotAction`, `NotPrincipal`).
    NotUnderstood,
    /// Anything else; not ours to judge.
    Other,
}

impl Meaning {
    /// What is dangerous about it, as the end of "statement x ...".
    pub fn danger(self) -> Option<&'static str> {
        match self {
            Self::Hole => Some("lets any AWS account invoke the function directly, past the URL"),
            Self::UrlHole => Some("lets any AWS account call the URL, whatever its auth type is"),
            Self::NotUnderstood => {
                Some("says NotAction or NotPrincipal, which is not understood here: look yourself")
            }
            Self::Grant(_) | Self::Other => None,
        }
    }
}

/// The command that takes a statement away. No qualifier: the policy of the function itself.
pub fn removal(function: &str, qualifier: Option<&str>, sid: &str) -> String {
    let qualifier = qualifier.map_or(String::new(), |it| format!(" --qualifier {it}"));
    format!(
        "aws lambda remove-permission --function-name {function}{qualifier} --statement-id {sid}"
    )
}

/// One of the two permissions that make a function URL public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grant {
    /// Everybody may call the URL while its auth type is NONE.
    CallUrl,
    /// Everybody may invoke the function, but only through its URL.
    InvokeViaUrl,
}

impl Grant {
    pub const ALL: [Self; 2] = [Self::CallUrl, Self::InvokeViaUrl];

    /// What has to be granted so that a URL of this auth type can be called: nothing, if callers sign.
    pub fn opening(auth_type: AuthType) -> &'static [Self] {
        match auth_type {
            AuthType::None => &Self::ALL,
            AuthType::AwsIam => &[],
        }
    }

    /// The statement id under which this tool adds it, and by which it knows its own.
    pub fn sid(self) -> &'static str {
        match self {
            Self::CallUrl => "bedrock-gateway-call-url",
            Self::InvokeViaUrl => "bedrock-gateway-invoke-via-url",
        }
    }

    /// The action allowed, in IAM's spelling.
    pub fn action(self) -> &'static str {
        match self {
            Self::CallUrl => "lambda:InvokeFunctionUrl",
            Self::InvokeViaUrl => "lambda:InvokeFunction",
        }
    }

    /// The condition, for people.
    pub fn condition(self) -> &'static str {
        match self {
            Self::CallUrl => "while the URL's auth type is NONE",
            Self::InvokeViaUrl => "through the function URL only",
        }
    }

    /// The grant that a statement id of ours stands for.
    pub fn of_sid(sid: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.sid() == sid)
    }
}

/// The statements of a resource policy, as `GetPolicy` returns it.
pub(crate) fn statements(policy: &str) -> Result<Vec<Statement>, serde_json::Error> {
    let policy: Value = serde_json::from_str(policy)?;
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    Ok(statements
        .iter()
        .map(|statement| Statement {
            sid: statement
                .get("Sid")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            meaning: meaning(statement),
        })
        .collect())
}

fn meaning(statement: &Value) -> Meaning {
    if ["NotAction", "NotPrincipal"]
        .iter()
        .any(|member| !statement[member].is_null())
    {
        return Meaning::NotUnderstood;
    }
    let allows = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
    if !allows || !is_everybody(statement.get("Principal")) {
        return Meaning::Other;
    }
    let actions = words(statement.get("Action"));
    let [action] = actions.as_slice() else {
        return unconditioned(statement, &actions);
    };
    match (
        action.to_ascii_lowercase().as_str(),
        conditions(statement).as_slice(),
    ) {
        ("lambda:invokefunctionurl", [condition])
            if condition.is("StringEquals", "lambda:FunctionUrlAuthType", "NONE") =>
        {
            Meaning::Grant(Grant::CallUrl)
        }
        ("lambda:invokefunction", [condition])
            if condition.is("Bool", "lambda:InvokedViaFunctionUrl", "true") =>
        {
            Meaning::Grant(Grant::InvokeViaUrl)
        }
        _ => unconditioned(statement, &actions),
    }
}

/// A hole, if one of the actions includes invoking the function or its URL and nothing limits it.
fn unconditioned(statement: &Value, actions: &[&str]) -> Meaning {
    let includes = |wanted: &str| {
        actions.iter().any(|action| {
            let action = action.to_ascii_lowercase();
            action == wanted
                // `lambda:Invoke*`, `lambda:*`, `*`
                || action.strip_suffix('*').is_some_and(|start| wanted.starts_with(start))
        })
    };
    if !conditions(statement).is_empty() {
        Meaning::Other
    } else if includes("lambda:invokefunction") {
        Meaning::Hole
    } else if includes("lambda:invokefunctionurl") {
        Meaning::UrlHole
    } else {
        Meaning::Other
    }
}

fn is_everybody(principal: Option<&Value>) -> bool {
    match principal {
        Some(Value::String(principal)) => principal == "*",
        Some(Value::Object(kinds)) => words(kinds.get("AWS")).contains(&"*"),
        _ => false,
    }
}

/// One comparison of a statement's condition.
struct Condition<'a> {
    operator: &'a str,
    key: &'a str,
    values: Vec<String>,
}

impl Condition<'_> {
    /// Condition keys are compared without case, as IAM does.
    fn is(&self, operator: &str, key: &str, value: &str) -> bool {
        self.operator == operator
            && self.key.eq_ignore_ascii_case(key)
            && matches!(self.values.as_slice(), [only] if only.eq_ignore_ascii_case(value))
    }
}

fn conditions(statement: &Value) -> Vec<Condition<'_>> {
    let operators = statement.get("Condition").and_then(Value::as_object);
    operators
        .into_iter()
        .flatten()
        .flat_map(|(operator, keys)| {
            keys.as_object()
                .into_iter()
                .flatten()
                .map(move |(key, value)| Condition {
                    operator,
                    key,
                    values: texts(value),
                })
        })
        .collect()
}

/// Strings of a member that may be one string or a list.
fn words(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(word)) => vec![word],
        Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

#[cfg(test)]
mod tests;
