//! The text of an environment file, understood as dotenv (and so Next.js) does: `KEY=value`,
//! optionally after `export`, quoted with `'`, `"` or a backtick, when also over several lines; of
//! two assignments the last one counts.

use std::ops::Range;

/// What to do with a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit<'a> {
    /// The last assignment gets the value; without any, one is added at the end.
    Set(&'a str),
    /// All assignments go: without the last one an earlier one would count.
    Remove,
}

/// An assignment, by its place in the text.
#[derive(Debug, PartialEq, Eq)]
struct Assignment {
    /// From the start of its line to the end of its last line, line end included.
    lines: Range<usize>,
    /// Without quotes and without a comment behind it.
    value: Range<usize>,
    quoted: bool,
}

/// The value that the text gives to `key`.
pub fn value(text: &str, key: &str) -> Option<String> {
    assignments(text, key)
        .last()
        .and_then(|found| text.get(found.value.clone()))
        .map(str::to_owned)
}

/// The text after `edit`. Applied twice it is the same as once.
pub(crate) fn edited(text: &str, key: &str, edit: Edit<'_>) -> String {
    let found = assignments(text, key);
    let mut after = text.to_owned();
    match edit {
        Edit::Remove => {
            for assignment in found.into_iter().rev() {
                after.replace_range(assignment.lines, "");
            }
        }
        Edit::Set(value) => {
            if let Some(last) = found.last() {
                let value = if last.quoted {
                    value.to_owned()
                } else {
                    bare(value)
                };
                after.replace_range(last.value.clone(), &value);
            } else {
                let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
                if !text.is_empty() && !text.ends_with('\n') {
                    after.push_str(line_end);
                }
                after.extend([key, "=", &bare(value), line_end]);
            }
        }
    }
    after
}

/// The value as it can stand without quotes, or in quotes if it cannot.
fn bare(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?@!&*+,;=%[]".contains(c);
    if value.chars().all(plain) {
        value.to_owned()
    } else {
        format!("\"{value}\"")
    }
}

/// All assignments to `key`. Those to other keys are read too, because a quoted value of theirs may
/// contain a line that looks like ours.
fn assignments(text: &str, key: &str) -> Vec<Assignment> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let line_end = end_of_line(text, start);
        let line = text[start..line_end].trim_end_matches(['\r', '\n']);
        start = match assignment(text, start, line) {
            Some((name, assignment)) => {
                let end = assignment.lines.end;
                if name == key {
                    found.push(assignment);
                }
                end
            }
            None => line_end,
        };
    }
    found
}

/// The assignment that begins on the line at `start`.
fn assignment<'a>(text: &'a str, start: usize, line: &'a str) -> Option<(&'a str, Assignment)> {
    let (left, right) = line.split_once('=')?;
    let name = left.trim_start_matches('\u{feff}').trim();
    let name = match name.split_once(char::is_whitespace) {
        Some(("export", name)) => name.trim_start(),
        _ => name,
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    let from = start + left.len() + 1 + (right.len() - right.trim_start().len());
    let quote = text[from..]
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\'' | '`'));
    // An opening quote without a closing one is part of the value.
    let closing = quote.and_then(|quote| closing_quote(&text[from + 1..], quote));
    let assignment = if let Some(length) = closing {
        let value = from + 1..from + 1 + length;
        Assignment {
            lines: start..end_of_line(text, value.end),
            value,
            quoted: true,
        }
    } else {
        let bare = right.trim_start();
        let bare = bare
            .split_once('#')
            .map_or(bare, |(value, _comment)| value)
            .trim_end();
        Assignment {
            lines: start..end_of_line(text, start),
            value: from..from + bare.len(),
            quoted: false,
        }
    };
    Some((name, assignment))
}

/// Where the quote closes; a backslash protects it.
fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes.then_some(at)
    })
}

