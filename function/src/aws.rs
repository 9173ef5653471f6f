//! What the SDK needs to know on Lambda, and no more.

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_bedrockagentruntime::config::{SharedAsyncSleep, SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_http_client::HttpClientError;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};

use crate::settings::Platform;

/// Every public AWS endpoint leads to these five; reading the system's 140 root certificates would
/// be most of a cold start, and none of the others has a say in who is Bedrock.
const AMAZON_TRUST_SERVICES: &[u8] = include_bytes!("aws/amazon-trust-services.pem");

/// The SDK could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum AwsConfigError {
    #[error("could not read the root certificates in `{path}`, which `AWS_CA_BUNDLE` names")]
    CaBundle {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error("could not set up TLS")]
    Tls(#[source] HttpClientError),
}

/// Region and credentials from the environment, where Lambda puts the role's.
///
/// The SDK's default chain would also look for profiles, SSO and instance metadata: 0.4 MB of
/// binary and milliseconds of every cold start, for what Lambda never has.
pub fn config(platform: &Platform) -> Result<SdkConfig, AwsConfigError> {
    let roots = match &platform.ca_bundle {
        None => AMAZON_TRUST_SERVICES.to_vec(),
        Some(path) => std::fs::read(path).map_err(|source| AwsConfigError::CaBundle {
            path: path.clone(),
            source,
        })?,
    };
    let tls = TlsContext::builder()
        .with_trust_store(TrustStore::empty().with_pem_certificate(roots))
        .build()
        .map_err(AwsConfigError::Tls)?;
    let http_client = aws_smithy_http_client::Builder::new()
        // Not AWS-LC: its self-test costs 25-50 ms at the first connection.
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls)
        .build_https();
    Ok(SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(platform.region.clone()))
        .credentials_provider(SharedCredentialsProvider::new(
            EnvironmentVariableCredentialsProvider::new(),
        ))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .time_source(SystemTimeSource::new())
        .http_client(http_client)
        .build())
}
