//! Whatever a caller sends in place of a token is answered without a panic.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn any_text_is_refused(text in "\\PC{0,200}") {
        prop_assert!(accept(&text, &KeyCache::default(), now()).is_err());
    }

    #[test]
    fn any_header_claims_and_signature_are_refused(
        header in prop_oneof![
            Just(r#"{"alg":"RS256","kid":"rsa"}"#.to_owned()),
            Just(r#"{"alg":"ES256","kid":"ec"}"#.to_owned()),
            "[\\[\\]{}\":,a-z0-9]{0,60}",
        ],
        claims in prop_oneof![Just(id_token().to_string()), "[\\[\\]{}\":,a-z0-9.e+-]{0,120}"],
        signature in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let token = format!("{}.{}.{}", base64url(header), base64url(claims), base64url(signature));
        prop_assert!(accept(&token, &Signer::new().cache(), now()).is_err());
    }

    #[test]
    fn a_good_token_with_any_one_character_changed_is_refused(
        at in any::<prop::sample::Index>(),
        with in "[A-Za-z0-9_.-]",
    ) {
        let signer = Signer::new();
        let good = signer.sign(&json!({"alg": "ES256", "kid": "ec"}), &id_token());
        let at = at.index(good.len());
        let changed = format!("{}{with}{}", &good[..at], &good[at + 1..]);
        let accepted = accept(&changed, &signer.cache(), now()).is_ok();
        prop_assert_eq!(accepted, changed == good);
    }

    #[test]
    fn any_bytes_are_a_key_set_or_not(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }
}
