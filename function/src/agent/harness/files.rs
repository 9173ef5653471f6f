//! Which files a harness is told of: those that are texts, which is all that `InvokeHarness` takes of what
//! people send.

use crate::agent::file::File;
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

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn file(name: &str) -> File {
        File::new(Some(name), None, Bytes::from_static(b"a,b")).unwrap()
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
