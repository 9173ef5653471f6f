//! The one endpoint of all AWS APIs. Which service is meant stands in the signature's credential
//! scope, as AWS itself checks it; nothing gets further without a valid signature.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Path, State};
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use tokio::net::TcpListener;

use super::access;
use super::account::Account;
use super::agents::{self, Agents};
use super::api_error::ApiError;
use super::faults::{self, Cut, admin};
use super::lambda::Lambda;
use super::sigv4::{self, AccessKey, Authorization, SigV4Error};
use super::{catalog, iam, logs, query_protocol, sts};

/// What AWS says for `CreateFunction`, the largest request there is.
const REQUEST_LIMIT: usize = 70_167_211;

const JSON_1_1: &str = "application/x-amz-json-1.1";
const XML: &str = "text/xml";

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
        let router = Router::new()
            .route(admin::PATH, get(show_faults).post(replace_faults))
            .route(admin::SET, get(show_faults).post(replace_faults))
            .fallback(answer)
            .with_state(Arc::clone(&self));
        let service = router.into_make_service_with_connect_info::<faults::Cut>();
        axum::serve(faults::Listener(listener), service)
            .with_graceful_shutdown(shutdown)
            .await
    }

    pub(crate) async fn shutdown(&self) {
        self.lambda.shutdown().await;
    }

    async fn dispatch(
        &self,
        protocol: Protocol,
        request: Request<Bytes>,
        request_id: &str,
        cut: &Cut,
    ) -> Result<Response<Body>, ApiError> {
        let (parts, body) = request.into_parts();
        let (service, caller) = self
            .caller(&parts, &body)
            .map_err(|error| protocol.refusal(&error))?;
        let request = Request::from_parts(parts, body);
        let strike = self.account.faults().against(&service, &request);
        let handled = self.handle(&service, &caller, request, request_id);
        faults::around(strike, cut, handled).await
    }

    async fn handle(
        &self,
        service: &str,
        caller: &AccessKey,
        request: Request<Bytes>,
        request_id: &str,
    ) -> Result<Response<Body>, ApiError> {
        let scope = self.account.scope();
        let (parts, body) = request.into_parts();
        let hidden = access::check(&self.account, caller, service, &parts, &body)?;
        let mut request = Request::from_parts(parts, body);
        if let Some(hidden) = hidden {
            request.extensions_mut().insert(hidden);
        }
        if let Some(answer) = catalog::handle(service, &request, self.agents.scenario(), &scope) {
            return answer;
        }
        let (parts, body) = request.into_parts();
        match service {
            "lambda" => self.lambda.handle(Request::from_parts(parts, body)).await,
            "bedrock" => {
                let request = Request::from_parts(parts, body);
                Ok(agents::bedrock_agent::handle(&self.agents, request).await)
            }
            "bedrock-agentcore" => {
                let request = Request::from_parts(parts, body);
                agents::agentcore::handle(&self.agents, &request, &scope).await
            }
            "iam" | "sts" => {
                let form = query_protocol::Form::parse(&body);
                let (namespace, result) = if service == "iam" {
                    let result = iam::handle(&form, &mut self.account.lock(), &scope)?;
                    (iam::NAMESPACE, result)
                } else {
                    (sts::NAMESPACE, sts::handle(&form, caller, &self.account)?)
                };
                let answer = query_protocol::answer(form.action(), namespace, request_id, result);
                Ok(respond(StatusCode::OK, XML, answer))
            }
            "logs" => {
                let target = target(&parts.headers);
                let operation = target.strip_prefix(logs::TARGET).unwrap_or(target);
                let answer = logs::handle(operation, &body, &mut self.account.lock(), &scope)?;
                Ok(respond(StatusCode::OK, JSON_1_1, answer.to_string()))
            }
            service => Err(ApiError::not_emulated(format!("the service `{service}`"))),
        }
    }

    /// Who signed the request, for which service.
    fn caller(
        &self,
        parts: &http::request::Parts,
        body: &[u8],
    ) -> Result<(String, AccessKey), SigV4Error> {
        let scope = self.account.scope();
        let claimed = Authorization::of(&parts.headers)?;
        let caller = sigv4::verify(
            parts,
            body,
            self.account.keys(),
            &claimed.service,
            scope.now,
        )?;
        // IAM is global, and STS answers in every region.
        let global = ["iam", "sts"].contains(&claimed.service.as_str());
        if !global && claimed.region != scope.region {
            return Err(SigV4Error::WrongRegion {
                expected: scope.region.to_owned(),
            });
        }
        Ok((claimed.service, caller))
    }
}

