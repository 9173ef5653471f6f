use std::time::Duration;

use serde_json::{Value, json};

use super::keys::{Decision, read};
use super::token::Invalid;
use super::*;

mod fuzz;
mod kinds;
mod outage;
mod signer;

use self::signer::{Signer, base64url};

const ISSUER: &str = "https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_test";
const CLIENT: &str = "client-1";
const NOW: u64 = 1_795_395_723;

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(NOW)
}

fn id_token() -> Value {
    json!({"iss": ISSUER, "sub": "user-1", "aud": CLIENT, "token_use": "id", "exp": NOW + 3600, "iat": NOW})
}

fn with(mut token: Value, claim: &str, value: Value) -> Value {
    token[claim] = value;
    token
}

fn without(mut token: Value, claim: &str) -> Value {
    token.as_object_mut().unwrap().remove(claim);
    token
}

fn rules() -> TokenRules {
    TokenRules {
        issuer: ISSUER.to_owned(),
        audience: vec![CLIENT.to_owned()],
        ..TokenRules::default()
    }
}

/// All checks, with keys that are already there.
fn accept(token: &str, cache: &KeyCache, now: SystemTime) -> Result<Subject, Invalid> {
    let token = Token::parse(token)?;
    let subject = token.check(ISSUER, &rules(), now)?;
    cache.verify(&token)?;
    Ok(subject)
}

#[test]
fn good_tokens_of_both_algorithms_and_both_kinds_are_accepted() {
    let signer = Signer::new();
    let cache = signer.cache();
    let access = json!({"iss": ISSUER, "sub": "user-1", "client_id": CLIENT, "token_use": "access", "exp": NOW + 1});
    let several = with(id_token(), "aud", json!(["other", CLIENT]));

    for claims in [id_token(), access, several] {
        for header in [
            json!({"alg": "RS256", "kid": "rsa"}),
            json!({"alg": "ES256", "kid": "ec"}),
        ] {
            let subject = accept(&signer.sign(&header, &claims), &cache, now());
            assert_eq!(subject.unwrap().subject, "user-1", "{header} {claims}");
        }
    }
    // Without a name in the token, the only fitting key is used.
    let nameless = signer.sign(&json!({"alg": "RS256"}), &id_token());
    assert!(accept(&nameless, &cache, now()).is_ok());
}

#[test]
fn claims_that_do_not_fit_are_refused() {
    let signer = Signer::new();
    let cache = signer.cache();
    let header = json!({"alg": "RS256", "kid": "rsa"});
    let access = without(with(id_token(), "token_use", json!("access")), "aud");
    for (claims, expected) in [
        (
            with(id_token(), "iss", json!("https://evil.example")),
            Invalid::Issuer,
        ),
        (
            with(id_token(), "iss", json!(format!("{ISSUER}/"))),
            Invalid::Issuer,
        ),
        (without(id_token(), "iss"), Invalid::Issuer),
        (with(id_token(), "aud", json!("other")), Invalid::Audience),
        (with(id_token(), "aud", json!([])), Invalid::Audience),
        (without(id_token(), "aud"), Invalid::Audience),
        (access.clone(), Invalid::Audience),
        (
            with(access.clone(), "client_id", json!("other")),
            Invalid::Audience,
        ),
        // `client_id` counts where there is no `aud`, and in access tokens only.
        (
            with(
                with(id_token(), "client_id", json!(CLIENT)),
                "aud",
                json!("other"),
            ),
            Invalid::Audience,
        ),
        (
            with(
                with(access, "token_use", json!("refresh")),
                "client_id",
                json!(CLIENT),
            ),
            Invalid::Audience,
        ),
        (without(id_token(), "sub"), Invalid::Subject),
        (with(id_token(), "sub", json!("")), Invalid::Subject),
        (without(id_token(), "exp"), Invalid::NoExpiry),
        (with(id_token(), "exp", json!(NOW - 60)), Invalid::Expired),
        (with(id_token(), "exp", json!(-1)), Invalid::Malformed),
        (with(id_token(), "exp", json!(1e300)), Invalid::Malformed),
        (
            with(id_token(), "exp", json!("9999999999")),
            Invalid::Malformed,
        ),
        (
            with(id_token(), "nbf", json!(NOW + 61)),
            Invalid::NotYetValid,
        ),
        (
            with(id_token(), "iat", json!(NOW + 61)),
            Invalid::NotYetValid,
        ),
    ] {
        let token = signer.sign(&header, &claims);
        assert_eq!(accept(&token, &cache, now()), Err(expected), "{claims}");
    }
    // Clocks may differ by a minute.
    for claims in [
        with(id_token(), "exp", json!(NOW - 59)),
        with(id_token(), "nbf", json!(NOW + 60)),
    ] {
        assert!(accept(&signer.sign(&header, &claims), &cache, now()).is_ok());
    }
}

