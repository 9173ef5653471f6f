//! Files for a Bedrock agent: they belong to its session.

use aws_sdk_bedrockagentruntime::error::BuildError;
use aws_sdk_bedrockagentruntime::primitives::Blob;
use aws_sdk_bedrockagentruntime::types::{
    ByteContentFile, FileSource, FileSourceType, FileUseCase, InputFile,
};

use crate::agent::ask::Ask;
use crate::agent::file::{File, UseCase};
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
fn sent(ask: &Ask) -> impl Iterator<Item = &File> {
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

/// The files as the session's state has them; `None` if there are none.
pub(super) fn input_files(ask: &Ask) -> Result<Option<Vec<InputFile>>, BuildError> {
    let files = sent(ask).map(input_file).collect::<Result<Vec<_>, _>>()?;
    Ok(Some(files).filter(|files| !files.is_empty()))
}

fn input_file(file: &File) -> Result<InputFile, BuildError> {
    let content = ByteContentFile::builder()
        .media_type(&file.media_type)
        .data(Blob::new(file.bytes.as_ref()))
        .build()?;
    let source = FileSource::builder()
        .source_type(FileSourceType::ByteContent)
        .byte_content(content)
        .build()?;
    InputFile::builder()
        .name(&file.name)
        .source(source)
        .use_case(match file.use_case {
            None | Some(UseCase::Chat) => FileUseCase::Chat,
            Some(UseCase::CodeInterpreter) => FileUseCase::CodeInterpreter,
        })
        .build()
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

    fn names(ask: &Ask) -> Vec<String> {
        let files = input_files(ask).unwrap().unwrap_or_default();
        files.iter().map(|file| file.name().to_owned()).collect()
    }

    #[test]
    fn a_new_session_gets_the_files_of_earlier_turns_too() {
        assert_eq!(
            names(&ask(true, &["a.csv"], &["b.png"])),
            ["a.csv", "b.png"]
        );
        assert_eq!(names(&ask(false, &["a.csv"], &["b.png"])), ["b.png"]);
        assert_eq!(input_files(&ask(false, &["a.csv"], &[])).unwrap(), None);
    }

    #[test]
    fn a_file_is_read_unless_the_client_says_that_it_is_worked_on() {
        let mut ask = ask(true, &[], &["a.csv", "b.csv"]);
        ask.files[1].use_case = Some(UseCase::CodeInterpreter);
        let files = input_files(&ask).unwrap().unwrap();
        let cases: Vec<_> = files.iter().map(|file| file.use_case().as_str()).collect();
        assert_eq!(cases, ["CHAT", "CODE_INTERPRETER"]);
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
