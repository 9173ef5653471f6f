//! What a token is for, which rights it carries, and which of several keys it was signed with.

use super::*;

fn checked(header: &Value, claims: &Value, rules: &TokenRules) -> Result<Subject, Invalid> {
    let token = Signer::new().sign(header, claims);
    let token = Token::parse(&token)?;
    let subject = token.check(ISSUER, rules, now())?;
    token.check_rights(rules)?;
    Ok(subject)
}

fn header(typ: &Value) -> Value {
    let header = json!({"alg": "RS256", "kid": "rsa"});
    if typ.is_null() {
        return header;
    }
    with(header, "typ", typ.clone())
}

#[test]
fn a_token_for_something_else_is_refused() {
    for typ in [
        json!(null),
        json!("JWT"),
        json!("jwt"),
        json!("at+jwt"),
        json!("application/at+JWT"),
    ] {
        let subject = checked(&header(&typ), &id_token(), &rules());
        assert_eq!(subject.unwrap().subject, "user-1", "{typ}");
    }
    for typ in [
        "logout+jwt",
        "secevent+jwt",
        "dpop+jwt",
        "JOSE",
        "",
        "application/",
    ] {
        let refused = checked(&header(&json!(typ)), &id_token(), &rules());
        assert_eq!(refused, Err(Invalid::Type), "{typ}");
    }
    let refused = checked(&header(&json!(["JWT"])), &id_token(), &rules());
    assert_eq!(refused, Err(Invalid::Malformed));
}

#[test]
fn id_tokens_can_be_refused() {
    let rules = TokenRules {
        access_tokens_only: true,
        ..rules()
    };
    let access = with(id_token(), "token_use", json!("access"));
    let nameless = without(id_token(), "token_use");
    for (typ, claims, is_access) in [
        ("JWT", id_token(), false),
        ("JWT", access, true),
        ("JWT", nameless.clone(), false),
        ("at+jwt", nameless, true),
    ] {
        let checked = checked(&header(&json!(typ)), &claims, &rules);
        let expected = if is_access {
            Ok(())
        } else {
            Err(Invalid::NotAccess)
        };
        assert_eq!(checked.map(drop), expected, "{typ} {claims}");
    }
}

#[test]
fn all_scopes_and_one_group_have_to_be_there() {
    let list = |words: &[&str]| words.iter().map(ToString::to_string).collect();
    let rules = |scopes: &[&str], groups: &[&str]| TokenRules {
        required_scopes: list(scopes),
        required_groups: list(groups),
        ..rules()
    };
    let scope = |value| with(id_token(), "scope", value);
    let groups = |value| with(id_token(), "cognito:groups", value);
    let scoped = rules(&["ask", "api/read"], &[]);
    let grouped = rules(&[], &["staff", "the board"]);
    let (no_scope, no_group) = (Err(Invalid::Scope), Err(Invalid::Group));
    for (claims, rules, expected) in [
        (scope(json!("openid api/read ask")), &scoped, Ok(())),
        (scope(json!(["ask", "api/read"])), &scoped, Ok(())),
        (
            with(id_token(), "scp", json!("ask api/read")),
            &scoped,
            Ok(()),
        ),
        (scope(json!("ask")), &scoped, no_scope),
        (scope(json!("ask api/reader")), &scoped, no_scope),
        (scope(json!({"ask": true})), &scoped, no_scope),
        (id_token(), &scoped, no_scope),
        (groups(json!(["guests", "staff"])), &grouped, Ok(())),
        (
            with(id_token(), "groups", json!("the board")),
            &grouped,
            Ok(()),
        ),
        (
            with(id_token(), "roles", json!(["staff"])),
            &grouped,
            Ok(()),
        ),
        (groups(json!(["guests"])), &grouped, no_group),
        (groups(json!(5)), &grouped, no_group),
        (id_token(), &grouped, no_group),
    ] {
        let checked = checked(&header(&Value::Null), &claims, rules);
        assert_eq!(checked.map(drop), expected, "{claims}");
    }
    assert_eq!(refused(Invalid::Scope).status, 403);
    assert_eq!(refused(Invalid::Group).code, "insufficient_scope");
}

