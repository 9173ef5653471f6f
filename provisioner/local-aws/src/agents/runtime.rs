//! `InvokeAgentRuntime` of AgentCore: programs that people write, each in the protocol that it was made with.

mod a2a;
mod ag_ui;
mod strands;

use axum::body::Body;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::Value;

use super::cast::Agents;
use super::event::Encoder;
use super::player::Question;
use super::session::{self, SESSION_ID};
use super::stage;
use crate::route::Call;
use crate::scenario::Protocol;
use crate::scope::Scope;
use crate::wire::api_error::ApiError;
use a2a::A2a;
use ag_ui::AgUi;
use strands::Strands;

/// A session id has at most as many characters.
const LONGEST_SESSION_ID: usize = 256;

const EVENT_STREAM: &str = "text/event-stream; charset=utf-8";
const JSON: &str = "application/json";

/// Answers `InvokeAgentRuntime`.
pub(super) async fn invoke(
    agents: &Agents,
    call: &Call,
    scope: &Scope<'_>,
) -> Result<Response<Body>, ApiError> {
    let runtimes = &agents.scenario().runtimes;
    let runtime = session::find("runtime", &call.names.resource, runtimes, scope)?;
    let session_id = session::id(&call.parts.headers, LONGEST_SESSION_ID)?;
    if let Some(program) = agents.own_program() {
        let mut response = program.answer(call).await?;
        response
            .headers_mut()
            .extend(session_id.map(|id| (HeaderName::from_static(SESSION_ID), id)));
        return Ok(response);
    }
    let streams = call
        .header(header::ACCEPT.as_str())
        .is_none_or(|accepts| accepts.contains("text/event-stream") || accepts.contains("*/*"));
    let (question, encoder, content_type): (Question, Box<dyn Encoder>, _) = match runtime.protocol
    {
        Protocol::Http => {
            let encoder = Strands::new(agents.scenario(), streams);
            let content_type = if streams { EVENT_STREAM } else { JSON };
            (
                strands::question(&call.body),
                Box::new(encoder),
                content_type,
            )
        }
        Protocol::AgUi => match ag_ui::question(&call.body) {
            Some((question, run)) => (
                question,
                Box::new(AgUi::new(agents.scenario(), run)),
                EVENT_STREAM,
            ),
            None => return Err(refused_by_program(422)),
        },
        Protocol::A2a => match a2a::question(&call.body) {
            Ok((question, request)) => (question, Box::new(A2a::new(request)), EVENT_STREAM),
            Err(refusal) => return Ok(refuse(&refusal)),
        },
        Protocol::Mcp => return Err(refused_by_program(400)),
    };
    let mut response = stage::play(agents, question, encoder).await;
    if !response.status().is_success() {
        return Ok(response);
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Some(id) = session_id {
        headers.insert(SESSION_ID, id);
    }
    Ok(response)
}

/// What AgentCore makes of a program that refuses a request with `status`.
fn refused_by_program(status: u16) -> ApiError {
    ApiError::new(
        StatusCode::FAILED_DEPENDENCY,
        "RuntimeClientError",
        format!(
            "Received error ({status}) from runtime. Please check your CloudWatch logs for more information."
        ),
    )
}

/// A refusal in a protocol that has its own: AgentCore passes it on.
fn refuse(refusal: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(refusal.to_string()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
    response
}
