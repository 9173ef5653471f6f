//! Files as clients send them: in base64, alone or in a data URL.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use serde_json::value::RawValue;

use crate::agent::File;
use crate::client_json;
use crate::refusal::Refusal;

/// Some clients leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a client says of a file.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Label<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) media_type: Option<&'a str>,
}

/// A file in base64; `place` is where it stands in the body.
pub(super) fn of_base64(place: &str, label: Label<'_>, data: &str) -> Result<File, Refusal> {
    let Ok(bytes) = BASE64.decode(data) else {
        return Err(not_base64(place));
    };
    if bytes.is_empty() {
        return Err(invalid(place, "it is empty"));
    }
    File::new(label.name, label.media_type, Bytes::from(bytes)).ok_or_else(|| {
        let expected = "its media type is none; one is `image/png`, for example";
        invalid(place, expected)
    })
}

/// The refusal of a file whose data is something else.
pub(super) fn not_base64(place: &str) -> Refusal {
    invalid(place, "its data is not valid base64")
}

/// A file by its URL, which must hold it.
pub(super) fn of_url(place: &str, label: Label<'_>, url: &str) -> Result<File, Refusal> {
    let Some(rest) = without_scheme(url) else {
        return Err(unsupported(
            place,
            "a file comes in the request, as a data URL (`data:image/png;base64,…`): the gateway fetches \
             nothing from other addresses",
        ));
    };
    let Some((said, data)) = rest.split_once(',') else {
        return Err(invalid(place, "its data URL has no comma before the data"));
    };
    let Some((media_type, "base64")) = said.rsplit_once(';') else {
        return Err(unsupported(
            place,
            "a data URL has its data in base64 (`data:image/png;base64,…`)",
        ));
    };
    let said_by_client = label.media_type.filter(|said| !said.is_empty());
    let label = Label {
        media_type: said_by_client.or(Some(media_type)),
        ..label
    };
    of_base64(place, label, data)
}

/// What comes after `data:`.
fn without_scheme(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_at_checked("data:".len())?;
    scheme.eq_ignore_ascii_case("data:").then_some(rest)
}

/// Whether a text is a data URL.
pub(super) fn is_data_url(text: &str) -> bool {
    without_scheme(text).is_some()
}

/// The text of a member that may be anything.
pub(super) fn text_of(member: Option<&RawValue>) -> Option<Cow<'_, str>> {
    client_json::text_of(member?.get())
}

/// The refusal of something that is no agent's; `why` says what to send instead.
pub(super) fn unsupported(place: &str, why: &str) -> Refusal {
    Refusal::new(400, "unsupported_content", format!("{place}: {why}"))
}

fn invalid(place: &str, why: &str) -> Refusal {
    let message = format!("the body is not as expected: {place}: the file cannot be read: {why}");
    Refusal::new(400, "invalid_request", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str, media_type: Option<&str>) -> Result<(String, Vec<u8>), String> {
        let label = Label {
            name: None,
            media_type,
        };
        of_url("messages[0]", label, url)
            .map(|file| (file.media_type, file.bytes.to_vec()))
            .map_err(|refusal| refusal.message)
    }

    #[test]
    fn a_data_url_holds_a_file() {
        for (url, said, media_type) in [
            ("data:image/png;base64,AAE=", None, "image/png"),
            ("DATA:image/png;base64,AAE", None, "image/png"),
            (
                "data:text/plain;charset=utf-8;base64,AAE=",
                None,
                "text/plain",
            ),
            ("data:;base64,AAE=", None, "application/octet-stream"),
            ("data:;base64,AAE=", Some("image/gif"), "image/gif"),
            ("data:image/png;base64,AAE=", Some(""), "image/png"),
            ("data:image/png;base64,AAE=", Some("image/gif"), "image/gif"),
        ] {
            assert_eq!(
                read(url, said),
                Ok((media_type.to_owned(), vec![0, 1])),
                "{url}"
            );
        }
    }

    #[test]
    fn what_is_none_is_refused_with_the_reason() {
        for (url, reason) in [
            ("https://example.com/a.png", "fetches nothing"),
            ("http://169.254.169.254/", "fetches nothing"),
            ("file:///etc/passwd", "fetches nothing"),
            ("", "fetches nothing"),
            ("あ", "fetches nothing"),
            ("data:image/png;base64", "no comma"),
            ("data:text/plain,hello", "in base64"),
            ("data:,", "in base64"),
            ("data:image/png;base64,", "it is empty"),
            ("data:image/png;base64,A", "not valid base64"),
            ("data:image/png;base64,A A=", "not valid base64"),
            ("data:image/png;base64,あ", "not valid base64"),
            ("data:nonsense;base64,AAE=", "media type is none"),
        ] {
            let refused = read(url, None).unwrap_err();
            assert!(refused.contains(reason), "{url}: {refused}");
            assert!(refused.contains("messages[0]"), "{refused}");
        }
    }
}
