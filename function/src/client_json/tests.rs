use serde_json::Value;

use super::*;

fn mended_bytes(json: &str) -> String {
    mended(json.to_owned())
}

#[test]
fn a_half_of_a_pair_alone_becomes_the_replacement_character() {
    for (json, expected) in [
        (r#""\ud83d""#, r#""\ufffd""#),
        (r#""\uDE00 x""#, r#""\ufffd x""#),
        (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
        (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
        (r#""\ud83d\n""#, r#""\ufffd\n""#),
        (r#""\ud83dx\ude00""#, r#""\ufffdx\ufffd""#),
    ] {
        assert_eq!(mended_bytes(json), expected);
        assert!(serde_json::from_str::<String>(&mended_bytes(json)).is_ok());
    }
}

#[test]
fn everything_else_stays_as_it_is() {
    for json in [
        r#"{"a":"\ud83d\ude00 \u3042 \\ud83d \\\\ud83d \" 日本"}"#,
        r#""\u12"#,
        r#""\u"#,
        "\\",
        "",
        r"\\\",
    ] {
        assert_eq!(mended_bytes(json), json);
    }
    // The escaped backslash is no part of an escape, the one behind it is.
    assert_eq!(mended_bytes(r"\\\ud83d"), r"\\\ufffd");
}

#[test]
fn a_literal_is_decoded_in_place_as_serde_decodes_it() {
    for literal in [
        "",
        "plain 日本",
        r#"\"\\\/\b\f\n\r\t"#,
        r"\u0041\u00e9\u3042\ud83d\ude00!",
        r#"{\"question\":\"\\ud83d \\\"x\\\"\"}"#,
    ] {
        let expected: String = serde_json::from_str(&format!("\"{literal}\"")).unwrap();
        let mut bytes = literal.as_bytes().to_vec();
        let length = unescape(&mut bytes).unwrap();
        assert_eq!(&bytes[..length], expected.as_bytes(), "{literal}");
    }
    for broken in ["\\", r"\x", r"\u12", r"\u12g4"] {
        assert_eq!(unescape(&mut broken.as_bytes().to_vec()), None, "{broken}");
    }
}

#[test]
fn surrogates_that_were_encoded_as_characters_are_replaced_and_other_bytes_refused() {
    assert_eq!(text(b"a\xed\xa0\xbdb".to_vec()).unwrap(), "a\u{fffd}b");
    assert_eq!(text("日本".into()).unwrap(), "日本");
    assert_eq!(text(b"\xff\xfe".to_vec()), None);
    assert_eq!(text(b"\xed\xa0".to_vec()), None);
}

#[test]
fn lists_and_maps_have_a_most() {
    let list = |json| serde_json::from_str::<AtMost<u8, 2>>(json).map(|list| list.0);
    assert_eq!(list("[1,2]").unwrap(), [1, 2]);
    let error = list("[1,2,3,4,5]").unwrap_err().to_string();
    assert!(error.contains("more than 2 items in a list"), "{error}");

    let map = |json| serde_json::from_str::<AtMostEntries<u8, 1>>(json).map(|map| map.0);
    assert_eq!(map(r#"{"a":1}"#).unwrap()["a"], 1);
    let error = map(r#"{"a":1,"b":2}"#).unwrap_err().to_string();
    assert!(error.contains("more than 1 entries in a map"), "{error}");
}

#[test]
fn no_mistake_quotes_a_long_text() {
    #[derive(Deserialize)]
    struct Body {
        #[serde(deserialize_with = "plain")]
        flag: Option<bool>,
    }
    let read = |json: &str| serde_json::from_str::<Body>(json).map(|body| body.flag);
    assert_eq!(read(r#"{"flag":true}"#).unwrap(), Some(true));
    assert_eq!(read(r#"{"flag":null}"#).unwrap(), None);
    let error = read(r#"{"flag":"yes"}"#).err().unwrap().to_string();
    assert!(error.contains(r#"string "yes""#), "{error}");
    assert_eq!(error.matches("at line").count(), 1, "{error}");

    let long = "x".repeat(10_000);
    for json in [
        format!(r#"{{"flag":"{long}"}}"#),
        format!(r#"{{"{long}":1}}"#),
    ] {
        let error = read(&json).err().unwrap().to_string();
        assert!(error.len() < 1_000, "{error}");
    }
    assert!(sentence(&long).len() < 1_000);
    for json in [format!("\"{long}\""), format!("[\"{long}\"]")] {
        let error = serde_json::from_str::<AtMost<AtMost<Value, 1>, 1>>(&json);
        let error = error.err().unwrap().to_string();
        assert!(error.len() < 100, "{error}");
    }
}
