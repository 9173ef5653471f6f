//! What a harness is told: messages whose blocks are texts, which is all that `InvokeHarness` takes of what
//! people send.

use aws_sdk_bedrockagentcore::error::BuildError;
use aws_sdk_bedrockagentcore::types::{
    HarnessContentBlock, HarnessConversationRole, HarnessMessage,
};

use crate::agent::ask::{Role, Turn};
use crate::agent::file::File;
use crate::agent::turns::alternating;
use crate::refusal::Refusal;

/// The most text of all files, in bytes: more than models read.
const MOST_TEXT: usize = 1_000_000;

/// Refuses files that have no text in them, or too much of it, before the stream begins.
pub(super) fn check<'a>(files: impl Iterator<Item = &'a File>, agent: &str) -> Result<(), Refusal> {
    let files: Vec<&File> = files.collect();
    let Some(file) = files.iter().find(|file| file.text().is_none()) else {
        let length: usize = files.iter().map(|file| file.bytes.len()).sum();
        return if length > MOST_TEXT {
            Err(too_long(length, agent))
        } else {
            Ok(())
        };
    };
    let message = format!(
        "agent `{agent}` is a harness, and AWS passes texts to a harness, no images or other files: of \
         `{}` nothing could be sent. Files of text in UTF-8 can",
        file.media_type
    );
    Err(Refusal::new(400, "unsupported_content", message))
}

fn too_long(length: usize, agent: &str) -> Refusal {
    let message = format!(
        "agent `{agent}` is a harness, which gets files as a part of the question: at most {MOST_TEXT} bytes; \
         these have {length}"
    );
    Refusal::new(413, "question_too_long", message)
}

/// The turns as messages; a file is a block of its own before the text.
pub(super) fn messages(
    turns: impl Iterator<Item = Turn>,
) -> Result<Vec<HarnessMessage>, BuildError> {
    let turns = alternating(turns).into_iter();
    let messages = turns.map(|Turn { role, text, files }| {
        let files = files.iter().filter_map(block);
        let text = Some(text).filter(|text| !text.trim().is_empty());
        let blocks = files.chain(text).map(HarnessContentBlock::Text).collect();
        HarnessMessage::builder()
            .role(match role {
                Role::User => HarnessConversationRole::User,
                Role::Assistant => HarnessConversationRole::Assistant,
            })
            .set_content(Some(blocks))
            .build()
    });
    messages.collect()
}

/// A file's text below its name.
fn block(file: &File) -> Option<String> {
    let text = file.text()?;
    Some(format!("{} ({}):\n\n{text}", file.name, file.media_type))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn file(name: &str) -> File {
        File::new(Some(name), None, Bytes::from_static(b"a,b")).unwrap()
    }

    #[test]
    fn a_file_of_text_is_a_block_before_the_question() {
        let turn = |text: &str, files| Turn {
            role: Role::User,
            text: text.to_owned(),
            files,
        };
        let blocks = |turn| {
            let messages = messages([turn].into_iter()).unwrap();
            let blocks = messages[0].content().iter();
            blocks
                .map(|block| block.as_text().unwrap().clone())
                .collect::<Vec<_>>()
        };
        let told = "x.csv (text/csv):\n\na,b";
        assert_eq!(blocks(turn("sum?", vec![file("x.csv")])), [told, "sum?"]);
        assert_eq!(blocks(turn("", vec![file("x.csv")])), [told]);
        assert_eq!(blocks(turn("sum?", vec![])), ["sum?"]);
    }

    #[test]
    fn what_is_no_text_is_refused_with_the_reason() {
        let refused = check([&file("a.csv"), &file("b.png")].into_iter(), "assistant");
        let message = refused.unwrap_err().message;
        assert!(
            message.contains("`image/png`") && message.contains("`assistant`"),
            "{message}"
        );
        assert!(check([&file("a.csv")].into_iter(), "assistant").is_ok());

        let long = File::new(
            Some("a.txt"),
            None,
            Bytes::from(vec![b'x'; MOST_TEXT / 2 + 1]),
        )
        .unwrap();
        assert!(check([&long].into_iter(), "assistant").is_ok());
        let refused = check([&long, &long].into_iter(), "assistant").unwrap_err();
        assert_eq!((refused.status, refused.code), (413, "question_too_long"));
    }
}
