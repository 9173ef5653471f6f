use serde_json::json;

use super::*;

fn meaning_of(action: &str, condition: Option<Value>) -> Meaning {
    let mut statement = json!({"Sid": "x", "Effect": "Allow", "Principal": "*", "Action": action});
    if let Some(condition) = condition {
        statement["Condition"] = condition;
    }
    meaning(&statement)
}

#[test]
fn the_two_statements_of_a_public_url_are_known_whoever_made_them() {
    let url = json!({"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}});
    assert_eq!(
        meaning_of("lambda:InvokeFunctionUrl", Some(url)),
        Meaning::Grant(Grant::CallUrl)
    );
    for value in [json!("true"), json!(true), json!(["true"])] {
        let invoke = json!({"Bool": {"lambda:InvokedViaFunctionUrl": value}});
        assert_eq!(
            meaning_of("lambda:InvokeFunction", Some(invoke)),
            Meaning::Grant(Grant::InvokeViaUrl)
        );
    }
}

#[test]
fn invoking_without_a_condition_is_a_hole() {
    for action in ["lambda:InvokeFunction", "lambda:Invoke*", "lambda:*", "*"] {
        assert_eq!(meaning_of(action, None), Meaning::Hole, "{action}");
        assert_eq!(
            meaning_of(action, Some(json!({}))),
            Meaning::Hole,
            "{action}"
        );
    }
    let listed = json!({"Effect": "Allow", "Principal": {"AWS": ["*"]},
        "Action": ["lambda:GetFunction", "lambda:InvokeFunction"]});
    assert_eq!(meaning(&listed), Meaning::Hole);
}

#[test]
fn a_condition_that_we_do_not_know_is_not_a_hole() {
    let organization = json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}});
    assert_eq!(
        meaning_of("lambda:InvokeFunction", Some(organization)),
        Meaning::Other
    );
    let not_via_url = json!({"Bool": {"lambda:InvokedViaFunctionUrl": "false"}});
    assert_eq!(
        meaning_of("lambda:InvokeFunction", Some(not_via_url)),
        Meaning::Other
    );
}

#[test]
fn a_narrower_grant_does_not_count_as_public() {
    let from_one_network = json!({"aws:SourceIp": "192.0.2.0/24"});
    let call = json!({
        "StringEquals": {"lambda:FunctionUrlAuthType": "NONE"},
        "IpAddress": from_one_network,
    });
    let invoke = json!({
        "Bool": {"lambda:InvokedViaFunctionUrl": "true"},
        "IpAddress": from_one_network,
    });

    assert_eq!(
        meaning_of("lambda:InvokeFunctionUrl", Some(call)),
        Meaning::Other
    );
    assert_eq!(
        meaning_of("lambda:InvokeFunction", Some(invoke)),
        Meaning::Other
    );
}

#[test]
fn calling_the_url_without_a_condition_is_a_hole_of_its_own() {
    for action in ["lambda:InvokeFunctionUrl", "lambda:invokefunctionurl"] {
        assert_eq!(meaning_of(action, None), Meaning::UrlHole, "{action}");
    }
}

#[test]
fn what_says_what_is_not_meant_is_not_understood() {
    for statement in [
        json!({"Effect": "Allow", "Principal": "*", "NotAction": "lambda:GetPolicy"}),
        json!({"Effect": "Allow", "NotPrincipal": {"AWS": "123456789012"}, "Action": "lambda:InvokeFunction"}),
    ] {
        assert_eq!(meaning(&statement), Meaning::NotUnderstood, "{statement}");
    }
    assert!(
        Meaning::NotUnderstood
            .danger()
            .is_some_and(|it| it.ends_with("look yourself"))
    );
}

#[test]
fn a_denial_or_a_named_principal_is_not_ours_to_judge() {
    let denial = json!({"Effect": "Deny", "Principal": "*", "Action": "lambda:InvokeFunction"});
    let service = json!({"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
        "Action": "lambda:InvokeFunction"});

    assert_eq!(meaning(&denial), Meaning::Other);
    assert_eq!(meaning(&service), Meaning::Other);
}

#[test]
fn a_policy_may_hold_one_statement_or_a_list() {
    let statement = r#"{"Sid":"a","Effect":"Allow","Principal":"*","Action":"lambda:*"}"#;
    let expected = vec![Statement {
        sid: "a".to_owned(),
        meaning: Meaning::Hole,
    }];

    let single = statements(&format!(r#"{{"Statement":{statement}}}"#)).unwrap();
    let listed = statements(&format!(r#"{{"Statement":[{statement}]}}"#)).unwrap();

    assert_eq!(single, expected);
    assert_eq!(listed, expected);
}
