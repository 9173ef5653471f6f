//! A file that comes with a message: an image, a document, anything.

mod kinds;

use std::collections::HashSet;
use std::fmt;

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize, Serializer};

/// More than any agent looks at.
pub const MOST_FILES: usize = 100;
/// In characters. File systems have no longer names.
const LONGEST_NAME: usize = 200;
/// As RFC 6838 has it.
const LONGEST_MEDIA_TYPE: usize = 127;
/// Of a file of which nobody says what it is.
const UNKNOWN: &str = "application/octet-stream";

/// A file. Clones share its content.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// Never empty, and no path.
    pub name: String,
    /// In lower case and without parameters, such as `image/png`.
    pub media_type: String,
    pub bytes: Bytes,
    /// For Bedrock agents only.
    pub use_case: Option<UseCase>,
}

/// What a Bedrock agent is to do with a file, in Bedrock's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UseCase {
    /// Read it.
    Chat,
    /// Work on it with the code interpreter, which the agent must have.
    CodeInterpreter,
}

impl File {
    /// `None` if `media_type` is none. What is not said is taken from the name, and the name from the type.
    pub fn new(name: Option<&str>, media_type: Option<&str>, bytes: Bytes) -> Option<Self> {
        let name = name.map(base_name).filter(|name| !name.is_empty());
        let given = media_type.map(essence).filter(|given| !given.is_empty());
        let media_type = match (given, &name) {
            (Some(given), _) if !is_media_type(&given) => return None,
            (Some(given), _) => given,
            (None, Some(name)) => kinds::of_name(name).unwrap_or(UNKNOWN).to_owned(),
            (None, None) => UNKNOWN.to_owned(),
        };
        Some(Self {
            name: name.unwrap_or_else(|| kinds::default_name(&media_type)),
            media_type,
            bytes,
            use_case: None,
        })
    }

    /// The content of a file that consists of text.
    pub(super) fn text(&self) -> Option<&str> {
        let media_type = self.media_type.as_str();
        let is_text = media_type.starts_with("text/")
            || ["+json", "+xml", "+yaml"]
                .iter()
                .any(|suffix| media_type.ends_with(suffix))
            || kinds::TEXTS.contains(&media_type);
        let text = is_text.then(|| str::from_utf8(&self.bytes).ok()).flatten();
        // Some programs call anything a text. In JSON such characters would be six times as long, too.
        text.filter(|text| !text.bytes().any(is_binary))
    }
}

/// Whether a byte is a control character that is in no text.
fn is_binary(byte: u8) -> bool {
    byte < b' ' && !b"\t\n\r".contains(&byte)
}

/// Gives each file a name of its own: two screenshots are often both `image.png`, and the second would take
/// the first one's place where an agent stores them.
pub fn tell_apart<'a>(files: impl Iterator<Item = &'a mut File>) {
    let mut names: HashSet<String> = HashSet::new();
    for file in files {
        if names.contains(&file.name) {
            let mut others = (2..=MOST_FILES + 1).map(|number| numbered(&file.name, number));
            if let Some(free) = others.find(|name| !names.contains(name)) {
                file.name = free;
            }
        }
        names.insert(file.name.clone());
    }
}

fn numbered(name: &str, number: usize) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => format!("{stem}-{number}.{extension}"),
        _ => format!("{name}-{number}"),
    }
}

/// The last part of a path, without what no name has.
fn base_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let last = last.trim().trim_start_matches('.');
    last.chars()
        .filter(|character| !character.is_control())
        .take(LONGEST_NAME)
        .collect()
}

/// A media type without its parameters.
fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

fn is_media_type(text: &str) -> bool {
    let is_name = |name: &str| {
        let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !name.is_empty() && name.bytes().all(is_of_name)
    };
    text.len() <= LONGEST_MEDIA_TYPE
        && text
            .split_once('/')
            .is_some_and(|(kind, subtype)| is_name(kind) && is_name(subtype))
}

/// A file as agents get it in JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attached<'a> {
    name: &'a str,
    media_type: &'a str,
    data: Base64<'a>,
}

impl<'a> From<&'a File> for Attached<'a> {
    fn from(file: &'a File) -> Self {
        Self {
            name: &file.name,
            media_type: &file.media_type,
            data: Base64(&file.bytes),
        }
    }
}

