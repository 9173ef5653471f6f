//! The client for runtimes and harnesses of Amazon Bedrock `AgentCore`.

use aws_config::SdkConfig;
use aws_sdk_bedrockagentcore::Client;

use crate::settings::Platform;

/// One client for all agents of AgentCore, with the `config` of [`aws::config`](crate::aws::config).
pub fn client(config: &SdkConfig, platform: &Platform) -> Client {
    let mut config = aws_sdk_bedrockagentcore::config::Builder::from(config);
    config.set_endpoint_url(platform.agentcore_endpoint_url.clone());
    Client::from_conf(config.build())
}
