//! The verifier against AWS's published test vectors (`aws-signing-test-suite/v4`), and against
//! everything that may be wrong with a request.

use std::time::UNIX_EPOCH;

use http::Request;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign,
};

use super::*;

/// 2015-08-30T12:36:00Z, when all vectors were signed.
const SIGNED_AT: u64 = 1_440_938_160;

const GET_VANILLA: &str = "\
GET / HTTP/1.1
Host:example.amazonaws.com
X-Amz-Date:20150830T123600Z
Authorization:AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31

";

const GET_VANILLA_WITH_SESSION_TOKEN: &str = "\
GET / HTTP/1.1
Host:example.amazonaws.com
X-Amz-Security-Token:6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267
X-Amz-Date:20150830T123600Z
Authorization:AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8

";

const GET_VANILLA_QUERY_ORDER_ENCODED: &str = "\
GET /?Param-3=Value3&Param=Value2&%E1%88%B4=Value1 HTTP/1.1
Host:example.amazonaws.com
X-Amz-Date:20150830T123600Z
Authorization:AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac

";

const GET_HEADER_VALUE_TRIM: &str = "\
GET / HTTP/1.1
Host:example.amazonaws.com
My-Header1: value1
My-Header2: \"a   b   c\"
X-Amz-Date:20150830T123600Z
Authorization:AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;my-header1;my-header2;x-amz-date, Signature=acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736

";

const POST_FORM: &str = "\
POST / HTTP/1.1
Content-Type:application/x-www-form-urlencoded
Host:example.amazonaws.com
Content-Length:13
X-Amz-Date:20150830T123600Z
x-amz-content-sha256:9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e
Authorization:AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=content-length;content-type;host;x-amz-content-sha256;x-amz-date, Signature=d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b

Param1=value1";

/// Reads a vector as it is published.
fn request(text: &str) -> Request<Vec<u8>> {
    let (head, body) = text.split_once("\n\n").unwrap();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap().split(' ');
    let mut request = Request::builder()
        .method(first.next().unwrap())
        .uri(first.next().unwrap());
    for line in lines {
        let (name, value) = line.split_once(':').unwrap();
        request = request.header(name, value);
    }
    request.body(body.as_bytes().to_vec()).unwrap()
}

fn keys(secret: &str) -> KeyRing {
    KeyRing::new(vec![AccessKey {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: secret.to_owned(),
        user_id: "AIDAEXAMPLE".to_owned(),
        arn: "arn:aws:iam::123456789012:user/example".to_owned(),
        session: None,
    }])
}

