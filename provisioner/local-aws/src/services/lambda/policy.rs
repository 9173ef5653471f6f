//! A resource policy: how AWS renders what `AddPermission` was told, and what it allows.

use serde::Serialize;
use serde_json::{Value, json};

/// The statements of a function, a version or an alias.
#[derive(Debug, Clone, Default)]
pub(super) struct Policy(pub(super) Vec<Statement>);

/// One permission, with its members in AWS's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Statement {
    pub(super) sid: String,
    pub(super) effect: &'static str,
    pub(super) principal: Principal,
    pub(super) action: String,
    pub(super) resource: String,
    #[serde(skip_serializing_if = "Condition::is_empty")]
    pub(super) condition: Condition,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum Principal {
    Anyone(&'static str),
    Service {
        #[serde(rename = "Service")]
        service: String,
    },
    Aws {
        #[serde(rename = "AWS")]
        arn: String,
    },
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Condition {
    #[serde(skip_serializing_if = "StringEquals::is_empty")]
    pub(super) string_equals: StringEquals,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) arn_like: Option<ArnLike>,
    #[serde(rename = "Bool", skip_serializing_if = "Option::is_none")]
    pub(super) boolean: Option<Boolean>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct StringEquals {
    #[serde(rename = "AWS:SourceAccount", skip_serializing_if = "Option::is_none")]
    pub(super) source_account: Option<String>,
    #[serde(
        rename = "lambda:EventSourceToken",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) event_source_token: Option<String>,
    #[serde(
        rename = "lambda:FunctionUrlAuthType",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) function_url_auth_type: Option<String>,
    #[serde(rename = "aws:PrincipalOrgID", skip_serializing_if = "Option::is_none")]
    pub(super) principal_org_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ArnLike {
    #[serde(rename = "AWS:SourceArn")]
    pub(super) source_arn: String,
}

/// IAM writes booleans of conditions as strings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Boolean {
    #[serde(rename = "lambda:InvokedViaFunctionUrl")]
    pub(super) invoked_via_function_url: String,
}

impl Principal {
    /// What a client may write: `*`, an account, an ARN, a service.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        if text == "*" {
            Some(Self::Anyone("*"))
        } else if account {
            Some(Self::Aws {
                arn: format!("arn:aws:iam::{text}:root"),
            })
        } else if text.starts_with("arn:aws:iam::") || text.starts_with("arn:aws:sts::") {
            Some(Self::Aws {
                arn: text.to_owned(),
            })
        } else if text.ends_with(".amazonaws.com") {
            Some(Self::Service {
                service: text.to_owned(),
            })
        } else {
            None
        }
    }
}

impl Condition {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether an anonymous request through a function URL with auth type `NONE` meets it. Such a
    /// request has no account, no organization, no source and no token.
    fn met_by_anonymous_url_request(&self) -> bool {
        let StringEquals {
            source_account,
            event_source_token,
            function_url_auth_type,
            principal_org_id,
        } = &self.string_equals;
        source_account.is_none()
            && event_source_token.is_none()
            && principal_org_id.is_none()
            && self.arn_like.is_none()
            && function_url_auth_type
                .as_deref()
                .is_none_or(|it| it == "NONE")
            && self
                .boolean
                .as_ref()
                .is_none_or(|it| it.invoked_via_function_url == "true")
    }
}

impl StringEquals {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Statement {
    /// AWS hands a single statement out as a string.
    pub(super) fn document(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn allows_anyone(&self, action: &str) -> bool {
        self.principal == Principal::Anyone("*")
            && [action, "lambda:*", "*"].contains(&self.action.as_str())
            && self.condition.met_by_anonymous_url_request()
    }
}

impl Policy {
    pub(super) fn document(&self) -> String {
        // Written by hand: a JSON value would sort the members of the statements.
        let statements: Vec<String> = self.0.iter().map(Statement::document).collect();
        format!(
            r#"{{"Version":"2012-10-17","Id":"default","Statement":[{}]}}"#,
            statements.join(",")
        )
    }

    /// `GetPolicy`
    pub(super) fn describe(&self, revision_id: Option<&str>) -> Value {
        json!({ "Policy": self.document(), "RevisionId": revision_id })
    }

    /// Since October 2025 a public function URL needs both actions.
    pub(super) fn opens_url_to_anyone(&self) -> bool {
        ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]
            .iter()
            .all(|action| self.0.iter().any(|it| it.allows_anyone(action)))
    }
}

#[cfg(test)]
mod tests;
