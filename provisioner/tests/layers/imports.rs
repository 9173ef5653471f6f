//! Which file uses a name that another file defines.

use std::collections::BTreeMap;

use super::modules::{Modules, Place, Use};
use super::names::Target;

/// Where one file uses names of another.
pub(crate) struct Import {
    pub(crate) line: usize,
    pub(crate) name: String,
}

/// From a file to a file, each below `src/`, with the places that say so.
#[derive(Default)]
pub(crate) struct Imports {
    pub(crate) arrows: BTreeMap<(String, String), Vec<Import>>,
}

impl Imports {
    pub(crate) fn of(modules: &Modules) -> Self {
        let mut imports = Self::default();
        for (place, module) in &modules.by_place {
            for import in &module.uses {
                for file in imported(modules, place, import) {
                    imports.add(&module.file, &file, import.line, &import.path);
                }
            }
            for named in &module.paths {
                for target in modules.follow_code(place, named) {
                    if let Target::File(file) = target {
                        imports.add(&module.file, &file, named.line, &named.path);
                    }
                }
            }
        }
        for places in imports.arrows.values_mut() {
            places.sort_by_key(|import| import.line);
        }
        imports
    }

    fn add(&mut self, from: &str, to: &str, line: usize, path: &[String]) {
        if from == to {
            return;
        }
        let arrow = (from.to_owned(), to.to_owned());
        // `Action` of `plan::Action::Create`.
        let is_type = |step: &&String| step.starts_with(char::is_uppercase);
        let name = path.iter().find(is_type).or(path.last());
        let name = name.cloned().unwrap_or_default();
        let places = self.arrows.entry(arrow).or_default();
        if !places.iter().any(|known| known.name == name) {
            places.push(Import { line, name });
        }
    }

    /// For each file that imports, what it imports.
    pub(crate) fn by_file(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut by_file: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (from, to) in self.arrows.keys() {
            by_file.entry(from).or_default().push(to);
        }
        by_file
    }

    /// `plan/order.rs:12 Action, Guard -> plan/action.rs`.
    pub(crate) fn tell(&self, from: &str, to: &str) -> String {
        let arrow = (from.to_owned(), to.to_owned());
        let places = self.arrows.get(&arrow).map_or(&[][..], Vec::as_slice);
        let line = places.first().map_or(0, |first| first.line);
        let names: Vec<&str> = places.iter().map(|one| one.name.as_str()).collect();
        format!("{from}:{line} {} -> {to}", names.join(", "))
    }
}

/// The files from which a `use` imports. A front file that hands on what stands behind it imports
/// nothing.
fn imported(modules: &Modules, place: &Place, import: &Use) -> Vec<String> {
    let mut files = Vec::new();
    for target in modules.follow_path(place, &import.path) {
        match target {
            Target::File(file) => files.push(file),
            // A name of the module is an import where the code uses it. A glob brings in traits,
            // too, which no name shows: it is an import of all that the module itself defines.
            Target::Module(inner) if import.name == "*" => {
                let defines = |place: &Place| {
                    let module = modules.by_place.get(place);
                    module.filter(|module| !module.items.is_empty())
                };
                files.extend(defines(&inner).map(|module| module.file.clone()));
            }
            Target::Module(_) | Target::Elsewhere => {}
        }
    }
    let here = modules
        .by_place
        .get(place)
        .map(|module| module.file.as_str());
    files
        .retain(|file| !(import.is_public && here.is_some_and(|front| stands_behind(front, file))));
    files
}

/// `plan/order.rs` behind `plan.rs`, and everything behind `lib.rs`.
fn stands_behind(front: &str, file: &str) -> bool {
    let folder = front.strip_suffix(".rs").unwrap_or(front);
    let folder = match folder.rsplit_once('/') {
        Some((folder, "mod")) => folder,
        None if folder == "lib" || folder == "main" => return true,
        _ => folder,
    };
    file.strip_prefix(folder)
        .is_some_and(|rest| rest.starts_with('/'))
}
