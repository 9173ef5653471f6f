//! The operations of Bedrock Agents and of AgentCore, by their API references and their service
//! authorization references.

use super::operation::{Also, On, Operation};

#[rustfmt::skip]
pub(super) const BEDROCK: &[Operation] = &[
    Operation::at("GetAgent", "GET /agents/{agent}", On::Agent),
    Operation::at("GetAgentAlias", "GET /agents/{agent}/agentaliases/{alias}", On::AgentAlias),
    Operation::at("InvokeAgent", "POST /agents/{agent}/agentAliases/{alias}/sessions/{session}/text", On::AgentAlias),
    Operation::at("ListAgentAliases", "POST /agents/{agent}/agentaliases", On::Agent),
    Operation::at("ListAgents", "POST /agents", On::Everything),
];

#[rustfmt::skip]
pub(super) const AGENTCORE: &[Operation] = &[
    Operation::at("GetAgentRuntime", "GET /runtimes/{runtime}", On::Runtime),
    Operation::at("GetAgentRuntimeEndpoint", "GET /runtimes/{runtime}/runtime-endpoints/{endpoint}", On::Endpoint),
    Operation::at("GetHarness", "GET /harnesses/{harness}", On::Harness),
    Operation::at("InvokeAgentRuntime", "POST /runtimes/{arn}/invocations", On::RuntimeAndEndpoint)
        .and(&[Also::ForUser("bedrock-agentcore:InvokeAgentRuntimeForUser")]),
    // A harness runs on a runtime: to invoke it takes the permission for both.
    Operation::at("InvokeHarness", "POST /harnesses/invoke", On::HarnessAndEndpoint)
        .and(&[Also::Action("bedrock-agentcore:InvokeAgentRuntime")]),
    Operation::at("ListAgentRuntimes", "POST /runtimes", On::Everything),
    Operation::at("ListHarnesses", "GET /harnesses", On::Everything),
];
