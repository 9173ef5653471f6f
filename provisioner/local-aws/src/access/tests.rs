//! What policies mean, in the forms that are generated here, and in those that mislead.

use serde_json::{Value, json};

use super::demand::ContextKeys;
use super::pattern::matches;
use super::policy::{Decision, decide};
use super::trust::{Trust, read};
use crate::wire::sigv4::AccessKey;

const MAGI: &str = "arn:aws:lambda:ap-northeast-1:123456789012:function:magi";

fn decided(
    statements: &Value,
    action: &str,
    resource: &str,
    keys: &[(&'static str, &str)],
) -> Decision {
    let keys: ContextKeys = keys
        .iter()
        .map(|(key, value)| (*key, (*value).to_owned()))
        .collect();
    let document = json!({ "Statement": statements }).to_string();
    decide(&[document], action, resource, &keys).unwrap()
}

fn allow(action: &str, resource: &str) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

#[test]
fn patterns_are_those_of_iam() {
    for (pattern, text) in [
        ("*", ""),
        ("a*c", "abbc"),
        ("a*c", "ac"),
        ("a*b*c", "a-b-b-c"),
        ("a?c", "abc"),
        ("*:*", "a:b:c"),
        ("**", "x"),
    ] {
        assert!(matches(pattern, text), "{pattern} {text}");
    }
    for (pattern, text) in [
        ("", "a"),
        ("a?c", "ac"),
        ("a*c", "abd"),
        ("ab", "abc"),
        ("A", "a"),
    ] {
        assert!(!matches(pattern, text), "{pattern} {text}");
    }
}

#[test]
fn an_alias_is_not_the_function() {
    let alias = format!("{MAGI}:live");
    for (resource, asked, expected) in [
        (MAGI.to_owned(), MAGI, Decision::Allowed),
        (MAGI.to_owned(), alias.as_str(), Decision::NotAllowed),
        (format!("{MAGI}:*"), &alias, Decision::Allowed),
        (format!("{MAGI}:*"), MAGI, Decision::NotAllowed),
    ] {
        let statement = allow("lambda:GetFunction", &resource);
        assert_eq!(
            decided(&statement, "lambda:GetFunction", asked, &[]),
            expected,
            "{resource} {asked}"
        );
    }
}

#[test]
fn actions_are_the_same_in_any_case_and_resources_are_not() {
    assert_eq!(
        decided(&allow("LAMBDA:get*", MAGI), "lambda:GetAlias", MAGI, &[]),
        Decision::Allowed
    );
    let other = MAGI.replace("magi", "Magi");
    assert_eq!(
        decided(&allow("*", MAGI), "lambda:GetAlias", &other, &[]),
        Decision::NotAllowed
    );
}

#[test]
fn what_is_forbidden_stays_so() {
    let both = json!([
        allow("*", "*"),
        { "Effect": "Deny", "Action": ["lambda:Delete*"], "Resource": "*" },
    ]);
    assert_eq!(
        decided(&both, "lambda:DeleteFunction", MAGI, &[]),
        Decision::Denied
    );
    assert_eq!(
        decided(&both, "lambda:GetFunction", MAGI, &[]),
        Decision::Allowed
    );
}

#[test]
fn all_but_some_is_the_other_way_round() {
    let denied = json!([
        allow("*", "*"),
        { "Effect": "Deny", "NotAction": ["lambda:Get*"], "NotResource": format!("{MAGI}:*") },
    ]);
    for (action, resource, expected) in [
        ("lambda:GetAlias", MAGI.to_owned(), Decision::Allowed),
        ("iam:CreateRole", MAGI.to_owned(), Decision::Denied),
        ("iam:CreateRole", format!("{MAGI}:live"), Decision::Allowed),
    ] {
        assert_eq!(
            decided(&denied, action, &resource, &[]),
            expected,
            "{action} {resource}"
        );
    }
}

#[test]
fn conditions_must_all_be_met() {
    let with = |operator: &str, value: Value| {
        let mut statement = allow("iam:PassRole", "*");
        statement["Condition"] = json!({ operator: { "iam:PassedToService": value } });
        statement
    };
    let lambda = [("iam:passedtoservice", "lambda.amazonaws.com")];
    let other = [("iam:passedtoservice", "ec2.amazonaws.com")];
    let decide = |statement: &Value, keys: &[(&'static str, &str)]| {
        decided(statement, "iam:PassRole", "x", keys) == Decision::Allowed
    };
    let equals = with("StringEquals", json!(["x", "lambda.amazonaws.com"]));
    assert!(decide(&equals, &lambda) && !decide(&equals, &other) && !decide(&equals, &[]));
    let if_exists = with("StringEqualsIfExists", json!("lambda.amazonaws.com"));
    assert!(decide(&if_exists, &lambda) && !decide(&if_exists, &other) && decide(&if_exists, &[]));
    let not = with("StringNotLike", json!("lambda.*"));
    assert!(!decide(&not, &lambda) && decide(&not, &other) && decide(&not, &[]));
    let absent = with("Null", json!("true"));
    assert!(decide(&absent, &[]) && !decide(&absent, &lambda));
}

#[test]
fn what_is_not_understood_is_refused_by_name() {
    let condition = |condition: Value| {
        let mut statement = allow("*", "*");
        statement["Condition"] = condition;
        statement
    };
    for (statement, name) in [
        (
            json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*" }),
            "`Principal`",
        ),
        (
            allow("*", "arn:aws:lambda:*:*:function:${aws:username}"),
            "${aws:username}",
        ),
        (
            condition(json!({ "IpAddress": { "aws:PrincipalArn": "x" } })),
            "IpAddress",
        ),
        (
            condition(json!({ "Bool": { "aws:MultiFactorAuthPresent": true } })),
            "aws:MultiFactorAuthPresent",
        ),
    ] {
        let document = json!({ "Statement": [statement] }).to_string();
        let error =
            decide(&[document], "lambda:GetFunction", MAGI, &ContextKeys::new()).unwrap_err();
        assert!(
            error.code == "NotEmulated" && error.message.contains(name),
            "{error}"
        );
    }
}

#[test]
fn a_trust_policy_names_its_callers() {
    let caller = AccessKey {
        access_key_id: "AKIA".to_owned(),
        secret_access_key: "secret".to_owned(),
        user_id: "AIDA".to_owned(),
        arn: "arn:aws:iam::123456789012:user/developer".to_owned(),
        session: None,
    };
    let trust = |effect: &str, principal: Value| {
        let statement =
            json!({ "Effect": effect, "Principal": principal, "Action": "sts:AssumeRole" });
        let document = json!({ "Statement": statement }).to_string();
        read(&document, &caller, "123456789012", &ContextKeys::new()).unwrap()
    };

    for (principal, expected) in [
        (
            json!({ "AWS": "arn:aws:iam::123456789012:root" }),
            Trust::Account,
        ),
        (json!({ "AWS": ["123456789012"] }), Trust::Account),
        (json!({ "AWS": &caller.arn }), Trust::Caller),
        (json!("*"), Trust::Role),
        (
            json!({ "AWS": "arn:aws:iam::123456789012:user/other" }),
            Trust::Nobody,
        ),
        (json!({ "Service": "lambda.amazonaws.com" }), Trust::Nobody),
        (
            json!({ "Federated": "arn:aws:iam::123456789012:oidc-provider/x" }),
            Trust::Nobody,
        ),
    ] {
        assert_eq!(trust("Allow", principal.clone()), expected, "{principal}");
    }
    assert_eq!(trust("Deny", json!("*")), Trust::Nobody);
}