async fn show_faults(
    State(server): State<Arc<Server>>,
    set: Option<Path<String>>,
) -> Response<String> {
    let set = set.map_or_else(String::new, |Path(set)| set);
    admin::show(server.account.faults(), &set)
}

async fn replace_faults(
    State(server): State<Arc<Server>>,
    set: Option<Path<String>>,
    headers: http::HeaderMap,
    body: Bytes,
) -> Response<String> {
    let set = set.map_or_else(String::new, |Path(set)| set);
    admin::replace(server.account.faults(), &set, &headers, &body)
}

async fn answer(
    State(server): State<Arc<Server>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request<Body>,
) -> Response<Body> {
    let request_id = server.account.scope().new_id().to_string();
    let (parts, body) = request.into_parts();
    let protocol = Protocol::of(&parts.headers);
    let result = match to_bytes(body, REQUEST_LIMIT).await {
        Ok(body) => {
            let request = Request::from_parts(parts, body);
            Box::pin(server.dispatch(protocol, request, &request_id, &cut)).await
        }
        Err(_) => Err(ApiError::too_large(
            "RequestEntityTooLargeException",
            format!("Request must be smaller than {REQUEST_LIMIT} bytes"),
        )),
    };
    let mut response = result.unwrap_or_else(|error| protocol.encode(&error, &request_id));
    if let Ok(request_id) = HeaderValue::from_str(&request_id) {
        let name = HeaderName::from_static("x-amzn-requestid");
        response.headers_mut().entry(name).or_insert(request_id);
    }
    response
}

fn target(headers: &http::HeaderMap) -> &str {
    headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
        .unwrap_or_default()
}

/// How a client speaks; known before it is known whether it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    RestJson,
    Json11,
    Query,
}

impl Protocol {
    fn of(headers: &http::HeaderMap) -> Self {
        let form = headers.get(header::CONTENT_TYPE).is_some_and(|it| {
            it.as_bytes()
                .starts_with(b"application/x-www-form-urlencoded")
        });
        if headers.contains_key("x-amz-target") {
            Self::Json11
        } else if form {
            Self::Query
        } else {
            Self::RestJson
        }
    }

    /// Each protocol has names of its own for a bad signature.
    fn refusal(self, error: &SigV4Error) -> ApiError {
        let (json, query) = match error {
            SigV4Error::Missing => (
                "MissingAuthenticationTokenException",
                "MissingAuthenticationToken",
            ),
            SigV4Error::Malformed(_) => ("IncompleteSignatureException", "IncompleteSignature"),
            SigV4Error::UnknownKey => ("UnrecognizedClientException", "InvalidClientTokenId"),
            SigV4Error::SessionOver => ("ExpiredTokenException", "ExpiredToken"),
            SigV4Error::WrongService { .. }
            | SigV4Error::WrongRegion { .. }
            | SigV4Error::Expired { .. }
            | SigV4Error::PayloadChanged
            | SigV4Error::WrongSignature => ("InvalidSignatureException", "SignatureDoesNotMatch"),
        };
        let code = if self == Self::Query { query } else { json };
        ApiError::forbidden(code, error.to_string())
    }

    fn encode(self, error: &ApiError, request_id: &str) -> Response<Body> {
        match self {
            Self::Query => {
                let document = query_protocol::error(iam::NAMESPACE, request_id, error);
                respond(error.status, XML, document)
            }
            Self::Json11 => {
                let document = error.json_1_1().to_string();
                respond(error.status, JSON_1_1, document)
            }
            Self::RestJson => {
                let document = error.rest_json().to_string();
                let mut response = respond(error.status, "application/json", document);
                response.headers_mut().insert(
                    HeaderName::from_static("x-amzn-errortype"),
                    HeaderValue::from_static(error.code),
                );
                response
            }
        }
    }
}

fn respond(status: StatusCode, content_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
