//! What the SDK needs to know on Lambda, and no more.

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_bedrockagentruntime::config::{SharedAsyncSleep, SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

use crate::settings::Platform;

/// Region and credentials from the environment, where Lambda puts the role's.
///
/// The SDK's default chain would also look for profiles, SSO and instance metadata: 0.4 MB of
/// binary and milliseconds of every cold start, for what Lambda never has.
pub fn config(platform: &Platform) -> SdkConfig {
    let http_client = aws_smithy_http_client::Builder::new()
        // Not AWS-LC: its self-test costs 25-50 ms at the first connection.
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(platform.region.clone()))
        .credentials_provider(SharedCredentialsProvider::new(
            EnvironmentVariableCredentialsProvider::new(),
        ))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .time_source(SystemTimeSource::new())
        .http_client(http_client);
    config.set_endpoint_url(platform.endpoint_url.clone());
    config.build()
}
