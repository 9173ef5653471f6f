//! How the agents behind the gateway are: whether they are there, and ready to be asked.

use http::Method;
use serde_json::Value;

use super::control_plane::{AGENTCORE, BEDROCK_AGENTS, Call, ControlPlane};
use super::endpoint::Service;
use super::failure::AwsError;
use crate::config::{AgentKey, Protocol, Qualifier, RuntimeArn, Upstream};
use crate::hint::Complaint;
use crate::plan::seen::{AgentSeen, Kept, Memory, Spoken, Unread};

impl ControlPlane {
    /// The status of an agent, in AWS's words: `PREPARED` and `READY` may be asked. One request, and one more for the
    /// protocol of a runtime. Of a harness it tells the memory, too.
    pub(crate) async fn look(&self, key: &AgentKey, upstream: &Upstream) -> AgentSeen {
        let (call, members): (Call, &[&str]) = match upstream {
            Upstream::Runtime {
                arn,
                qualifier,
                dialogue,
            } => {
                let seen = self.look_at_runtime(key, arn, qualifier, dialogue.protocol);
                let seen = seen.await;
                // With a request of its own the deployment says itself what the program reads.
                let spoken = seen.spoken.filter(|_| dialogue.request.is_none());
                return AgentSeen { spoken, ..seen };
            }
            // Its status says whether the draft is prepared; the alias is always there.
            Upstream::BedrockAgent { id, alias } if alias.is_test() => (
                get(
                    "bedrock:GetAgent",
                    BEDROCK_AGENTS,
                    format!("agent `{id}`"),
                    format!("/agents/{id}/"),
                ),
                &["agent", "agentStatus"],
            ),
            Upstream::BedrockAgent { id, alias } => (
                get(
                    "bedrock:GetAgentAlias",
                    BEDROCK_AGENTS,
                    format!("alias `{alias}` of agent `{id}`"),
                    format!("/agents/{id}/agentaliases/{alias}/"),
                ),
                &["agentAlias", "agentAliasStatus"],
            ),
            Upstream::Harness { arn, .. } => (
                get(
                    "bedrock-agentcore:GetHarness",
                    AGENTCORE,
                    format!("harness `{arn}`"),
                    format!("/harnesses/{}", last(arn.as_str())),
                ),
                &["harness", "status"],
            ),
        };
        let resource = call.resource.clone();
        let status = self.member(call, members, "a status").await;
        let kept = match (upstream, &status) {
            (Upstream::Harness { history, .. }, Ok((_, answer))) => {
                memory(answer).map(|memory| Kept {
                    configured: *history,
                    memory,
                })
            }
            _ => None,
        };
        AgentSeen {
            key: key.clone(),
            resource,
            status: status
                .map(|(status, _)| status)
                .map_err(|error| unread(&error)),
            spoken: None,
            kept,
        }
    }

    async fn look_at_runtime(
        &self,
        key: &AgentKey,
        arn: &RuntimeArn,
        qualifier: &Qualifier,
        configured: Protocol,
    ) -> AgentSeen {
        let resource = format!("endpoint `{qualifier}` of runtime `{arn}`");
        let id = last(arn.as_str());
        let endpoint = self.member(
            get(
                "bedrock-agentcore:GetAgentRuntimeEndpoint",
                AGENTCORE,
                resource.clone(),
                format!("/runtimes/{id}/runtime-endpoints/{qualifier}/"),
            ),
            &["status"],
            "a status",
        );
        let (endpoint, mut latest) = tokio::join!(endpoint, self.server_protocol(arn, None));
        if let (Ok((_, endpoint)), Ok((_, version))) = (&endpoint, &latest)
            && let Some(live) = endpoint["liveVersion"].as_str()
            && live != version
        {
            // The endpoint stays with an earlier version, which may speak another protocol.
            latest = self.server_protocol(arn, Some(live)).await;
        }
        AgentSeen {
            key: key.clone(),
            resource,
            status: endpoint
                .map(|(status, _)| status)
                .map_err(|error| unread(&error)),
            spoken: Some(Spoken {
                runtime: arn.clone(),
                configured,
                made_with: latest
                    .map(|(protocol, _)| protocol)
                    .map_err(|error| Complaint::of(&error)),
            }),
            kept: None,
        }
    }

    /// The protocol that a runtime's latest version, or another one, was made with, in AWS's words; and which version
    /// that is.
    pub(crate) async fn server_protocol(
        &self,
        arn: &RuntimeArn,
        version: Option<&str>,
    ) -> Result<(String, String), AwsError> {
        let id = last(arn.as_str());
        let version = version.map_or_else(String::new, |version| format!("?version={version}"));
        let call = get(
            "bedrock-agentcore:GetAgentRuntime",
            AGENTCORE,
            format!("runtime `{arn}`"),
            format!("/runtimes/{id}/{version}"),
        );
        let version = self
            .member(call, &["agentRuntimeVersion"], "a version")
            .await;
        version.map(|(version, runtime)| {
            let protocol = runtime["protocolConfiguration"]["serverProtocol"].as_str();
            // What a runtime was made with that says nothing.
            (protocol.unwrap_or("HTTP").to_owned(), version)
        })
    }

    /// The text at `members` of the answer to a call, and all of the answer.
    async fn member(
        &self,
        call: Call,
        members: &[&str],
        missing: &'static str,
    ) -> Result<(String, Value), AwsError> {
        let (operation, resource) = (call.operation, call.resource.clone());
        let answer = self.answer(call).await?;
        let text = members
            .iter()
            .fold(&answer, |value: &Value, member| &value[*member]);
        match text.as_str().map(str::to_owned) {
            Some(text) => Ok((text, answer)),
            None => Err(AwsError::Incomplete {
                operation,
                resource,
                missing,
            }),
        }
    }
}

/// What `GetHarness` says of the memory: one that is managed or the account's own, or that there is none.
fn memory(answer: &Value) -> Option<Memory> {
    let memory = answer["harness"]["memory"].as_object()?;
    let is_off = memory.contains_key("disabled");
    Some(if is_off { Memory::Off } else { Memory::On })
}

fn unread(error: &AwsError) -> Unread {
    if error.is_not_found() {
        Unread::Missing
    } else {
        Unread::Refused(Complaint::of(error))
    }
}

fn get(operation: &'static str, service: Service, resource: String, path: String) -> Call {
    Call {
        operation,
        resource,
        service,
        method: Method::GET,
        path,
        body: String::new(),
    }
}

/// The id at the end of an ARN.
fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
