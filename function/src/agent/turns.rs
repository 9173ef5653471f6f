//! The turns of a conversation as models insist on them. Nothing is copied: a conversation may have megabytes.

use std::fmt;

use serde::{Serialize, Serializer};

use super::ask::{Role, Turn};
use super::file::File;

/// What one author says in a row.
pub(super) struct Said<'a> {
    pub(super) role: Role,
    pub(super) text: Text<'a>,
    pub(super) files: Vec<&'a File>,
}

/// The texts of one author, with an empty line between them.
#[derive(Default)]
pub(super) struct Text<'a>(Vec<&'a str>);

/// None is blank, the user begins, and two of the same author are one.
pub(super) fn alternating<'a>(turns: impl Iterator<Item = &'a Turn>) -> Vec<Said<'a>> {
    let mut alternating: Vec<Said> = Vec::new();
    for turn in turns.filter(|turn| !turn.is_blank()) {
        match alternating.last_mut() {
            Some(last) if last.role == turn.role => last.append(turn),
            None if turn.role == Role::Assistant => {}
            _ => alternating.push(Said::of(turn)),
        }
    }
    alternating
}

impl<'a> Said<'a> {
    fn of(turn: &'a Turn) -> Self {
        let mut said = Self {
            role: turn.role,
            text: Text::default(),
            files: Vec::new(),
        };
        said.append(turn);
        said
    }

    fn append(&mut self, turn: &'a Turn) {
        if !turn.text.is_empty() {
            self.text.0.push(&turn.text);
        }
        self.files.extend(&turn.files);
    }
}

impl Text<'_> {
    pub(super) fn is_blank(&self) -> bool {
        self.0.iter().all(|text| text.trim().is_empty())
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, text) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            f.write_str(text)?;
        }
        Ok(())
    }
}

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn turns_go_out_as_models_insist_on_them() {
        use Role::{Assistant, User};
        let turns = [
            (Assistant, "lost", 0),
            (User, "one", 1),
            (User, "two", 0),
            (Assistant, " \n", 0),
            (User, "three", 2),
            (Assistant, "a", 0),
            (User, "", 1),
            (User, "four", 0),
        ];
        let file = File::new(None, None, Bytes::from_static(b"x")).unwrap();
        let turns = turns.map(|(role, text, files)| Turn {
            role,
            text: text.to_owned(),
            files: vec![file.clone(); files],
        });
        let told: Vec<_> = alternating(turns.iter())
            .into_iter()
            .map(|said| (said.role, said.text.to_string(), said.files.len()))
            .collect();
        let expected = [
            (User, "one\n\ntwo\n\nthree", 3),
            (Assistant, "a", 0),
            (User, "four", 1),
        ];
        let expected = expected.map(|(role, text, files)| (role, text.to_owned(), files));
        assert_eq!(told, expected);
    }
}
