use super::*;

fn tagged(key: &str, value: &str) -> Result<Config, ConfigError> {
    resolve(&format!("{MINIMUM}tags: {{\"{key}\": \"{value}\"}}"))
}

#[test]
fn what_every_service_takes_is_taken() {
    for (key, value) in [
        ("team", ""),
        ("チーム", "ネルフ 第3"),
        ("cost-center", "a_b.c:d/e=f+g-h@i"),
        (&"k".repeat(128), &"あ".repeat(256)),
    ] {
        assert!(tagged(key, value).is_ok(), "{key}: {value}");
    }
}

#[test]
fn what_one_of_them_refuses_is_refused_where_it_stands() {
    for (key, value) in [
        ("", "x"),
        ("AWS:x", "x"),
        ("Managed-By", "x"),
        ("Bedrock-Gateway:Deployment", "x"),
        (&"k".repeat(129), "x"),
        ("a,b", "x"),
        ("a", "aws:x"),
        ("a", &"v".repeat(257)),
        ("a", "50%"),
        ("a", "tab\\there"),
    ] {
        let error = tagged(key, value).unwrap_err().to_string();
        assert!(
            error.starts_with("gateway.yaml:4:"),
            "{key}: {value}: {error}"
        );
    }
}

#[test]
fn a_resource_has_room_for_fifty_of_which_two_are_ours() {
    let tags = |count: usize| {
        let lines: Vec<String> = (0..count).map(|it| format!("  t{it}: x\n")).collect();
        resolve(&format!("{MINIMUM}tags:\n{}", lines.concat()))
    };
    assert!(tags(48).is_ok());
    let error = tags(49).unwrap_err();
    insta::assert_snapshot!(error, @"gateway.yaml:5:3: tags: 49 tags, and a resource may have 48 besides the two of this tool");
}

#[test]
fn keys_that_are_the_same_to_iam_are_refused_in_one_file_and_across_an_overlay() {
    let error = resolve(&format!("{MINIMUM}tags:\n  Team: a\n  x: y\n  team: b\n")).unwrap_err();
    insta::assert_snapshot!(error, @"gateway.yaml:7:9: tags.team: to IAM, which does not tell capitals from small letters, it is the same key as `Team`");
}