#[test]
fn chosen_claims_are_told_as_texts() {
    let rules = TokenRules {
        passed_claims: ["email", "level", "tags", "missing"]
            .map(String::from)
            .into(),
        ..rules()
    };
    let claims = with(id_token(), "email", json!("a@b"));
    let claims = with(with(claims, "level", json!(7)), "tags", json!(["a", "b"]));
    let told = checked(&header(&Value::Null), &claims, &rules)
        .unwrap()
        .claims;

    let told: Vec<_> = told
        .iter()
        .map(|(name, text)| format!("{name}={text}"))
        .collect();
    assert_eq!(told, ["email=a@b", "level=7", r#"tags=["a","b"]"#]);
}

#[test]
fn of_several_keys_the_one_that_fits_is_found() {
    let (old, new) = (Signer::new(), Signer::new());
    let key = |signer: &Signer, kid: Value| with(signer.jwks()["keys"][1].clone(), "kid", kid);
    let nameless = |signer: &Signer| without(signer.jwks()["keys"][1].clone(), "kid");
    let named = json!({"alg": "ES256", "kid": "ec"});
    let unnamed = json!({"alg": "ES256"});
    let (same, other) = (
        |signer| key(signer, json!("ec")),
        |signer| key(signer, json!("x")),
    );
    for (keys, header, is_found) in [
        (json!([same(&old), same(&new)]), &named, true),
        (json!([same(&new), same(&new)]), &named, true),
        (json!([same(&new), same(&new)]), &unnamed, true),
        (json!([other(&old), other(&new)]), &unnamed, true),
        (json!([nameless(&old), nameless(&new)]), &named, true),
        (json!([other(&new)]), &named, false),
        (json!([same(&old)]), &named, false),
    ] {
        let mut cache = KeyCache::default();
        let set = json!({ "keys": keys }).to_string();
        cache.store(read(set.as_bytes()).unwrap(), now());
        let token = new.sign(header, &id_token());
        assert_eq!(
            accept(&token, &cache, now()).is_ok(),
            is_found,
            "{set} {header}"
        );
    }
}

#[test]
fn a_stranger_makes_us_try_a_few_keys_only() {
    let signer = Signer::new();
    let mut keys = vec![signer.jwks()["keys"][1].clone(); 40];
    for (number, key) in keys.iter_mut().enumerate() {
        // Points that are on no curve: keys all the same, until they are used.
        key["x"] = json!(base64url([u8::try_from(number).unwrap(); 32]));
    }
    keys.push(signer.jwks()["keys"][1].clone());
    let mut cache = KeyCache::default();
    let set = json!({ "keys": keys }).to_string();
    cache.store(read(set.as_bytes()).unwrap(), now());

    let token = signer.sign(&json!({"alg": "ES256"}), &id_token());
    assert_eq!(accept(&token, &cache, now()), Err(Invalid::Signature));
}

#[test]
fn a_new_key_without_a_name_is_asked_for_and_a_named_one_is_not() {
    let (old, new) = (Signer::new(), Signer::new());
    let nameless = without(old.jwks()["keys"][1].clone(), "kid");
    let named = old.jwks()["keys"][1].clone();
    let signed = new.sign(&json!({"alg": "ES256", "kid": "ec"}), &id_token());
    let token = Token::parse(&signed).unwrap();
    for (key, is_asked_for) in [(nameless, true), (named, false)] {
        let mut cache = KeyCache::default();
        let set = json!({"keys": [key]}).to_string();
        cache.store(read(set.as_bytes()).unwrap(), now());
        let later = now() + Duration::from_secs(30);
        assert!(!cache.must_be_fetched_for(&token, now()));
        assert_eq!(
            cache.must_be_fetched_for(&token, later),
            is_asked_for,
            "{set}"
        );
    }
}
