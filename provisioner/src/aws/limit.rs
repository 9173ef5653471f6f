//! How long one attempt at a request may take, so that none hangs: a fixed time for the answer, and
//! for a large request as much more as its bytes take on a slow network.

use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextMut, FinalizerInterceptorContextMut,
};
use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::timeout::TimeoutConfig;

/// How long AWS may take for an answer, unless `--read-timeout` says otherwise. It takes a second.
pub(crate) const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection may take, to AWS or to a function URL.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// What a hotel's network carries upwards, in bytes a second.
const SLOW_UPLOAD: u64 = 50_000;

/// For requests without much in them.
pub(super) fn timeouts(read_timeout: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(read_timeout)
        .build()
}

/// Gives uploads their time, and says how long was waited when nothing came. To be attached to each
/// client.
#[derive(Debug)]
pub(super) struct Limit;

/// There was no answer in time, in any attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no answer within {} s, {attempts} times", limit.as_secs())]
pub(super) struct Timeout {
    pub(super) limit: Duration,
    pub(super) attempts: u32,
}

impl Intercept for Limit {
    fn name(&self) -> &'static str {
        "Limit"
    }

    /// Called once, with the request as it will be sent in each attempt.
    fn modify_before_retry_loop(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let size = context.request().body().bytes().map_or(0, <[u8]>::len);
        let Some(timeouts) = config.load::<TimeoutConfig>() else {
            return Ok(());
        };
        if let Some(limit) = timeouts.operation_attempt_timeout() {
            let longer = timeouts.to_builder();
            let longer = longer.operation_attempt_timeout(limit + upload_time(size));
            config.interceptor_state().store_put(longer.build());
        }
        Ok(())
    }

    /// Called once, after the last attempt. The SDK's own error keeps the numbers to itself.
    fn modify_before_completion(
        &self,
        context: &mut FinalizerInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let timeouts = config.load::<TimeoutConfig>();
        let limit = timeouts.and_then(TimeoutConfig::operation_attempt_timeout);
        let attempts = config.load::<RequestAttempts>();
        if let (Some(Err(error)), Some(limit)) = (context.output_or_error_mut(), limit)
            && error.is_timeout_error()
        {
            let attempts = attempts.map_or(1, RequestAttempts::attempts);
            *error = OrchestratorError::timeout(Timeout { limit, attempts }.into());
        }
        Ok(())
    }
}

fn upload_time(bytes: usize) -> Duration {
    Duration::from_secs(bytes as u64 / SLOW_UPLOAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_has_the_time_that_it_takes() {
        // A zip of 2 MB, in base64.
        assert_eq!(upload_time(2_700_000), Duration::from_secs(54));
        assert_eq!(upload_time(2_000), Duration::ZERO);
    }
}
