//! Where the words are in the messages of a runtime that speaks as no framework does, by JSON Pointers.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

/// The most pointers for one meaning.
pub const MOST_POINTERS: usize = 8;

/// What a runtime's own messages mean.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnswerSettings {
    /// Strings there are said.
    pub text: Pointers,
    /// Strings there are reasoning.
    pub reasoning: Pointers,
    /// The answer has failed if there is something.
    pub error: Pointers,
    /// The answer is whole if there is something.
    pub end: Pointers,
    /// What is there is for nobody.
    pub ignore: Pointers,
}

/// JSON Pointers (RFC 6901), none of which is the whole message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pointers(Vec<String>);

impl Pointers {
    /// In the order of the setting.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl<'de> Deserialize<'de> for Pointers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum OneOrSeveral {
            One(String),
            Several(Vec<String>),
        }
        let pointers = match OneOrSeveral::deserialize(deserializer)? {
            OneOrSeveral::One(pointer) => vec![pointer],
            OneOrSeveral::Several(pointers) => pointers,
        };
        if pointers.len() > MOST_POINTERS {
            let message = format!("at most {MOST_POINTERS} pointers are taken");
            return Err(D::Error::custom(message));
        }
        match pointers.iter().find(|pointer| !is_pointer(pointer)) {
            None => Ok(Self(pointers)),
            Some(wrong) => Err(D::Error::custom(format!(
                "`{wrong}` is no JSON Pointer such as `/data/text`"
            ))),
        }
    }
}

/// By RFC 6901; `~` stands only in `~0` and `~1`.
fn is_pointer(text: &str) -> bool {
    let mut escapes = text.split('~').skip(1);
    text.starts_with('/') && escapes.all(|rest| rest.starts_with(['0', '1']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pointer_or_several_are_read() {
        let read: AnswerSettings = serde_json::from_str(
            r#"{"text": ["/a/0", "/b~1c~0d"], "end": "/done", "reasoning": []}"#,
        )
        .unwrap();
        assert_eq!(read.text.iter().collect::<Vec<_>>(), ["/a/0", "/b~1c~0d"]);
        assert_eq!(read.end.iter().collect::<Vec<_>>(), ["/done"]);
        assert_eq!(read.error, Pointers::default());
    }

    #[test]
    fn what_is_no_pointer_is_refused() {
        for wrong in [
            r#"{"text": ""}"#,
            r#"{"text": "a"}"#,
            r#"{"text": ["/a", "$.b"]}"#,
            r#"{"end": "/a~2"}"#,
            r#"{"end": "/a~"}"#,
            r#"{"end": true}"#,
            r#"{"texts": "/a"}"#,
            r#"{"text": ["/1","/2","/3","/4","/5","/6","/7","/8","/9"]}"#,
        ] {
            assert!(
                serde_json::from_str::<AnswerSettings>(wrong).is_err(),
                "{wrong}"
            );
        }
    }
}
