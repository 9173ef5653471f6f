//! Takes a token apart and checks its claims. Pure; the key checks the signature.

use std::fmt;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::settings::TokenRules;

/// Cognito's tokens have about 1 KB; far larger ones are not worth any work.
const MAX_BYTES: usize = 16 * 1024;
/// How far the clocks of issuer and function may differ.
const SKEW: Duration = Duration::from_secs(60);

/// The claims that make a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub issuer: String,
    pub subject: String,
    /// Those of the token's other claims that the deployment wants to know, as texts.
    pub claims: Vec<(String, String)>,
}

/// A compact JWS whose parts are readable. Nothing in it is trusted yet.
pub(super) struct Token<'a> {
    pub(super) header: Header,
    claims: Claims,
    /// The JSON of all claims.
    all_claims: String,
    /// The signed text: header and claims as they came.
    pub(super) signed: &'a [u8],
    pub(super) signature: Vec<u8>,
}

/// The key and the algorithm of the signature.
#[derive(Debug, Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) kid: Option<String>,
    /// What the token is for.
    typ: Option<String>,
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
    Type,
    Algorithm,
    NotAccess,
    Issuer,
    Audience,
    Subject,
    NoExpiry,
    Expired,
    NotYetValid,
    UnknownKey,
    Signature,
    Scope,
    Group,
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
            Self::Type => ("type", "it is a token of another kind"),
            Self::NotAccess => ("not_access", "it is no access token"),
            Self::Algorithm => ("algorithm", "its algorithm is neither RS256 nor ES256"),
            Self::Issuer => ("issuer", "it is of another issuer"),
            Self::Audience => ("audience", "it is meant for somebody else"),
            Self::Subject => ("subject", "it names no subject"),
            Self::NoExpiry => ("no_expiry", "it never expires"),
            Self::Expired => ("expired", "it has expired; sign in again"),
            Self::NotYetValid => ("not_yet_valid", "it is not valid yet"),
            Self::UnknownKey => ("unknown_key", "its issuer has no such key"),
            Self::Signature => ("signature", "its signature is wrong"),
            Self::Scope => ("scope", "it lacks a scope that is required here"),
            Self::Group => ("group", "its subject is in no group that is required here"),
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
        if header.kind() == Kind::Foreign {
            return Err(Invalid::Type);
        }
        // Here `none`, HS256 and all others end, whether or not a key fits them.
        if !matches!(header.alg.as_str(), "RS256" | "ES256") {
            return Err(Invalid::Algorithm);
        }
        let all_claims = text(claims)?;
        Ok(Self {
            header,
            claims: read(&all_claims)?,
            all_claims,
            signed: signed.as_bytes(),
            signature: decode(signature)?,
        })
    }

    /// Checks the claims.
    pub(super) fn check(
        &self,
        issuer: &str,
        rules: &TokenRules,
        now: SystemTime,
    ) -> Result<Subject, Invalid> {
        let claims = &self.claims;
        if claims.iss.as_deref() != Some(issuer) {
            return Err(Invalid::Issuer);
        }
        let is_access =
            self.header.kind() == Kind::Access || claims.token_use.as_deref() == Some("access");
        if rules.access_tokens_only && !is_access {
            return Err(Invalid::NotAccess);
        }
        if !claims.is_for(&rules.audience) {
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
            claims: self.texts_of(&rules.passed_claims),
        })
    }

    /// Checks the scopes, of which all are required, and the groups, of which one is enough.
    pub(super) fn check_rights(&self, rules: &TokenRules) -> Result<(), Invalid> {
        let has = |claims: &[&str], words: &dyn Fn(&str) -> Vec<String>, wanted: &String| {
            let claims = claims.iter().filter_map(|name| self.claim(name));
            claims.flat_map(words).any(|word| word == *wanted)
        };
        let scopes = |json: &str| match serde_json::from_str::<String>(json) {
            Ok(text) => text.split_whitespace().map(ToOwned::to_owned).collect(),
            Err(_) => serde_json::from_str(json).unwrap_or_default(),
        };
        let groups = |json: &str| match serde_json::from_str::<String>(json) {
            Ok(one) => vec![one],
            Err(_) => serde_json::from_str(json).unwrap_or_default(),
        };
        let required = &rules.required_scopes;
        if !required.iter().all(|it| has(&SCOPES, &scopes, it)) {
            return Err(Invalid::Scope);
        }
        let required = &rules.required_groups;
        if !required.is_empty() && !required.iter().any(|it| has(&GROUPS, &groups, it)) {
            return Err(Invalid::Group);
        }
        Ok(())
    }

    /// The values of some claims as texts: what is no text is its JSON. Claims that are not there are
    /// left out.
    fn texts_of(&self, names: &[String]) -> Vec<(String, String)> {
        let text = |json: &str| serde_json::from_str(json).unwrap_or_else(|_| json.to_owned());
        let claim = |name: &String| Some((name.clone(), text(self.claim(name)?)));
        names.iter().filter_map(claim).collect()
    }

    /// The JSON of one claim.
    fn claim(&self, name: &str) -> Option<&str> {
        let mut claims = serde_json::Deserializer::from_str(&self.all_claims);
        claims.deserialize_map(Claim(name)).ok()?
    }
}

/// Finds a claim by its name.
struct Claim<'a>(&'a str);

impl<'de> Visitor<'de> for Claim<'_> {
    type Value = Option<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("claims")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut claims: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(name) = claims.next_key::<String>()? {
            let value = claims.next_value::<&RawValue>()?;
            if name == self.0 {
                found = Some(value.get());
            }
        }
        Ok(found)
    }
}

/// Where issuers write scopes, and groups.
const SCOPES: [&str; 2] = ["scope", "scp"];
const GROUPS: [&str; 3] = ["cognito:groups", "groups", "roles"];

/// The kinds of tokens, by `typ` in the header. A logout token, for example, has the same issuer, audience
/// and key as an access token, and is none.
#[derive(PartialEq, Eq)]
enum Kind {
    /// An id token or an access token: many issuers do not say which.
    Any,
    Access,
    Foreign,
}

impl Header {
    fn kind(&self) -> Kind {
        let Some(typ) = &self.typ else {
            return Kind::Any;
        };
        let typ = typ.to_ascii_lowercase();
        match typ.strip_prefix("application/").unwrap_or(&typ) {
            "jwt" => Kind::Any,
            "at+jwt" => Kind::Access,
            _ => Kind::Foreign,
        }
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
    read(&text(part)?)
}

fn read<T: for<'de> Deserialize<'de>>(json: &str) -> Result<T, Invalid> {
    serde_json::from_str(json).map_err(|_| Invalid::Malformed)
}

fn text(part: &str) -> Result<String, Invalid> {
    String::from_utf8(decode(part)?).map_err(|_| Invalid::Malformed)
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
