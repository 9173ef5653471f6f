//! Asks the issuer for its keys: OpenID Connect discovery, then the JWK Set.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use serde::Deserialize;

use super::keys::{self, Key};
use crate::aws::{HttpsClient, Roots, RootsError, TlsError};

/// Far more than a discovery document (3 KB) or a JWK Set of a few keys.
const MAX_BYTES: usize = 256 * 1024;
const TIMEOUT: Duration = Duration::from_secs(5);

/// An OpenID Connect issuer.
#[derive(Debug)]
pub struct Issuer {
    url: String,
    client: HttpsClient,
}

/// Why the issuer's keys are not available.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    #[error("`{0}` is not an address that starts with https://")]
    NotHttps(String),
    #[error(transparent)]
    Roots(#[from] RootsError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("the issuer did not answer")]
    Unreachable,
    #[error("the issuer answered with status {0}")]
    Status(u16),
    #[error("the issuer's answer is not what OpenID Connect asks for")]
    Malformed,
    #[error("the discovery document is another issuer's")]
    AnotherIssuer,
}

impl IssuerError {
    /// For the log.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotHttps(_) => "issuer_not_https",
            Self::Roots(_) | Self::Tls(_) => "issuer_tls",
            Self::Unreachable => "issuer_unreachable",
            Self::Status(_) => "issuer_status",
            Self::Malformed => "issuer_malformed",
            Self::AnotherIssuer => "issuer_mismatch",
        }
    }
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl Issuer {
    /// An issuer by its address, which must equal the `iss` of its tokens; `roots` are the certificates
    /// to trust.
    pub fn new(url: String, roots: &Roots) -> Result<Self, IssuerError> {
        let host = checked(&url)?;
        let client = HttpsClient::new(roots.for_host(&host)?)?;
        Ok(Self { url, client })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Fetches the discovery document and the keys, within ten seconds.
    pub(super) async fn fetch_keys(&self) -> Result<Vec<Key>, IssuerError> {
        let base = self.url.trim_end_matches('/');
        let discovery = self
            .get(&format!("{base}/.well-known/openid-configuration"))
            .await?;
        let discovery: Discovery =
            serde_json::from_slice(&discovery).map_err(|_| IssuerError::Malformed)?;
        if discovery.issuer != self.url {
            return Err(IssuerError::AnotherIssuer);
        }
        checked(&discovery.jwks_uri)?;
        let keys = self.get(&discovery.jwks_uri).await?;
        keys::read(&keys).ok_or(IssuerError::Malformed)
    }

    async fn get(&self, url: &str) -> Result<Bytes, IssuerError> {
        let mut request = HttpRequest::new(SdkBody::empty());
        request
            .set_uri(url)
            .map_err(|_| IssuerError::NotHttps(url.to_owned()))?;
        request.headers_mut().insert("accept", "application/json");
        let fetched = async {
            let response = self
                .client
                .call(request)
                .await
                .map_err(|_| IssuerError::Unreachable)?;
            let status = response.status().as_u16();
            // No redirects: keys must come from the very address that the issuer announces.
            if status != 200 {
                return Err(IssuerError::Status(status));
            }
            let body = Limited::new(response.into_body(), MAX_BYTES);
            let body = body.collect().await;
            Ok(body.map_err(|_| IssuerError::Malformed)?.to_bytes())
        };
        tokio::time::timeout(TIMEOUT, fetched)
            .await
            .map_err(|_| IssuerError::Unreachable)?
    }
}

/// The host of an address that keys may come from: one with HTTPS, or this machine.
fn checked(url: &str) -> Result<String, IssuerError> {
    let refused = || IssuerError::NotHttps(url.to_owned());
    let uri: http::Uri = url.parse().map_err(|_| refused())?;
    let host = uri.host().ok_or_else(refused)?;
    let is_here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match uri.scheme_str() {
        Some("https") => Ok(host.to_owned()),
        Some("http") if is_here => Ok(host.to_owned()),
        _ => Err(refused()),
    }
}
