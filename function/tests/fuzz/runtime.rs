//! A runtime behind a connection that a test plays.

use aws_smithy_runtime_api::client::http::HttpConnector;
use gateway::agent::agentcore;
use gateway::agent::agentcore_runtime::AgentcoreRuntime;

use crate::replayed::reaching;

pub(crate) const ARN: &str =
    "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/fuzz-AbC";

/// The runtime that `connector` reaches.
pub(crate) fn runtime(connector: impl HttpConnector + 'static) -> AgentcoreRuntime {
    let (config, platform) = reaching(connector);
    AgentcoreRuntime::new(agentcore::client(&config, &platform), ARN, None, "A")
}
