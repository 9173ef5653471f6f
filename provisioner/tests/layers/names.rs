//! Follows a path to the file that defines what it names. A re-export is looked through.

use std::collections::BTreeSet;

use super::modules::{Modules, Named, Place};

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    Module(Place),
    /// Something that this file defines.
    File(String),
    /// Another package.
    Elsewhere,
}

/// What has been asked on the way here, so that two globs of each other come to an end.
type Asked = BTreeSet<(Place, String)>;

impl Modules {
    pub(crate) fn follow_path(&self, from: &Place, path: &[String]) -> BTreeSet<Target> {
        self.walk(from, path, &mut Asked::new())
    }

    /// `name!` is also found where a module further out defines it by `macro_rules!`.
    pub(crate) fn follow_code(&self, from: &Place, named: &Named) -> BTreeSet<Target> {
        let mut place = from.clone();
        loop {
            let found = self.follow_path(&place, &named.path);
            place.pop();
            let is_found = found.iter().any(|target| *target != Target::Elsewhere);
            if is_found || !named.is_macro || place.is_empty() {
                return found;
            }
        }
    }

    fn walk(&self, from: &Place, path: &[String], asked: &mut Asked) -> BTreeSet<Target> {
        let (mut here, mut rest) = self.start(from, path, asked);
        while let Some((step, then)) = rest.split_first() {
            here = here
                .into_iter()
                .flat_map(|target| match target {
                    Target::Module(place) => self.step(&place, step, asked),
                    known => BTreeSet::from([known]),
                })
                .collect();
            rest = then;
        }
        here
    }

    /// The first step of a path, which has rules of its own.
    fn start<'path>(
        &self,
        from: &Place,
        path: &'path [String],
        asked: &mut Asked,
    ) -> (BTreeSet<Target>, &'path [String]) {
        let Some((first, rest)) = path.split_first() else {
            return (BTreeSet::new(), path);
        };
        let module = |place: Place| BTreeSet::from([Target::Module(place)]);
        match first.as_str() {
            "crate" => (module(from[..1].to_vec()), rest),
            "self" => (module(from.clone()), rest),
            "super" => (module(from.clone()), path),
            name => {
                let found = self.look_up(from, name, asked);
                let is_library = self.library.as_deref() == Some(name);
                if found.is_empty() && is_library {
                    return (module(vec![name.to_owned()]), rest);
                }
                let elsewhere = BTreeSet::from([Target::Elsewhere]);
                (if found.is_empty() { elsewhere } else { found }, rest)
            }
        }
    }

    /// A name that a module must know; what a macro has made there belongs to the module's file.
    fn step(&self, place: &Place, name: &str, asked: &mut Asked) -> BTreeSet<Target> {
        if name == "super" {
            let (_, outer) = place.split_last().unwrap_or((&String::new(), &[]));
            return BTreeSet::from([Target::Module(outer.to_vec())]);
        }
        let found = self.look_up(place, name, asked);
        match self.by_place.get(place) {
            Some(module) if found.is_empty() => BTreeSet::from([Target::File(module.file.clone())]),
            _ => found,
        }
    }

    fn look_up(&self, place: &Place, name: &str, asked: &mut Asked) -> BTreeSet<Target> {
        let mut found = BTreeSet::new();
        let Some(module) = self.by_place.get(place) else {
            return found;
        };
        if !asked.insert((place.clone(), name.to_owned())) {
            return found;
        }
        if module.items.contains(name) {
            found.insert(Target::File(module.file.clone()));
        }
        let child = [place.as_slice(), &[name.to_owned()]].concat();
        if self.by_place.contains_key(&child) {
            found.insert(Target::Module(child));
        }
        for import in module.uses.iter().filter(|import| import.name == name) {
            found.extend(self.walk(place, &import.path, asked));
        }
        if found.is_empty() {
            for import in module.uses.iter().filter(|import| import.name == "*") {
                for target in self.walk(place, &import.path, asked) {
                    if let Target::Module(place) = target {
                        found.extend(self.look_up(&place, name, asked));
                    }
                }
            }
        }
        asked.remove(&(place.clone(), name.to_owned()));
        found
    }
}
