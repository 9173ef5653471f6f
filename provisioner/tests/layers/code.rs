//! Reads the items of one module: what it defines, its `use` lines and the paths in its code.

use std::collections::BTreeSet;

use proc_macro2::Ident;
use syn::visit::{self, Visit};
use syn::{Attribute, Field, ImplItem, Item, Local, Macro, PatIdent, Path, TraitItem};
use syn::{ItemUse, UseTree, Visibility};

use super::modules::{Module, Named, Use, is_for_tests};
use super::tokens;

pub(crate) fn read(file: &str, items: &[Item]) -> Module {
    let mut reader = Reader {
        module: Module {
            file: file.to_owned(),
            ..Module::default()
        },
        ..Reader::default()
    };
    for item in items {
        reader.locals.clear();
        reader.visit_item(item);
    }
    reader.module
}

#[derive(Default)]
struct Reader {
    module: Module,
    /// Names bound by the patterns of the item at hand: `region(..)` after `let region` is no
    /// import.
    locals: BTreeSet<String>,
}

impl Reader {
    fn define(&mut self, name: &Ident) {
        self.module.items.insert(text(name));
    }

    fn name(&mut self, named: Named) {
        let is_local = named.path.len() == 1 && self.locals.contains(&named.path[0]);
        if !is_local {
            self.module.paths.push(named);
        }
    }

    fn bring_in(&mut self, before: &[String], tree: &UseTree, is_public: bool) {
        let then = |ident: &Ident| [before, &[text(ident)]].concat();
        let (name, path, ident) = match tree {
            UseTree::Path(step) => return self.bring_in(&then(&step.ident), &step.tree, is_public),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.bring_in(before, tree, is_public);
                }
                return;
            }
            UseTree::Name(name) if name.ident == "self" => {
                let last = before.last().cloned().unwrap_or_default();
                (last, before.to_vec(), name.ident.span())
            }
            UseTree::Name(name) => (text(&name.ident), then(&name.ident), name.ident.span()),
            UseTree::Rename(rename) if rename.ident == "self" => {
                (text(&rename.rename), before.to_vec(), rename.ident.span())
            }
            UseTree::Rename(rename) => {
                let path = then(&rename.ident);
                (text(&rename.rename), path, rename.ident.span())
            }
            UseTree::Glob(glob) => ("*".to_owned(), before.to_vec(), glob.star_token.spans[0]),
        };
        self.module.uses.push(Use {
            name,
            path,
            line: ident.start().line,
            is_public,
        });
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        if is_for_tests(attributes(item)) {
            return;
        }
        match item {
            // A module of its own, read by itself.
            Item::Mod(_) => return,
            Item::Const(item) => self.define(&item.ident),
            Item::Enum(item) => self.define(&item.ident),
            Item::Fn(item) => self.define(&item.sig.ident),
            Item::Static(item) => self.define(&item.ident),
            Item::Struct(item) => self.define(&item.ident),
            Item::Trait(item) => self.define(&item.ident),
            Item::TraitAlias(item) => self.define(&item.ident),
            Item::Type(item) => self.define(&item.ident),
            Item::Union(item) => self.define(&item.ident),
            Item::Macro(item) => match &item.ident {
                Some(name) => {
                    self.module.items.insert(format!("{}!", text(name)));
                }
                None => self
                    .module
                    .items
                    .extend(tokens::definitions(item.mac.tokens.clone())),
            },
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        // `use ::name` is another crate.
        if item.leading_colon.is_none() {
            let is_public = !matches!(item.vis, Visibility::Inherited);
            self.bring_in(&[], &item.tree, is_public);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Const(item) => &item.attrs,
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Type(item) => &item.attrs,
            ImplItem::Macro(item) => &item.attrs,
            _ => return,
        };
        if !is_for_tests(attributes) {
            // Another method's `let` says nothing about this one.
            self.locals.clear();
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        self.locals.clear();
        visit::visit_trait_item(self, item);
    }

    fn visit_field(&mut self, field: &'ast Field) {
        if !is_for_tests(&field.attrs) {
            visit::visit_field(self, field);
        }
    }

    fn visit_local(&mut self, local: &'ast Local) {
        if !is_for_tests(&local.attrs) {
            visit::visit_local(self, local);
        }
    }

    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        self.locals.insert(text(&pattern.ident));
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        if path.leading_colon.is_none() {
            let line = path.segments[0].ident.span().start().line;
            let segments = path.segments.iter();
            self.name(Named {
                path: segments.map(|segment| text(&segment.ident)).collect(),
                line,
            });
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        let path = &call.path;
        if let Some(name) = path.get_ident().filter(|name| *name != "macro_rules") {
            self.name(Named {
                path: vec![format!("{}!", text(name))],
                line: name.span().start().line,
            });
        } else {
            self.visit_path(path);
        }
        for named in tokens::paths(call.tokens.clone()) {
            self.name(named);
        }
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        let syn::Meta::List(list) = &attribute.meta else {
            return;
        };
        let paths = tokens::paths(list.tokens.clone());
        for named in paths.into_iter().chain(tokens::serde_paths(list)) {
            self.name(named);
        }
    }
}

pub(crate) fn text(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").unwrap_or(&text).to_owned()
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
