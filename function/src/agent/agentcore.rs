//! The client for both ways into Amazon Bedrock `AgentCore`.

use aws_config::SdkConfig;
use aws_sdk_bedrockagentcore::Client;

use crate::settings::Platform;

/// A client for all agents of AgentCore, with `config` as [`aws::config`](crate::aws::config) makes it.
pub fn client(config: &SdkConfig, platform: &Platform) -> Client {
    let mut config = aws_sdk_bedrockagentcore::config::Builder::from(config);
    config.set_endpoint_url(platform.agentcore_endpoint_url.clone());
    Client::from_conf(config.build())
}
