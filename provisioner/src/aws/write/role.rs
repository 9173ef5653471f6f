//! Writes the role and our policy in it.

use aws_sdk_iam::Client;
use aws_sdk_iam::error::BuildError;
use aws_sdk_iam::types::Tag;

use crate::aws::AwsError;
use crate::deployment::document::Document;
use crate::deployment::names::Tags;
use crate::plan::resource::role::{PolicyChange, RoleAction};

pub(super) async fn carry_out(iam: &Client, action: &RoleAction) -> Result<(), AwsError> {
    match action {
        RoleAction::Create {
            name,
            trust,
            boundary,
            tags,
        } => create(iam, name, trust, boundary.as_deref(), tags).await,
        RoleAction::SetBoundary { name, from: _, to } => set_boundary(iam, name, to).await,
        RoleAction::SetTrust { name, from: _, to } => set_trust(iam, name, to).await,
        RoleAction::PutPolicy(change) | RoleAction::NarrowPolicy(change) => {
            let PolicyChange {
                role,
                policy,
                from: _,
                to,
            } = change;
            put_policy(iam, role, policy, to).await
        }
        RoleAction::Tag { name, tags } => tag(iam, name, &tags.to).await,
        RoleAction::DeletePolicy { role, policy } => delete_policy(iam, role, policy).await,
        RoleAction::Delete { name } => delete(iam, name).await,
    }
}

async fn create(
    iam: &Client,
    name: &str,
    trust: &Document,
    boundary: Option<&str>,
    tags: &Tags,
) -> Result<(), AwsError> {
    iam.create_role()
        .role_name(name)
        .description("Execution role of a streaming gateway to an Amazon Bedrock agent")
        .assume_role_policy_document(trust.to_string())
        .set_permissions_boundary(boundary.map(str::to_owned))
        .set_tags(Some(sdk_tags(tags, name)?))
        .send()
        .await
        .map_err(|error| AwsError::new("iam:CreateRole", role(name), &error))?;
    Ok(())
}

async fn set_trust(iam: &Client, name: &str, to: &Document) -> Result<(), AwsError> {
    iam.update_assume_role_policy()
        .role_name(name)
        .policy_document(to.to_string())
        .send()
        .await
        .map_err(|error| AwsError::new("iam:UpdateAssumeRolePolicy", role(name), &error))?;
    Ok(())
}

async fn set_boundary(iam: &Client, name: &str, to: &str) -> Result<(), AwsError> {
    iam.put_role_permissions_boundary()
        .role_name(name)
        .permissions_boundary(to)
        .send()
        .await
        .map_err(|error| AwsError::new("iam:PutRolePermissionsBoundary", role(name), &error))?;
    Ok(())
}

async fn put_policy(iam: &Client, name: &str, policy: &str, to: &Document) -> Result<(), AwsError> {
    iam.put_role_policy()
        .role_name(name)
        .policy_name(policy)
        .policy_document(to.to_string())
        .send()
        .await
        .map_err(|error| AwsError::new("iam:PutRolePolicy", role(name), &error))?;
    Ok(())
}

async fn tag(iam: &Client, name: &str, tags: &Tags) -> Result<(), AwsError> {
    iam.tag_role()
        .role_name(name)
        .set_tags(Some(sdk_tags(tags, name)?))
        .send()
        .await
        .map_err(|error| AwsError::new("iam:TagRole", role(name), &error))?;
    Ok(())
}

async fn delete_policy(iam: &Client, name: &str, policy: &str) -> Result<(), AwsError> {
    let result = iam
        .delete_role_policy()
        .role_name(name)
        .policy_name(policy)
        .send()
        .await;
    AwsError::gone(
        result
            .map(drop)
            .map_err(|error| AwsError::new("iam:DeleteRolePolicy", role(name), &error)),
    )
}

async fn delete(iam: &Client, name: &str) -> Result<(), AwsError> {
    let result = iam.delete_role().role_name(name).send().await;
    AwsError::gone(
        result
            .map(drop)
            .map_err(|error| AwsError::new("iam:DeleteRole", role(name), &error)),
    )
}

fn sdk_tags(tags: &Tags, name: &str) -> Result<Vec<Tag>, AwsError> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect::<Result<_, BuildError>>()
        .map_err(|_| AwsError::Incomplete {
            operation: "iam:TagRole",
            resource: role(name),
            missing: "a tag's key or value",
        })
}

fn role(name: &str) -> String {
    format!("role `{name}`")
}
