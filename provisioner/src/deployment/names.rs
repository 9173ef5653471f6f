//! What a deployment's resources are called, where they are, and by which tags they are known as ours.

use std::collections::BTreeMap;

use serde::Serialize;

/// The tag that marks a resource as made by this tool.
pub const MANAGED_BY_TAG: &str = "managed-by";
/// Its value.
pub const MANAGED_BY: &str = "bedrock-gateway-provision";
/// The tag that says which deployment a resource belongs to.
pub const DEPLOYMENT_TAG: &str = "bedrock-gateway:deployment";

/// Tags by key.
pub type Tags = BTreeMap<String, String>;

/// The names of a deployment's resources, all derived from its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    pub deployment: String,
    pub function: String,
    pub alias: &'static str,
    pub role: String,
    pub role_policy: &'static str,
    /// The permissions boundary that comes with the generated deploy role.
    pub boundary: String,
    pub log_group: String,
}

impl Names {
    /// The names that belong to the deployment `name`.
    pub fn of(name: &str) -> Self {
        Self {
            deployment: name.to_owned(),
            function: name.to_owned(),
            alias: "live",
            role: format!("{name}-role"),
            role_policy: "bedrock-gateway",
            boundary: format!("{name}-boundary"),
            log_group: format!("/aws/lambda/{name}"),
        }
    }
}

/// Where the deployment is: what ARNs are made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    pub id: String,
}

impl Account {
    /// The account that an ARN names: `arn:PARTITION:SERVICE:REGION:ACCOUNT:...`.
    pub fn of_arn(arn: &str) -> Option<Self> {
        let mut parts = arn.split(':');
        let ("arn", partition, id) = (parts.next()?, parts.next()?, parts.nth(2)?) else {
            return None;
        };
        (!partition.is_empty() && !id.is_empty()).then(|| Self {
            partition: partition.to_owned(),
            id: id.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_tells_account_and_partition() {
        let account = Account::of_arn("arn:aws-cn:lambda:cn-north-1:123456789012:function:magi");

        let expected = Account {
            partition: "aws-cn".to_owned(),
            id: "123456789012".to_owned(),
        };
        assert_eq!(account, Some(expected));
    }

    #[test]
    fn what_is_not_an_arn_tells_nothing() {
        for text in [
            "",
            "arn",
            "arn:aws:iam",
            "arn:aws:s3:::bucket",
            "urn:a:b:c:d:e",
        ] {
            assert_eq!(Account::of_arn(text), None, "{text}");
        }
    }
}
