//! A request after routing: which operation it asks for, on what, with what.

use bytes::Bytes;
use http::request::Parts;
use serde_json::Value;

use super::function_name::FunctionName;
use super::operation::Operation;
use super::service::Service;
use crate::scope::Scope;
use crate::wire::api_error::{ApiError, decode};
use crate::wire::parameters::Parameters;

/// What a client asks for.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) service: Service,
    pub(crate) operation: &'static Operation,
    pub(crate) names: Names,
    /// The parameters of the query string, or of the form. A JSON body is read by its operation.
    pub(crate) input: Parameters,
    pub(crate) parts: Parts,
    pub(crate) body: Bytes,
}

/// What a request names, as its client wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    /// The function, role, log group, agent, runtime or harness; what is tagged, by its ARN.
    pub(crate) resource: String,
    /// What of it: an alias, a statement, an endpoint.
    pub(crate) item: String,
    /// The session of an agent.
    pub(crate) session: String,
}

impl Names {
    pub(super) fn of(resource: &str) -> Self {
        Self {
            resource: resource.to_owned(),
            ..Self::default()
        }
    }

    /// From the parts of a path that stand for `{...}`; without any, the resource is named elsewhere.
    pub(super) fn of_path(open: Vec<String>, resource: Option<String>) -> Self {
        let mut open = open.into_iter();
        Self {
            resource: open.next().or(resource).unwrap_or_default(),
            item: open.next().unwrap_or_default(),
            session: open.next().unwrap_or_default(),
        }
    }
}

impl Call {
    /// The operation, such as `lambda:Invoke`.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.service.name(), self.operation.name)
    }

    /// The permission that it takes, such as `lambda:InvokeFunction`.
    pub(crate) fn action(&self) -> String {
        format!("{}:{}", self.service.name(), self.operation.permission)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    /// The body as the members that the operation knows.
    pub(crate) fn decode<T: serde::de::DeserializeOwned>(&self) -> Result<T, ApiError> {
        decode(self.operation.name, &self.body)
    }

    /// All members of a JSON body. A body that is not JSON has none, and is refused by its operation.
    pub(crate) fn members(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The function that the request names, with the qualifier of the query.
    pub(crate) fn function(&self, scope: &Scope<'_>) -> Result<FunctionName, ApiError> {
        let qualifier = self.input.get("Qualifier");
        FunctionName::parse(&self.names.resource, qualifier, scope)
    }

    /// The same for function URLs, which only a function and its aliases can have.
    pub(crate) fn function_for_url(&self, scope: &Scope<'_>) -> Result<FunctionName, ApiError> {
        let qualifier = self.input.get("Qualifier");
        FunctionName::parse_for_url(&self.names.resource, qualifier, scope)
    }

    /// The loud answer of a service that has no handler for the operation.
    pub(crate) fn not_emulated(&self) -> ApiError {
        ApiError::not_emulated(self.name())
    }
}
