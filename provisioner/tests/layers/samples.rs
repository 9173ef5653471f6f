//! The analysis itself, on small source trees.

mod code;
mod names;

use std::collections::BTreeSet;
use std::fs;

use tempfile::TempDir;

use super::findings::Findings;
use super::map;
use super::rooms::{Layers, unlike_the_table};
use super::workspace::{Crate, Package};

const LAYERS: &Layers = &["below", "a b c", "above", "lib", "main"];

/// What is found in a package of these files, `lib.rs` and perhaps `main.rs` among them.
fn found(files: &[(&str, &str)]) -> Findings {
    let folder = TempDir::new().unwrap();
    let src = folder.path().join("src");
    for (name, text) in files {
        let path = src.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let roots = [("sample", "lib.rs"), ("tool", "main.rs")].map(|(name, root)| Crate {
        name: name.to_owned(),
        is_library: root == "lib.rs",
        root: src.join(root),
    });
    let there = roots.into_iter().filter(|krate| krate.root.exists());
    let package = Package {
        name: "sample".to_owned(),
        crates: there.collect(),
        src,
    };
    Findings::with_layers(&package, Some(LAYERS))
}

/// The sizes of the circles among `a`, `b` and `c`, which `lib.rs` declares.
fn circles(files: &[(&str, &str)]) -> Vec<usize> {
    found(&[&[("lib.rs", "mod a; mod b; mod c;"), ("c.rs", "")], files].concat()).circle_sizes
}

#[test]
fn two_files_and_three_files_make_a_circle() {
    let a = ("a.rs", "use crate::b::B; pub struct A;");
    assert_eq!(
        circles(&[a, ("b.rs", "use crate::a::A; pub struct B;")]),
        [2]
    );
    let b = ("b.rs", "use crate::c::C; pub struct B;");
    assert_eq!(
        circles(&[a, b, ("c.rs", "use crate::a::A; pub struct C;")]),
        [3]
    );
    assert_eq!(circles(&[a, b, ("c.rs", "pub struct C;")]), [0; 0]);
}

#[test]
fn a_circle_tells_where_it_can_be_opened() {
    let a = ("a.rs", "\nuse crate::b::{B, Kind};\npub struct A;");
    let b = (
        "b.rs",
        "pub struct B;\npub enum Kind { One }\n\npub fn f(a: super::a::A) {}",
    );
    let lib = ("lib.rs", "mod a; mod b;");
    let circle = "2 files in a circle
  - a.rs:2 B, Kind -> b.rs
    b.rs:4 A -> a.rs";
    assert_eq!(found(&[lib, a, b]).circles, [circle]);
}

#[test]
fn an_import_that_does_not_lead_downwards_is_told() {
    let lib = (
        "lib.rs",
        "mod below; mod a; mod b; mod above; pub struct Root;",
    );
    let below = ("below.rs", "pub fn f() {}\nfn g() { crate::above::f() }");
    let a = ("a.rs", "use crate::{below, b::B};\nfn f() { below::f() }");
    let inner = ("a/inner.rs", "pub fn f() { crate::Root }");
    let a = (
        a.0,
        &*format!("{}\nmod inner; fn g() {{ inner::f() }}", a.1),
    );
    let b = ("b.rs", "pub struct B;");
    let above = ("above.rs", "use crate::b::B; pub fn f() {}");
    let found = found(&[lib, below, a, inner, b, above]);
    assert_eq!(
        found.upward,
        [
            "a.rs:1 B -> b.rs",
            "a/inner.rs:1 Root -> lib.rs",
            "below.rs:2 f -> above.rs",
        ]
    );
}

#[test]
fn a_binary_calls_the_library_by_its_name() {
    let lib = ("lib.rs", "pub mod a; pub struct B;");
    let a = ("a.rs", "use crate::B; pub struct A;");
    let main = ("main.rs", "mod below; mod b { pub struct A; } use b::A;");
    let below = ("below.rs", "use sample::a::A; use sample::B; use other::C;");
    assert_eq!(
        found(&[lib, a, main, below]).upward,
        [
            "a.rs:1 B -> lib.rs",
            "below.rs:1 A -> a.rs",
            "below.rs:1 B -> lib.rs"
        ]
    );
}

#[test]
fn a_room_and_its_place_in_the_table_come_and_go_together() {
    let files = BTreeSet::from(["lib.rs", "new/y.rs", "new.rs", "old.rs"]);
    assert_eq!(
        unlike_the_table(&["old older", "lib"], &files),
        [
            "new room new: give it a layer in provisioner/tests/layers/tables.rs",
            "no room older: take it out of provisioner/tests/layers/tables.rs",
        ]
    );
}

#[test]
fn the_map_has_one_sentence_for_each_root_module() {
    let right = "//! Title.\n//!\n//! - [`a`]: What it\n//!   is for.\n//! - [`b`]: The other.\n
        mod a; pub mod b; #[cfg(test)] mod t;";
    assert_eq!(map::mistakes(right), [""; 0]);
    for (wrong, mistake) in [
        ("mod a;", "lib.rs: say what a is for: //! - [`a`]: ..."),
        (
            "//! - [`a`]: One.\n//! - [`a`]: Two.\nmod a;",
            "lib.rs: a has 2 sentences",
        ),
        (
            "//! - [`a`]: One\nmod a;",
            "lib.rs: no full stop ends a's \"One\"",
        ),
        ("//! - [`a`]:\nmod a;", "lib.rs: no full stop ends a's \"\""),
        ("//! - [`a`]: One.\n", "lib.rs: a is no root module"),
        (
            "//! - [`a`]: One\n//!\n//!   more.\nmod a;",
            "lib.rs: no full stop ends a's \"One\"",
        ),
    ] {
        assert_eq!(map::mistakes(wrong), [mistake], "{wrong}");
    }
}
