//! Lambda's control plane and its two ways to invoke. Each operation decodes its input, acts on the
//! account under its lock, and encodes; only function URLs and invocations reach further.

mod aliases;
mod asked;
mod call;
mod concurrency;
mod configuration;
mod executables;
mod function;
mod functions;
mod invoke;
mod lifecycle;
mod name;
mod package;
mod permissions;
mod policy;
mod response_stream;
mod route;
mod settings;
mod tags;
#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;
mod updates;
mod url_servers;
mod urls;
mod versions;

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderValue, Response};

use super::access::TagsHidden;
use super::account::{Account, Scope, State};
use super::api_error::ApiError;
use super::invoker::Invoker;
use call::{Call, Reply};
use route::{Operation, Route};
use url_servers::UrlServers;

pub(crate) use asked::asked;
pub(crate) use concurrency::Admission;
pub(crate) use function::Functions;
pub(crate) use urls::{AuthType, Cors, InvokeMode, UrlTarget};

/// The service.
#[derive(Debug)]
pub(crate) struct Lambda {
    account: Arc<Account>,
    invoker: Invoker,
    url_servers: UrlServers,
}

impl Lambda {
    /// The first function URL gets `url_port`, unless that is 0.
    pub(crate) fn new(account: Arc<Account>, invoker: Invoker, url_port: u16) -> Self {
        Self {
            url_servers: UrlServers::new(Arc::clone(&account), invoker.clone(), url_port),
            account,
            invoker,
        }
    }

    pub(crate) async fn handle(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<Response<Body>, ApiError> {
        let (parts, body) = request.into_parts();
        let route = Route::find(&parts.method, parts.uri.path()).ok_or_else(|| {
            ApiError::not_emulated(format!("lambda: {} {}", parts.method, parts.uri.path()))
        })?;
        let query = parts.uri.query().unwrap_or_default();
        let call = Call::new(route, query, parts.headers, body);
        let hidden = parts.extensions.get::<TagsHidden>();
        match call.route.operation {
            Operation::Invoke => invoke::invoke(&self.account, &self.invoker, &call).await,
            Operation::InvokeWithResponseStream => {
                response_stream::invoke(&self.account, &self.invoker, &call).await
            }
            _ => {
                let reply = self.change(&call).await?;
                Ok(encode(tags::hide(reply, hidden)))
            }
        }
    }

    /// One operation of the control plane, and what it means for the data plane.
    async fn change(&self, call: &Call) -> Result<Reply, ApiError> {
        let scope = self.account.scope();
        if call.route.operation == Operation::CreateFunctionUrlConfig {
            return self.url_servers.create(call, &scope);
        }
        let reply = operate(&mut self.account.lock(), call, &scope)?;
        match call.route.operation {
            Operation::UpdateFunctionCode | Operation::UpdateFunctionConfiguration => {
                self.invoker.retire(&call.function(&scope)?.name);
            }
            Operation::DeleteFunction => {
                self.invoker.retire(&call.function(&scope)?.name);
                self.url_servers.stop_deleted().await;
            }
            Operation::DeleteFunctionUrlConfig => self.url_servers.stop_deleted().await,
            _ => {}
        }
        Ok(reply)
    }

    pub(crate) async fn shutdown(&self) {
        self.url_servers.stop_all().await;
    }
}

/// The operation that a request asks for, if there is one.
pub(crate) fn operation_name(method: &http::Method, path: &str) -> Option<String> {
    Route::find(method, path).map(|route| format!("{:?}", route.operation))
}

fn operate(state: &mut State, call: &Call, scope: &Scope<'_>) -> Result<Reply, ApiError> {
    use Operation as Op;

    let operation = match call.route.operation {
        Op::CreateFunction => functions::create,
        Op::GetFunction => functions::get,
        Op::GetFunctionConfiguration => functions::get_configuration,
        Op::UpdateFunctionCode => updates::update_code,
        Op::UpdateFunctionConfiguration => updates::update_configuration,
        Op::DeleteFunction => functions::delete,
        Op::ListFunctions => functions::list,
        Op::PublishVersion => versions::publish,
        Op::ListVersionsByFunction => versions::list,
        Op::CreateAlias => aliases::create,
        Op::GetAlias => aliases::get,
        Op::UpdateAlias => aliases::update,
        Op::DeleteAlias => aliases::delete,
        Op::ListAliases => aliases::list,
        Op::GetFunctionUrlConfig => urls::get,
        Op::UpdateFunctionUrlConfig => urls::update,
        Op::DeleteFunctionUrlConfig => urls::delete,
        Op::ListFunctionUrlConfigs => urls::list,
        Op::AddPermission => permissions::add,
        Op::GetPolicy => permissions::get,
        Op::RemovePermission => permissions::remove,
        Op::PutFunctionConcurrency => concurrency::put,
        Op::GetFunctionConcurrency => concurrency::get,
        Op::DeleteFunctionConcurrency => concurrency::delete,
        Op::TagResource => tags::tag,
        Op::UntagResource => tags::untag,
        Op::ListTags => tags::list,
        Op::GetAccountSettings => concurrency::account_settings,
        Op::CreateFunctionUrlConfig | Op::Invoke | Op::InvokeWithResponseStream => {
            return Err(ApiError::not_emulated(call.operation()));
        }
    };
    operation(state, call, scope)
}

fn encode(reply: Reply) -> Response<Body> {
    let body = reply.body.map(|body| body.to_string()).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = reply.status;
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}
