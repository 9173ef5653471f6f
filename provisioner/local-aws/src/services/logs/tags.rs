//! Tags of log groups.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::arn::arn;
use super::groups::{Group, LogGroups};
use super::refusals::not_found;
use crate::scope::Scope;
use crate::wire::api_error::ApiError;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TagResource {
    resource_arn: String,
    tags: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct UntagResource {
    resource_arn: String,
    tag_keys: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ListTagsForResource {
    resource_arn: String,
}

impl LogGroups {
    pub(super) fn tag(&mut self, input: TagResource, scope: &Scope<'_>) -> Result<Value, ApiError> {
        self.tagged(&input.resource_arn, scope)?
            .tags
            .extend(input.tags);
        Ok(json!({}))
    }

    pub(super) fn untag(
        &mut self,
        input: &UntagResource,
        scope: &Scope<'_>,
    ) -> Result<Value, ApiError> {
        let group = self.tagged(&input.resource_arn, scope)?;
        for key in &input.tag_keys {
            group.tags.remove(key);
        }
        Ok(json!({}))
    }

    pub(super) fn list_tags(
        &mut self,
        input: &ListTagsForResource,
        scope: &Scope<'_>,
    ) -> Result<Value, ApiError> {
        let group = self.tagged(&input.resource_arn, scope)?;
        Ok(json!({ "tags": group.tags }))
    }

    fn tagged(&mut self, resource_arn: &str, scope: &Scope<'_>) -> Result<&mut Group, ApiError> {
        resource_arn
            .strip_prefix(&arn(scope, ""))
            .and_then(|name| self.named(name).ok())
            .ok_or_else(|| not_found("The specified resource does not exist."))
    }
}
