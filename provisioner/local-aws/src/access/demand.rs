//! Which permissions an operation takes, on what. The table is AWS's service authorization
//! reference (Lambda, IAM, `CloudWatch` Logs, Bedrock), as far as operations are emulated; the form
//! of the ARNs is that of the refusals that AWS answers.

use super::{Asked, ContextKeys};
use crate::account::Scope;
use crate::api_error::ApiError;

/// One permission that a request takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Demand {
    pub(super) action: String,
    pub(super) resource: String,
    /// How a refusal calls the resource, where that is not its ARN.
    pub(super) shown: Option<String>,
    pub(super) keys: ContextKeys,
    /// Without it the answer comes without tags, instead of no answer.
    pub(super) is_for_tags: bool,
}

impl Demand {
    pub(super) fn of(action: &str, resource: String) -> Self {
        Self {
            action: action.to_owned(),
            resource,
            shown: None,
            keys: ContextKeys::new(),
            is_for_tags: false,
        }
    }
}

/// What an operation is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    /// The function, whatever the qualifier.
    Function,
    /// The function, or the version or alias that the request names: a policy for the function alone
    /// does not cover these.
    Qualified,
    Role,
    AllRoles,
    /// The group with its streams: the ARN that ends in `:*` in policies.
    LogGroup,
    /// The group's own ARN, which only the tagging operations take.
    LogGroupItself,
    AllLogGroups,
    Agent,
    AgentAlias,
    RuntimeEndpoint,
    Harness,
    Everything,
}

