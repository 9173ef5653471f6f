//! The turns of a conversation as models insist on them.

use super::ask::{Role, Turn};

/// None is blank, the user begins, and two of the same author are one.
pub(super) fn alternating(turns: impl Iterator<Item = Turn>) -> Vec<Turn> {
    let mut alternating: Vec<Turn> = Vec::new();
    for turn in turns.filter(|turn| !turn.is_blank()) {
        match alternating.last_mut() {
            Some(last) if last.role == turn.role => last.append(turn),
            None if turn.role == Role::Assistant => {}
            _ => alternating.push(turn),
        }
    }
    alternating
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::agent::file::File;

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
        let told: Vec<_> = alternating(turns.into_iter())
            .into_iter()
            .map(|turn| (turn.role, turn.text, turn.files.len()))
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
