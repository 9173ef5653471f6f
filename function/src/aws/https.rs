//! HTTPS for the SDK and for issuers: HTTP/1.1 over TLS, with a connection for each request.
//!
//! Lambda freezes the function between invocations, for minutes. A connection that the other side has
//! forgotten meanwhile looks alive until the question is on its way; then nobody knows whether a run has
//! begun, and asking again may pay twice. A new connection costs two or three round trips within the
//! region and, with the session that TLS resumes, a fraction of a millisecond of CPU.
//!
//! The SDK's own client also speaks HTTP/2. An answer that only comes in has no use for it, and it
//! would be a twentieth of the zip.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector as TcpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};

use super::cryptography::cryptography;

/// The default of the AWS SDKs.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(3100);

/// TLS can't be set up with the built-in ciphers.
#[derive(Debug, thiserror::Error)]
#[error("could not set up TLS")]
pub struct TlsError(#[source] rustls::Error);

/// Sends requests to hosts with a certificate under the client's roots.
#[derive(Debug, Clone)]
pub struct HttpsClient(Client<HttpsConnector<TcpConnector>, SdkBody>);

impl HttpsClient {
    /// A client that keeps no connection.
    pub fn new(roots: RootCertStore) -> Result<Self, TlsError> {
        let tls = ClientConfig::builder_with_provider(Arc::new(cryptography()))
            .with_safe_default_protocol_versions()
            .map_err(TlsError)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tcp = TcpConnector::new();
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        // The local AWS has `http` addresses. Code that reads an address checks whether it may be one.
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(connector);
        Ok(Self(client))
    }

    /// The client in the form that the SDK takes.
    pub fn for_sdk(self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(self);
        http_client_fn(move |_, _| connector.clone())
    }
}

impl HttpConnector for HttpsClient {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => {
                return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into())));
            }
        };
        let answer = self.0.request(request);
        HttpConnectorFuture::new(async move {
            let answer = answer
                .await
                .map_err(|error| ConnectorError::io(error.into()))?;
            HttpResponse::try_from(answer.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}
