//! The `authorization` header, taken apart.

use std::time::SystemTime;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use time::PrimitiveDateTime;
use time::macros::format_description;

use super::error::SigV4Error;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What a client claims; nothing of it is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Authorization {
    pub(crate) access_key_id: String,
    /// `YYYYMMDD`
    pub(crate) date: String,
    pub(crate) region: String,
    pub(crate) service: String,
    pub(super) signed_headers: Vec<String>,
    pub(super) signature: String,
}

impl Authorization {
    /// Reads the header of a request.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, SigV4Error> {
        let header = headers.get(AUTHORIZATION).ok_or(SigV4Error::Missing)?;
        let malformed =
            |what: &str| SigV4Error::Malformed(format!("Authorization header requires {what}"));
        let header = header
            .to_str()
            .map_err(|_| malformed("visible ASCII characters."))?;
        let fields = header
            .strip_prefix(ALGORITHM)
            .filter(|rest| rest.starts_with(' '))
            .ok_or_else(|| malformed(&format!("the algorithm '{ALGORITHM}'.")))?;
        let field = |name: &str| {
            fields
                .split(',')
                .find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='))
                .ok_or_else(|| malformed(&format!("'{name}' parameter.")))
        };

        let credential = field("Credential")?;
        let scope: Vec<&str> = credential.split('/').collect();
        let [access_key_id, date, region, service, "aws4_request"] = scope[..] else {
            return Err(SigV4Error::Malformed(format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. \
                 keyid/date/region/service/term, got '{credential}'"
            )));
        };
        Ok(Self {
            access_key_id: access_key_id.to_owned(),
            date: date.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            signed_headers: field("SignedHeaders")?
                .split(';')
                .map(str::to_ascii_lowercase)
                .collect(),
            signature: field("Signature")?.to_owned(),
        })
    }

    pub(super) fn signs(&self, header: &str) -> bool {
        self.signed_headers.iter().any(|name| name == header)
    }
}

/// Reads `20150830T123600Z`.
pub(super) fn parse_date(text: &str) -> Option<SystemTime> {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let date = PrimitiveDateTime::parse(text, &format).ok()?;
    Some(date.assume_utc().into())
}
