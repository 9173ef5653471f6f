//! The one endpoint of all AWS APIs. Which service is meant stands in the signature's credential
//! scope, as AWS itself checks it; nothing gets further without a valid signature, made for a name of
//! this machine.
//!
//! ```text
//! request -> caller (the signature) -> route -> faults -> access -> handler of the service
//! ```

mod lambda;
mod protocol;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, State};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use tokio::net::TcpListener;

use crate::access;
use crate::account::Account;
use crate::agents::{self, Agents};
use crate::faults::{self, Cut, admin};
use crate::route::{Call, Service, route};
use crate::services::{bedrock, iam, logs, sts};
use crate::wire::api_error::ApiError;
use crate::wire::query_protocol::{self, Element};
use crate::wire::sigv4::{self, AccessKey, Authorization, SigV4Error};
use crate::wire::this_machine;
use protocol::{JSON, JSON_1_1, Protocol, XML, respond};

pub(crate) use lambda::Lambda;

/// What AWS says for `CreateFunction`, the largest request there is.
const REQUEST_LIMIT: usize = 70_167_211;

/// Everything that the endpoint reaches.
#[derive(Debug)]
pub(crate) struct Server {
    account: Arc<Account>,
    lambda: Lambda,
    agents: Agents,
}

impl Server {
    pub(crate) fn new(account: Arc<Account>, lambda: Lambda, agents: Agents) -> Self {
        Self {
            account,
            lambda,
            agents,
        }
    }

    /// Answers until `shutdown` is done.
    pub(crate) async fn serve(
        self: Arc<Self>,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let router = Router::new().fallback(answer).with_state(Arc::clone(&self));
        let service = router.into_make_service_with_connect_info::<faults::Cut>();
        axum::serve(faults::Listener(listener), service)
            .with_graceful_shutdown(shutdown)
            .await
    }

    pub(crate) async fn shutdown(&self) {
        self.lambda.shutdown().await;
    }

    async fn answer(
        &self,
        protocol: Protocol,
        parts: Parts,
        body: Bytes,
        request_id: &str,
        cut: &Cut,
    ) -> Result<Response<Body>, ApiError> {
        let claimed =
            Authorization::of(&parts.headers).map_err(|error| protocol.refusal(&error))?;
        let service = Service::named(&claimed.service);
        let caller = self
            .caller(&claimed, service, &parts, &body)
            .map_err(|error| protocol.refusal(&error))?;
        if claimed.service == admin::SERVICE {
            return admin::handle(self.account.faults(), &caller, &parts, &body);
        }
        let Some(service) = service else {
            let name = claimed.service;
            return Err(ApiError::not_emulated(format!("the service `{name}`")));
        };
        let call = route(service, parts, body)?;
        let strike = self.account.faults().against(&call);
        let handled = self.handle(&call, &caller, request_id);
        faults::around(strike, cut, handled).await
    }

    /// Who signed the request.
    fn caller(
        &self,
        claimed: &Authorization,
        service: Option<Service>,
        parts: &Parts,
        body: &[u8],
    ) -> Result<AccessKey, SigV4Error> {
        let scope = self.account.scope();
        let keys = self.account.keys();
        let caller = sigv4::verify(parts, body, keys, &claimed.service, scope.now)?;
        let is_global = service.is_some_and(Service::is_global);
        if !is_global && claimed.region != scope.region {
            return Err(SigV4Error::WrongRegion {
                expected: scope.region.to_owned(),
            });
        }
        Ok(caller)
    }

    async fn handle(
        &self,
        call: &Call,
        caller: &AccessKey,
        request_id: &str,
    ) -> Result<Response<Body>, ApiError> {
        let scope = self.account.scope();
        let allowed = access::check(&self.account, caller, call)?;
        match call.service {
            Service::Lambda => self.lambda.handle(call, &allowed).await,
            Service::Iam => {
                let result = iam::handle(call, &mut self.account.lock().roles, &scope)?;
                Ok(in_xml(call, iam::NAMESPACE, request_id, result))
            }
            Service::Sts => {
                let roles = &self.account.lock().roles;
                let result = sts::handle(call, caller, roles, self.account.keys(), &scope)?;
                Ok(in_xml(call, sts::NAMESPACE, request_id, result))
            }
            Service::Logs => {
                let answer = logs::handle(call, &mut self.account.lock().log_groups, &scope)?;
                Ok(respond(StatusCode::OK, JSON_1_1, answer.to_string()))
            }
            Service::Bedrock | Service::AgentCore => {
                if let Some(answer) = agents::handle(&self.agents, call, &scope).await {
                    return answer;
                }
                let answer = bedrock::handle(call, self.agents.scenario(), &scope)?;
                Ok(respond(StatusCode::OK, JSON, answer.to_string()))
            }
        }
    }
}

fn in_xml(call: &Call, namespace: &str, request_id: &str, result: Vec<Element>) -> Response<Body> {
    let name = call.operation.name;
    let document = query_protocol::answer(name, namespace, request_id, result);
    respond(StatusCode::OK, XML, document)
}

async fn answer(
    State(server): State<Arc<Server>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request<Body>,
) -> Response<Body> {
    let request_id = server.account.scope().new_id().to_string();
    let (parts, body) = request.into_parts();
    let protocol = Protocol::of(&parts.headers);
    let result = if this_machine::is_addressed(&parts.uri, &parts.headers) {
        match to_bytes(body, REQUEST_LIMIT).await {
            Ok(body) => Box::pin(server.answer(protocol, parts, body, &request_id, &cut)).await,
            Err(_) => Err(ApiError::too_large(
                "RequestEntityTooLargeException",
                format!("Request must be smaller than {REQUEST_LIMIT} bytes"),
            )),
        }
    } else {
        let message = this_machine::REFUSAL;
        Err(ApiError::forbidden("AccessDeniedException", message))
    };
    let mut response = result.unwrap_or_else(|error| protocol.encode(&error, &request_id));
    if let Ok(request_id) = HeaderValue::from_str(&request_id) {
        let name = HeaderName::from_static("x-amzn-requestid");
        response.headers_mut().entry(name).or_insert(request_id);
    }
    response
}
