//! Verifies Signature Version 4 as AWS does: who signed, for which service, when, and that nothing
//! was changed on the way.

use std::time::{Duration, SystemTime};

use aws_sigv4::sign::v4;
use http::request::Parts;
use sha2::{Digest as _, Sha256};

use super::secret::same;
pub(crate) use authorization::Authorization;
pub(crate) use error::SigV4Error;
pub(crate) use keys::{AccessKey, KeyRing, Session};

mod authorization;
mod canonical;
mod error;
mod keys;

/// How far a client's clock may be off, AWS's own tolerance.
const CLOCK_SKEW: Duration = Duration::from_mins(5);

const CONTENT_SHA256: &str = "x-amz-content-sha256";
const DATE: &str = "x-amz-date";
const SECURITY_TOKEN: &str = "x-amz-security-token";
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// Finds the key that signed a request, if the signature holds.
pub(crate) fn verify(
    parts: &Parts,
    body: &[u8],
    keys: &KeyRing,
    expected_service: &str,
    now: SystemTime,
) -> Result<AccessKey, SigV4Error> {
    let authorization = Authorization::of(&parts.headers)?;
    if authorization.service != expected_service {
        return Err(SigV4Error::WrongService {
            expected: expected_service.to_owned(),
        });
    }
    let signed_at = signed_at(parts, &authorization, now)?;
    let key = keys
        .find(&authorization.access_key_id)
        .filter(|key| has_token(parts, key))
        .ok_or(SigV4Error::UnknownKey)?;
    let signature = signature(parts, body, &authorization, &key, signed_at)?;
    if !same(signature.as_bytes(), authorization.signature.as_bytes()) {
        return Err(SigV4Error::WrongSignature);
    }
    match &key.session {
        Some(session) if session.expires <= now => Err(SigV4Error::SessionOver),
        Some(_) | None => Ok(key),
    }
}

/// Whether the request has the token of the key's session; the developer's key has no session.
fn has_token(parts: &Parts, key: &AccessKey) -> bool {
    key.session.as_ref().is_none_or(|session| {
        header(parts, SECURITY_TOKEN)
            .is_some_and(|token| same(token.as_bytes(), session.token.as_bytes()))
    })
}

/// When the client says it signed; checked first, because everything below is derived from it.
fn signed_at(
    parts: &Parts,
    authorization: &Authorization,
    now: SystemTime,
) -> Result<SystemTime, SigV4Error> {
    let text = header(parts, DATE).ok_or_else(|| {
        SigV4Error::Malformed(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
                .to_owned(),
        )
    })?;
    let signed_at = authorization::parse_date(text)
        .ok_or_else(|| SigV4Error::Malformed(format!("Date in X-Amz-Date is invalid: {text}")))?;
    let difference = match now.duration_since(signed_at) {
        Ok(age) => age,
        Err(ahead) => ahead.duration(),
    };
    if difference > CLOCK_SKEW {
        return Err(SigV4Error::Expired {
            signed_at: text.to_owned(),
        });
    }
    if !text.starts_with(&authorization.date) {
        return Err(SigV4Error::Malformed(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
             HTTP: '{}' != '{text}'",
            authorization.date
        )));
    }
    Ok(signed_at)
}

/// The signature the holder of `key` would have made over what arrived.
fn signature(
    parts: &Parts,
    body: &[u8],
    authorization: &Authorization,
    key: &AccessKey,
    signed_at: SystemTime,
) -> Result<String, SigV4Error> {
    if !authorization.signs("host") && !authorization.signs(":authority") {
        return Err(SigV4Error::Malformed(
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".to_owned(),
        ));
    }
    let payload_hash = payload_hash(parts, body)?;
    let canonical = canonical::request(parts, &authorization.signed_headers, &payload_hash)
        .ok_or(SigV4Error::WrongSignature)?;
    let Authorization {
        date,
        region,
        service,
        ..
    } = authorization;
    let signed_at_text = header(parts, DATE).unwrap_or_default();
    let canonical_hash = hex(&Sha256::digest(canonical));
    let string_to_sign = format!(
        "AWS4-HMAC-SHA256\n{signed_at_text}\n{date}/{region}/{service}/aws4_request\n{canonical_hash}"
    );
    let signing_key = v4::generate_signing_key(&key.secret_access_key, signed_at, region, service);
    Ok(v4::calculate_signature(
        signing_key,
        string_to_sign.as_bytes(),
    ))
}

/// The body's hash as the client says it is: none, or the right one.
fn payload_hash(parts: &Parts, body: &[u8]) -> Result<String, SigV4Error> {
    let computed = hex(&Sha256::digest(body));
    match header(parts, CONTENT_SHA256) {
        Some(UNSIGNED_PAYLOAD) => Ok(UNSIGNED_PAYLOAD.to_owned()),
        Some(declared) if !same(declared.as_bytes(), computed.as_bytes()) => {
            Err(SigV4Error::PayloadChanged)
        }
        Some(_) | None => Ok(computed),
    }
}

fn header<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name)?.to_str().ok()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