/// Writes bytes in base64, without a second copy of them on the way.
pub(super) struct Base64<'a>(pub(super) &'a [u8]);

impl Serialize for Base64<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(self.0, &STANDARD))
    }
}

/// The bytes that `files` have in JSON, about.
pub(super) fn length_in_json<'a>(files: impl Iterator<Item = &'a File>) -> usize {
    files
        .map(|file| file.bytes.len() / 3 * 4 + file.name.len() + 2 * LONGEST_MEDIA_TYPE)
        .sum()
}

impl fmt::Debug for File {
    /// Without name and content: neither may reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("media_type", &self.media_type)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: Option<&str>, media_type: Option<&str>) -> Option<(String, String)> {
        let file = File::new(name, media_type, Bytes::from_static(b"x"))?;
        Some((file.name, file.media_type))
    }

    #[test]
    fn a_file_has_a_name_and_a_type_whoever_sends_it() {
        for (name, media_type, expected) in [
            (Some("a.png"), Some("image/png"), ("a.png", "image/png")),
            (Some("報告.md"), None, ("報告.md", "text/markdown")),
            (Some("a.MD"), Some(""), ("a.MD", "text/markdown")),
            (Some("a"), None, ("a", UNKNOWN)),
            (None, Some("IMAGE/PNG; q=1"), ("image.png", "image/png")),
            (
                None,
                Some("application/pdf"),
                ("file.pdf", "application/pdf"),
            ),
            (Some(""), None, ("file", UNKNOWN)),
            (Some("../../etc/passwd"), None, ("passwd", UNKNOWN)),
            (Some("C:\\x\\a\u{0}b.csv"), None, ("ab.csv", "text/csv")),
            (Some(".."), None, ("file", UNKNOWN)),
        ] {
            let expected = (expected.0.to_owned(), expected.1.to_owned());
            assert_eq!(file(name, media_type), Some(expected), "{name:?}");
        }
        for media_type in [
            "image",
            "image/",
            "/png",
            "image/png\r\nx: y",
            "a b/c",
            "image/png,",
        ] {
            assert_eq!(file(None, Some(media_type)), None, "{media_type}");
        }
        assert_eq!(
            file(Some(&"x".repeat(999)), None).unwrap().0.len(),
            LONGEST_NAME
        );
    }

    #[test]
    fn files_of_one_name_are_told_apart() {
        let mut files: Vec<File> = [
            "image.png",
            "image.png",
            "image-2.png",
            "image.png",
            "a",
            "a",
        ]
        .iter()
        .map(|name| File::new(Some(name), None, Bytes::new()).unwrap())
        .collect();

        tell_apart(files.iter_mut());

        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "image.png",
                "image-2.png",
                "image-2-2.png",
                "image-3.png",
                "a",
                "a-2"
            ]
        );
    }

    #[test]
    fn only_what_is_text_is_read_as_text() {
        let text = |media_type, bytes: &'static [u8]| {
            let file = File::new(None, Some(media_type), Bytes::from_static(bytes)).unwrap();
            file.text().map(str::to_owned)
        };
        assert_eq!(text("text/csv", "あ".as_bytes()).as_deref(), Some("あ"));
        assert_eq!(text("application/ld+json", b"{}").as_deref(), Some("{}"));
        assert_eq!(text("application/yaml", b"a: 1").as_deref(), Some("a: 1"));
        assert_eq!(text("text/plain", b"a\r\n\tb").as_deref(), Some("a\r\n\tb"));
        assert_eq!(text("text/plain", b"\xff\xfe"), None);
        assert_eq!(text("text/plain", b"a\0"), None);
        assert_eq!(text("image/png", b"png"), None);
    }

    #[test]
    fn neither_name_nor_content_is_shown() {
        let file = File::new(Some("secret.txt"), None, Bytes::from_static(b"secret")).unwrap();
        let shown = format!("{file:?}");
        assert!(
            !shown.contains("secret") && shown.contains("text/plain"),
            "{shown}"
        );
    }

    #[test]
    fn base64_in_json_is_that_of_everybody() {
        let json = serde_json::to_string(&Base64(b"\x00\xff\xfe!")).unwrap();
        assert_eq!(json, r#""AP/+IQ==""#);
    }
}