/// Just behind the line end that follows `from`.
fn end_of_line(text: &str, from: usize) -> usize {
    text[from..]
        .find('\n')
        .map_or(text.len(), |at| from + at + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "URL";

    #[test]
    fn sets_the_value_and_touches_nothing_else() {
        for (name, before, after) in [
            ("new file", "", "URL=new\n"),
            ("appended", "A=1\n", "A=1\nURL=new\n"),
            ("no final newline", "A=1", "A=1\nURL=new\n"),
            (
                "Windows line ends",
                "A=1\r\nB=2\r\n",
                "A=1\r\nB=2\r\nURL=new\r\n",
            ),
            (
                "replaced in place",
                "A=1\nURL=old\nB=2\n",
                "A=1\nURL=new\nB=2\n",
            ),
            (
                "replaced, Windows",
                "URL=old\r\nB=2\r\n",
                "URL=new\r\nB=2\r\n",
            ),
            ("replaced, no final newline", "URL=old", "URL=new"),
            ("empty value", "URL=\nB=2\n", "URL=new\nB=2\n"),
            ("double quotes stay", "URL=\"old\"\n", "URL=\"new\"\n"),
            (
                "single quotes stay",
                "URL='old' # mine\n",
                "URL='new' # mine\n",
            ),
            (
                "comment behind stays",
                "URL=old # mine\n",
                "URL=new # mine\n",
            ),
            (
                "comment in quotes is value",
                "URL=\"o#ld\"\n",
                "URL=\"new\"\n",
            ),
            ("spaces stay", "  URL = old\n", "  URL = new\n"),
            ("export stays", "export URL=old\n", "export URL=new\n"),
            ("byte order mark", "\u{feff}URL=old\n", "\u{feff}URL=new\n"),
            ("a comment is not it", "# URL=old\n", "# URL=old\nURL=new\n"),
            (
                "a longer key is not it",
                "MY_URL=a\nURL_2=b\n",
                "MY_URL=a\nURL_2=b\nURL=new\n",
            ),
            (
                "last one counts",
                "URL=a\nURL=b\nA=1\n",
                "URL=a\nURL=new\nA=1\n",
            ),
            (
                "inside another value",
                "KEY=\"x\nURL=no\n\"\n",
                "KEY=\"x\nURL=no\n\"\nURL=new\n",
            ),
            (
                "quote that never closes",
                "KEY=\"x\nURL=old\n",
                "KEY=\"x\nURL=new\n",
            ),
            (
                "own value over lines",
                "URL=\"a\nb\"\nA=1\n",
                "URL=\"new\"\nA=1\n",
            ),
            (
                "escaped quote",
                "A=\"x\\\"\nURL=no\"\nURL=old\n",
                "A=\"x\\\"\nURL=no\"\nURL=new\n",
            ),
            (
                "no sense at all",
                "=\n==\nnonsense\n",
                "=\n==\nnonsense\nURL=new\n",
            ),
        ] {
            assert_eq!(edited(before, KEY, Edit::Set("new")), after, "{name}");
            assert_eq!(value(after, KEY).as_deref(), Some("new"), "{name}");
        }
    }

    #[test]
    fn removes_every_assignment_and_touches_nothing_else() {
        for (name, before, after) in [
            ("nothing there", "A=1\n", "A=1\n"),
            ("only ours", "URL=old\n", ""),
            (
                "in between",
                "A=1\n# note\nURL=old\nB=2\n",
                "A=1\n# note\nB=2\n",
            ),
            ("twice", "URL=a\nA=1\nexport URL=\"b\"\n", "A=1\n"),
            ("no final newline", "A=1\nURL=old", "A=1\n"),
            ("over lines", "URL='a\nb'\nA=1\n", "A=1\n"),
            (
                "Windows line ends",
                "A=1\r\nURL=old\r\nB=2\r\n",
                "A=1\r\nB=2\r\n",
            ),
            (
                "inside another value",
                "KEY=\"\nURL=no\n\"\n",
                "KEY=\"\nURL=no\n\"\n",
            ),
        ] {
            assert_eq!(edited(before, KEY, Edit::Remove), after, "{name}");
            assert_eq!(value(after, KEY), None, "{name}");
        }
    }

    #[test]
    fn a_value_with_unusual_characters_is_quoted() {
        assert_eq!(edited("", KEY, Edit::Set("a b#c")), "URL=\"a b#c\"\n");
    }

    proptest! {
        #[test]
        fn any_text_survives_and_edits_settle(text in "(A|URL|=|\"|'|`|#| |\\\\|\r|\n|é|export ){0,40}") {
            let set = edited(&text, KEY, Edit::Set("new"));
            prop_assert_eq!(edited(&set, KEY, Edit::Set("new")), set.clone());
            prop_assert_eq!(value(&set, KEY), Some("new".to_owned()));

            let removed = edited(&text, KEY, Edit::Remove);
            prop_assert_eq!(edited(&removed, KEY, Edit::Remove), removed.clone());
            prop_assert_eq!(value(&removed, KEY), None);
        }
    }
}
