//! Takes secrets out of what others have written before it is shown: AWS's answer to a bad signature,
//! for example, repeats the request with its session token.

/// What stands for a secret.
const HIDDEN: &str = "(hidden)";

/// What comes after these, and `=`, `:` or a blank, is a secret.
const NAMES: [&str; 12] = [
    "x-amz-security-token",
    "x-amz-signature",
    "x-amz-credential",
    "aws_secret_access_key",
    "aws_session_token",
    "aws-session-token",
    "secretaccesskey",
    "sessiontoken",
    "signature=",
    "password=",
    "bearer",
    "authorization: basic",
];

/// Session tokens and JSON Web Tokens are longer than this; the names, ids and hashes that AWS shows are
/// not.
const LONGEST: usize = 120;
/// AWS puts a long encoded text behind these words. It is no secret: only those who may decode it can
/// read it.
const DECODABLE: &str = "authorization failure message: ";

/// `text` without what looks like a secret.
pub fn redacted(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if let Some(name) = NAMES.iter().find(|name| lower[at..].starts_with(**name)) {
            let separated = separator(&rest[name.len()..]);
            let value = at + name.len() + separated;
            let end = value + token(&text[value..]);
            shown.push_str(&text[at..value]);
            if end > value && (separated > 0 || name.ends_with('=')) {
                shown.push_str(HIDDEN);
            } else {
                shown.push_str(&text[value..end]);
            }
            at = end;
        } else if let length @ 1.. = token(rest) {
            // One of the names may begin inside this word: `x=1&password=…` is one word to `token`.
            let next = (1..length).find(|next| {
                NAMES
                    .iter()
                    .any(|name| lower[at + next..].starts_with(name))
            });
            let length = next.unwrap_or(length);
            if length > LONGEST && !lower[..at].ends_with(DECODABLE) {
                shown.push_str(HIDDEN);
            } else {
                shown.push_str(&rest[..length]);
            }
            at += length;
        } else {
            let letter = rest.chars().next().map_or(1, char::len_utf8);
            shown.push_str(&rest[..letter]);
            at += letter;
        }
    }
    shown
}

/// How many bytes stand between a name and its value in headers, queries and JSON.
fn separator(text: &str) -> usize {
    let encoded = ["%3D", "%3d", "%3A", "%3a"];
    if let Some(encoded) = encoded.iter().find(|encoded| text.starts_with(**encoded)) {
        return encoded.len();
    }
    text.bytes()
        .take_while(|byte| b"=:\"' ".contains(byte))
        .count()
}

/// How many bytes at the beginning could belong to a token: letters, digits and a few signs.
fn token(text: &str) -> usize {
    text.bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"+/=_-.%~".contains(byte))
        .count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::*;

    #[test]
    fn hides_the_values_of_what_is_secret_by_name() {
        for (text, expected) in [
            (
                "x-amz-security-token:IQoJb3/p+Z2==\nhost:x",
                "x-amz-security-token:(hidden)\nhost:x",
            ),
            (
                "https://b.s3/x?X-Amz-Security-Token=IQ%2Bo&X-Amz-Signature=ab12&a=b",
                "https://b.s3/x?X-Amz-Security-Token=(hidden)&X-Amz-Signature=(hidden)&a=b",
            ),
            (
                "{\"SessionToken\": \"abc\", \"SecretAccessKey\":\"d/e\"}",
                "{\"SessionToken\": \"(hidden)\", \"SecretAccessKey\":\"(hidden)\"}",
            ),
            (
                "Authorization: Bearer ey.J.x",
                "Authorization: Bearer (hidden)",
            ),
            (
                "proxy-authorization: Basic dXNlcjpwYXNz\nhost:x",
                "proxy-authorization: Basic (hidden)\nhost:x",
            ),
            (
                "SignedHeaders=host, Signature=00ff",
                "SignedHeaders=host, Signature=(hidden)",
            ),
        ] {
            assert_eq!(redacted(text), expected);
        }
    }

    #[test]
    fn hides_what_is_too_long_for_anything_else() {
        let token = "Ab1/".repeat(40);
        assert_eq!(
            redacted(&format!("token {token}, 日本")),
            "token (hidden), 日本"
        );
        let encoded = format!("Encoded authorization failure message: {token}");
        assert_eq!(redacted(&encoded), encoded);
    }

    #[test]
    fn leaves_everything_else() {
        for text in [
            "User: arn:aws:sts::123456789012:assumed-role/a/b is not authorized to perform: iam:PassRole",
            "https://abcdefghijklmnopqrstuvwxyz012345.lambda-url.ap-northeast-1.on.aws/",
            "The request signature we calculated does not match the signature you provided.",
            "SOLOMON 裁決",
            "",
        ] {
            assert_eq!(redacted(text), text);
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_redacted(text: String) {
            prop_assert!(redacted(&text).len() <= text.len() + HIDDEN.len() * (text.len() + 1));
        }
    }
}
