//! Managed policies of the account, in their versions. Those of AWS exist by name only: what they allow is
//! not known here.

use std::collections::BTreeMap;
use std::time::SystemTime;

use http::StatusCode;

use super::documents::{check_document, encode_document};
use super::refusals::no_such_entity;
use crate::scope::Scope;
use crate::wire::api_error::ApiError;
use crate::wire::parameters::Parameters;
use crate::wire::query_protocol::{Element, page};
use crate::wire::timestamp;

/// How many versions AWS keeps of a policy.
const VERSION_LIMIT: usize = 5;
const MALFORMED: &str = "The policy failed legacy parsing";

/// The account's own policies, by ARN.
#[derive(Debug, Default)]
pub(super) struct ManagedPolicies(BTreeMap<String, ManagedPolicy>);

#[derive(Debug)]
struct ManagedPolicy {
    name: String,
    id: String,
    path: String,
    created: SystemTime,
    /// The version that is in force.
    default: u32,
    /// The documents, by version.
    versions: BTreeMap<u32, (SystemTime, String)>,
    latest: u32,
}

/// The ARN of the policy that a form asks for.
pub(crate) fn new_policy_arn(form: &Parameters, account_id: &str) -> String {
    let path = form.get("Path").unwrap_or("/");
    let name = form.get("PolicyName").unwrap_or_default();
    format!("arn:aws:iam::{account_id}:policy{path}{name}")
}

impl ManagedPolicies {
    /// The document of the version that is in force.
    pub(super) fn in_force(&self, arn: &str) -> Result<String, ApiError> {
        if is_of_aws(arn) {
            return Err(ApiError::not_emulated(format!(
                "what the policy {arn} allows"
            )));
        }
        let policy = self.0.get(arn).ok_or_else(|| not_found(arn))?;
        let in_force = policy.versions.get(&policy.default);
        Ok(in_force.map_or_else(String::new, |(_, document)| document.clone()))
    }

    /// What a policy that can be attached is called.
    pub(super) fn name_of(&self, arn: &str) -> Result<String, ApiError> {
        if !arn.starts_with("arn:aws:iam::") {
            return Err(ApiError::bad_request(
                "ValidationError",
                "Invalid ARN:  Could not be parsed!",
            ));
        }
        if is_of_aws(arn) || self.0.contains_key(arn) {
            return Ok(arn.rsplit('/').next().unwrap_or_default().to_owned());
        }
        Err(no_such_entity(format!(
            "Policy {arn} does not exist or is not attachable."
        )))
    }

    /// Refuses a boundary that is no policy.
    pub(super) fn check_boundary(&self, arn: &str) -> Result<(), ApiError> {
        self.name_of(arn).map(drop).map_err(|error| {
            let message = format!("Scope ARN: {arn} does not exist or is not attachable.");
            match error.code {
                "NoSuchEntity" => no_such_entity(message),
                _ => error,
            }
        })
    }

    fn named(&mut self, form: &Parameters) -> Result<&mut ManagedPolicy, ApiError> {
        let arn = form.required("PolicyArn")?;
        if is_of_aws(arn) {
            return Err(ApiError::not_emulated(format!("the policy {arn}")));
        }
        self.0.get_mut(arn).ok_or_else(|| not_found(arn))
    }
}

impl ManagedPolicies {
    pub(super) fn create_policy(
        &mut self,
        form: &Parameters,
        scope: &Scope<'_>,
    ) -> Result<Vec<Element>, ApiError> {
        form.only(
            "CreatePolicy",
            &["PolicyName", "Path", "PolicyDocument", "Description"],
        )?;
        let name = form.required("PolicyName")?;
        let document = form.required("PolicyDocument")?;
        check_document(document, MALFORMED)?;
        let arn = new_policy_arn(form, scope.account_id);
        if self.0.contains_key(&arn) {
            return Err(ApiError::new(
                StatusCode::CONFLICT,
                "EntityAlreadyExists",
                format!("A policy called {name} already exists. Duplicate names are not allowed."),
            ));
        }
        let id = scope.new_id().simple().to_string().to_uppercase();
        let policy = ManagedPolicy {
            name: name.to_owned(),
            id: format!("ANPA{id:.17}"),
            path: form.get("Path").unwrap_or("/").to_owned(),
            created: scope.now,
            default: 1,
            versions: BTreeMap::from([(1, (scope.now, document.to_owned()))]),
            latest: 1,
        };
        let answer = policy.describe(&arn);
        self.0.insert(arn, policy);
        Ok(vec![answer])
    }

    pub(super) fn get_managed_policy(
        &mut self,
        form: &Parameters,
    ) -> Result<Vec<Element>, ApiError> {
        let arn = form.required("PolicyArn")?;
        Ok(vec![self.named(form)?.describe(arn)])
    }

