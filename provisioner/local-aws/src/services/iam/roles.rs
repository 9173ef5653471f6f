//! Roles: their life, their trust and their tags.

use std::collections::BTreeMap;
use std::time::SystemTime;

use http::StatusCode;
use serde_json::Value;

use super::documents::{check_document, encode_document, one_or_many};
use super::managed::ManagedPolicies;
use super::refusals::no_such_entity;
use crate::scope::Scope;
use crate::wire::api_error::{ApiError, constraint};
use crate::wire::parameters::Parameters;
use crate::wire::query_protocol::{Element, page};
use crate::wire::timestamp;

const MALFORMED_TRUST: &str = "This policy contains invalid Json";
const LAMBDA: &str = "lambda.amazonaws.com";
const TAG_LIMIT: usize = 50;

/// All roles, and the managed policies that they may have.
#[derive(Debug, Default)]
pub(crate) struct Roles {
    pub(super) by_name: BTreeMap<String, Role>,
    pub(super) managed: ManagedPolicies,
}

#[derive(Debug)]
pub(super) struct Role {
    pub(super) name: String,
    path: String,
    pub(super) id: String,
    pub(super) arn: String,
    created: SystemTime,
    pub(super) trust: String,
    description: Option<String>,
    pub(super) max_session_seconds: String,
    tags: BTreeMap<String, String>,
    /// Inline policies, by name.
    pub(super) policies: BTreeMap<String, String>,
    /// Names of attached policies, by ARN.
    pub(super) attached: BTreeMap<String, String>,
    /// The ARN of the policy that says what the others can allow at most.
    pub(super) boundary: Option<String>,
}

impl Roles {
    /// Whether a role has this policy, attached or as its boundary.
    pub(super) fn have_policy(&self, arn: &str) -> bool {
        self.by_name
            .values()
            .any(|role| role.attached.contains_key(arn) || role.boundary.as_deref() == Some(arn))
    }

    pub(super) fn create(
        &mut self,
        form: &Parameters,
        scope: &Scope<'_>,
    ) -> Result<Vec<Element>, ApiError> {
        form.only(
            "CreateRole",
            &[
                "RoleName",
                "Path",
                "AssumeRolePolicyDocument",
                "Description",
                "MaxSessionDuration",
                "PermissionsBoundary",
                "Tags",
            ],
        )?;
        let name = form.required("RoleName")?;
        let trust = form.required("AssumeRolePolicyDocument")?;
        check_name(name)?;
        check_document(trust, MALFORMED_TRUST)?;
        let boundary = form.get("PermissionsBoundary");
        if let Some(arn) = boundary {
            self.managed.check_boundary(arn)?;
        }
        if self.by_name.contains_key(name) {
            return Err(ApiError::new(
                StatusCode::CONFLICT,
                "EntityAlreadyExists",
                format!("Role with name {name} already exists."),
            ));
        }
        let path = form.get("Path").unwrap_or("/");
        let id = scope.new_id().simple().to_string().to_uppercase();
        let role = Role {
            name: name.to_owned(),
            path: path.to_owned(),
            id: format!("AROA{id:.17}"),
            arn: format!("arn:aws:iam::{}:role{path}{name}", scope.account_id),
            created: scope.now,
            trust: trust.to_owned(),
            description: form.get("Description").map(str::to_owned),
            max_session_seconds: form.get("MaxSessionDuration").unwrap_or("3600").to_owned(),
            tags: form.tags(),
            policies: BTreeMap::new(),
            attached: BTreeMap::new(),
            boundary: boundary.map(str::to_owned),
        };
        let answer = Element::node("Role", role.describe(true));
        self.by_name.insert(name.to_owned(), role);
        Ok(vec![answer])
    }

    pub(super) fn get(&mut self, form: &Parameters) -> Result<Vec<Element>, ApiError> {
        let role = self.named(form)?;
        let mut answer = role.describe(true);
        answer.push(Element::text(
            "MaxSessionDuration",
            &role.max_session_seconds,
        ));
        answer.push(Element::node("RoleLastUsed", vec![]));
        Ok(vec![Element::node("Role", answer)])
    }

    pub(super) fn list(&self, form: &Parameters) -> Result<Vec<Element>, ApiError> {
        form.only("ListRoles", &["PathPrefix", "Marker", "MaxItems"])?;
        let prefix = form.get("PathPrefix").unwrap_or("/");
        let roles = self
            .by_name
            .values()
            .filter(|role| role.path.starts_with(prefix));
        Ok(page(form, "Roles", roles, |role| {
            let mut answer = role.describe(false);
            answer.push(Element::text(
                "MaxSessionDuration",
                &role.max_session_seconds,
            ));
            Element::node("member", answer)
        }))
    }

    pub(super) fn delete(&mut self, form: &Parameters) -> Result<Vec<Element>, ApiError> {
        let role = self.named(form)?;
        let remaining = if !role.attached.is_empty() {
            "Cannot delete entity, must detach all policies first."
        } else if !role.policies.is_empty() {
            "Cannot delete entity, must delete policies first."
        } else {
            let name = role.name.clone();
            self.by_name.remove(&name);
            return Ok(vec![]);
        };
        Err(ApiError::new(
            StatusCode::CONFLICT,
            "DeleteConflict",
            remaining,
        ))
    }

