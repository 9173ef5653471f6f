//! Rendering as AWS renders, and who a policy lets in.

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
