//! The map of a package: `lib.rs` says of each root module in one sentence what it is for.
//!
//! ```text
//! //! - [`plan`]: Decides what changes, in which order, in which words.
//! ```
//!
//! A sentence may go on in the next line, indented. It ends with a full stop.

use std::collections::BTreeMap;

use syn::{File, Item};

use super::code;
use super::modules::{is_for_tests, texts};

/// What is wrong with the map in the text of a `lib.rs`.
pub(crate) fn mistakes(lib: &str) -> Vec<String> {
    let file = syn::parse_file(lib).unwrap_or_else(|error| panic!("lib.rs: {error}"));
    let mut sentences = sentences(&file);
    let mut mistakes = Vec::new();
    for name in root_modules(&file) {
        match sentences.remove(&name).as_deref() {
            None => mistakes.push(format!(
                "lib.rs: say what {name} is for: //! - [`{name}`]: ..."
            )),
            Some([sentence]) if sentence.len() > 1 && sentence.ends_with('.') => {}
            Some([sentence]) => {
                mistakes.push(format!("lib.rs: no full stop ends {name}'s {sentence:?}"));
            }
            Some(several) => {
                mistakes.push(format!("lib.rs: {name} has {} sentences", several.len()));
            }
        }
    }
    let unknown = sentences.into_keys();
    mistakes.extend(unknown.map(|name| format!("lib.rs: {name} is no root module")));
    mistakes
}

fn root_modules(file: &File) -> Vec<String> {
    let modules = file.items.iter().filter_map(|item| match item {
        Item::Mod(module) if !is_for_tests(&module.attrs) => Some(code::text(&module.ident)),
        _ => None,
    });
    modules.collect()
}

fn sentences(file: &File) -> BTreeMap<String, Vec<String>> {
    let mut sentences: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut current = None;
    for line in texts(&file.attrs, "doc") {
        let line = line.strip_prefix(' ').unwrap_or(&line);
        let entry = line.strip_prefix("- [`");
        if let Some((name, sentence)) = entry.and_then(|entry| entry.split_once("`]:")) {
            let list = sentences.entry(name.to_owned()).or_default();
            list.push(sentence.trim().to_owned());
            current = Some(name.to_owned());
        } else if line.starts_with("  ") && !line.trim().is_empty() {
            let list = current.as_ref().and_then(|name| sentences.get_mut(name));
            if let Some(sentence) = list.and_then(|list| list.last_mut()) {
                sentence.push(' ');
                sentence.push_str(line.trim());
            }
        } else {
            current = None;
        }
    }
    sentences
}
