//! Log groups: their life and their retention.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde::Deserialize;
use serde_json::{Value, json};

use super::arn::arn;
use super::refusals::{invalid_parameter, not_found};
use super::stream::Stream;
use crate::scope::Scope;
use crate::wire::api_error::{ApiError, constraint};
use crate::wire::page::page;
use crate::wire::timestamp::milliseconds;

/// The days that events can be kept for.
const RETENTION_DAYS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

const NO_GROUP: &str = "The specified log group does not exist.";

/// All log groups, by name.
#[derive(Debug, Default)]
pub(crate) struct LogGroups(BTreeMap<String, Group>);

#[derive(Debug)]
pub(super) struct Group {
    created: SystemTime,
    retention_days: Option<u32>,
    pub(super) tags: BTreeMap<String, String>,
    /// By name.
    pub(super) streams: BTreeMap<String, Stream>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CreateLogGroup {
    log_group_name: String,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DescribeLogGroups {
    log_group_name_prefix: Option<String>,
    log_group_name_pattern: Option<String>,
    next_token: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NamedGroup {
    log_group_name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PutRetentionPolicy {
    log_group_name: String,
    retention_in_days: u32,
}

impl LogGroups {
    pub(super) fn create(
        &mut self,
        input: CreateLogGroup,
        scope: &Scope<'_>,
    ) -> Result<Value, ApiError> {
        let name = input.log_group_name;
        check_name(&name)?;
        if self.0.contains_key(&name) {
            return Err(ApiError::bad_request(
                "ResourceAlreadyExistsException",
                "The specified log group already exists",
            ));
        }
        let group = Group {
            created: scope.now,
            retention_days: None,
            tags: input.tags,
            streams: BTreeMap::new(),
        };
        self.0.insert(name, group);
        Ok(json!({}))
    }

    pub(super) fn describe(
        &self,
        input: &DescribeLogGroups,
        scope: &Scope<'_>,
    ) -> Result<Value, ApiError> {
        let prefix = input.log_group_name_prefix.as_deref();
        let pattern = input.log_group_name_pattern.as_deref();
        if prefix.is_some() && pattern.is_some() {
            return Err(invalid_parameter(
                "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
            ));
        }
        let pattern = pattern.map(str::to_ascii_lowercase);
        let groups = self.0.iter().filter(|(name, _)| {
            prefix.is_none_or(|prefix| name.starts_with(prefix))
                && pattern
                    .as_ref()
                    .is_none_or(|pattern| name.to_ascii_lowercase().contains(pattern))
        });
        let limit = input.limit.unwrap_or(50).min(50);
        let (groups, next) = page(groups, input.next_token.as_deref(), limit);
        let groups: Vec<Value> = groups
            .into_iter()
            .map(|(name, group)| group.describe(name, scope))
            .collect();
        Ok(with_next_token(json!({ "logGroups": groups }), next))
    }

    pub(super) fn delete(&mut self, input: &NamedGroup) -> Result<Value, ApiError> {
        match self.0.remove(&input.log_group_name) {
            Some(_) => Ok(json!({})),
            None => Err(not_found(NO_GROUP)),
        }
    }

    pub(super) fn put_retention(&mut self, input: &PutRetentionPolicy) -> Result<Value, ApiError> {
        let days = input.retention_in_days;
        if !RETENTION_DAYS.contains(&days) {
            return Err(invalid_parameter(constraint(
                days,
                "retentionInDays",
                format!("satisfy enum value set: {RETENTION_DAYS:?}"),
            )));
        }
        self.named(&input.log_group_name)?.retention_days = Some(days);
        Ok(json!({}))
    }

    pub(super) fn delete_retention(&mut self, input: &NamedGroup) -> Result<Value, ApiError> {
        self.named(&input.log_group_name)?.retention_days = None;
        Ok(json!({}))
    }

    pub(super) fn named(&mut self, name: &str) -> Result<&mut Group, ApiError> {
        self.0.get_mut(name).ok_or_else(|| not_found(NO_GROUP))
    }

    /// The group that `logGroupName` or `logGroupIdentifier` (a name or an ARN) means.
    pub(super) fn identified(
        &self,
        name: Option<&str>,
        identifier: Option<&str>,
        scope: &Scope<'_>,
    ) -> Result<(&str, &Group), ApiError> {
        let prefix = arn(scope, "");
        let name = match (name, identifier) {
            (Some(_), Some(_)) => {
                return Err(ApiError::bad_request(
                    "ValidationException",
                    "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
                ));
            }
            (None, None) => {
                return Err(invalid_parameter(
                    "LogGroup name or LogGroup ARN is required.",
                ));
            }
            (Some(name), None) => name,
            (None, Some(identifier)) => identifier.strip_prefix(&prefix).unwrap_or(identifier),
        };
        self.0
            .get_key_value(name)
            .map(|(name, group)| (name.as_str(), group))
            .ok_or_else(|| not_found(NO_GROUP))
    }

    /// Writes one line. The first line of a stream makes the stream; no line makes the group.
    pub(crate) fn append(
        &mut self,
        group: &str,
        stream: &str,
        timestamp: i64,
        message: &str,
        scope: &Scope<'_>,
    ) {
        if let Some(group) = self.0.get_mut(group) {
            group
                .streams
                .entry(stream.to_owned())
                .or_insert_with(|| Stream::new(milliseconds(scope.now)))
                .append(timestamp, message, milliseconds(scope.now));
        }
    }
}

impl Group {
    fn describe(&self, name: &str, scope: &Scope<'_>) -> Value {
        let mut group = json!({
            "logGroupName": name,
            "creationTime": milliseconds(self.created),
            "metricFilterCount": 0,
            "arn": format!("{}:*", arn(scope, name)),
            "logGroupArn": arn(scope, name),
            "logGroupClass": "STANDARD",
            "storedBytes": 0,
            "deletionProtectionEnabled": false,
        });
        if let Some(days) = self.retention_days {
            group["retentionInDays"] = json!(days);
        }
        group
    }
}

pub(super) fn with_next_token(mut answer: Value, next: Option<String>) -> Value {
    if let Some(next) = next {
        answer["nextToken"] = json!(next);
    }
    answer
}

fn check_name(name: &str) -> Result<(), ApiError> {
    if name.is_empty() || name.len() > 512 {
        return Err(invalid_parameter(
            "Invalid LogGroup or LogStream, both must have length less than or equal to 512.",
        ));
    }
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || ".-_/#".contains(letter);
    if name.chars().all(allowed) {
        Ok(())
    } else {
        Err(invalid_parameter(constraint(
            name,
            "logGroupName",
            r"satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+",
        )))
    }
}
