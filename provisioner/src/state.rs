//! What a deployment consists of, wanted (`Desired`) and found (`Live`), as plain values without
//! SDK types. Comparing the two is `plan`'s job.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::config::Auth;
use crate::document::Document;
use crate::package::Package;
use crate::permission::Statement;
use crate::record::Record;

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

/// What the user asked for.
#[derive(Debug, Clone)]
pub struct Desired {
    pub names: Names,
    pub tags: Tags,
    pub retention_days: u16,
    pub role: Role,
    pub configuration: Configuration,
    /// `None` leaves the code as it is: `status` does not build.
    pub package: Option<Package>,
    pub url: UrlSettings,
    /// `None` leaves it as it is.
    pub reserved_concurrency: Option<u16>,
    /// How many versions are kept, the new one included.
    pub keep_versions: usize,
    /// Take over what somebody else has made under these names.
    pub adopt: bool,
    /// Who checks the callers: the URL for `iam`, the function for `jwt`, nobody for `none`.
    pub auth: Auth,
}

/// The execution role's documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub arn: String,
    /// Who may assume it.
    pub trust: Document,
    /// What it may do: the one inline policy.
    pub policy: Document,
}

/// The settings of a function that `UpdateFunctionConfiguration` changes, as far as they are ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    pub role_arn: String,
    pub runtime: String,
    pub handler: String,
    pub memory_mb: i32,
    pub timeout_seconds: i32,
    /// AWS always answers this; `None` is an emulator that does not know the setting.
    pub logging: Option<Logging>,
    pub environment: BTreeMap<String, String>,
}

/// Where and how the function logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logging {
    pub log_group: String,
    /// `JSON` or `Text`.
    pub format: String,
}

/// The identity of a function's code. Lambda changes the architecture together with the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The base64 of the zip's SHA-256, as Lambda reports it.
    pub sha256: String,
    /// `x86_64` or `arm64`.
    pub architecture: String,
}

/// The function URL's settings, spelt as in the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlSettings {
    /// `AWS_IAM` or `NONE`.
    pub auth_type: String,
    /// `RESPONSE_STREAM` or `BUFFERED`.
    pub invoke_mode: String,
    /// Wanted: `None` leaves it as it is. Found: `None` is none at all.
    pub cors: Option<Cors>,
}

/// Which other origins may call, and how. An empty list and no list are the same to AWS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cors {
    pub allow_credentials: bool,
    pub allow_headers: BTreeSet<String>,
    pub allow_methods: BTreeSet<String>,
    pub allow_origins: BTreeSet<String>,
    pub expose_headers: BTreeSet<String>,
    pub max_age_seconds: u32,
}

/// What the account holds now, under the deployment's names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Live {
    pub log_group: Option<LiveLogGroup>,
    pub role: Option<LiveRole>,
    pub function: Option<LiveFunction>,
    pub alias: Option<LiveAlias>,
    pub url: Option<LiveUrl>,
    /// The alias's resource policy.
    pub statements: Vec<Statement>,
    /// `None`: not read, because only a run that releases a new version need know the old ones.
    pub versions: Option<Vec<LiveVersion>>,
}

/// A log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveLogGroup {
    /// Without the trailing `:*`.
    pub arn: String,
    /// `None`: logs are kept for ever.
    pub retention_days: Option<i32>,
    /// `None`: not read, because a run that changes nothing about the log group need not know.
    pub tags: Option<Tags>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveRole {
    pub arn: String,
    /// What `GetRole` tells. `None`: not read, because the policy is as it should be, the function
    /// uses the role, and so nothing about it changes.
    pub head: Option<RoleHead>,
    /// Our inline policy.
    pub policy: Option<Document>,
}

/// A role without its policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleHead {
    pub tags: Tags,
    pub trust: Document,
}

/// A function, at `$LATEST`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveFunction {
    pub arn: String,
    pub tags: Tags,
    pub configuration: Configuration,
    pub code: Code,
    /// `Pending`, `Active`, `Inactive` or `Failed`.
    pub state: String,
    /// Why the last update failed, if it did.
    pub failed_update: Option<String>,
    pub last_modified: Option<String>,
    pub reserved_concurrency: Option<i32>,
    /// The VPC that it runs in, where no function URL streams.
    pub vpc: Option<String>,
}

/// The alias, and the version that it points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveAlias {
    pub version: String,
    pub configuration: Configuration,
    pub code: Code,
    /// Other versions that get a share of the calls.
    pub also_routed_to: Vec<String>,
    pub revision_id: Option<String>,
    /// What this tool noted down when it last moved the alias.
    pub record: Option<Record>,
}

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveVersion {
    pub number: u64,
    pub configuration: Configuration,
    pub code: Code,
    /// The aliases that send calls to it.
    pub aliases: Vec<String>,
}

/// The alias's function URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveUrl {
    pub url: String,
    pub settings: UrlSettings,
}

/// One event of the log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEvent {
    pub id: String,
    /// Milliseconds since 1970.
    pub timestamp: i64,
    pub message: String,
}

impl Live {
    /// The account, if anything found tells it.
    pub fn account(&self) -> Option<Account> {
        let role = self.role.as_ref().map(|role| role.arn.as_str());
        let function = self.function.as_ref().map(|function| function.arn.as_str());
        let log_group = self.log_group.as_ref().map(|group| group.arn.as_str());
        [function, role, log_group]
            .into_iter()
            .flatten()
            .find_map(Account::of_arn)
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
