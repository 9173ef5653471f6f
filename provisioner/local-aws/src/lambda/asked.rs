//! What a request to Lambda asks for, as far as permissions depend on it.

use bytes::Bytes;
use http::request::Parts;
use serde_json::Value;

use super::super::access::Asked;
use super::super::account::Scope;
use super::super::api_error::ApiError;
use super::call::Call;
use super::name::FunctionName;
use super::route::{Operation, Route};

/// Reads a request without acting on it.
pub(crate) fn asked(parts: &Parts, body: &Bytes, scope: &Scope<'_>) -> Result<Asked, ApiError> {
    let route = Route::find(&parts.method, parts.uri.path()).ok_or_else(|| {
        ApiError::not_emulated(format!("lambda: {} {}", parts.method, parts.uri.path()))
    })?;
    let query = parts.uri.query().unwrap_or_default();
    let call = Call::new(route, query, parts.headers.clone(), body.clone());
    let operation = call.route.operation;
    // What is no JSON is refused by the operation.
    let input: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |member: &str| input[member].as_str().map(str::to_owned);
    let name = match operation {
        Operation::CreateFunction => {
            let name = text("FunctionName").unwrap_or_default();
            Some(FunctionName::parse(&name, None, scope)?)
        }
        Operation::ListFunctions | Operation::GetAccountSettings => None,
        _ => Some(call.function(scope)?),
    };
    let (resource, item) = name.map_or_else(Default::default, |it| (it.name, it.qualifier));
    Ok(Asked {
        operation: match operation {
            Operation::Invoke | Operation::InvokeWithResponseStream => {
                "lambda:InvokeFunction".to_owned()
            }
            _ => call.operation(),
        },
        resource,
        item,
        brings_tags: input["Tags"]
            .as_object()
            .is_some_and(|tags| !tags.is_empty()),
        passes_role: text("Role"),
        auth_type: text("AuthType").or_else(|| text("FunctionUrlAuthType")),
    })
}
