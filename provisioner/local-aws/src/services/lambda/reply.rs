//! What an operation of Lambda answers, before it is encoded.

use http::StatusCode;
use serde_json::{Value, json};

use crate::route::Call;
use crate::wire::page::page;

/// What an operation answers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Option<Value>,
}

impl Reply {
    pub(super) fn ok(body: Value) -> Self {
        Self {
            status: StatusCode::OK,
            body: Some(body),
        }
    }

    pub(super) fn created(body: Value) -> Self {
        Self {
            status: StatusCode::CREATED,
            body: Some(body),
        }
    }

    pub(super) fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            body: None,
        }
    }

    /// One page of a list, as the member `name`.
    pub(super) fn page<T>(
        call: &Call,
        name: &str,
        items: impl IntoIterator<Item = T>,
        encode: impl Fn(T) -> Value,
    ) -> Self {
        let limit = call
            .input
            .get("MaxItems")
            .and_then(|limit| limit.parse().ok())
            .unwrap_or(50);
        let (items, next) = page(items, call.input.get("Marker"), limit);
        let items: Vec<Value> = items.into_iter().map(encode).collect();
        let mut answer = json!({ name: items });
        if let Some(next) = next {
            answer["NextMarker"] = json!(next);
        }
        Self::ok(answer)
    }

    /// Takes the tags out of an answer to somebody who may not see them, as `GetFunction` does; `why`
    /// is the sentence that says so.
    pub(crate) fn without_tags(mut self, why: &str) -> Self {
        if let Some(members) = self.body.as_mut().and_then(Value::as_object_mut) {
            members.remove("Tags");
            let error = json!({ "ErrorCode": "AccessDeniedException", "Message": why });
            members.insert("TagsError".to_owned(), error);
        }
        self
    }
}
