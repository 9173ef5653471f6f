//! Takes a token apart and checks its claims. Pure; the key checks the signature.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Cognito's tokens have about 1 KB; far larger ones are not worth any work.
const MAX_BYTES: usize = 16 * 1024;
/// How far the clocks of issuer and function may differ.
const SKEW: Duration = Duration::from_secs(60);

/// The claims that make a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub issuer: String,
    pub subject: String,
}

/// A compact JWS whose parts are readable. Nothing in it is trusted yet.
pub(super) struct Token<'a> {
    pub(super) header: Header,
    claims: Claims,
    /// The signed text: header and claims as they came.
    pub(super) signed: &'a [u8],
    pub(super) signature: Vec<u8>,
}

/// The key and the algorithm of the signature.
#[derive(Debug, Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) kid: Option<String>,
    /// Extensions that a reader must understand; this one understands none.
    crit: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Claims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    /// Cognito's access tokens have `client_id` instead of `aud`.
    client_id: Option<String>,
    token_use: Option<String>,
    exp: Option<f64>,
    nbf: Option<f64>,
    iat: Option<f64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Invalid {
    TooLarge,
    Malformed,
    Critical,
    Algorithm,
    Issuer,
    Audience,
    Subject,
    NoExpiry,
    Expired,
    NotYetValid,
    UnknownKey,
    Signature,
}

/// A token's fault in words.
pub(super) struct Fault {
    /// For the log.
    pub(super) code: &'static str,
    /// For the client.
    pub(super) sentence: &'static str,
}

impl Invalid {
    pub(super) fn describe(self) -> Fault {
        let (code, sentence) = match self {
            Self::TooLarge => ("too_large", "it is too large"),
            Self::Malformed => ("malformed", "it is malformed"),
            Self::Critical => ("critical_extension", "it has a critical extension"),
            Self::Algorithm => ("algorithm", "its algorithm is neither RS256 nor ES256"),
            Self::Issuer => ("issuer", "it is of another issuer"),
            Self::Audience => ("audience", "it is meant for somebody else"),
            Self::Subject => ("subject", "it names no subject"),
            Self::NoExpiry => ("no_expiry", "it never expires"),
            Self::Expired => ("expired", "it has expired; sign in again"),
            Self::NotYetValid => ("not_yet_valid", "it is not valid yet"),
            Self::UnknownKey => ("unknown_key", "its issuer has no such key"),
            Self::Signature => ("signature", "its signature is wrong"),
        };
        Fault { code, sentence }
    }
}

impl<'a> Token<'a> {
    /// Reads the three parts.
    pub(super) fn parse(token: &'a str) -> Result<Self, Invalid> {
        if token.len() > MAX_BYTES {
            return Err(Invalid::TooLarge);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Invalid::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(Invalid::Malformed)?;
        let header: Header = part(header)?;
        if header.crit.is_some() {
            return Err(Invalid::Critical);
        }
        // Here `none`, HS256 and all others end, whether or not a key fits them.
        if !matches!(header.alg.as_str(), "RS256" | "ES256") {
            return Err(Invalid::Algorithm);
        }
        Ok(Self {
            header,
            claims: part(claims)?,
            signed: signed.as_bytes(),
            signature: decode(signature)?,
        })
    }

    /// Checks the claims.
    pub(super) fn check(
        &self,
        issuer: &str,
        audience: &[String],
        now: SystemTime,
    ) -> Result<Subject, Invalid> {
        let claims = &self.claims;
        if claims.iss.as_deref() != Some(issuer) {
            return Err(Invalid::Issuer);
        }
        if !claims.is_for(audience) {
            return Err(Invalid::Audience);
        }
        let subject = claims.sub.as_deref().filter(|subject| !subject.is_empty());
        let subject = subject.ok_or(Invalid::Subject)?;
        let expires_at = instant(claims.exp.ok_or(Invalid::NoExpiry)?)?;
        if now >= expires_at + SKEW {
            return Err(Invalid::Expired);
        }
        for begin in [claims.nbf, claims.iat].into_iter().flatten() {
            if now + SKEW < instant(begin)? {
                return Err(Invalid::NotYetValid);
            }
        }
        Ok(Subject {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
        })
    }
}

impl Claims {
    fn is_for(&self, audience: &[String]) -> bool {
        match &self.aud {
            Some(Audience::One(one)) => audience.contains(one),
            Some(Audience::Several(several)) => several.iter().any(|one| audience.contains(one)),
            None => {
                self.token_use.as_deref() == Some("access")
                    && self
                        .client_id
                        .as_ref()
                        .is_some_and(|client_id| audience.contains(client_id))
            }
        }
    }
}

fn part<T: for<'de> Deserialize<'de>>(part: &str) -> Result<T, Invalid> {
    serde_json::from_slice(&decode(part)?).map_err(|_| Invalid::Malformed)
}

fn decode(part: &str) -> Result<Vec<u8>, Invalid> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Invalid::Malformed)
}

/// Seconds since 1970; up to the year 9999.
fn instant(seconds: f64) -> Result<SystemTime, Invalid> {
    if !(0.0..=253_402_300_799.0).contains(&seconds) {
        return Err(Invalid::Malformed);
    }
    Ok(SystemTime::UNIX_EPOCH + Duration::from_secs_f64(seconds))
}
