//! Lambda as a whole: its control plane, and the functions that run.

use std::sync::Arc;

use axum::body::Body;
use http::Response;

use super::protocol::{JSON, respond};
use crate::access::{self, Allowed};
use crate::account::Account;
use crate::route::Call;
use crate::running::{Invoker, UrlServers, invoke, invoke_with_response_stream};
use crate::services::lambda::{self, Reply};
use crate::wire::api_error::ApiError;

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
            url_servers: UrlServers::new(
                Arc::clone(&account),
                invoker.clone(),
                access::may_invoke_url,
                url_port,
            ),
            account,
            invoker,
        }
    }

    pub(super) async fn handle(
        &self,
        call: &Call,
        allowed: &Allowed,
    ) -> Result<Response<Body>, ApiError> {
        let reply = match call.operation.name {
            "Invoke" => return invoke(&self.account, &self.invoker, call).await,
            "InvokeWithResponseStream" => {
                return invoke_with_response_stream(&self.account, &self.invoker, call).await;
            }
            "CreateFunctionUrlConfig" => self.url_servers.create(call, &self.account.scope())?,
            _ => self.change(call, allowed.is_deployer).await?,
        };
        let Reply { status, body } = match &allowed.tags_hidden {
            Some(why) => reply.without_tags(why),
            None => reply,
        };
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        Ok(respond(status, JSON, body))
    }

    /// An operation of the control plane. New code or configuration ends the environments that run the old
    /// one, and a deleted function URL ends its server.
    async fn change(&self, call: &Call, by_deployer: bool) -> Result<Reply, ApiError> {
        let scope = self.account.scope();
        let reply = {
            let mut state = self.account.lock();
            let state = &mut *state;
            lambda::handle(
                call,
                by_deployer,
                &mut state.functions,
                &state.roles,
                &scope,
            )?
        };
        match call.operation.name {
            "UpdateFunctionCode" | "UpdateFunctionConfiguration" => {
                self.invoker.retire(&call.function(&scope)?.name);
            }
            "DeleteFunction" => {
                self.invoker.retire(&call.function(&scope)?.name);
                self.url_servers.stop_deleted().await;
            }
            "DeleteFunctionUrlConfig" => self.url_servers.stop_deleted().await,
            _ => {}
        }
        Ok(reply)
    }

    pub(super) async fn shutdown(&self) {
        self.url_servers.stop_all().await;
    }
}
