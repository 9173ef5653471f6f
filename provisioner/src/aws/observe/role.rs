//! Sees the role and our policy in it.

use aws_sdk_iam::Client;

use crate::aws::AwsError;
use crate::deployment::document::Document;
use crate::deployment::names::Names;
use crate::deployment::state::LiveRole;

/// The role. One that does not exist has no policy either.
pub(super) async fn role(iam: &Client, names: &Names) -> Result<Option<LiveRole>, AwsError> {
    let resource = format!("role `{}`", names.role);
    let (role, policy) = tokio::join!(
        iam.get_role().role_name(&names.role).send(),
        iam.get_role_policy()
            .role_name(&names.role)
            .policy_name(names.role_policy)
            .send(),
    );
    let role = AwsError::found("iam:GetRole", &resource, role)?.and_then(|answer| answer.role);
    let policy = AwsError::found("iam:GetRolePolicy", &resource, policy)?;
    Ok(role.map(|role| LiveRole {
        arn: role.arn().to_owned(),
        tags: role
            .tags()
            .iter()
            .map(|tag| (tag.key().to_owned(), tag.value().to_owned()))
            .collect(),
        trust: Document::from_iam(role.assume_role_policy_document().unwrap_or_default()),
        policy: policy.map(|policy| Document::from_iam(policy.policy_document())),
        boundary: role
            .permissions_boundary()
            .and_then(|boundary| boundary.permissions_boundary_arn())
            .map(str::to_owned),
    }))
}
