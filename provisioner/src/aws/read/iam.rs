//! Reads the role and our policy in it.

use aws_sdk_iam::Client;

use super::found;
use crate::aws::AwsError;
use crate::deployment::document::Document;
use crate::deployment::names::Names;
use crate::deployment::state::{LiveRole, RoleHead};

/// Our inline policy. A role that does not exist has none.
pub(super) async fn role_policy(iam: &Client, names: &Names) -> Result<Option<Document>, AwsError> {
    let policy = iam
        .get_role_policy()
        .role_name(&names.role)
        .policy_name(names.role_policy)
        .send()
        .await;
    let policy = found("iam:GetRolePolicy", &resource(names), policy)?;
    Ok(policy.map(|policy| Document::from_iam(policy.policy_document())))
}

/// The role, with the `policy` that was found in it.
pub(super) async fn role(
    iam: &Client,
    names: &Names,
    policy: Option<Document>,
) -> Result<Option<LiveRole>, AwsError> {
    let role = iam.get_role().role_name(&names.role).send().await;
    let role = found("iam:GetRole", &resource(names), role)?.and_then(|answer| answer.role);
    Ok(role.map(|role| LiveRole {
        arn: role.arn().to_owned(),
        head: Some(RoleHead {
            tags: role
                .tags()
                .iter()
                .map(|tag| (tag.key().to_owned(), tag.value().to_owned()))
                .collect(),
            trust: Document::from_iam(role.assume_role_policy_document().unwrap_or_default()),
        }),
        policy,
    }))
}

fn resource(names: &Names) -> String {
    format!("role `{}`", names.role)
}
