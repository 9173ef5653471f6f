//! The issuer's public keys: which one a token needs, and when they have to be fetched. Pure.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

use super::token::{Header, Invalid, Token};

/// The age at which keys are fetched anew: a withdrawn key is accepted no longer than this.
const FRESH: Duration = Duration::from_secs(60 * 60);
/// The age up to which keys are used while the issuer can't be reached.
const USABLE: Duration = Duration::from_secs(24 * 60 * 60);
/// The least time between two fetches: strangers' tokens must not make us flood the issuer, least of
/// all one that is down.
const BETWEEN_FETCHES: Duration = Duration::from_secs(30);
/// More keys than any issuer has.
const MAX_KEYS: usize = 64;
/// How many keys are tried for one token: each takes about as long as reading the whole request.
const MOST_TRIED: usize = 16;

/// The keys, and when they were fetched.
#[derive(Debug, Default)]
pub(super) struct KeyCache {
    keys: Vec<Key>,
    fetched_at: Option<SystemTime>,
    tried_at: Option<SystemTime>,
}

/// What to do before a key is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Use the keys that are there, if they [may be used](KeyCache::may_be_used).
    Use,
    Fetch,
}

impl KeyCache {
    /// Whether the keys have to be fetched for this token.
    pub(super) fn decide(&self, header: &Header, now: SystemTime) -> Decision {
        let was_just_tried = self
            .tried_at
            .is_some_and(|tried_at| age(tried_at, now) < BETWEEN_FETCHES);
        let are_fresh = self
            .fetched_at
            .is_some_and(|fetched_at| age(fetched_at, now) < FRESH);
        if was_just_tried || (are_fresh && self.fitting(header).next().is_some()) {
            Decision::Use
        } else {
            Decision::Fetch
        }
    }

    pub(super) fn store(&mut self, keys: Vec<Key>, now: SystemTime) {
        self.keys = keys;
        self.fetched_at = Some(now);
        self.tried_at = Some(now);
    }

    pub(super) fn could_not_fetch(&mut self, now: SystemTime) {
        self.tried_at = Some(now);
    }

    /// Whether there are keys that are not too old.
    pub(super) fn may_be_used(&self, now: SystemTime) -> bool {
        self.fetched_at
            .is_some_and(|fetched_at| age(fetched_at, now) < USABLE)
    }

    /// Whether keys have to be fetched before this token is accepted or refused: there is none for it,
    /// or a new one may have taken the place of one without a name.
    pub(super) fn must_be_fetched_for(&self, token: &Token<'_>, now: SystemTime) -> bool {
        if self.decide(&token.header, now) == Decision::Fetch {
            return true;
        }
        let was_just_tried = self
            .tried_at
            .is_some_and(|tried_at| age(tried_at, now) < BETWEEN_FETCHES);
        let is_named =
            token.header.kid.is_some() && self.fitting(&token.header).any(|key| key.kid.is_some());
        !was_just_tried && !is_named && self.verify(token).is_err()
    }

    /// Checks the signature with each key that fits, up to a number.
    pub(super) fn verify(&self, token: &Token<'_>) -> Result<(), Invalid> {
        let mut verdict = Err(Invalid::UnknownKey);
        for key in self.fitting(&token.header).take(MOST_TRIED) {
            verdict = key.verify(token);
            if verdict.is_ok() {
                break;
            }
        }
        verdict
    }

    /// The keys that a token may have been signed with: those of the name in its header, then those
    /// without a name; all of them for a token that names none. Issuers list several keys under one
    /// name while they replace one by another.
    fn fitting(&self, header: &Header) -> impl Iterator<Item = &Key> {
        let of_algorithm = |key: &&Key| key.material.algorithm() == header.alg;
        let keys = || self.keys.iter().filter(of_algorithm);
        let named = header.kid.as_deref();
        let first = keys().filter(move |key| named.is_none() || key.kid.as_deref() == named);
        let nameless = keys().filter(move |key| named.is_some() && key.kid.is_none());
        first.chain(nameless)
    }
}

fn age(then: SystemTime, now: SystemTime) -> Duration {
    // After a clock was set back, keys count as new, and are fetched again an hour later.
    now.duration_since(then).unwrap_or_default()
}

/// One public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    kid: Option<String>,
    material: Material,
}

/// The algorithm belongs to the key; a token's `alg` must agree with it, and chooses nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Material {
    Rs256 {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// An uncompressed point of P-256.
    Es256(Vec<u8>),
}

impl Material {
    fn algorithm(&self) -> &'static str {
        match self {
            Self::Rs256 { .. } => "RS256",
            Self::Es256(_) => "ES256",
        }
    }
}

impl Key {
    /// Checks the signature; RSA keys under 2048 bits are refused by `ring`.
    pub(super) fn verify(&self, token: &Token<'_>) -> Result<(), Invalid> {
        let verified = match &self.material {
            Material::Rs256 { n, e } => RsaPublicKeyComponents { n, e }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                token.signed,
                &token.signature,
            ),
            Material::Es256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(token.signed, &token.signature),
        };
        verified.map_err(|_| Invalid::Signature)
    }
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// Reads a JWK Set (RFC 7517) without keys of other kinds and for other uses; `None` for anything
/// that is not a JWK Set.
pub(super) fn read(json: &[u8]) -> Option<Vec<Key>> {
    let set: KeySet = serde_json::from_slice(json).ok()?;
    let jwks = set.keys.into_iter().take(MAX_KEYS);
    let read = jwks.filter_map(|jwk| serde_json::from_value(jwk).ok());
    let mut keys: Vec<Key> = Vec::new();
    for key in read.filter_map(key) {
        // Listed twice, a key is still one.
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Some(keys)
}

fn key(jwk: Jwk) -> Option<Key> {
    if jwk
        .purpose
        .as_deref()
        .is_some_and(|purpose| purpose != "sig")
    {
        return None;
    }
    let bytes = |field: Option<String>| URL_SAFE_NO_PAD.decode(field?).ok();
    let material = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => {
            // `ring` requires numbers without leading zeros.
            let number = |field| {
                let bytes = bytes(field)?;
                let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
                bytes.get(zeros..).map(<[u8]>::to_vec)
            };
            Material::Rs256 {
                n: number(jwk.n)?,
                e: number(jwk.e)?,
            }
        }
        ("EC", Some("P-256")) => {
            let (x, y) = (bytes(jwk.x)?, bytes(jwk.y)?);
            if x.len() != 32 || y.len() != 32 {
                return None;
            }
            Material::Es256([&[4][..], &x, &y].concat())
        }
        _ => return None,
    };
    if jwk.alg.is_some_and(|alg| alg != material.algorithm()) {
        return None;
    }
    Some(Key {
        kid: jwk.kid,
        material,
    })
}
