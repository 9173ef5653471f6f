//! The client for both ways into Amazon Bedrock `AgentCore`.

use aws_config::SdkConfig;
use aws_sdk_bedrockagentcore::Client;
use aws_sdk_bedrockagentcore::config::StalledStreamProtectionConfig;
use aws_sdk_bedrockagentcore::config::retry::RetryConfig;

use crate::settings::Platform;

/// A client for all agents of AgentCore, with `config`'s region and credentials.
pub fn client(config: &SdkConfig, platform: &Platform) -> Client {
    let mut config = aws_sdk_bedrockagentcore::config::Builder::from(config)
        // A run is not idempotent: the SDK must not start it a second time.
        .retry_config(RetryConfig::disabled())
        // It would end every answer that pauses for six seconds; the relay has its own limit.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    config.set_endpoint_url(platform.agentcore_endpoint_url.clone());
    Client::from_conf(config.build())
}
