//! Talks to AWS. SDK types stay in here: `read` turns answers into plain values, `write` turns
//! actions into requests.

mod agents;
pub mod catalog;
mod connection;
mod control_plane;
mod endpoint;
mod failure;
mod invoke;
mod limit;
pub(crate) mod observe;
mod patience;
pub(crate) mod proxy;
mod requests;
mod settings;
pub(crate) mod signing;
mod upload;
pub(crate) mod write;

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_smithy_runtime_api::box_error::BoxError;
use tokio::sync::OnceCell;

use connection::sdk_config;
pub use connection::{Connection, StaticCredentials, credentials, region_of_profile};
pub(crate) use control_plane::ControlPlane;
pub use failure::AwsError;
pub(crate) use invoke::Invoked;
use limit::Limit;
pub(crate) use limit::{CONNECT_TIMEOUT, READ_TIMEOUT};
pub(crate) use patience::pauses;
pub use proxy::{Proxy, UnusableProxy};
pub use requests::{RequestCounts, Requests};

use crate::terminal::printer::Printer;
use crate::terminal::progress::Progress;

/// One client per service, which share connections, credentials and the count of requests.
#[derive(Debug, Clone)]
pub struct Aws {
    pub(crate) lambda: aws_sdk_lambda::Client,
    pub(crate) iam: aws_sdk_iam::Client,
    pub(crate) logs: aws_sdk_cloudwatchlogs::Client,
    pub(crate) sts: aws_sdk_sts::Client,
    connection: Connection,
    config: SdkConfig,
    /// Asked for once: a helper may be slow, or want somebody to touch a key.
    found: Arc<OnceCell<Credentials>>,
    requests: Requests,
}

/// The one client whose service has a blank in its id.
fn logs_config(config: &SdkConfig) -> aws_sdk_cloudwatchlogs::config::Builder {
    let mut builder = aws_sdk_cloudwatchlogs::config::Builder::from(config);
    builder.set_endpoint_url(endpoint::configured(config, "CloudWatch Logs"));
    builder
}

impl Aws {
    /// Sets the clients up. Nothing is sent yet: credentials are looked for with the first request.
    pub async fn connect(connection: &Connection, printer: Printer) -> Self {
        let config = sdk_config(connection).await;
        let requests = Requests::new(printer);
        Self {
            lambda: aws_sdk_lambda::Client::from_conf(
                aws_sdk_lambda::config::Builder::from(&config)
                    .interceptor(requests.clone())
                    .interceptor(Limit)
                    .build(),
            ),
            iam: aws_sdk_iam::Client::from_conf(
                aws_sdk_iam::config::Builder::from(&config)
                    .interceptor(requests.clone())
                    .interceptor(Limit)
                    .build(),
            ),
            logs: aws_sdk_cloudwatchlogs::Client::from_conf(
                logs_config(&config)
                    .interceptor(requests.clone())
                    .interceptor(Limit)
                    .build(),
            ),
            sts: aws_sdk_sts::Client::from_conf(
                aws_sdk_sts::config::Builder::from(&config)
                    .interceptor(requests.clone())
                    .interceptor(Limit)
                    .build(),
            ),
            connection: connection.clone(),
            config,
            found: Arc::default(),
            requests,
        }
    }

    /// The credentials that requests to AWS are signed with, for a request to a function URL.
    pub async fn credentials(&self) -> Result<Credentials, BoxError> {
        let ask = async || {
            let provider = self.config.credentials_provider();
            let provider = provider.ok_or("no source of credentials")?;
            let limit = self.connection.read_timeout;
            let found = tokio::time::timeout(limit, provider.provide_credentials()).await;
            let found =
                found.map_err(|_| format!("no credentials within {} s", limit.as_secs()))?;
            Ok::<_, BoxError>(found?)
        };
        self.found.get_or_try_init(ask).await.cloned()
    }

    /// Makes sure that there is something to sign requests with, without sending one.
    pub(crate) async fn check_credentials(&self) -> Result<(), AwsError> {
        let found = self.credentials().await;
        found
            .map(drop)
            .map_err(|error| AwsError::no_credentials(&*error))
    }

    /// The control planes of the agents.
    pub(crate) async fn control_plane(&self) -> Result<ControlPlane, BoxError> {
        let credentials = self.credentials().await?;
        let requests = self.requests.clone();
        Ok(ControlPlane::new(
            &self.connection,
            self.config.clone(),
            credentials,
            requests,
        ))
    }

    /// The proxy that a function URL is reached through as well.
    pub(crate) fn proxy(&self) -> Option<&Proxy> {
        self.connection.proxy.as_ref()
    }

    /// Shows what is being done, with the upload that is under way, if any.
    pub(crate) fn progress(&self, what: &str) -> Progress {
        self.requests.progress(what)
    }

    /// The requests sent so far.
    pub fn request_counts(&self) -> RequestCounts {
        self.requests.counts()
    }
}
