//! Strings of JSON, and of Python.

use std::str::Chars;

use crate::agent::speech::halves;

/// The string at the beginning of `text`, and what follows it. Python's bytes become what they spell.
pub(super) fn read(text: &str, python: bool) -> Option<(String, &str)> {
    let begin = if python {
        let prefix = ["b", "B", "r", "u", "rb", "br"];
        let quoted = |rest: &&str| rest.starts_with(['\'', '"']);
        let mut prefixed = prefix.iter().filter_map(|prefix| text.strip_prefix(prefix));
        prefixed.rfind(quoted).unwrap_or(text)
    } else {
        text
    };
    let mut rest = begin.chars();
    let quote = rest.next()?;
    if !(quote == '"' || python && quote == '\'') {
        return None;
    }
    let mut string = String::new();
    loop {
        match rest.next()? {
            end if end == quote => return Some((string, rest.as_str())),
            '\\' => escape(&mut rest, &mut string, python)?,
            character => string.push(character),
        }
    }
}

fn escape(rest: &mut Chars<'_>, string: &mut String, python: bool) -> Option<()> {
    let character = match rest.next()? {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => {
            let unit = hexadecimal(rest, 4)?;
            halves::push(string, unit);
            return Some(());
        }
        'x' if python => char::from_u32(hexadecimal(rest, 2)?)?,
        'U' if python => char::from_u32(hexadecimal(rest, 8)?)?,
        '"' => '"',
        '\\' => '\\',
        '/' => '/',
        other if python => other,
        _ => return None,
    };
    string.push(character);
    Some(())
}

fn hexadecimal(rest: &mut Chars<'_>, digits: usize) -> Option<u32> {
    let mut code = 0;
    for _ in 0..digits {
        code = code * 16 + rest.next()?.to_digit(16)?;
    }
    Some(code)
}