#[test]
fn no_algorithm_can_be_confused_with_another() {
    let signer = Signer::new();
    let cache = signer.cache();
    for alg in [
        "none", "None", "NONE", "nOnE", "", "HS256", "HS512", "RS384", "RS512", "PS256", "ES384",
        "EdDSA", "rs256",
    ] {
        let token = signer.sign(&json!({"alg": alg, "kid": "rsa"}), &id_token());
        assert_eq!(
            accept(&token, &cache, now()),
            Err(Invalid::Algorithm),
            "{alg}"
        );
        let (unsigned, _) = token.rsplit_once('.').unwrap();
        let unsigned = format!("{unsigned}.");
        assert_eq!(
            accept(&unsigned, &cache, now()),
            Err(Invalid::Algorithm),
            "{alg}"
        );
    }
    // An HMAC with the public key as its secret, under the name of an accepted algorithm.
    let public = signer.public().n;
    let message = format!(
        "{}.{}",
        base64url(r#"{"alg":"RS256","kid":"rsa"}"#),
        base64url(id_token().to_string())
    );
    let tag = ring::hmac::sign(
        &ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &public),
        message.as_bytes(),
    );
    let forged = format!("{message}.{}", base64url(tag));
    assert_eq!(accept(&forged, &cache, now()), Err(Invalid::Signature));
    // The algorithm of one key and the name of another.
    for (alg, kid) in [
        ("ES256", "rsa"),
        ("RS256", "ec"),
        ("ES256", "p384"),
        ("RS256", "for-encryption"),
    ] {
        let token = signer.sign(&json!({"alg": alg, "kid": kid}), &id_token());
        assert_eq!(
            accept(&token, &cache, now()),
            Err(Invalid::UnknownKey),
            "{alg} {kid}"
        );
    }
}

#[test]
fn what_was_changed_or_is_no_token_is_refused() {
    let signer = Signer::new();
    let cache = signer.cache();
    let header = json!({"alg": "RS256", "kid": "rsa"});
    let good = signer.sign(&header, &id_token());
    let [head, _, signature] = good.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts")
    };
    let other_claims = base64url(with(id_token(), "sub", json!("admin")).to_string());
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let flipped = format!("{first}{}", &signature[1..]);
    let twice = format!(r#"{{"sub":"admin",{}"#, &id_token().to_string()[1..]);
    let deep = format!(
        r#"{{"x":{}{}"#,
        "[".repeat(5000),
        &id_token().to_string()[1..]
    );
    for (token, expected) in [
        (
            format!("{head}.{other_claims}.{signature}"),
            Invalid::Signature,
        ),
        (good.replace(signature, &flipped), Invalid::Signature),
        (good.replace(signature, ""), Invalid::Signature),
        (format!("{good}="), Invalid::Malformed),
        (format!("{good}.x"), Invalid::Malformed),
        (String::new(), Invalid::Malformed),
        ("..".to_owned(), Invalid::Malformed),
        ("a.b.c".to_owned(), Invalid::Malformed),
        ("x".repeat(16 * 1024 + 1), Invalid::TooLarge),
        (
            signer.sign_text(&header.to_string(), &twice),
            Invalid::Malformed,
        ),
        (
            signer.sign_text(&header.to_string(), &deep),
            Invalid::Malformed,
        ),
        (
            signer.sign_text(r#"{"alg":"RS256","kid":"rsa","crit":["exp"]}"#, "{}"),
            Invalid::Critical,
        ),
        (
            signer.sign_text(r#"{"alg":"RS256","alg":"none"}"#, "{}"),
            Invalid::Malformed,
        ),
    ] {
        assert_eq!(accept(&token, &cache, now()), Err(expected), "{token:.80}");
    }
}

#[test]
fn keys_are_fetched_when_they_are_missing_old_or_unknown_but_not_at_a_strangers_will() {
    let signer = Signer::new();
    let header = |kid: &str| {
        Token::parse(&signer.sign(&json!({"alg": "RS256", "kid": kid}), &id_token()))
            .unwrap()
            .header
    };
    let later = |seconds| now() + Duration::from_secs(seconds);
    let mut cache = KeyCache::default();
    assert_eq!(cache.decide(&header("rsa"), now()), Decision::Fetch);
    cache.could_not_fetch(now());
    assert_eq!(cache.decide(&header("rsa"), later(29)), Decision::Use);
    assert_eq!(cache.decide(&header("rsa"), later(30)), Decision::Fetch);

    cache = signer.cache();
    assert_eq!(cache.decide(&header("rsa"), later(3599)), Decision::Use);
    assert_eq!(cache.decide(&header("rsa"), later(3600)), Decision::Fetch);
    // An unknown name may be that of a new key. Keys are fetched once in half a minute at most.
    assert_eq!(cache.decide(&header("new"), later(29)), Decision::Use);
    assert_eq!(cache.decide(&header("new"), later(30)), Decision::Fetch);
    cache.could_not_fetch(later(30));
    assert_eq!(cache.decide(&header("newer"), later(59)), Decision::Use);

    // While the issuer is down, keys are used for a day.
    assert!(cache.may_be_used(later(24 * 3600 - 1)));
    assert!(!cache.may_be_used(later(24 * 3600)));
    assert!(!KeyCache::default().may_be_used(now()));
}

#[test]
fn what_is_no_jwk_set_is_refused_and_what_is_no_key_passed_over() {
    assert!(read(b"").is_none());
    assert!(read(br#"{"keys": 5}"#).is_none());
    assert_eq!(read(br#"{"keys": [5, {}, {"kty": "RSA", "n": "*", "e": "AQAB"}, {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}"#), Some(vec![]));
}

#[test]
fn issuers_are_asked_over_https_only() {
    let roots = aws_roots();
    for url in [
        "http://issuer.example",
        "ftp://issuer.example",
        "issuer.example",
        "",
        "http://127.0.0.1.evil.example",
    ] {
        assert!(Issuer::new(url.to_owned(), &roots).is_err(), "{url}");
    }
    for url in [ISSUER, "http://127.0.0.1:8080", "http://localhost/x"] {
        assert!(Issuer::new(url.to_owned(), &roots).is_ok(), "{url}");
    }
}

fn aws_roots() -> crate::aws::Roots {
    let platform = crate::settings::Platform::from_source(|_| Some("1".to_owned()));
    let platform = crate::settings::Platform {
        ca_bundle: None,
        ..platform.unwrap()
    };
    crate::aws::Roots::new(&platform).unwrap()
}
