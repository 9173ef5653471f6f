//! The words of an answer, without the SDK's decoder: chunks that hold text and nothing else.

use aws_smithy_types::base64;

/// The bytes of a plain chunk, `{"bytes":"…"}`; `None` for any other payload: it is the SDK's.
pub(super) fn bytes(payload: &[u8]) -> Option<Vec<u8>> {
    // A quotation mark or a backslash is not base64: nothing else can hide in the payload.
    let text = payload.strip_prefix(br#"{"bytes":""#)?;
    let text = text.strip_suffix(br#""}"#)?;
    base64::decode(std::str::from_utf8(text).ok()?).ok()
}
