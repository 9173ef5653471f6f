//! The control planes of Bedrock Agents and AgentCore, signed and read by hand: whole SDKs for a
//! handful of requests would double the build.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::Method;
use http_body_util::BodyExt as _;
use serde_json::Value;

use super::connection::{Connection, sdk_config};
use super::endpoint::{Service, endpoint};
use super::failure::AwsError;
use super::failure::answer::Answer;
use super::limit::Timeout;
use super::proxy::Proxy;
use super::requests::Requests;
use super::signing::Signer;
use crate::terminal::printer::Printer;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Sends single requests as the user.
#[derive(Debug)]
pub(crate) struct ControlPlane {
    connector: Connector,
    /// Nothing if the way leads through none.
    proxy: Option<Proxy>,
    region: String,
    config: SdkConfig,
    credentials: Credentials,
    requests: Requests,
    read_timeout: Duration,
}

/// Bedrock Agents.
pub(super) const BEDROCK_AGENTS: Service = Service {
    id: "Bedrock Agent",
    host: "bedrock-agent",
    signed_as: "bedrock",
};
/// AgentCore.
pub(super) const AGENTCORE: Service = Service {
    id: "Bedrock AgentCore Control",
    host: "bedrock-agentcore-control",
    signed_as: "bedrock-agentcore",
};

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
        let config = sdk_config(connection).await;
        let provider = config
            .credentials_provider()
            .ok_or("no source of credentials")?;
        let credentials = provider.provide_credentials().await?;
        let requests = Requests::new(printer);
        Ok(Self::new(connection, config, credentials, requests))
    }

    pub(super) fn new(
        connection: &Connection,
        config: SdkConfig,
        credentials: Credentials,
        requests: Requests,
    ) -> Self {
        let Connection {
            region,
            read_timeout,
            ..
        } = connection.clone();
        let mut connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring));
        let proxy = connection.proxy_of(&config);
        connector.set_proxy_config(Some(Proxy::config(proxy.as_ref())));
        Self {
            connector: connector.build(),
            proxy,
            region,
            config,
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
        let Service { signed_as, .. } = call.service;
        let uri = format!("{}{}", endpoint(&self.config, call.service), call.path);
        let mut request = http::Request::builder()
            .method(call.method.clone())
            .uri(&uri)
            .header("content-type", "application/json")
            .body(())?;
        let signer = Signer {
            credentials: &self.credentials,
            region: &self.region,
            service: signed_as,
        };
        signer.sign(&mut request, call.body.as_bytes(), SystemTime::now())?;
        let request = request.map(|()| SdkBody::from(call.body.as_str()));
        let (_, operation) = call.operation.split_once(':').unwrap_or_default();
        self.requests.count(signed_as, operation);
        let response = self.connector.call(request.try_into()?).await;
        let response = response.map_err(|error| match &self.proxy {
            Some(proxy) => proxy.told(&uri, error),
            None => error,
        })?;
        let header = |name| response.headers().get(name).map(str::to_owned);
        let head = Head {
            status: http::StatusCode::from_u16(response.status().as_u16())?,
            error_type: header("x-amzn-errortype"),
            request_id: header("x-amzn-requestid"),
        };
        let body = response.into_body().collect().await?.to_bytes();
        Ok((head, body))
    }
}

struct Head {
    status: http::StatusCode,
    error_type: Option<String>,
    request_id: Option<String>,
}
