//! The operations of IAM and STS, which their forms name, by the service authorization references.

use super::operation::{Also, On, Operation};

#[rustfmt::skip]
pub(super) const IAM: &[Operation] = &[
    Operation::named("AttachRolePolicy", On::Role),
    Operation::named("CreateRole", On::Role).and(&[Also::ForTags("iam:TagRole")]),
    Operation::named("DeleteRole", On::Role),
    Operation::named("DeleteRolePolicy", On::Role),
    Operation::named("DetachRolePolicy", On::Role),
    Operation::named("GetRole", On::Role),
    Operation::named("GetRolePolicy", On::Role),
    Operation::named("ListAttachedRolePolicies", On::Role),
    Operation::named("ListRolePolicies", On::Role),
    Operation::named("ListRoleTags", On::Role),
    Operation::named("ListRoles", On::AllRoles),
    Operation::named("PutRolePolicy", On::Role),
    Operation::named("TagRole", On::Role),
    Operation::named("UntagRole", On::Role),
    Operation::named("UpdateAssumeRolePolicy", On::Role),
];

pub(super) const STS: &[Operation] = &[
    Operation::named("AssumeRole", On::TrustingRole),
    Operation::named("GetCallerIdentity", On::Anybody),
];