    pub(super) fn update_assume_role_policy(
        &mut self,
        form: &Parameters,
    ) -> Result<Vec<Element>, ApiError> {
        let role = self.named(form)?;
        let trust = form.required("PolicyDocument")?;
        check_document(trust, MALFORMED_TRUST)?;
        trust.clone_into(&mut role.trust);
        Ok(vec![])
    }

    pub(super) fn tag(&mut self, form: &Parameters) -> Result<Vec<Element>, ApiError> {
        let role = self.named(form)?;
        let mut tags = role.tags.clone();
        tags.extend(form.tags());
        if tags.len() > TAG_LIMIT {
            return Err(ApiError::new(
                StatusCode::CONFLICT,
                "LimitExceeded",
                "The number of tags has reached the maximum limit.",
            ));
        }
        role.tags = tags;
        Ok(vec![])
    }

    pub(super) fn untag(&mut self, form: &Parameters) -> Result<Vec<Element>, ApiError> {
        let role = self.named(form)?;
        for key in form.list("TagKeys") {
            role.tags.remove(&key);
        }
        Ok(vec![])
    }

    pub(super) fn list_tags(&mut self, form: &Parameters) -> Result<Vec<Element>, ApiError> {
        let role = self.named(form)?;
        Ok(page(form, "Tags", &role.tags, |(key, value)| {
            Element::node("member", tag(key, value))
        }))
    }

    pub(super) fn named(&mut self, form: &Parameters) -> Result<&mut Role, ApiError> {
        let name = form.required("RoleName")?;
        self.by_name
            .get_mut(name)
            .ok_or_else(|| no_such_entity(format!("The role with name {name} cannot be found.")))
    }

    /// Whether Lambda may run functions as this role: it exists, has reached all of IAM, and its
    /// trust policy names Lambda.
    pub(crate) fn lambda_can_assume(&self, arn: &str, scope: &Scope<'_>) -> bool {
        self.by_name.values().any(|role| {
            role.arn == arn
                && role.created + scope.role_propagation <= scope.now
                && trusts_lambda(&role.trust)
        })
    }
}

impl Role {
    /// The members that every operation answers with; lists leave the tags out.
    fn describe(&self, with_tags: bool) -> Vec<Element> {
        let mut answer = vec![
            Element::text("Path", &self.path),
            Element::text("RoleName", &self.name),
            Element::text("RoleId", &self.id),
            Element::text("Arn", &self.arn),
            Element::text("CreateDate", timestamp::with_seconds(self.created)),
            Element::text("AssumeRolePolicyDocument", encode_document(&self.trust)),
        ];
        answer.extend(
            self.description
                .as_ref()
                .map(|text| Element::text("Description", text)),
        );
        answer.extend(self.boundary.as_ref().map(|arn| {
            let of_a_policy = Element::text("PermissionsBoundaryType", "Policy");
            let arn = Element::text("PermissionsBoundaryArn", arn);
            Element::node("PermissionsBoundary", vec![of_a_policy, arn])
        }));
        if with_tags && !self.tags.is_empty() {
            let tags = self.tags.iter().map(|(key, value)| tag(key, value));
            answer.push(Element::members("Tags", tags));
        }
        answer
    }
}

fn tag(key: &str, value: &str) -> Vec<Element> {
    vec![Element::text("Key", key), Element::text("Value", value)]
}

fn check_name(name: &str) -> Result<(), ApiError> {
    let refuse = |rule: &str| {
        Err(ApiError::bad_request(
            "ValidationError",
            constraint(name, "roleName", rule),
        ))
    };
    if name.len() > 64 {
        return refuse("have length less than or equal to 64");
    }
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "_+=,.@-".contains(letter);
    if name.is_empty() || !name.chars().all(allowed) {
        return refuse(r"satisfy regular expression pattern: [\w+=,.@-]+");
    }
    Ok(())
}

/// Whether a trust policy allows `sts:AssumeRole` to Lambda.
fn trusts_lambda(trust: &str) -> bool {
    let Ok(trust) = serde_json::from_str::<Value>(trust) else {
        return false;
    };
    one_or_many(&trust["Statement"]).any(|statement| {
        statement["Effect"] == "Allow"
            && one_or_many(&statement["Action"]).any(|action| {
                ["sts:AssumeRole", "sts:*", "*"]
                    .iter()
                    .any(|it| action == it)
            })
            && one_or_many(&statement["Principal"]["Service"]).any(|service| service == LAMBDA)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trust_policy_that_names_lambda_lets_it_assume_the_role() {
        let trust = |effect: &str, principal: &str, action: &str| {
            trusts_lambda(&format!(
                r#"{{"Statement":[{{"Effect":"{effect}","Principal":{principal},"Action":{action}}}]}}"#
            ))
        };
        let lambda = r#"{"Service":"lambda.amazonaws.com"}"#;

        assert!(trust("Allow", lambda, r#""sts:AssumeRole""#));
        assert!(trust(
            "Allow",
            r#"{"Service":["ec2.amazonaws.com","lambda.amazonaws.com"]}"#,
            r#"["sts:AssumeRole","sts:TagSession"]"#
        ));
        assert!(!trust("Deny", lambda, r#""sts:AssumeRole""#));
        assert!(!trust(
            "Allow",
            r#"{"Service":"ec2.amazonaws.com"}"#,
            r#""sts:AssumeRole""#
        ));
        assert!(!trust("Allow", lambda, r#""sts:TagSession""#));
        assert!(!trusts_lambda("{"));
    }
}
