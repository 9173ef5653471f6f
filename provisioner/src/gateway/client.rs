//! A caller of the gateway: signs a question, posts it to a function URL, and hands on the answer
//! as it comes.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{HttpConnector as _, HttpConnectorSettings};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::HttpError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body_util::BodyExt as _;

use crate::aws::proxy::{named_in, proxy_refuses};
use crate::aws::signing::Signer;
use crate::aws::{CONNECT_TIMEOUT, Proxy};
use crate::hint::{Hint, chain};

/// Where the gateway is and who asks it.
#[derive(Debug)]
pub struct GatewayClient {
    connector: Connector,
    proxy: Option<Proxy>,
    url: String,
    region: String,
    /// `None` for a gateway that anybody may call, or that checks tokens.
    credentials: Option<Credentials>,
    token: Option<Token>,
}

/// A caller's token; it is shown to nobody but the gateway.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Whether it says nothing, as an unset secret in CI does.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Token {
    fn from(token: String) -> Self {
        Self(token)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(..)")
    }
}

/// A question could not be put, or its answer not be read.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("`{url}` is not a URL that can be asked")]
    Url {
        url: String,
        #[source]
        source: http::Error,
    },
    #[error("the token has characters that no token has")]
    Token,
    #[error("the question could not be signed")]
    Sign(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the question could not be turned into a request")]
    Request(#[source] HttpError),
    #[error("the gateway at `{url}` could not be reached")]
    Connect {
        url: String,
        #[source]
        source: ConnectorError,
    },
    #[error("the answer broke off")]
    Read(#[source] aws_smithy_types::body::Error),
}

impl Hint for ClientError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Connect { source, .. } if let Some(proxy) = named_in(&chain(source)) => {
                return Some(proxy_refuses(proxy));
            }
            Self::Connect { .. } => {
                "check the network and, where there is a proxy, HTTPS_PROXY; `provision status` shows \
                 what is deployed"
            }
            Self::Read(_) => "ask again; `provision logs` tells whether the function has failed",
            Self::Token => "give the token alone, without `Bearer` and line ends",
            Self::Url { .. } | Self::Sign(_) | Self::Request(_) => return None,
        };
        Some(hint.to_owned())
    }
}

/// The head of an answer; its body comes piece by piece.
#[derive(Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The `content-type`, empty if there is none.
    pub content_type: String,
    /// `x-amzn-errortype` is there: AWS has answered in place of the function.
    pub error_type: Option<String>,
    /// The length was known beforehand: a stream has none.
    pub has_length: bool,
    body: SdkBody,
}

impl GatewayClient {
    /// A client of the function URL `url` in `region`.
    pub fn new(
        url: String,
        region: String,
        credentials: Option<Credentials>,
        proxy: Option<&Proxy>,
    ) -> Self {
        let mut connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring));
        let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT);
        connector.set_connector_settings(Some(settings.build()));
        connector.set_proxy_config(Some(Proxy::config(proxy)));
        Self {
            connector: connector.build(),
            proxy: proxy.cloned(),
            url,
            region,
            credentials,
            token: None,
        }
    }

    /// The same client, which shows `token` (for `auth: jwt`).
    #[must_use]
    pub fn with_token(self, token: Option<Token>) -> Self {
        Self { token, ..self }
    }

    /// Posts `body`, a JSON object with a `question`; returns when the head of the answer is there.
    pub async fn post(&self, body: Bytes, now: SystemTime) -> Result<Response, ClientError> {
        self.send(http::Method::POST, "", body, now).await
    }

    /// Posts `body` to `path`, which is seen from the function URL.
    pub async fn post_to(
        &self,
        path: &str,
        body: Bytes,
        now: SystemTime,
    ) -> Result<Response, ClientError> {
        self.send(http::Method::POST, path, body, now).await
    }

    /// Gets `path`, which is seen from the function URL.
    pub async fn get(&self, path: &str, now: SystemTime) -> Result<Response, ClientError> {
        self.send(http::Method::GET, path, Bytes::new(), now).await
    }

    async fn send(
        &self,
        method: http::Method,
        path: &str,
        body: Bytes,
        now: SystemTime,
    ) -> Result<Response, ClientError> {
        let url = format!("{}{path}", self.url);
        let mut request = http::Request::builder()
            .method(method)
            .uri(&url)
            .header("content-type", "application/json")
            .body(())
            .map_err(|source| ClientError::Url { url, source })?;
        if let Some(credentials) = &self.credentials {
            let signer = Signer {
                credentials,
                region: &self.region,
                service: "lambda",
            };
            signer
                .sign(&mut request, &body, now)
                .map_err(ClientError::Sign)?;
        }
        if let Some(Token(token)) = &self.token {
            let mut value = http::HeaderValue::try_from(format!("Bearer {token}"))
                .map_err(|_| ClientError::Token)?;
            value.set_sensitive(true);
            request.headers_mut().insert("authorization", value);
        }
        let request = request.map(|()| SdkBody::from(body));
        let request = request.try_into().map_err(ClientError::Request)?;
        let response = self.connector.call(request).await;
        let response = response.map_err(|error| ClientError::Connect {
            url: self.url.clone(),
            source: match &self.proxy {
                Some(proxy) => proxy.told(&self.url, error),
                None => error,
            },
        })?;
        let header = |name| response.headers().get(name);
        Ok(Response {
            status: response.status().as_u16(),
            content_type: header("content-type").unwrap_or_default().to_owned(),
            error_type: header("x-amzn-errortype").map(str::to_owned),
            has_length: header("content-length").is_some(),
            body: response.into_body(),
        })
    }
}

impl Response {
    /// The next piece of the body, as soon as it has come; `None` after the last.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, ClientError> {
        while let Some(frame) = self.body.frame().await {
            if let Ok(data) = frame.map_err(ClientError::Read)?.into_data() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }
}
