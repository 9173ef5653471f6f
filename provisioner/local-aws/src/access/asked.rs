//! What a request asks for, in whichever protocol it does: the operation, and what it names.

use bytes::Bytes;
use http::request::Parts;
use serde_json::Value;

use crate::account::Scope;
use crate::api_error::ApiError;
use crate::lambda;
use crate::logs;
use crate::query_protocol::Form;

/// The parts of a request that permissions depend on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// In IAM's spelling, such as `lambda:GetFunction`.
    pub(crate) operation: String,
    /// The name of the function, role, log group or agent.
    pub(crate) resource: String,
    /// A function's version or alias, an agent's alias.
    pub(crate) item: Option<String>,
    pub(crate) brings_tags: bool,
    /// The ARN of the role that a function is to have.
    pub(crate) passes_role: Option<String>,
    /// Of a function URL.
    pub(crate) auth_type: Option<String>,
}

impl Asked {
    /// Reads a request to `service`.
    pub(super) fn read(
        service: &str,
        parts: &Parts,
        body: &Bytes,
        scope: &Scope<'_>,
    ) -> Result<Self, ApiError> {
        match service {
            "lambda" => lambda::asked(parts, body, scope),
            "iam" | "sts" => Ok(Self::of_form(service, &Form::parse(body))),
            "logs" => Ok(Self::of_target(parts, body)),
            "bedrock" | "bedrock-agentcore" => Self::of_path(service, parts),
            other => Err(ApiError::not_emulated(format!("the service `{other}`"))),
        }
    }

    fn of_form(service: &str, form: &Form) -> Self {
        Self {
            operation: format!("{service}:{}", form.action()),
            resource: form.get("RoleName").unwrap_or_default().to_owned(),
            brings_tags: !form.tags().is_empty(),
            ..Self::default()
        }
    }

    fn of_target(parts: &Parts, body: &[u8]) -> Self {
        let target = parts.headers.get("x-amz-target");
        let target = target
            .and_then(|target| target.to_str().ok())
            .unwrap_or_default();
        let operation = target.strip_prefix(logs::TARGET).unwrap_or(target);
        // What is no JSON has no name in it, and is refused by the operation.
        let input: Value = serde_json::from_slice(body).unwrap_or_default();
        let name = ["logGroupName", "logGroupIdentifier", "resourceArn"]
            .iter()
            .find_map(|member| input[*member].as_str())
            .unwrap_or_default();
        let name = name.trim_end_matches(":*");
        Self {
            operation: format!("logs:{operation}"),
            resource: match name.split_once(":log-group:") {
                Some((_, name)) => name.to_owned(),
                None => name.to_owned(),
            },
            brings_tags: !input["tags"].is_null(),
            ..Self::default()
        }
    }

    fn of_path(service: &str, parts: &Parts) -> Result<Self, ApiError> {
        let path = parts.uri.path();
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        let (operation, resource, item) = match (service, segments.as_slice()) {
            ("bedrock", ["agents"]) => ("ListAgents", "", None),
            ("bedrock", ["agents", id]) => ("GetAgent", *id, None),
            ("bedrock", ["agents", id, "agentaliases", alias]) => {
                ("GetAgentAlias", *id, Some((*alias).to_owned()))
            }
            ("bedrock", ["agents", id, "agentaliases"]) => ("ListAgentAliases", *id, None),
            ("bedrock", ["agents", id, "agentAliases", alias, ..]) => {
                ("InvokeAgent", *id, Some((*alias).to_owned()))
            }
            ("bedrock-agentcore", ["runtimes"]) => ("ListAgentRuntimes", "", None),
            ("bedrock-agentcore", ["harnesses"]) => ("ListHarnesses", "", None),
            ("bedrock-agentcore", ["runtimes", id, "runtime-endpoints", name]) => {
                ("GetAgentRuntimeEndpoint", *id, Some((*name).to_owned()))
            }
            ("bedrock-agentcore", ["harnesses", id]) => ("GetHarness", *id, None),
            _ => return Err(ApiError::not_emulated(format!("permissions for {path}"))),
        };
        Ok(Self {
            operation: format!("{service}:{operation}"),
            resource: resource.to_owned(),
            item,
            ..Self::default()
        })
    }
}
