//! The configuration that the SDK needs on Lambda, and no more.

mod cryptography;
mod https;
mod roots;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_bedrockagentruntime::config::{SharedAsyncSleep, SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;

pub use self::https::{HttpsClient, TlsError};
pub use self::roots::{Roots, RootsError};
use crate::settings::Platform;

/// Why the SDK could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum AwsConfigError {
    #[error(transparent)]
    Roots(#[from] RootsError),
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Region and credentials come from the environment, where Lambda puts those of the role. Each call
/// is made once, and may be silent for long.
///
/// The SDK's default chain also looks for profiles, SSO and instance metadata, which Lambda never
/// has: 0.4 MB of binary and milliseconds of every cold start.
pub fn config(platform: &Platform) -> Result<SdkConfig, AwsConfigError> {
    let https = HttpsClient::new(Roots::new(platform)?.amazon())?;
    Ok(SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(platform.region.clone()))
        .credentials_provider(SharedCredentialsProvider::new(
            EnvironmentVariableCredentialsProvider::new(),
        ))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .time_source(SystemTimeSource::new())
        .http_client(https.for_sdk())
        // A run is not idempotent: the SDK must not start it a second time.
        .retry_config(RetryConfig::disabled())
        // It would end every answer that pauses for a few seconds; the relay has a limit of its own.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at the setting: its effect shows only after a long silence.
    #[test]
    fn the_sdk_does_not_end_an_answer_that_pauses() {
        let platform = Platform::from_source(|_| Some("1".to_owned())).unwrap();
        let platform = Platform {
            ca_bundle: None,
            ..platform
        };
        let config = config(&platform).unwrap();
        let protection = config.stalled_stream_protection().unwrap();
        assert!(!protection.is_enabled());
    }
}
