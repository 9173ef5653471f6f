//! The XML of the answers of IAM and STS.

use std::fmt;

use super::api_error::ApiError;
use super::page::page as page_of;
use super::parameters::Parameters;

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

/// The page of a list that a form asks for, in the element `name`.
pub(crate) fn page<T>(
    form: &Parameters,
    name: &str,
    items: impl IntoIterator<Item = T>,
    encode: impl Fn(T) -> Element,
) -> Vec<Element> {
    let limit = form
        .get("MaxItems")
        .and_then(|limit| limit.parse().ok())
        .unwrap_or(100);
    let (items, marker) = page_of(items, form.get("Marker"), limit);
    let mut answer = vec![
        Element::text("IsTruncated", marker.is_some()),
        Element::node(name, items.into_iter().map(encode).collect()),
    ];
    answer.extend(marker.map(|marker| Element::text("Marker", marker)));
    answer
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
    fn escapes_text() {
        let element = Element::node("A", vec![Element::text("B", "<&\">")]);

        assert_eq!(element.to_string(), "<A><B>&lt;&amp;&quot;&gt;</B></A>");
    }
}
