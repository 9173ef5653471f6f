//! Reads a package: every module, what it defines, what it brings in and which paths its code
//! names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Expr, ExprLit, Item, ItemMod, Lit, Meta};

use super::code;
use super::workspace::Package;

/// Where a module stands: the crate, then its modules from the outside in.
pub(crate) type Place = Vec<String>;

#[derive(Default)]
pub(crate) struct Module {
    /// Below `src/`.
    pub(crate) file: String,
    /// Names of what is defined here, child modules left out. A macro's ends in `!`.
    pub(crate) items: BTreeSet<String>,
    pub(crate) uses: Vec<Use>,
    pub(crate) paths: Vec<Named>,
}

/// One name that a `use` brings in.
pub(crate) struct Use {
    /// `*` for all that is there.
    pub(crate) name: String,
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
    pub(crate) is_public: bool,
}

/// A path in the code. `name!` stands alone for a macro that is called by its name.
pub(crate) struct Named {
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
}

pub(crate) struct Modules {
    pub(crate) by_place: BTreeMap<Place, Module>,
    /// The library's name, by which a binary of the same package calls it.
    pub(crate) library: Option<String>,
}

impl Modules {
    pub(crate) fn read(package: &Package) -> Self {
        let mut modules = Self {
            by_place: BTreeMap::new(),
            library: package.library().map(|library| library.name.clone()),
        };
        for krate in &package.crates {
            // A binary may bear the library's name.
            let suffix = if krate.is_library { "" } else { " (binary)" };
            let place = vec![format!("{}{suffix}", krate.name)];
            let folder = parent(&krate.root);
            modules.read_file(&package.src, place, &krate.root, &folder);
        }
        modules
    }

    /// How many files were read.
    pub(crate) fn files(&self) -> BTreeSet<&str> {
        let files = self.by_place.values().map(|module| module.file.as_str());
        files.collect()
    }

    /// `folder` is where the files of the module's children lie.
    fn read_file(&mut self, src: &Path, place: Place, path: &Path, folder: &Path) {
        let text =
            fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let file = syn::parse_file(&text)
            .unwrap_or_else(|error| panic!("{} does not parse: {error}", path.display()));
        let inside = path.strip_prefix(src).unwrap_or(path);
        let name = inside.to_string_lossy().replace('\\', "/");
        self.read_items(src, place, &name, &file.items, folder, &parent(path));
    }

    /// `beside` is the folder in which `#[path]` looks.
    fn read_items(
        &mut self,
        src: &Path,
        place: Place,
        file: &str,
        items: &[Item],
        folder: &Path,
        beside: &Path,
    ) {
        for item in items {
            let Item::Mod(child) = item else { continue };
            if is_for_tests(&child.attrs) {
                continue;
            }
            let name = code::text(&child.ident);
            let place = [place.as_slice(), std::slice::from_ref(&name)].concat();
            let inner = folder.join(&name);
            match &child.content {
                Some((_, items)) => self.read_items(src, place, file, items, &inner, &inner),
                None => self.follow(src, place, child, folder, beside),
            }
        }
        let module = code::read(file, items);
        self.by_place.insert(place, module);
    }

    fn follow(&mut self, src: &Path, place: Place, child: &ItemMod, folder: &Path, beside: &Path) {
        let name = code::text(&child.ident);
        if let Some(path) = value_of(&child.attrs, "path").map(|path| beside.join(path)) {
            let folder = parent(&path);
            return self.read_file(src, place, &path, &folder);
        }
        let inner = folder.join(&name);
        let own = inner.with_extension("rs");
        let path = if own.exists() {
            own
        } else {
            inner.join("mod.rs")
        };
        self.read_file(src, place, &path, &inner);
    }
}

/// `#[test]`, or `#[cfg]` with `test` alone or within `all`.
pub(crate) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition: String = list.tokens.to_string();
            let condition = condition.replace(' ', "");
            let all = condition
                .strip_prefix("all(")
                .and_then(|all| all.strip_suffix(')'));
            all.unwrap_or(&condition).split(',').any(|of| of == "test")
                && !condition.starts_with("any(")
        }
        Meta::List(_) | Meta::NameValue(_) => false,
    })
}

/// The text of `#[key = "text"]`.
fn value_of(attributes: &[Attribute], key: &str) -> Option<String> {
    texts(attributes, key).next()
}

pub(crate) fn texts(attributes: &[Attribute], key: &str) -> impl Iterator<Item = String> {
    attributes.iter().filter_map(move |attribute| {
        let value = attribute.meta.require_name_value().ok()?;
        match &value.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) if value.path.is_ident(key) => Some(text.value()),
            _ => None,
        }
    })
}

fn parent(path: &Path) -> PathBuf {
    path.parent().unwrap_or(path).to_owned()
}
