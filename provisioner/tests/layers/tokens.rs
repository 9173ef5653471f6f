//! Finds paths where no grammar says what is one: in the tokens of macros and attributes.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::{LitStr, MetaList};

use super::code::text;
use super::modules::Named;

/// What serde calls by a path that stands in quotes.
const SERDE: [&str; 9] = [
    "with",
    "default",
    "serialize_with",
    "deserialize_with",
    "skip_serializing_if",
    "from",
    "try_from",
    "into",
    "remote",
];

/// Paths of two and more steps, and single names that can be nothing but a type, a constant, a
/// call or a macro.
pub(crate) fn paths(tokens: TokenStream) -> Vec<Named> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < trees.len() {
        match &trees[at] {
            TokenTree::Group(group) => found.extend(paths(group.stream())),
            TokenTree::Ident(first) if !belongs_to_what_stands_before(&trees, at) => {
                let line = first.span().start().line;
                let mut path = vec![text(first)];
                while is_double_colon(&trees, at + 1) {
                    let Some(TokenTree::Ident(next)) = trees.get(at + 3) else {
                        break;
                    };
                    path.push(text(next));
                    at += 3;
                }
                let is_alone = path.len() == 1;
                let is_capital = path[0].starts_with(char::is_uppercase);
                match call(&trees, at + 1) {
                    Some(Call::Macro) if is_alone => path[0].push('!'),
                    None if is_alone && !is_capital => path.clear(),
                    _ => {}
                }
                if !path.is_empty() {
                    found.push(Named { path, line });
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Names that a macro's input seems to define, as in `thread_local! { static NAME: .. }`.
pub(crate) fn definitions(tokens: TokenStream) -> Vec<String> {
    const KEYWORDS: [&str; 7] = ["const", "enum", "fn", "static", "struct", "trait", "type"];
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let pairs = trees.windows(2).filter_map(|pair| match pair {
        [TokenTree::Ident(keyword), TokenTree::Ident(name)] => {
            let defines = KEYWORDS.iter().any(|known| keyword == known);
            defines.then(|| text(name))
        }
        _ => None,
    });
    pairs.collect()
}

/// `#[serde(with = "path")]`.
pub(crate) fn serde_paths(list: &MetaList) -> Vec<Named> {
    if !list.path.is_ident("serde") {
        return Vec::new();
    }
    let trees: Vec<TokenTree> = list.tokens.clone().into_iter().collect();
    let values = trees.windows(3).filter_map(|three| match three {
        [
            TokenTree::Ident(key),
            TokenTree::Punct(_),
            TokenTree::Literal(value),
        ] if SERDE.iter().any(|known| key == known) => {
            let quoted: LitStr = syn::parse_str(&value.to_string()).ok()?;
            let path: syn::Path = quoted.parse().ok()?;
            Some(Named {
                path: path.segments.iter().map(|one| text(&one.ident)).collect(),
                line: value.span().start().line,
            })
        }
        _ => None,
    });
    values.collect()
}

/// A field or method (`.name`), a variable of a macro (`$name`), a lifetime (`'name`) or the rest
/// of a path (`<T>::name`).
fn belongs_to_what_stands_before(trees: &[TokenTree], at: usize) -> bool {
    let before = |back: usize| match at.checked_sub(back).map(|index| &trees[index]) {
        Some(TokenTree::Punct(punct)) => Some(punct.as_char()),
        _ => None,
    };
    match before(1) {
        Some('.') => before(2) != Some('.'),
        Some('$') => !matches!(&trees[at], TokenTree::Ident(name) if name == "crate"),
        Some('\'') => true,
        Some(':') => is_double_colon(trees, at.saturating_sub(2)),
        _ => false,
    }
}

fn is_double_colon(trees: &[TokenTree], at: usize) -> bool {
    match trees.get(at) {
        Some(TokenTree::Punct(first)) if first.spacing() == Spacing::Joint => {
            first.as_char() == ':' && is_punct(trees, at + 1, ':')
        }
        _ => false,
    }
}

fn is_punct(trees: &[TokenTree], at: usize, character: char) -> bool {
    matches!(trees.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

enum Call {
    Function,
    Macro,
}

fn call(trees: &[TokenTree], at: usize) -> Option<Call> {
    let group = |at: usize| match trees.get(at) {
        Some(TokenTree::Group(group)) => Some(group.delimiter()),
        _ => None,
    };
    if is_punct(trees, at, '!') {
        return group(at + 1).map(|_| Call::Macro);
    }
    (group(at) == Some(Delimiter::Parenthesis)).then_some(Call::Function)
}
