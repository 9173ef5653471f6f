//! What a deployment consists of, wanted (`Desired`) and found (`Live`), as plain values without
//! SDK types. Comparing the two is `plan`'s job.

use super::access::{Auth, UrlSettings};
use super::content::{Code, Configuration, Package};
use super::digest::ContentDigest;
use super::document::Document;
use super::names::{Account, Names, Tags};
use super::permission::Statement;
use super::record::Record;

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
    /// The ARN of the managed policy that says what it may ever do; `None` leaves it as it is.
    pub boundary: Option<String>,
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
    /// All that are published.
    pub versions: Vec<LiveVersion>,
}

/// A log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveLogGroup {
    /// Without the trailing `:*`.
    pub arn: String,
    /// `None`: logs are kept for ever.
    pub retention_days: Option<i32>,
    pub tags: Tags,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveRole {
    pub arn: String,
    pub tags: Tags,
    /// Who may assume it.
    pub trust: Document,
    /// Our inline policy.
    pub policy: Option<Document>,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
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
    pub revision_id: String,
    /// What this tool noted down when it last moved the alias.
    pub record: Option<Record>,
}

/// What an alias points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    pub version: String,
    pub also_routed_to: Vec<String>,
    /// Guards against somebody moving the alias meanwhile.
    pub revision_id: String,
    /// What the version holds.
    pub content: ContentDigest,
    /// The version that was live before this one.
    pub previous: Option<String>,
    /// It has not shown yet that it works behind the URL.
    pub on_trial: bool,
}

impl Released {
    /// What `alias` points to.
    pub fn of(alias: &LiveAlias) -> Self {
        let LiveAlias {
            version,
            configuration,
            code,
            also_routed_to,
            revision_id,
            record,
        } = alias;
        let record = record.as_ref().filter(|record| record.version == *version);
        Self {
            version: version.clone(),
            also_routed_to: also_routed_to.clone(),
            revision_id: revision_id.clone(),
            content: ContentDigest::of(configuration, code),
            previous: record.and_then(|record| record.previous.clone()),
            on_trial: record.is_some_and(|record| record.on_trial),
        }
    }

    /// The record for pointing the alias here again, while `$LATEST` holds `latest`.
    pub fn record(&self, latest: ContentDigest) -> Record {
        Record {
            version: self.version.clone(),
            content: self.content.clone(),
            latest,
            previous: self.previous.clone(),
            on_trial: self.on_trial,
        }
    }
}

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveVersion {
    pub number: u64,
    pub configuration: Configuration,
    pub code: Code,
    /// The aliases that send calls to it.
    pub aliases: Vec<String>,
    /// The version of the released `provision` that its code comes with, if it says so.
    pub edition: Option<String>,
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

impl LiveFunction {
    /// It could not be made: nothing runs, whatever its configuration says.
    pub fn is_failed(&self) -> bool {
        self.state == "Failed"
    }
}

impl Live {
    /// The version that callers reach.
    pub fn live_version(&self) -> Option<&LiveVersion> {
        let alias = self.alias.as_ref()?;
        let is_live = |it: &&LiveVersion| it.number.to_string() == alias.version;
        self.versions.iter().find(is_live)
    }

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