/// What else an operation takes, depending on what the request says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Also {
    /// This action, on the same, where the request brings tags.
    ForTags(&'static str),
    /// This action, on the same; without it the tags are left out of the answer.
    ToSeeTags(&'static str),
    /// `iam:PassRole`, on the role that the request hands to Lambda.
    PassRole,
}

/// Operation, permission if that is called otherwise, resource, and what else it takes.
type Row = (&'static str, On, &'static [Also]);

const NOTHING: &[Also] = &[];

#[rustfmt::skip]
const TABLE: &[Row] = &[
    ("lambda:AddPermission", On::Qualified, NOTHING),
    ("lambda:CreateAlias", On::Function, NOTHING),
    ("lambda:CreateFunction", On::Function, &[Also::ForTags("lambda:TagResource"), Also::PassRole]),
    ("lambda:CreateFunctionUrlConfig", On::Qualified, NOTHING),
    ("lambda:DeleteAlias", On::Function, NOTHING),
    ("lambda:DeleteFunction", On::Qualified, NOTHING),
    ("lambda:DeleteFunctionConcurrency", On::Function, NOTHING),
    ("lambda:DeleteFunctionUrlConfig", On::Qualified, NOTHING),
    ("lambda:GetAccountSettings", On::Everything, NOTHING),
    ("lambda:GetAlias", On::Function, NOTHING),
    ("lambda:GetFunction", On::Qualified, &[Also::ToSeeTags("lambda:ListTags")]),
    ("lambda:GetFunctionConcurrency", On::Function, NOTHING),
    ("lambda:GetFunctionConfiguration", On::Qualified, NOTHING),
    ("lambda:GetFunctionUrlConfig", On::Qualified, NOTHING),
    ("lambda:GetPolicy", On::Qualified, NOTHING),
    // `Invoke` and `InvokeWithResponseStream`.
    ("lambda:InvokeFunction", On::Qualified, NOTHING),
    ("lambda:ListAliases", On::Function, NOTHING),
    ("lambda:ListFunctionUrlConfigs", On::Function, NOTHING),
    ("lambda:ListFunctions", On::Everything, NOTHING),
    ("lambda:ListTags", On::Function, NOTHING),
    ("lambda:ListVersionsByFunction", On::Function, NOTHING),
    ("lambda:PublishVersion", On::Function, NOTHING),
    ("lambda:PutFunctionConcurrency", On::Function, NOTHING),
    ("lambda:RemovePermission", On::Qualified, NOTHING),
    ("lambda:TagResource", On::Function, NOTHING),
    ("lambda:UntagResource", On::Function, NOTHING),
    ("lambda:UpdateAlias", On::Function, NOTHING),
    ("lambda:UpdateFunctionCode", On::Function, NOTHING),
    ("lambda:UpdateFunctionConfiguration", On::Function, &[Also::PassRole]),
    ("lambda:UpdateFunctionUrlConfig", On::Qualified, NOTHING),

    ("iam:AttachRolePolicy", On::Role, NOTHING),
    ("iam:CreateRole", On::Role, &[Also::ForTags("iam:TagRole")]),
    ("iam:DeleteRole", On::Role, NOTHING),
    ("iam:DeleteRolePolicy", On::Role, NOTHING),
    ("iam:DetachRolePolicy", On::Role, NOTHING),
    ("iam:GetRole", On::Role, NOTHING),
    ("iam:GetRolePolicy", On::Role, NOTHING),
    ("iam:ListAttachedRolePolicies", On::Role, NOTHING),
    ("iam:ListRolePolicies", On::Role, NOTHING),
    ("iam:ListRoleTags", On::Role, NOTHING),
    ("iam:ListRoles", On::AllRoles, NOTHING),
    ("iam:PutRolePolicy", On::Role, NOTHING),
    ("iam:TagRole", On::Role, NOTHING),
    ("iam:UntagRole", On::Role, NOTHING),
    ("iam:UpdateAssumeRolePolicy", On::Role, NOTHING),

    ("logs:CreateLogGroup", On::LogGroup, &[Also::ForTags("logs:TagResource")]),
    ("logs:DeleteLogGroup", On::LogGroup, NOTHING),
    ("logs:DeleteRetentionPolicy", On::LogGroup, NOTHING),
    ("logs:DescribeLogGroups", On::AllLogGroups, NOTHING),
    ("logs:DescribeLogStreams", On::LogGroup, NOTHING),
    ("logs:FilterLogEvents", On::LogGroup, NOTHING),
    ("logs:GetLogEvents", On::LogGroup, NOTHING),
    ("logs:ListTagsForResource", On::LogGroupItself, NOTHING),
    ("logs:PutRetentionPolicy", On::LogGroup, NOTHING),
    ("logs:TagResource", On::LogGroupItself, NOTHING),
    ("logs:UntagResource", On::LogGroupItself, NOTHING),

    ("bedrock:GetAgent", On::Agent, NOTHING),
    ("bedrock:GetAgentAlias", On::AgentAlias, NOTHING),
    ("bedrock:InvokeAgent", On::AgentAlias, NOTHING),
    ("bedrock:ListAgentAliases", On::Agent, NOTHING),
    ("bedrock:ListAgents", On::Everything, NOTHING),
    ("bedrock-agentcore:GetAgentRuntimeEndpoint", On::RuntimeEndpoint, NOTHING),
    ("bedrock-agentcore:GetHarness", On::Harness, NOTHING),
    ("bedrock-agentcore:ListAgentRuntimes", On::Everything, NOTHING),
    ("bedrock-agentcore:ListHarnesses", On::Everything, NOTHING),
];

/// What anybody may do.
const FREE: [&str; 2] = ["sts:GetCallerIdentity", "sts:AssumeRole"];

/// Everything that a request takes. Whether a role may be assumed says its trust policy.
pub(super) fn demands(asked: &Asked, scope: &Scope<'_>) -> Result<Vec<Demand>, ApiError> {
    let operation = asked.operation.as_str();
    if FREE.contains(&operation) {
        return Ok(Vec::new());
    }
    let row = TABLE.iter().find(|(name, _, _)| *name == operation);
    let (_, on, also) =
        row.ok_or_else(|| ApiError::not_emulated(format!("permissions for {operation}")))?;
    let keys: ContextKeys = asked
        .auth_type
        .iter()
        .map(|auth_type| ("lambda:functionurlauthtype", auth_type.clone()))
        .collect();
    let mut demands = vec![Demand {
        shown: (*on == On::Role).then(|| format!("role {}", asked.resource)),
        keys,
        ..Demand::of(operation, resource(*on, asked, scope))
    }];
    for also in *also {
        match also {
            Also::ForTags(action) if asked.brings_tags => {
                let on = if *on == On::LogGroup {
                    On::LogGroupItself
                } else {
                    *on
                };
                demands.push(Demand {
                    shown: demands[0].shown.clone(),
                    ..Demand::of(action, resource(on, asked, scope))
                });
            }
            Also::ToSeeTags(action) => demands.push(Demand {
                is_for_tags: true,
                ..Demand::of(action, resource(On::Function, asked, scope))
            }),
            Also::PassRole => demands.extend(asked.passes_role.iter().map(|role| Demand {
                keys: [("iam:passedtoservice", "lambda.amazonaws.com".to_owned())].into(),
                ..Demand::of("iam:PassRole", role.clone())
            })),
            Also::ForTags(_) => {}
        }
    }
    Ok(demands)
}

fn resource(on: On, asked: &Asked, scope: &Scope<'_>) -> String {
    let Scope {
        account_id, region, ..
    } = scope;
    let Asked { resource, item, .. } = asked;
    let regional =
        |service: &str, rest: &str| format!("arn:aws:{service}:{region}:{account_id}:{rest}");
    match (on, item) {
        (On::Qualified, Some(qualifier)) => {
            regional("lambda", &format!("function:{resource}:{qualifier}"))
        }
        (On::Function | On::Qualified, _) => regional("lambda", &format!("function:{resource}")),
        (On::Role, _) => format!("arn:aws:iam::{account_id}:role/{resource}"),
        (On::AllRoles, _) => format!("arn:aws:iam::{account_id}:role/"),
        (On::LogGroup, _) => regional("logs", &format!("log-group:{resource}:log-stream:")),
        (On::LogGroupItself, _) => regional("logs", &format!("log-group:{resource}")),
        (On::AllLogGroups, _) => regional("logs", "log-group::log-stream:"),
        (On::Agent, _) => regional("bedrock", &format!("agent/{resource}")),
        (On::AgentAlias, item) => {
            let alias = item.as_deref().unwrap_or_default();
            regional("bedrock", &format!("agent-alias/{resource}/{alias}"))
        }
        (On::RuntimeEndpoint, item) => {
            let endpoint = item.as_deref().unwrap_or_default();
            let rest = format!("runtime/{resource}/runtime-endpoint/{endpoint}");
            regional("bedrock-agentcore", &rest)
        }
        (On::Harness, _) => regional("bedrock-agentcore", &format!("harness/{resource}")),
        (On::Everything, _) => "*".to_owned(),
    }
}