    /// Deletes a policy, if no role has it.
    pub(super) fn delete_managed_policy(
        &mut self,
        form: &Parameters,
        is_used: bool,
    ) -> Result<Vec<Element>, ApiError> {
        let arn = form.required("PolicyArn")?;
        let policy = self.named(form)?;
        let has_versions = policy.versions.len() > 1;
        if is_used || has_versions {
            let why = if is_used {
                "Cannot delete a policy attached to entities."
            } else {
                "This policy has more than one version. Before you delete a policy, you must delete \
                 the policy's versions. The default version is deleted with the policy."
            };
            return Err(ApiError::new(StatusCode::CONFLICT, "DeleteConflict", why));
        }
        self.0.remove(arn);
        Ok(vec![])
    }

    pub(super) fn create_policy_version(
        &mut self,
        form: &Parameters,
        scope: &Scope<'_>,
    ) -> Result<Vec<Element>, ApiError> {
        let policy = self.named(form)?;
        let document = form.required("PolicyDocument")?;
        check_document(document, MALFORMED)?;
        if policy.versions.len() >= VERSION_LIMIT {
            return Err(ApiError::new(
                StatusCode::CONFLICT,
                "LimitExceeded",
                "A managed policy can have up to 5 versions. Before you create a new version, you \
                 must delete an existing version.",
            ));
        }
        policy.latest += 1;
        let version = (scope.now, document.to_owned());
        policy.versions.insert(policy.latest, version);
        if form.get("SetAsDefault") == Some("true") {
            policy.default = policy.latest;
        }
        Ok(policy.describe_version(policy.latest, false))
    }

    pub(super) fn get_policy_version(
        &mut self,
        form: &Parameters,
    ) -> Result<Vec<Element>, ApiError> {
        let policy = self.named(form)?;
        let version = policy.version(form)?;
        Ok(policy.describe_version(version, true))
    }

    pub(super) fn list_policy_versions(
        &mut self,
        form: &Parameters,
    ) -> Result<Vec<Element>, ApiError> {
        let policy = self.named(form)?;
        let versions = policy.versions.keys().rev();
        Ok(page(form, "Versions", versions, |version| {
            Element::node("member", policy.version_members(*version, false))
        }))
    }

    pub(super) fn set_default_policy_version(
        &mut self,
        form: &Parameters,
    ) -> Result<Vec<Element>, ApiError> {
        let policy = self.named(form)?;
        policy.default = policy.version(form)?;
        Ok(vec![])
    }

    pub(super) fn delete_policy_version(
        &mut self,
        form: &Parameters,
    ) -> Result<Vec<Element>, ApiError> {
        let policy = self.named(form)?;
        let version = policy.version(form)?;
        if version == policy.default {
            return Err(ApiError::new(
                StatusCode::CONFLICT,
                "DeleteConflict",
                "Cannot delete the default version of a policy.",
            ));
        }
        policy.versions.remove(&version);
        Ok(vec![])
    }
}

impl ManagedPolicy {
    fn describe(&self, arn: &str) -> Element {
        let members = vec![
            Element::text("PolicyName", &self.name),
            Element::text("PolicyId", &self.id),
            Element::text("Arn", arn),
            Element::text("Path", &self.path),
            Element::text("DefaultVersionId", format!("v{}", self.default)),
            Element::text("IsAttachable", true),
            Element::text("CreateDate", timestamp::with_seconds(self.created)),
            Element::text("UpdateDate", timestamp::with_seconds(self.created)),
        ];
        Element::node("Policy", members)
    }

    /// The version that a form names, if there is one.
    fn version(&self, form: &Parameters) -> Result<u32, ApiError> {
        let name = form.required("VersionId")?;
        let number = name.strip_prefix('v').and_then(|it| it.parse().ok());
        let number = number.filter(|number| self.versions.contains_key(number));
        number.ok_or_else(|| {
            let arn = form.get("PolicyArn").unwrap_or_default();
            no_such_entity(format!(
                "Policy {arn} version {name} does not exist or is not attachable."
            ))
        })
    }

    fn describe_version(&self, version: u32, with_document: bool) -> Vec<Element> {
        let members = self.version_members(version, with_document);
        vec![Element::node("PolicyVersion", members)]
    }

    fn version_members(&self, version: u32, with_document: bool) -> Vec<Element> {
        let mut members = vec![
            Element::text("VersionId", format!("v{version}")),
            Element::text("IsDefaultVersion", version == self.default),
        ];
        if let Some((created, document)) = self.versions.get(&version) {
            let created = timestamp::with_seconds(*created);
            members.push(Element::text("CreateDate", created));
            if with_document {
                members.push(Element::text("Document", encode_document(document)));
            }
        }
        members
    }
}

fn is_of_aws(arn: &str) -> bool {
    arn.starts_with("arn:aws:iam::aws:policy/")
}

fn not_found(arn: &str) -> ApiError {
    no_such_entity(format!("Policy {arn} was not found."))
}
