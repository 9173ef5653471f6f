//! The operations of IAM and STS, which their forms name, by the service authorization references.

use super::operation::{Also, Boundary, On, Operation};

#[rustfmt::skip]
pub(super) const IAM: &[Operation] = &[
    Operation::named("AttachRolePolicy", On::Role).judged_by(Boundary::OfRole),
    Operation::named("CreatePolicy", On::NewPolicy),
    Operation::named("CreatePolicyVersion", On::Policy),
    Operation::named("CreateRole", On::Role).and(&[Also::ForTags("iam:TagRole")]).judged_by(Boundary::Asked),
    Operation::named("DeletePolicy", On::Policy),
    Operation::named("DeletePolicyVersion", On::Policy),
    Operation::named("DeleteRole", On::Role),
    Operation::named("DeleteRolePermissionsBoundary", On::Role).judged_by(Boundary::OfRole),
    Operation::named("DeleteRolePolicy", On::Role).judged_by(Boundary::OfRole),
    Operation::named("DetachRolePolicy", On::Role).judged_by(Boundary::OfRole),
    Operation::named("GetPolicy", On::Policy),
    Operation::named("GetPolicyVersion", On::Policy),
    Operation::named("GetRole", On::Role),
    Operation::named("GetRolePolicy", On::Role),
    Operation::named("ListAttachedRolePolicies", On::Role),
    Operation::named("ListPolicyVersions", On::Policy),
    Operation::named("ListRolePolicies", On::Role),
    Operation::named("ListRoleTags", On::Role),
    Operation::named("ListRoles", On::AllRoles),
    Operation::named("PutRolePermissionsBoundary", On::Role).judged_by(Boundary::Asked),
    Operation::named("PutRolePolicy", On::Role).judged_by(Boundary::OfRole),
    Operation::named("SetDefaultPolicyVersion", On::Policy),
    Operation::named("TagRole", On::Role),
    Operation::named("UntagRole", On::Role),
    Operation::named("UpdateAssumeRolePolicy", On::Role),
];

pub(super) const STS: &[Operation] = &[
    Operation::named("AssumeRole", On::TrustingRole),
    Operation::named("GetCallerIdentity", On::Anybody),
];