fn verify_at(text: &str, seconds: u64) -> Result<String, SigV4Error> {
    let (parts, body) = request(text).into_parts();
    let keys = keys("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    let now = UNIX_EPOCH + Duration::from_secs(seconds);
    verify(&parts, &body, &keys, "service", now).map(|key| key.access_key_id)
}

fn verify_text(text: &str) -> Result<String, SigV4Error> {
    verify_at(text, SIGNED_AT)
}

#[test]
fn accepts_the_published_vectors() {
    for (name, text) in [
        ("get-vanilla", GET_VANILLA),
        (
            "get-vanilla-with-session-token",
            GET_VANILLA_WITH_SESSION_TOKEN,
        ),
        (
            "get-vanilla-query-order-encoded",
            GET_VANILLA_QUERY_ORDER_ENCODED,
        ),
        ("get-header-value-trim", GET_HEADER_VALUE_TRIM),
        ("post-x-www-form-urlencoded", POST_FORM),
    ] {
        assert_eq!(verify_text(text), Ok("AKIDEXAMPLE".to_owned()), "{name}");
    }
}

#[test]
fn refuses_a_request_that_was_changed_on_the_way() {
    for (from, to) in [
        ("GET / ", "POST / "),
        ("Param=Value2", "Param=Value3"),
        ("Host:example", "Host:exempla"),
    ] {
        let changed = GET_VANILLA_QUERY_ORDER_ENCODED.replace(from, to);
        let changed = if changed == GET_VANILLA_QUERY_ORDER_ENCODED {
            GET_VANILLA.replace(from, to)
        } else {
            changed
        };
        assert_eq!(
            verify_text(&changed),
            Err(SigV4Error::WrongSignature),
            "{from}"
        );
    }
    assert_eq!(
        verify_text(&GET_VANILLA.replace("fbf31", "fbf32")),
        Err(SigV4Error::WrongSignature)
    );
}

#[test]
fn refuses_another_body() {
    assert_eq!(
        verify_text(&POST_FORM.replace("Param1=value1", "Param1=value2")),
        Err(SigV4Error::PayloadChanged),
        "it does not have the declared hash"
    );
    // With the hash of the other body declared, the signature is wrong.
    let (parts, _) = request(&POST_FORM.replace(
        "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e",
        &hex(&Sha256::digest(b"Param1=value2")),
    ))
    .into_parts();
    let keys = keys("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    let now = UNIX_EPOCH + Duration::from_secs(SIGNED_AT);
    assert_eq!(
        verify(&parts, b"Param1=value2", &keys, "service", now),
        Err(SigV4Error::WrongSignature)
    );
}

#[test]
fn an_unsigned_payload_may_be_anything() {
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    let identity = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test").into();
    let now = UNIX_EPOCH + Duration::from_secs(SIGNED_AT);
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("lambda")
        .time(now)
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let mut request = Request::builder()
        .uri("http://127.0.0.1:1/ask%20me?a=b")
        .header("host", "127.0.0.1:1")
        .body(())
        .unwrap();
    let signable = SignableRequest::new(
        "GET",
        "http://127.0.0.1:1/ask%20me?a=b",
        [("host", "127.0.0.1:1")].into_iter(),
        SignableBody::UnsignedPayload,
    )
    .unwrap();
    let (instructions, _) = sign(signable, &params).unwrap().into_parts();
    instructions.apply_to_request_http1x(&mut request);
    let (parts, ()) = request.into_parts();

    for body in ["", "anything"] {
        assert!(verify(&parts, body.as_bytes(), &keys("secret"), "lambda", now).is_ok());
    }
    assert_eq!(
        verify(&parts, b"", &keys("another"), "lambda", now),
        Err(SigV4Error::WrongSignature)
    );
}

#[test]
fn tells_what_is_wrong_apart() {
    let (parts, body) = request(GET_VANILLA).into_parts();
    let now = UNIX_EPOCH + Duration::from_secs(SIGNED_AT);
    assert_eq!(
        verify(&parts, &body, &KeyRing::default(), "service", now),
        Err(SigV4Error::UnknownKey)
    );
    assert_eq!(
        verify(&parts, &body, &keys("another"), "service", now),
        Err(SigV4Error::WrongSignature)
    );
    assert_eq!(
        verify(&parts, &body, &keys("another"), "lambda", now),
        Err(SigV4Error::WrongService {
            expected: "lambda".to_owned()
        })
    );
    assert_eq!(
        verify_text("GET / HTTP/1.1\nHost:a\n\n"),
        Err(SigV4Error::Missing)
    );
}

#[test]
fn refuses_a_header_that_it_cannot_read() {
    for (from, to) in [
        ("AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256"),
        ("AWS4-HMAC-SHA256", "Bearer"),
        ("Signature=", "Sign="),
        ("SignedHeaders=", "Headers="),
        ("/aws4_request", ""),
        ("/aws4_request", "/aws5_request"),
        ("SignedHeaders=host;", "SignedHeaders="),
        ("X-Amz-Date:20150830T123600Z\n", ""),
        ("20150830T123600Z", "yesterday"),
        ("AKIDEXAMPLE/20150830", "AKIDEXAMPLE/20150831"),
    ] {
        let broken = GET_VANILLA.replacen(from, to, 1);
        assert!(
            matches!(verify_text(&broken), Err(SigV4Error::Malformed(_))),
            "{from} -> {to}: {:?}",
            verify_text(&broken)
        );
    }
}

#[test]
fn five_minutes_of_difference_are_fine_in_both_directions() {
    for seconds in [SIGNED_AT - 300, SIGNED_AT + 300] {
        assert!(verify_at(GET_VANILLA, seconds).is_ok());
    }
    for seconds in [SIGNED_AT - 301, SIGNED_AT + 301] {
        assert_eq!(
            verify_at(GET_VANILLA, seconds),
            Err(SigV4Error::Expired {
                signed_at: "20150830T123600Z".to_owned()
            })
        );
    }
}

#[test]
fn a_key_does_not_print_its_secret() {
    assert!(!format!("{:?}", keys("hunter2")).contains("hunter2"));
}

#[test]
fn a_key_is_known_for_a_while_after_its_session() {
    let begun = UNIX_EPOCH + Duration::from_secs(SIGNED_AT);
    let session_key = |id: &str, now: SystemTime| AccessKey {
        access_key_id: id.to_owned(),
        secret_access_key: "secret".to_owned(),
        user_id: String::new(),
        arn: String::new(),
        session: Some(Session {
            token: "token".to_owned(),
            expires: now + Duration::from_mins(15),
            role_name: "role".to_owned(),
            role_id: "AROA".to_owned(),
        }),
    };
    let keys = keys("secret");
    keys.add(session_key("first", begun), begun);

    let soon = begun + Duration::from_mins(20);
    keys.add(session_key("second", soon), soon);
    assert!(
        keys.find("first").is_some(),
        "its holder is told that it is over"
    );
    let late = begun + Duration::from_hours(2);
    keys.add(session_key("third", late), late);
    let known = ["first", "second", "third", "AKIDEXAMPLE"].map(|id| keys.find(id).is_some());
    assert_eq!(known, [false, false, true, true]);
}
