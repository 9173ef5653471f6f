//! Follows a path to the file that defines what it names. A re-export is looked through.

use std::collections::BTreeSet;
use std::ptr;

use super::modules::{Modules, Named, Place, Use};

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    Module(Place),
    /// Something that this file defines.
    File(String),
    /// Another package.
    Elsewhere,
}

/// The `use` lines that are being followed. None helps to find what it brings in itself: `undo` of
/// `use undo::undo` is the module, and two globs of each other come to an end.
type Asked<'all> = Vec<&'all Use>;

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
            if is_found || !named.path[0].ends_with('!') || place.is_empty() {
                return found;
            }
        }
    }

    fn walk<'all>(
        &'all self,
        from: &Place,
        path: &[String],
        asked: &mut Asked<'all>,
    ) -> BTreeSet<Target> {
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
    fn start<'all, 'path>(
        &'all self,
        from: &Place,
        path: &'path [String],
        asked: &mut Asked<'all>,
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

    /// A name that a module must know. What a macro has made there belongs to the module's file;
    /// but what is called like a macro, and is none that was found, is another crate's.
    fn step<'all>(
        &'all self,
        place: &Place,
        name: &str,
        asked: &mut Asked<'all>,
    ) -> BTreeSet<Target> {
        if name == "super" {
            let (_, outer) = place.split_last().unwrap_or((&String::new(), &[]));
            return BTreeSet::from([Target::Module(outer.to_vec())]);
        }
        let found = self.look_up(place, name, asked);
        match self.by_place.get(place) {
            Some(module) if found.is_empty() && !name.ends_with('!') => {
                BTreeSet::from([Target::File(module.file.clone())])
            }
            _ => found,
        }
    }

    fn look_up<'all>(
        &'all self,
        place: &Place,
        name: &str,
        asked: &mut Asked<'all>,
    ) -> BTreeSet<Target> {
        let mut found = BTreeSet::new();
        let Some(module) = self.by_place.get(place) else {
            return found;
        };
        let bare = name.trim_end_matches('!');
        let macro_name = format!("{bare}!");
        if module.items.contains(name) || module.items.contains(&macro_name) {
            found.insert(Target::File(module.file.clone()));
        }
        let child = [place.as_slice(), &[name.to_owned()]].concat();
        if self.by_place.contains_key(&child) {
            found.insert(Target::Module(child));
        }
        for import in module.uses.iter().filter(|import| import.name == bare) {
            let mut path = import.path.clone();
            if let Some(last) = path.last_mut().filter(|_| bare != name) {
                last.push('!');
            }
            found.extend(self.follow_use(place, import, &path, asked));
        }
        if found.is_empty() {
            for import in module.uses.iter().filter(|import| import.name == "*") {
                for target in self.follow_use(place, import, &import.path, asked) {
                    if let Target::Module(inner) = target {
                        asked.push(import);
                        found.extend(self.look_up(&inner, name, asked));
                        asked.pop();
                    }
                }
            }
        }
        found
    }

    fn follow_use<'all>(
        &'all self,
        place: &Place,
        import: &'all Use,
        path: &[String],
        asked: &mut Asked<'all>,
    ) -> BTreeSet<Target> {
        if asked.iter().any(|other| ptr::eq(*other, import)) {
            return BTreeSet::new();
        }
        asked.push(import);
        let found = self.walk(place, path, asked);
        asked.pop();
        found
    }
}
