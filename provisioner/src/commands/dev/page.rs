//! The page of `provision dev`: its files, and `ask`, which signs a question and pipes the answer
//! through, as a server-side route of an application would. Who gets that far is decided in `guard`.

pub(super) mod guard;

use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt as _, Limited};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::gateway::client;
use crate::gateway::client::GatewayClient;
use crate::hint::chain;
use guard::Key;

/// What a function URL takes at most: 6 MB.
const MAX_QUESTION_BYTES: usize = 6 * 1024 * 1024;

/// The page of one run.
#[derive(Debug)]
pub(crate) struct Page {
    key: Key,
    shown: RwLock<Arc<Shown>>,
}

/// The gateway that the page asks, and what the page shows of it.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) client: GatewayClient,
    pub(crate) info: Value,
}

impl Page {
    pub(crate) fn new(key: Key, shown: Shown) -> Self {
        Self {
            key,
            shown: RwLock::new(Arc::new(shown)),
        }
    }

    /// Another deployment is live.
    pub(crate) fn show(&self, shown: Shown) {
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(shown);
    }

    fn shown(&self) -> Arc<Shown> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&shown)
    }
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! page_file {
    ($path:literal, $content_type:expr, $name:literal) => {
        (
            $path,
            $content_type,
            include_str!(concat!("../../../../templates/page/", $name)),
        )
    };
}

/// Path behind the key, content type, text.
const FILES: [(&str, &str, &str); 14] = [
    page_file!("", HTML, "index.html"),
    page_file!("style.css", CSS, "style.css"),
    page_file!("council.js", JAVASCRIPT, "council.js"),
    page_file!("dom.js", JAVASCRIPT, "dom.js"),
    page_file!("events.js", JAVASCRIPT, "events.js"),
    page_file!("explain.js", JAVASCRIPT, "explain.js"),
    page_file!("failure.js", JAVASCRIPT, "failure.js"),
    page_file!("page.js", JAVASCRIPT, "page.js"),
    page_file!("panel.js", JAVASCRIPT, "panel.js"),
    page_file!("sse.js", JAVASCRIPT, "sse.js"),
    page_file!("turn.js", JAVASCRIPT, "turn.js"),
    page_file!("words.js", JAVASCRIPT, "words.js"),
    page_file!("words/en.js", JAVASCRIPT, "words/en.js"),
    page_file!("words/ja.js", JAVASCRIPT, "words/ja.js"),
];

/// Serves the page until the future is dropped.
pub(crate) async fn serve(listener: TcpListener, page: Arc<Page>) -> io::Result<()> {
    let router = Router::new().fallback(route).with_state(page);
    axum::serve(listener, router).await
}

async fn route(State(page): State<Arc<Page>>, request: Request) -> Response {
    let mut response = match guard::refusal(&page.key, request.uri(), request.headers()) {
        Some(why) => error(StatusCode::FORBIDDEN, "forbidden", why),
        None => found(&page, request).await,
    };
    for (name, value) in guard::HEADERS {
        let name = HeaderName::from_static(name);
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

/// By the path behind the key.
async fn found(page: &Page, request: Request) -> Response {
    let path = guard::behind_key(request.uri());
    let file = FILES.iter().find(|(name, ..)| Some(*name) == path);
    match (request.method(), path, file) {
        (&Method::GET | &Method::HEAD, _, Some((_, content_type, text))) => {
            answer(StatusCode::OK, content_type, Body::from(*text))
        }
        (&Method::GET | &Method::HEAD, Some("info"), None) => info(page),
        (&Method::POST, Some("ask"), None) => ask(page, request).await,
        _ => error(
            StatusCode::NOT_FOUND,
            "not_found",
            "the page has nothing there",
        ),
    }
}

fn info(page: &Page) -> Response {
    let info = Body::from(page.shown().info.to_string());
    answer(StatusCode::OK, "application/json", info)
}

async fn ask(page: &Page, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // Another site's script can send JSON only after a preflight, which is never granted here.
    let content_type = parts.headers.get(header::CONTENT_TYPE).map(AsRef::as_ref);
    if content_type.is_none_or(|value: &[u8]| !value.starts_with(b"application/json")) {
        return error(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "send the question as `content-type: application/json`",
        );
    }
    let question = match Limited::new(body, MAX_QUESTION_BYTES).collect().await {
        Ok(question) => question.to_bytes(),
        Err(_) => {
            return error(
                StatusCode::PAYLOAD_TOO_LARGE,
                "question_too_long",
                "the question did not arrive, or is longer than 6 MB",
            );
        }
    };
    match page.shown().client.post(question, SystemTime::now()).await {
        Ok(response) => pipe(response),
        Err(failed) => error(
            StatusCode::BAD_GATEWAY,
            "gateway_unreachable",
            &chain(&failed),
        ),
    }
}

/// Hands each piece on the moment it comes.
fn pipe(response: client::Response) -> Response {
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let content_type = response.content_type.clone();
    let pieces = stream::unfold(response, |mut response| async {
        let piece: Result<Bytes, _> = response.piece().await.transpose()?;
        Some((piece, response))
    });
    answer(status, &content_type, Body::from_stream(pieces))
}

fn error(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({"error": code, "message": message}).to_string();
    answer(status, "application/json", Body::from(body))
}

fn answer(status: StatusCode, content_type: &str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    if let Ok(value) = content_type.parse() {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}
