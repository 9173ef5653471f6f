//! The protocol of IAM and STS: a form in, XML out.

use std::collections::BTreeMap;
use std::fmt;

use super::api_error::ApiError;

/// The parameters of a request.
#[derive(Debug, Clone)]
pub(crate) struct Form(BTreeMap<String, String>);

impl Form {
    pub(crate) fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The operation that is asked for.
    pub(crate) fn action(&self) -> &str {
        self.get("Action").unwrap_or_default()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name).ok_or_else(|| {
            ApiError::bad_request(
                "ValidationError",
                format!(
                    "1 validation error detected: Value null at '{}' failed to satisfy \
                     constraint: Member must not be null",
                    lower_camel(name)
                ),
            )
        })
    }

    /// A list of strings: `TagKeys.member.1`, `TagKeys.member.2`, ...
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        (1..)
            .map_while(|n| self.get(&format!("{name}.member.{n}")).map(str::to_owned))
            .collect()
    }

    /// A list of tags: `Tags.member.1.Key`, `Tags.member.1.Value`, ...
    pub(crate) fn tags(&self) -> BTreeMap<String, String> {
        (1..)
            .map_while(|n| {
                let key = self.get(&format!("Tags.member.{n}.Key"))?;
                let value = self
                    .get(&format!("Tags.member.{n}.Value"))
                    .unwrap_or_default();
                Some((key.to_owned(), value.to_owned()))
            })
            .collect()
    }

    /// Refuses parameters that the operation would have to act on and does not know.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), ApiError> {
        let unknown = self.0.keys().find(|name| {
            let first = name.split('.').next().unwrap_or_default();
            !["Action", "Version"].contains(&first) && !known.contains(&first)
        });
        match unknown {
            None => Ok(()),
            Some(name) => Err(ApiError::not_emulated(format!(
                "`{name}` of {}",
                self.action()
            ))),
        }
    }
}

/// `RoleName` as AWS's validation messages write it.
fn lower_camel(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_ascii_lowercase())
        .into_iter()
        .chain(letters)
        .collect()
}

/// An XML element of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    name: String,
    content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    Text(String),
    Children(Vec<Element>),
}

impl Element {
    pub(crate) fn text(name: &str, text: impl fmt::Display) -> Self {
        Self {
            name: name.to_owned(),
            content: Content::Text(text.to_string()),
        }
    }

    pub(crate) fn node(name: &str, children: Vec<Self>) -> Self {
        Self {
            name: name.to_owned(),
            content: Content::Children(children),
        }
    }

    /// A list; each item is a `member`.
    pub(crate) fn members(name: &str, items: impl IntoIterator<Item = Vec<Self>>) -> Self {
        let items = items.into_iter().map(|item| Self::node("member", item));
        Self::node(name, items.collect())
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.name)?;
        match &self.content {
            Content::Text(text) => write!(f, "{}", escape(text))?,
            Content::Children(children) => {
                for child in children {
                    write!(f, "{child}")?;
                }
            }
        }
        write!(f, "</{}>", self.name)
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The document that answers an operation.
pub(crate) fn answer(
    action: &str,
    namespace: &str,
    request_id: &str,
    result: Vec<Element>,
) -> String {
    let result = if result.is_empty() {
        String::new()
    } else {
        Element::node(&format!("{action}Result"), result).to_string()
    };
    format!(
        "<{action}Response xmlns=\"{namespace}\">{result}<ResponseMetadata><RequestId>{request_id}\
         </RequestId></ResponseMetadata></{action}Response>"
    )
}

/// The document that refuses an operation.
pub(crate) fn error(namespace: &str, request_id: &str, error: &ApiError) -> String {
    let detail = Element::node(
        "Error",
        vec![
            Element::text("Type", error.fault()),
            Element::text("Code", error.code),
            Element::text("Message", &error.message),
        ],
    );
    format!(
        "<ErrorResponse xmlns=\"{namespace}\">{detail}<RequestId>{request_id}</RequestId>\
         </ErrorResponse>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lists_and_tags() {
        let form = Form::parse(
            b"Action=TagRole&Tags.member.1.Key=a&Tags.member.1.Value=x+y&Tags.member.2.Key=b\
              &TagKeys.member.1=a&TagKeys.member.2=b",
        );

        assert_eq!(form.action(), "TagRole");
        assert_eq!(
            form.tags(),
            BTreeMap::from([("a".into(), "x y".into()), ("b".into(), String::new())])
        );
        assert_eq!(form.list("TagKeys"), ["a", "b"]);
        assert_eq!(
            form.only(&["TagKeys"]).unwrap_err().message,
            "The local AWS does not emulate `Tags.member.1.Key` of TagRole"
        );
    }

    #[test]
    fn escapes_text() {
        let element = Element::node("A", vec![Element::text("B", "<&\">")]);

        assert_eq!(element.to_string(), "<A><B>&lt;&amp;&quot;&gt;</B></A>");
    }
}
