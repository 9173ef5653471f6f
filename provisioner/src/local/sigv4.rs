//! Verifies Signature Version 4 as AWS does: who signed, for which service, when, and that nothing
//! was changed on the way. The signature itself is recomputed by AWS's own `aws-sigv4`.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use http::request::Parts;
use sha2::{Digest as _, Sha256};

pub(crate) use authorization::Authorization;
pub(crate) use keys::{AccessKey, KeyRing};

mod authorization;
mod keys;

/// How far a client's clock may be off, AWS's own tolerance.
const CLOCK_SKEW: Duration = Duration::from_mins(5);

const CONTENT_SHA256: &str = "x-amz-content-sha256";
const DATE: &str = "x-amz-date";
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// Why a request is not from whom it says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SigV4Error {
    #[error("Missing Authentication Token")]
    Missing,
    #[error("{0}")]
    Malformed(String),
    #[error("The security token included in the request is invalid.")]
    UnknownKey,
    #[error("Credential should be scoped to correct service: '{expected}'.")]
    WrongService { expected: String },
    #[error("Credential should be scoped to a valid region: this local AWS is '{expected}'.")]
    WrongRegion { expected: String },
    #[error("Signature expired: {signed_at} is not within 5 minutes of the server's clock")]
    Expired { signed_at: String },
    #[error("The provided 'x-amz-content-sha256' header does not match what was computed.")]
    PayloadChanged,
    #[error(
        "The request signature we calculated does not match the signature you provided. Check \
         your AWS Secret Access Key and signing method. Consult the service documentation for \
         details."
    )]
    WrongSignature,
}

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
        .ok_or(SigV4Error::UnknownKey)?;
    let signature = signature(parts, body, &authorization, key, signed_at)?;
    if same(signature.as_bytes(), authorization.signature.as_bytes()) {
        Ok(key.clone())
    } else {
        Err(SigV4Error::WrongSignature)
    }
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
    let mut settings = SigningSettings::default();
    // Exactly the headers that the client lists count, whatever they are called.
    settings.excluded_headers = None;
    let body = if let Some(declared) = header(parts, CONTENT_SHA256) {
        if authorization.signs(CONTENT_SHA256) {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        declared_body(declared, body)?
    } else {
        SignableBody::Bytes(body)
    };

    let mut headers = Vec::with_capacity(authorization.signed_headers.len());
    for name in &authorization.signed_headers {
        // The signer adds these two itself.
        if name == DATE || name == CONTENT_SHA256 {
            continue;
        }
        for value in parts.headers.get_all(name) {
            let value = value.to_str().map_err(|_| SigV4Error::WrongSignature)?;
            headers.push((name.as_str(), value));
        }
    }
    // The signer would look for the host in the URI, which has none here.
    if !headers.iter().any(|(name, _)| *name == "host") {
        return Err(SigV4Error::Malformed(
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".to_owned(),
        ));
    }

    let identity = Credentials::new(
        &key.access_key_id,
        &key.secret_access_key,
        None,
        None,
        "local AWS",
    )
    .into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(&authorization.region)
        .name(&authorization.service)
        .time(signed_at)
        .settings(settings)
        .build()
        .map_err(|error| SigV4Error::Malformed(error.to_string()))?
        .into();
    let uri = parts.uri.to_string();
    let request = SignableRequest::new(parts.method.as_str(), &uri, headers.into_iter(), body)
        .map_err(|_| SigV4Error::WrongSignature)?;
    let (_, signature) = sign(request, &params)
        .map_err(|_| SigV4Error::WrongSignature)?
        .into_parts();
    Ok(signature)
}

/// The body as the client says it is: unsigned, or with a hash that must be the right one.
fn declared_body<'a>(declared: &str, body: &'a [u8]) -> Result<SignableBody<'a>, SigV4Error> {
    if declared == UNSIGNED_PAYLOAD {
        return Ok(SignableBody::UnsignedPayload);
    }
    if same(declared.as_bytes(), hex(&Sha256::digest(body)).as_bytes()) {
        Ok(SignableBody::Bytes(body))
    } else {
        Err(SigV4Error::PayloadChanged)
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

/// Compares in a time that does not depend on where the first difference is.
fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .fold(0, |difference, (a, b)| difference | (a ^ b))
            == 0
}

#[cfg(test)]
mod tests;
