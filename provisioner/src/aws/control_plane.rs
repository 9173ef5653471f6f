//! The control planes of Bedrock Agents and AgentCore, signed and read by hand: whole SDKs for a
//! handful of requests would double the build.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::Method;
use http_body_util::BodyExt as _;
use serde_json::Value;

use super::connection::{Connection, credentials};
use super::failure::AwsError;
use super::failure::answer::Answer;
use super::limit::Timeout;
use super::requests::Requests;
use super::signing::Signer;
use crate::terminal::printer::Printer;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Sends single requests as the user.
#[derive(Debug)]
pub(crate) struct ControlPlane {
    connector: Connector,
    region: String,
    endpoint_url: Option<String>,
    credentials: Credentials,
    requests: Requests,
    read_timeout: Duration,
}

/// Which of the two services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    BedrockAgents,
    Agentcore,
}

impl Service {
    /// Its name in its address, and in the signature.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::BedrockAgents => ("bedrock-agent", "bedrock"),
            Self::Agentcore => ("bedrock-agentcore-control", "bedrock-agentcore"),
        }
    }
}

/// One request.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// In IAM's spelling.
    pub(super) operation: &'static str,
    /// What it is about, for the message if it fails.
    pub(super) resource: String,
    pub(super) service: Service,
    pub(super) method: Method,
    /// With the query, encoded.
    pub(super) path: String,
    pub(super) body: String,
}

impl ControlPlane {
    /// Of the account that `connection` leads to.
    pub(crate) async fn connect(
        connection: &Connection,
        printer: Printer,
    ) -> Result<Self, BoxError> {
        let credentials = credentials(connection).await?;
        Ok(Self::new(connection, credentials, Requests::new(printer)))
    }

    pub(super) fn new(
        connection: &Connection,
        credentials: Credentials,
        requests: Requests,
    ) -> Self {
        let Connection {
            region,
            endpoint_url,
            read_timeout,
            ..
        } = connection.clone();
        let mut connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring));
        connector.set_proxy_config(Some(match endpoint_url {
            None => ProxyConfig::from_env(),
            Some(_) => ProxyConfig::disabled(),
        }));
        Self {
            connector: connector.build(),
            region,
            endpoint_url,
            credentials,
            requests,
            read_timeout,
        }
    }

    pub(super) fn region(&self) -> &str {
        &self.region
    }

    /// What AWS answers; its refusal is an error.
    pub(super) async fn answer(&self, call: Call) -> Result<Value, AwsError> {
        let unanswered = |error: &(dyn std::error::Error + 'static)| {
            AwsError::unanswered(call.operation, call.resource.clone(), error)
        };
        let sent = tokio::time::timeout(self.read_timeout, self.send(&call)).await;
        let sent = sent.map_err(|_| {
            let (limit, attempts) = (self.read_timeout, 1);
            AwsError::too_late(
                call.operation,
                call.resource.clone(),
                Timeout { limit, attempts },
            )
        })?;
        let (head, body) = sent.map_err(|error| unanswered(&*error))?;
        let value: Value = serde_json::from_slice(&body).unwrap_or_default();
        if head.status.is_success() {
            return Ok(value);
        }
        let text = |keys: &[&str]| {
            keys.iter()
                .find_map(|key| value[*key].as_str())
                .map(str::to_owned)
        };
        // `AccessDeniedException:http://internal.amazon.com/…`
        let code = head.error_type.or_else(|| text(&["__type", "code"]));
        let code = code.and_then(|code| code.split(':').next().map(str::to_owned));
        let answer = Answer {
            code: code.unwrap_or_else(|| format!("HTTP {}", head.status.as_u16())),
            message: text(&["message", "Message"]).unwrap_or_else(|| "no message".to_owned()),
            request_id: head.request_id,
        };
        Err(AwsError::refused(call.operation, call.resource, answer))
    }

    async fn send(&self, call: &Call) -> Result<(Head, Bytes), BoxError> {
        let (host, service) = call.service.names();
        let mut request = http::Request::builder()
            .method(call.method.clone())
            .uri(format!("{}{}", self.endpoint(host), call.path))
            .header("content-type", "application/json")
            .body(())?;
        let signer = Signer {
            credentials: &self.credentials,
            region: &self.region,
            service,
        };
        signer.sign(&mut request, call.body.as_bytes(), SystemTime::now())?;
        let request = request.map(|()| SdkBody::from(call.body.as_str()));
        let (_, operation) = call.operation.split_once(':').unwrap_or_default();
        self.requests.count(service, operation);
        let response = self.connector.call(request.try_into()?).await?;
        let header = |name| response.headers().get(name).map(str::to_owned);
        let head = Head {
            status: http::StatusCode::from_u16(response.status().as_u16())?,
            error_type: header("x-amzn-errortype"),
            request_id: header("x-amzn-requestid"),
        };
        let body = response.into_body().collect().await?.to_bytes();
        Ok((head, body))
    }

    fn endpoint(&self, host: &str) -> String {
        let Self { region, .. } = self;
        let suffix = if region.starts_with("cn-") {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        };
        self.endpoint_url.as_deref().map_or_else(
            || format!("https://{host}.{region}.{suffix}"),
            |url| url.trim_end_matches('/').to_owned(),
        )
    }
}

struct Head {
    status: http::StatusCode,
    error_type: Option<String>,
    request_id: Option<String>,
}
