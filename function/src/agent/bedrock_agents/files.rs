//! Files for a Bedrock agent: they belong to its session.

use serde::Serialize;

use crate::agent::ask::Ask;
use crate::agent::file::{Base64, File, UseCase};
use crate::refusal::Refusal;

/// `ByteContentFile` of the API documents it.
const MOST: usize = 5;

/// What the user guide lists for code interpretation and chat, and the images that Bedrock's models read.
const TAKEN: [&str; 18] = [
    "application/csv",
    "application/json",
    "application/msword",
    "application/pdf",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/x-yaml",
    "application/yaml",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/csv",
    "text/html",
    "text/markdown",
    "text/plain",
    "text/yaml",
];

/// The files that go out with `ask`: a new session has not seen those of the earlier turns.
pub(super) fn sent(ask: &Ask) -> impl Iterator<Item = &File> {
    let earlier = if ask.starts_session {
        ask.history.as_slice()
    } else {
        &[]
    };
    let earlier = earlier.iter().flat_map(|turn| &turn.files);
    earlier.chain(&ask.files)
}

/// Refuses what Bedrock would refuse, before the stream begins.
pub(super) fn check(ask: &Ask, agent: &str) -> Result<(), Refusal> {
    let count = sent(ask).count();
    let refused = |message: String| Err(Refusal::new(400, "unsupported_content", message));
    if count > MOST {
        return refused(format!(
            "agent `{agent}` is a Bedrock agent, which takes {MOST} files at most; these are {count}"
        ));
    }
    if !ask.files.is_empty() && ask.question.trim().is_empty() {
        return refused(format!(
            "agent `{agent}` is a Bedrock agent, which takes no files without a question"
        ));
    }
    match sent(ask).find(|file| !TAKEN.contains(&file.media_type.as_str())) {
        None => Ok(()),
        Some(file) => refused(format!(
            "agent `{agent}` is a Bedrock agent, which takes no `{}`, but CSV, XLS, XLSX, YAML, JSON, DOC, \
             DOCX, HTML, Markdown, text, PDF, PNG, JPEG, GIF and WebP",
            file.media_type
        )),
    }
}

/// An `InputFile` of the API.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InputFile<'a> {
    name: &'a str,
    source: Source<'a>,
    use_case: UseCase,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Source<'a> {
    source_type: &'static str,
    byte_content: ByteContent<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ByteContent<'a> {
    media_type: &'a str,
    data: Base64<'a>,
}

impl<'a> From<&'a File> for InputFile<'a> {
    fn from(file: &'a File) -> Self {
        Self {
            name: &file.name,
            source: Source {
                source_type: "BYTE_CONTENT",
                byte_content: ByteContent {
                    media_type: &file.media_type,
                    data: Base64(&file.bytes),
                },
            },
            use_case: file.use_case.unwrap_or(UseCase::Chat),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::agent::ask::{Role, Turn};

    fn file(name: &str) -> File {
        File::new(Some(name), None, Bytes::from_static(b"x")).unwrap()
    }

    fn ask(starts_session: bool, earlier: &[&str], files: &[&str]) -> Ask {
        Ask {
            question: "q".to_owned(),
            starts_session,
            history: vec![Turn {
                role: Role::User,
                text: "q".to_owned(),
                files: earlier.iter().map(|name| file(name)).collect(),
            }],
            files: files.iter().map(|name| file(name)).collect(),
            ..Ask::default()
        }
    }

    fn names(ask: &Ask) -> Vec<&str> {
        sent(ask).map(|file| file.name.as_str()).collect()
    }

    #[test]
    fn a_new_session_gets_the_files_of_earlier_turns_too() {
        assert_eq!(
            names(&ask(true, &["a.csv"], &["b.png"])),
            ["a.csv", "b.png"]
        );
        assert_eq!(names(&ask(false, &["a.csv"], &["b.png"])), ["b.png"]);
    }

    #[test]
    fn what_bedrock_does_not_take_is_refused_with_the_reason() {
        let check = |ask: &Ask| super::check(ask, "magi").map_err(|refusal| refusal.message);
        assert_eq!(check(&ask(true, &["a.csv"], &["b.png"; 4])), Ok(()));
        let refused = check(&ask(true, &["a.csv"], &["b.png"; 5])).unwrap_err();
        assert!(
            refused.contains("5 files at most; these are 6"),
            "{refused}"
        );
        assert_eq!(check(&ask(false, &["a.csv"], &["b.png"; 5])), Ok(()));
        let refused = check(&ask(true, &["a.mp4"], &[])).unwrap_err();
        assert!(refused.contains("`video/mp4`"), "{refused}");
        assert_eq!(check(&ask(false, &["a.mp4"], &[])), Ok(()));
        let silent = Ask {
            question: " ".to_owned(),
            ..ask(true, &[], &["a.csv"])
        };
        assert!(check(&silent).unwrap_err().contains("without a question"));
    }
}
