//! IAM: roles with their trust policy, inline policies, attached policies and tags. Policies are
//! kept as they were written; only whether Lambda may assume a role is decided here;
//! what they allow to a session, in `access`.

mod assumed;
mod policies;
mod roles;

use super::account::{Scope, State};
use super::api_error::ApiError;
use super::query_protocol::{Element, Form};

pub(crate) use roles::Roles;

pub(crate) const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

pub(crate) fn handle(
    form: &Form,
    state: &mut State,
    scope: &Scope<'_>,
) -> Result<Vec<Element>, ApiError> {
    let roles = &mut state.roles;
    match form.action() {
        "CreateRole" => roles.create(form, scope),
        "GetRole" => roles.get(form),
        "ListRoles" => roles.list(form),
        "DeleteRole" => roles.delete(form),
        "UpdateAssumeRolePolicy" => roles.update_assume_role_policy(form),
        "TagRole" => roles.tag(form),
        "UntagRole" => roles.untag(form),
        "ListRoleTags" => roles.list_tags(form),
        "PutRolePolicy" => roles.put_policy(form),
        "GetRolePolicy" => roles.get_policy(form),
        "DeleteRolePolicy" => roles.delete_policy(form),
        "ListRolePolicies" => roles.list_policies(form),
        "AttachRolePolicy" => roles.attach_policy(form),
        "DetachRolePolicy" => roles.detach_policy(form),
        "ListAttachedRolePolicies" => roles.list_attached_policies(form),
        action => Err(ApiError::not_emulated(format!("iam:{action}"))),
    }
}

fn no_such_entity(message: impl Into<String>) -> ApiError {
    ApiError::new(http::StatusCode::NOT_FOUND, "NoSuchEntity", message)
}

/// A policy document as XML carries it.
fn encode_document(document: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(document, RESERVED).to_string()
}

/// Refuses a document that IAM could not have read.
fn check_document(document: &str, message: &str) -> Result<(), ApiError> {
    match serde_json::from_str::<serde_json::Value>(document) {
        Ok(value) if value.get("Statement").is_some() => Ok(()),
        Ok(_) => Err(ApiError::bad_request(
            "MalformedPolicyDocument",
            "Syntax errors in policy.",
        )),
        Err(_) => Err(ApiError::bad_request("MalformedPolicyDocument", message)),
    }
}

/// The page that a list operation asks for.
fn page<T>(
    form: &Form,
    name: &str,
    items: impl IntoIterator<Item = T>,
    encode: impl Fn(T) -> Element,
) -> Vec<Element> {
    let limit = form
        .get("MaxItems")
        .and_then(|limit| limit.parse().ok())
        .unwrap_or(100);
    let (items, marker) = super::page::page(items, form.get("Marker"), limit);
    let mut answer = vec![
        Element::text("IsTruncated", marker.is_some()),
        Element::node(name, items.into_iter().map(encode).collect()),
    ];
    answer.extend(marker.map(|marker| Element::text("Marker", marker)));
    answer
}
