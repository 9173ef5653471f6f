//! A runtime behind a connection that a test plays.

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_bedrockagentcore::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector, http_client_fn};
use gateway::agent::agentcore;
use gateway::agent::agentcore_runtime::AgentcoreRuntime;
use gateway::settings::Platform;

pub(crate) const ARN: &str =
    "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/fuzz-AbC";

/// The runtime that `connector` reaches.
pub(crate) fn runtime(connector: impl HttpConnector + 'static) -> AgentcoreRuntime {
    let connector = SharedHttpConnector::new(connector);
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("ap-northeast-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .time_source(aws_smithy_async::time::SystemTimeSource::new())
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .retry_config(RetryConfig::disabled())
        .build();
    let platform = Platform::from_source(|name| Some(name.len().to_string())).unwrap();
    let platform = Platform {
        agentcore_endpoint_url: None,
        ..platform
    };
    AgentcoreRuntime::new(agentcore::client(&config, &platform), ARN, None, "A")
}
