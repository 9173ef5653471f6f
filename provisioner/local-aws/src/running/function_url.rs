//! The HTTP front of one function URL: checks the caller, calls the function, and passes its answer on
//! chunk by chunk. One listener for each URL, as each has its own host on AWS.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::identity::{Identity, TraceId};
use super::invoker::Invoker;
use crate::account::Account;
use crate::services::lambda::{AuthType, UrlTarget};
use crate::wire::sigv4::{self, AccessKey};
use crate::wire::this_machine;
use answer::HttpAnswer;
use body::AnswerBroken;
use event::UrlRequest;
use refusal::Refusal;

mod answer;
mod body;
mod cors;
mod event;
mod prelude;
mod refusal;

/// Lambda's limit for the event of a synchronous invocation.
const LONGEST_REQUEST: usize = 6 * 1024 * 1024;

/// How long to wait after a connection that could not be accepted.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

type Body = UnsyncBoxBody<Bytes, AnswerBroken>;

/// Decides whether a request may pass; the key is the one whose signature was verified, if there was
/// one.
pub(crate) type MayInvoke = fn(&Account, &UrlTarget, Option<&AccessKey>) -> bool;

/// Serves until it is dropped. Each request looks up what the URL leads to at that moment.
pub(crate) async fn serve(
    listener: TcpListener,
    url_id: String,
    account: Arc<Account>,
    invoker: Invoker,
    may_invoke: MayInvoke,
) {
    let url = Arc::new(FunctionUrl {
        url_id,
        account,
        invoker,
        may_invoke,
    });
    let mut connections = JoinSet::new();
    loop {
        // Fails when there are no file descriptors left, for example; a later attempt may work.
        let Ok((stream, client)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_AGAIN).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        while connections.try_join_next().is_some() {}
        let url = Arc::clone(&url);
        connections.spawn(async move {
            let service = service_fn(|request| url.answer(request, client));
            // Fails when the client leaves, and when an answer breaks the connection on purpose.
            let _ = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

#[derive(Debug)]
struct FunctionUrl {
    url_id: String,
    account: Arc<Account>,
    invoker: Invoker,
    may_invoke: MayInvoke,
}

impl FunctionUrl {
    async fn answer(
        &self,
        request: Request<Incoming>,
        client: SocketAddr,
    ) -> Result<Response<Body>, Infallible> {
        let (parts, body) = request.into_parts();
        if !this_machine::is_addressed(&parts.uri, &parts.headers) {
            // Before anything is said to a browser about other origins.
            return Ok(Refusal::OtherName.answer().map(whole));
        }
        let scope = self.account.scope();
        let trace_id = TraceId::new(scope.now, scope.new_id());
        let identity = Identity {
            request_id: scope.new_id().to_string(),
            trace_id,
        };
        let target = self.account.function_url(&self.url_id);
        let cors = target.as_ref().and_then(|target| target.cors.clone());
        let mut outgoing = match &cors {
            Some(cors) if cors::is_preflight(&parts) => {
                let mut response = Response::new(Bytes::new());
                *response.headers_mut() = cors::preflight(cors, &parts);
                HttpAnswer::Whole(response)
            }
            _ => {
                let call = self.call(&parts, body, client.ip(), target, &identity);
                let mut outgoing = call
                    .await
                    .unwrap_or_else(|refusal| HttpAnswer::Whole(refusal.answer()));
                if let Some(cors) = &cors {
                    cors::decorate(cors, &parts, outgoing.headers_mut());
                }
                outgoing
            }
        };
        identify(outgoing.headers_mut(), &identity);
        Ok(match outgoing {
            HttpAnswer::Stream(response) => response.map(http_body_util::BodyExt::boxed_unsync),
            HttpAnswer::Whole(response) => response.map(whole),
        })
    }

    async fn call(
        &self,
        parts: &http::request::Parts,
        body: Incoming,
        source_ip: IpAddr,
        target: Option<UrlTarget>,
        identity: &Identity,
    ) -> Result<HttpAnswer, Refusal> {
        let target = target.ok_or(Refusal::UnknownUrl)?;
        let body = Limited::new(body, LONGEST_REQUEST)
            .collect()
            .await
            .map_err(|_| Refusal::TooLarge)?
            .to_bytes();
        let signed_by = self.signed_by(parts, &body, &target)?;
        if !(self.may_invoke)(&self.account, &target, signed_by.as_ref()) {
            return Err(Refusal::Forbidden);
        }
        let executable = self
            .account
            .executable(&target.function_name, target.qualifier.as_deref())?;
        let admission = self.account.admit(&target.function_name)?;
        let event = event::event(&UrlRequest {
            parts,
            body: &body,
            source_ip,
            url_id: &self.url_id,
            target: &target,
            signed_by: signed_by.as_ref(),
            identity,
            received: self.account.scope().now,
        });
        let event = Bytes::from(event.to_string());
        let answer = self
            .invoker
            .invoke_as(Arc::new(executable), event, identity.clone())
            .await
            .map_err(|_| Refusal::BadAnswer)?;
        answer::outgoing(answer, target.invoke_mode, admission).await
    }

    fn signed_by(
        &self,
        parts: &http::request::Parts,
        body: &[u8],
        target: &UrlTarget,
    ) -> Result<Option<AccessKey>, Refusal> {
        match target.auth_type {
            AuthType::None => Ok(None),
            AuthType::AwsIam => {
                let now = self.account.scope().now;
                let key = sigv4::verify(parts, body, self.account.keys(), "lambda", now);
                key.map(Some).map_err(Refusal::Signature)
            }
        }
    }
}

fn whole(body: Bytes) -> Body {
    Full::new(body)
        .map_err(|never: Infallible| match never {})
        .boxed_unsync()
}

/// The service's own headers; the function's of these names do not get through.
fn identify(headers: &mut HeaderMap, identity: &Identity) {
    let trace = format!("root={};sampled=0", identity.trace_id);
    for (name, value) in [
        ("x-amzn-requestid", identity.request_id.as_str()),
        ("x-amzn-trace-id", &trace),
    ] {
        // Both are ours, and plain ASCII.
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
}
