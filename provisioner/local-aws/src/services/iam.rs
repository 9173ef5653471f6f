//! IAM: roles with their trust policy, inline policies, attached policies, permissions boundary and tags,
//! and managed policies. Policies are kept as they were written: `access` decides what they allow. Only whether Lambda may assume a role is
//! decided here.

mod assumed;
mod documents;
mod managed;
mod policies;
mod refusals;
mod roles;

use crate::route::Call;
use crate::scope::Scope;
use crate::wire::api_error::ApiError;
use crate::wire::query_protocol::Element;

pub(crate) use assumed::{AssumableRole, Permissions};
pub(crate) use documents::one_or_many;
pub(crate) use managed::new_policy_arn;
pub(crate) use roles::Roles;

pub(crate) const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// Answers one operation.
pub(crate) fn handle(
    call: &Call,
    roles: &mut Roles,
    scope: &Scope<'_>,
) -> Result<Vec<Element>, ApiError> {
    let form = &call.input;
    match call.operation.name {
        "CreateRole" => roles.create(form, scope),
        "GetRole" => roles.get(form),
        "ListRoles" => roles.list(form),
        "DeleteRole" => roles.delete(form),
        "UpdateAssumeRolePolicy" => roles.update_assume_role_policy(form),
        "TagRole" => roles.tag(form),
        "UntagRole" => roles.untag(form),
        "ListRoleTags" => roles.list_tags(form),
        "PutRolePolicy" => roles.put_policy(form),
        "GetRolePolicy" => roles.get_policy(form),
        "DeleteRolePolicy" => roles.delete_policy(form),
        "ListRolePolicies" => roles.list_policies(form),
        "AttachRolePolicy" => roles.attach_policy(form),
        "DetachRolePolicy" => roles.detach_policy(form),
        "ListAttachedRolePolicies" => roles.list_attached_policies(form),
        "PutRolePermissionsBoundary" => roles.put_boundary(form),
        "DeleteRolePermissionsBoundary" => roles.delete_boundary(form),
        "CreatePolicy" => roles.managed.create_policy(form, scope),
        "GetPolicy" => roles.managed.get_managed_policy(form),
        "DeletePolicy" => {
            let is_used = form
                .get("PolicyArn")
                .is_some_and(|arn| roles.have_policy(arn));
            roles.managed.delete_managed_policy(form, is_used)
        }
        "CreatePolicyVersion" => roles.managed.create_policy_version(form, scope),
        "GetPolicyVersion" => roles.managed.get_policy_version(form),
        "ListPolicyVersions" => roles.managed.list_policy_versions(form),
        "SetDefaultPolicyVersion" => roles.managed.set_default_policy_version(form),
        "DeletePolicyVersion" => roles.managed.delete_policy_version(form),
        _ => Err(call.not_emulated()),
    }
}
