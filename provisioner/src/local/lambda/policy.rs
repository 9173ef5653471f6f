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
    pub(super) fn describe(&self, revision_id: Option<String>) -> Value {
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
mod tests {
    use super::*;

    fn statement(action: &str, condition: Condition) -> Statement {
        Statement {
            sid: "sid".to_owned(),
            effect: "Allow",
            principal: Principal::Anyone("*"),
            action: action.to_owned(),
            resource: "arn:aws:lambda:ap-northeast-1:123456789012:function:magi:live".to_owned(),
            condition,
        }
    }

    fn auth_type(auth_type: &str) -> Condition {
        Condition {
            string_equals: StringEquals {
                function_url_auth_type: Some(auth_type.to_owned()),
                ..StringEquals::default()
            },
            ..Condition::default()
        }
    }

    fn via_url() -> Condition {
        Condition {
            boolean: Some(Boolean {
                invoked_via_function_url: "true".to_owned(),
            }),
            ..Condition::default()
        }
    }

    fn public() -> Policy {
        Policy(vec![
            statement("lambda:InvokeFunctionUrl", auth_type("NONE")),
            statement("lambda:InvokeFunction", via_url()),
        ])
    }

    #[test]
    fn renders_both_statements_of_a_public_url_as_aws_does() {
        assert_eq!(
            public().document(),
            concat!(
                r#"{"Version":"2012-10-17","Id":"default","Statement":["#,
                r#"{"Sid":"sid","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunctionUrl","#,
                r#""Resource":"arn:aws:lambda:ap-northeast-1:123456789012:function:magi:live","#,
                r#""Condition":{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}}},"#,
                r#"{"Sid":"sid","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","#,
                r#""Resource":"arn:aws:lambda:ap-northeast-1:123456789012:function:magi:live","#,
                r#""Condition":{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}}]}"#,
            )
        );
    }

    #[test]
    fn renders_all_conditions_in_the_order_of_aws() {
        let condition = Condition {
            string_equals: StringEquals {
                source_account: Some("1".to_owned()),
                event_source_token: None,
                function_url_auth_type: Some("NONE".to_owned()),
                principal_org_id: Some("o-1".to_owned()),
            },
            arn_like: Some(ArnLike {
                source_arn: "arn:aws:s3:::b".to_owned(),
            }),
            boolean: None,
        };

        assert_eq!(
            serde_json::to_string(&condition).unwrap(),
            concat!(
                r#"{"StringEquals":{"AWS:SourceAccount":"1","lambda:FunctionUrlAuthType":"NONE","#,
                r#""aws:PrincipalOrgID":"o-1"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::b"}}"#,
            )
        );
        assert!(
            !statement("lambda:InvokeFunction", Condition::default())
                .document()
                .contains("Condition")
        );
    }

    #[test]
    fn principals_as_clients_write_them() {
        let rendered = |text| serde_json::to_string(&Principal::parse(text)).unwrap();

        assert_eq!(rendered("*"), r#""*""#);
        assert_eq!(
            rendered("123456789012"),
            r#"{"AWS":"arn:aws:iam::123456789012:root"}"#
        );
        assert_eq!(
            rendered("arn:aws:iam::123456789012:user/a"),
            r#"{"AWS":"arn:aws:iam::123456789012:user/a"}"#
        );
        assert_eq!(
            rendered("s3.amazonaws.com"),
            r#"{"Service":"s3.amazonaws.com"}"#
        );
        assert_eq!(Principal::parse("anybody"), None);
    }

    #[test]
    fn a_public_url_needs_both_statements() {
        assert!(public().opens_url_to_anyone());
        for missing in 0..2 {
            let mut policy = public();
            policy.0.remove(missing);
            assert!(!policy.opens_url_to_anyone());
        }
    }

    #[test]
    fn a_condition_that_a_stranger_cannot_meet_keeps_the_url_closed() {
        let mut policy = public();
        policy.0[0].condition = auth_type("AWS_IAM");
        assert!(!policy.opens_url_to_anyone());

        let mut policy = public();
        policy.0[1].condition.string_equals.source_account = Some("123456789012".to_owned());
        assert!(!policy.opens_url_to_anyone());

        let mut policy = public();
        policy.0[1].principal = Principal::parse("123456789012").unwrap();
        assert!(!policy.opens_url_to_anyone());
    }

    #[test]
    fn an_unconditioned_permission_counts() {
        let mut policy = public();
        policy.0[1].condition = Condition::default();
        assert!(policy.opens_url_to_anyone());
    }
}
