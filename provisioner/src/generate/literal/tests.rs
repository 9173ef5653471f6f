use serde_json::json;

use super::*;
use crate::deployment::names::Account;
use crate::generate::reference::Reference;

const ALL: [Language; 3] = [Language::Yaml, Language::Hcl, Language::TypeScript];

fn literals(text: &str) -> [String; 3] {
    ALL.map(|language| language.text(text))
}

#[test]
fn an_ordinary_text_is_quoted_where_the_language_asks_for_it() {
    assert_eq!(
        literals("/aws/lambda/magi"),
        [
            "/aws/lambda/magi",
            r#""/aws/lambda/magi""#,
            r#""/aws/lambda/magi""#
        ]
    );
}

#[test]
fn yaml_takes_no_text_for_something_else() {
    for text in [
        "",
        " ",
        "on",
        "No",
        "~",
        "null",
        "1",
        "1e3",
        "0x1f",
        "2012-10-17",
        "12:30:00",
        ".5",
        "-",
        "*",
        "&a",
        "!Ref",
        "a: b",
        "a #b",
        "a:",
        "- a",
        "{a}",
        "[a]",
        "%a",
        "@a",
        "`a",
        "東京",
        "true",
        "=",
        "<<",
        "?",
        "a\nb",
        "'a'",
        "\"a\"",
        "\u{85}",
        "\\",
    ] {
        let literal = Language::Yaml.text(text);
        let read: String = serde_yaml::from_str(&literal).unwrap();
        assert_eq!(read, text, "{literal}");
        assert!(literal.starts_with(['"', '\'']), "{literal}");
    }
}

#[test]
fn another_languages_references_are_only_text() {
    let text = "${AWS::Region} %{if} `x` it's";

    assert_eq!(
        literals(text),
        [
            r#""${AWS::Region} %{if} `x` it's""#,
            r#""$${AWS::Region} %%{if} `x` it's""#,
            r#""${AWS::Region} %{if} `x` it's""#,
        ]
    );
}

#[test]
fn our_references_become_the_languages_own_and_the_rest_stays_text() {
    let Account { partition, id } = Reference::account();

    assert_eq!(
        literals(&format!("arn:{partition}:{id}:${{x}} `\"\\")),
        [
            r#"!Sub "arn:${AWS::Partition}:${AWS::AccountId}:${!x} `\"\\""#,
            r#""arn:${data.aws_partition.current.partition}:${data.aws_caller_identity.current.account_id}:$${x} `\"\\""#,
            r#"`arn:${Aws.PARTITION}:${Aws.ACCOUNT_ID}:\${x} \`"\\`"#,
        ]
    );
}

#[test]
fn a_backslash_is_one_and_a_hidden_character_is_seen() {
    assert_eq!(
        literals("C:\\bin\u{2028}\u{7f}\n"),
        [r#""C:\\bin\u2028\u007f\n""#; 3]
    );
    let [yaml, hcl, typescript] = literals(r#"\"\"#);
    assert_eq!([yaml, hcl], [r#""\\\"\\""#; 2]);
    assert_eq!(typescript, r#"'\\"\\'"#);
}

#[test]
fn json_in_a_text_stays_readable() {
    assert_eq!(
        literals(r#"{"a":"it's"}"#),
        [
            r#"'{"a":"it''s"}'"#,
            r#""{\"a\":\"it's\"}""#,
            r#"'{"a":"it\'s"}'"#
        ]
    );
}

fn example() -> Value {
    json!({
        "Statement": [{ "Action": ["a", "b"], "Sid": "S", "Principal": { "AWS": "x" }, "Resource": "r", "Condition": {} }],
        "Version": "2012-10-17",
        "odd key": [],
    })
}

#[test]
fn yaml_is_laid_out_as_people_do() {
    insta::assert_snapshot!(Language::Yaml.block(&example(), 2), @r#"
        Version: "2012-10-17"
          Statement:
            - Sid: S
              Principal:
                AWS: x
              Action:
                - a
                - b
              Resource: r
              Condition: {}
          "odd key": []
        "#);
}

#[test]
fn hcl_is_laid_out_as_terraform_fmt_does() {
    insta::assert_snapshot!(Language::Hcl.block(&example(), 2), @r#"
        {
            Version = "2012-10-17"
            Statement = [
              {
                Sid = "S"
                Principal = {
                  AWS = "x"
                }
                Action    = ["a", "b"]
                Resource  = "r"
                Condition = {}
              },
            ]
            "odd key" = []
          }
        "#);
}

#[test]
fn typescript_is_laid_out_as_prettier_does() {
    insta::assert_snapshot!(Language::TypeScript.block(&example(), 2), @r#"
        {
            Version: "2012-10-17",
            Statement: [
              {
                Sid: "S",
                Principal: {
                  AWS: "x",
                },
                Action: ["a", "b"],
                Resource: "r",
                Condition: {},
              },
            ],
            "odd key": [],
          }
        "#);
}
