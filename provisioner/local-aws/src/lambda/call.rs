//! A request after routing, and the answer before encoding.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::super::account::Scope;
use super::super::api_error::{ApiError, decode};
use super::name::FunctionName;
use super::route::Route;

/// What a client asks for.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) route: Route,
    query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Call {
    pub(super) fn new(route: Route, query: &str, headers: HeaderMap, body: Bytes) -> Self {
        Self {
            route,
            query: form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            headers,
            body,
        }
    }

    /// The operation's name, for messages.
    pub(super) fn operation(&self) -> String {
        format!("lambda:{:?}", self.route.operation)
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query_all(name).next()
    }

    pub(super) fn query_all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.query
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as the members that an operation knows.
    pub(super) fn input<T: serde::de::DeserializeOwned>(&self) -> Result<T, ApiError> {
        decode(&self.operation(), &self.body)
    }

    /// The function of the path, with the qualifier of the query.
    pub(super) fn function(&self, scope: &Scope<'_>) -> Result<FunctionName, ApiError> {
        FunctionName::parse(&self.route.resource, self.query("Qualifier"), scope)
    }

    pub(super) fn function_for_url(&self, scope: &Scope<'_>) -> Result<FunctionName, ApiError> {
        FunctionName::parse_for_url(&self.route.resource, self.query("Qualifier"), scope)
    }

    /// One page of a list, as the member `name` of the answer.
    pub(super) fn page<T>(
        &self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        encode: impl Fn(T) -> Value,
    ) -> Reply {
        let limit = self
            .query("MaxItems")
            .and_then(|limit| limit.parse().ok())
            .unwrap_or(50);
        let (items, next) = super::super::page::page(items, self.query("Marker"), limit);
        let items: Vec<Value> = items.into_iter().map(encode).collect();
        let mut members = BTreeMap::from([(name.to_owned(), Value::from(items))]);
        if let Some(next) = next {
            members.insert("NextMarker".to_owned(), next.into());
        }
        Reply::ok(
            members
                .into_iter()
                .collect::<serde_json::Map<_, _>>()
                .into(),
        )
    }
}

/// What an operation answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) body: Option<Value>,
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
}
