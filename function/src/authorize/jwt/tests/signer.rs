//! An issuer's keys, and tokens signed with them.

use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use serde_json::{Value, json};

use super::super::KeyCache;
use super::super::keys::read;
use super::now;

/// A key for these tests, used nowhere else.
const RSA_KEY: &[u8] = include_bytes!("rsa-2048.pk8");

pub(super) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// Signs tokens as an issuer does, with one key of each algorithm.
pub(super) struct Signer {
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
}

impl Signer {
    pub(super) fn new() -> Self {
        let random = SystemRandom::new();
        let ec = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self {
            rsa: RsaKeyPair::from_pkcs8(RSA_KEY).unwrap(),
            ec: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, ec.as_ref(), &random)
                .unwrap(),
        }
    }

    pub(super) fn public(&self) -> RsaPublicKeyComponents<Vec<u8>> {
        RsaPublicKeyComponents::from(self.rsa.public())
    }

    pub(super) fn jwks(&self) -> Value {
        let public = self.public();
        let point = self.ec.public_key().as_ref();
        json!({"keys": [
            {"kty": "RSA", "kid": "rsa", "alg": "RS256", "use": "sig",
             "n": base64url(public.n),
             "e": base64url(public.e)},
            {"kty": "EC", "kid": "ec", "crv": "P-256",
             "x": base64url(&point[1..33]), "y": base64url(&point[33..])},
            {"kty": "oct", "kid": "rsa", "k": "AAAA"},
            {"kty": "EC", "kid": "p384", "crv": "P-384", "x": "AA", "y": "AA"},
            {"kty": "RSA", "kid": "for-encryption", "use": "enc", "n": "AQAB", "e": "AQAB"},
        ]})
    }

    pub(super) fn cache(&self) -> KeyCache {
        let mut cache = KeyCache::default();
        cache.store(read(self.jwks().to_string().as_bytes()).unwrap(), now());
        cache
    }

    pub(super) fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    /// Signs with the key that `alg` belongs to; RSA for all others.
    pub(super) fn sign_text(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", base64url(header), base64url(claims));
        let random = SystemRandom::new();
        let signature = if header.contains("ES256") {
            self.ec
                .sign(&random, signed.as_bytes())
                .unwrap()
                .as_ref()
                .to_vec()
        } else {
            let mut signature = vec![0; self.rsa.public().modulus_len()];
            self.rsa
                .sign(
                    &RSA_PKCS1_SHA256,
                    &random,
                    signed.as_bytes(),
                    &mut signature,
                )
                .unwrap();
            signature
        };
        format!("{signed}.{}", base64url(signature))
    }
}
