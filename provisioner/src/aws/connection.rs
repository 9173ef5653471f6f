//! The way to AWS: which Region, whose credentials, through which proxy.

pub(super) mod role;

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::shared::IntoShared as _;
use aws_smithy_types::retry::RetryConfig;

use super::limit::timeouts;
use super::proxy::{Proxied, Proxy};
use role::AtOnePlace;

/// Where to connect to, and as whom.
#[derive(Debug, Clone)]
pub struct Connection {
    pub region: String,
    /// A profile of `~/.aws/config`; else the SDK's own order of credential sources.
    pub profile: Option<String>,
    /// Instead of AWS itself, for all services. Else the SDK looks for what is configured.
    pub endpoint_url: Option<String>,
    /// The way leads through it, but for an address that is named for all services.
    pub proxy: Option<Proxy>,
    /// Instead of the user's own credentials: for the local AWS.
    pub credentials: Option<StaticCredentials>,
    /// How long AWS may take to answer; uploads have more.
    pub read_timeout: Duration,
}

/// An access key without a session.
#[derive(Clone)]
pub struct StaticCredentials {
    pub access_key_id: String,
    pub secret_access_key: String,
}

impl std::fmt::Debug for StaticCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            access_key_id,
            secret_access_key: _,
        } = self;
        f.debug_struct("StaticCredentials")
            .field("access_key_id", access_key_id)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// The proxy for requests of this configuration. An address that is named for all services is reached directly.
    pub(super) fn proxy_of(&self, config: &SdkConfig) -> Option<Proxy> {
        let proxy = self.proxy.as_ref()?;
        Some(match config.endpoint_url() {
            Some(url) => proxy.sparing(url),
            None => proxy.clone(),
        })
    }
}

/// What all clients of `connection` share.
pub(super) async fn sdk_config(connection: &Connection) -> SdkConfig {
    // Where requests go is known once everything is read; who finds credentials has to be told before.
    let read = load(connection, http_client(None)).await;
    let client = http_client(connection.proxy_of(&read).as_ref());
    let sts = role::sts(&read).await;
    let at_one_place = AtOnePlace {
        client: client.clone(),
        sts,
    };
    let config = load(connection, at_one_place.into_shared()).await;
    config.into_builder().http_client(client).build()
}

/// Everything that is configured. Whoever finds credentials asks with `client`.
async fn load(connection: &Connection, client: SharedHttpClient) -> SdkConfig {
    let Connection {
        region,
        profile,
        endpoint_url,
        proxy: _,
        credentials,
        read_timeout,
    } = connection;
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .region(Region::new(region.clone()))
        .http_client(client)
        .retry_config(RetryConfig::standard())
        .timeout_config(timeouts(*read_timeout));
    // The default chain with the profile's name, not the profile file alone: SSO and roles work.
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    if let Some(url) = endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if let Some(StaticCredentials {
        access_key_id,
        secret_access_key,
    }) = credentials
    {
        // The local AWS has neither of these, whatever the user has set for AWS.
        loader = loader.use_fips(false).use_dual_stack(false);
        loader = loader.credentials_provider(Credentials::new(
            access_key_id,
            secret_access_key,
            None,
            None,
            "local AWS",
        ));
    }
    loader.load().await
}

/// The Region that the user's profile names, if it does. No machine's metadata service is asked.
pub async fn region_of_profile(profile: Option<&str>) -> Option<String> {
    use aws_config::meta::region::ProvideRegion as _;

    let mut builder = aws_config::profile::ProfileFileRegionProvider::builder();
    if let Some(profile) = profile {
        builder = builder.profile_name(profile);
    }
    let region = builder.build().region().await;
    region.map(|region| region.to_string())
}

/// The credentials that `connection` finds, for a process that is to act as the user.
pub async fn credentials(connection: &Connection) -> Result<Credentials, BoxError> {
    let config = sdk_config(connection).await;
    let provider = config
        .credentials_provider()
        .ok_or("no source of credentials")?;
    Ok(provider.provide_credentials().await?)
}

/// rustls with ring, as in the function: one TLS stack in the whole project.
fn http_client(proxy: Option<&Proxy>) -> SharedHttpClient {
    let way = Proxy::config(proxy);
    let builder = aws_smithy_http_client::Builder::new();
    let client = builder.build_with_connector_fn(move |settings, components| {
        let mut connector =
            Connector::builder().tls_provider(tls::Provider::Rustls(CryptoMode::Ring));
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.set_proxy_config(Some(way.clone()));
        connector.build()
    });
    match proxy.cloned() {
        Some(proxy) => Proxied { client, proxy }.into_shared(),
        None => client,
    }
}
