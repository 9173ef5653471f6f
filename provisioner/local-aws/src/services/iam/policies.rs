//! The policies of a role: inline ones, attached ones, and its permissions boundary.

use super::documents::{check_document, encode_document};
use super::refusals::no_such_entity;
use super::roles::Roles;
use crate::wire::api_error::ApiError;
use crate::wire::parameters::Parameters;
use crate::wire::query_protocol::{Element, page};

impl Roles {
    pub(super) fn put_policy(&mut self, form: &Parameters) -> Result<Vec<Element>, ApiError> {
        let name = form.required("PolicyName")?;
        let document = form.required("PolicyDocument")?;
        let role = self.named(form)?;
        check_document(document, "The policy failed legacy parsing")?;
        role.policies.insert(name.to_owned(), document.to_owned());
        Ok(vec![])
    }

    pub(super) fn get_policy(&mut self, form: &Parameters) -> Result<Vec<Element>, ApiError> {
        let name = form.required("PolicyName")?;
        let role = self.named(form)?;
        let document = role
            .policies
            .get(name)
            .ok_or_else(|| no_such_policy(name))?;
        Ok(vec![
            Element::text("RoleName", form.required("RoleName")?),
            Element::text("PolicyName", name),
            Element::text("PolicyDocument", encode_document(document)),
        ])
    }

    pub(super) fn delete_policy(&mut self, form: &Parameters) -> Result<Vec<Element>, ApiError> {
        let name = form.required("PolicyName")?;
        let role = self.named(form)?;
        match role.policies.remove(name) {
            Some(_) => Ok(vec![]),
            None => Err(no_such_policy(name)),
        }
    }

    pub(super) fn list_policies(&mut self, form: &Parameters) -> Result<Vec<Element>, ApiError> {
        let role = self.named(form)?;
        Ok(page(form, "PolicyNames", role.policies.keys(), |name| {
            Element::text("member", name)
        }))
    }

    pub(super) fn attach_policy(&mut self, form: &Parameters) -> Result<Vec<Element>, ApiError> {
        let arn = form.required("PolicyArn")?;
        let name = self.managed.name_of(arn)?;
        let role = self.named(form)?;
        role.attached.insert(arn.to_owned(), name);
        Ok(vec![])
    }

    pub(super) fn put_boundary(&mut self, form: &Parameters) -> Result<Vec<Element>, ApiError> {
        let arn = form.required("PermissionsBoundary")?;
        self.managed.check_boundary(arn)?;
        self.named(form)?.boundary = Some(arn.to_owned());
        Ok(vec![])
    }

    pub(super) fn delete_boundary(&mut self, form: &Parameters) -> Result<Vec<Element>, ApiError> {
        self.named(form)?.boundary = None;
        Ok(vec![])
    }

    pub(super) fn detach_policy(&mut self, form: &Parameters) -> Result<Vec<Element>, ApiError> {
        let arn = form.required("PolicyArn")?;
        let role = self.named(form)?;
        match role.attached.remove(arn) {
            Some(_) => Ok(vec![]),
            None => Err(no_such_entity(format!("Policy {arn} was not found."))),
        }
    }

    pub(super) fn list_attached_policies(
        &mut self,
        form: &Parameters,
    ) -> Result<Vec<Element>, ApiError> {
        let role = self.named(form)?;
        let attached = &role.attached;
        Ok(page(form, "AttachedPolicies", attached, |(arn, name)| {
            Element::node(
                "member",
                vec![
                    Element::text("PolicyName", name),
                    Element::text("PolicyArn", arn),
                ],
            )
        }))
    }
}

fn no_such_policy(name: &str) -> ApiError {
    no_such_entity(format!("The role policy with name {name} cannot be found."))
}
