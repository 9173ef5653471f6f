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

/// The root certificates to trust.
#[derive(Debug)]
pub struct Roots {
    /// What `AWS_CA_BUNDLE` holds: trusted instead of all others.
    ca_bundle: Option<Vec<u8>>,
}

impl Roots {
    /// Reads the file that `AWS_CA_BUNDLE` names, if it names one.
    pub fn new(platform: &Platform) -> Result<Self, AwsConfigError> {
        let read = |path: &String| {
            std::fs::read(path).map_err(|source| AwsConfigError::CaBundle {
                path: path.clone(),
                source,
            })
        };
        let ca_bundle = platform.ca_bundle.as_ref().map(read).transpose()?;
        Ok(Self { ca_bundle })
    }

    /// Amazon's, and the system's only for a host that is not Amazon's.
    pub fn for_host(&self, host: &str) -> Result<TlsContext, AwsConfigError> {
        let is_amazon = host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
        if is_amazon || self.ca_bundle.is_some() {
            self.amazon()
        } else {
            context(TrustStore::default())
        }
    }

    fn amazon(&self) -> Result<TlsContext, AwsConfigError> {
        let roots = self.ca_bundle.as_deref().unwrap_or(AMAZON_TRUST_SERVICES);
        context(TrustStore::empty().with_pem_certificate(roots))
    }
}

fn context(roots: TrustStore) -> Result<TlsContext, AwsConfigError> {
    TlsContext::builder()
        .with_trust_store(roots)
        .build()
        .map_err(AwsConfigError::Tls)
}

/// Region and credentials from the environment, where Lambda puts the role's.
///
/// The SDK's default chain would also look for profiles, SSO and instance metadata: 0.4 MB of
/// binary and milliseconds of every cold start, for what Lambda never has.
pub fn config(platform: &Platform) -> Result<SdkConfig, AwsConfigError> {
    let http_client = aws_smithy_http_client::Builder::new()
        // Not AWS-LC: its self-test costs 25-50 ms at the first connection.
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(Roots::new(platform)?.amazon()?)
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
