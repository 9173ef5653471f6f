//! The analysis itself, on small source trees.

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

/// Whether `a.rs` with this text imports `b.rs`, which imports it.
fn a_imports_b(a: &str) -> bool {
    let b = "use crate::a::A;
        pub(crate) struct B; pub(crate) enum Kind { One } pub(crate) const NAME: &str = \"b\";
        pub(crate) fn call() {} pub(crate) mod inner { pub(crate) fn call() {} }";
    let a = format!("pub(crate) struct A;\n{a}");
    let sizes = circles(&[("a.rs", &a), ("b.rs", b)]);
    assert!(sizes.is_empty() || sizes == [2], "{sizes:?}");
    !sizes.is_empty()
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
fn every_way_to_name_what_another_file_defines_is_an_import() {
    for a in [
        "use crate::b::B;",
        "use super::b::B;",
        "use self::super::b::B;",
        "use crate::{c, b::{B, Kind as Sort}};",
        "use crate::b::inner::{self, call};",
        "use crate::b::*;",
        "use crate::b::B as _;",
        "use crate::b; fn f() { b::call() }",
        "use crate::b::{self as other}; fn f() { other::call() }",
        "use crate::b::inner; fn f() { inner::call() }",
        "fn f() { use crate::b::Kind::*; }",
        "fn f() { crate::b::call() }",
        "fn f(b: &super::b::B) {}",
        "fn f() -> Vec<crate::b::B> { vec![] }",
        "fn f(kind: u8) { match kind { crate::b::Kind::One => {} } }",
        "impl crate::b::B { fn f() {} }",
        "mod inside { use super::super::b::B; }",
        "mod inside { use crate::b::B; }",
        // In macros.
        "fn f() { format!(\"{}\", crate::b::NAME) }",
        "fn f() { json!({ \"name\": [super::b::NAME] }) }",
        "use crate::b; fn f() { matches!(1, b::Kind::One) }",
        "use crate::b; fn f() { x!(y => { b::call() }) }",
        "macro_rules! make { ($name:ident) => { $crate::b::call($name) } }",
        // In attributes.
        "use crate::b; struct S { #[arg(value_parser = b::call)] s: u8 }",
        "struct S { #[serde(with = \"crate::b::inner\", default = \"crate::b::call\")] s: u8 }",
    ] {
        assert!(a_imports_b(a), "{a}");
    }
}

#[test]
fn what_names_nothing_of_another_file_is_no_import() {
    for a in [
        "mod a; fn f() { a::call() }",
        "use ::b::B;",
        "use serde::b::B; fn f(b: B) {}",
        "use crate::b; fn f() { let b = 1; b + 1; println!(\"{}\", b) }",
        "use crate::b; fn f(x: X) { x.b.call(); println!(\"{}\", x.b.call()) }",
        "/// See [`crate::b::B`].\nfn f() {}",
        "fn f() { println!(\"crate::b::NAME\") }",
        "#[cfg(test)] mod tests { use crate::b::B; }",
        "#[cfg(test)] use crate::b::B;",
        "#[cfg(all(test, unix))] use crate::b::B;",
        "#[test] fn f() { crate::b::call() }",
        "#[cfg(test)] impl A { fn f() { crate::b::call() } }",
        "impl A { #[cfg(test)] fn f() { crate::b::call() } }",
        "struct S { #[cfg(test)] b: crate::b::B }",
        "fn f() { #[cfg(test)] let b = crate::b::B; }",
    ] {
        // `mod a;` above needs a file.
        let file = ("a/a.rs", "pub(super) fn call() {}");
        let b = (
            "b.rs",
            "use crate::a::A; pub struct B; pub const NAME: u8 = 1; pub fn call() {}",
        );
        let a = format!("pub struct A;\n{a}");
        assert_eq!(circles(&[("a.rs", &a), file, b]), [0; 0], "{a}");
    }
    assert!(a_imports_b("#[cfg(not(test))] use crate::b::B;"));
    assert!(a_imports_b("#[cfg(any(test, unix))] use crate::b::B;"));
}

#[test]
fn a_file_of_tests_is_not_read() {
    let a = ("a.rs", "pub struct A; #[cfg(test)] mod tests;");
    let tests = ("a/tests.rs", "use crate::b::B; this is not Rust");
    assert_eq!(
        circles(&[a, tests, ("b.rs", "use crate::a::A; pub struct B;")]),
        [0; 0]
    );
}

#[test]
fn a_front_file_and_a_file_behind_it_make_a_circle() {
    let behind = ("a/y.rs", "use super::X; pub struct Y;");
    let b = ("b.rs", "");
    let front = "mod y; pub struct X { y: y::Y }";
    assert_eq!(circles(&[("a.rs", front), behind, b]), [2]);
    // Handing on is no import, using what was handed on is one.
    let front = "mod y; pub use y::Y; pub struct X;";
    assert_eq!(circles(&[("a.rs", front), behind, b]), [0; 0]);
    let front = "mod y; pub use y::Y; pub struct X { y: Y }";
    assert_eq!(circles(&[("a.rs", front), behind, b]), [2]);
    // Only what stands behind is handed on.
    let front = "mod y; pub use crate::b::B; pub struct X;";
    let b = ("b.rs", "use crate::a::X; pub struct B;");
    assert_eq!(circles(&[("a.rs", front), ("a/y.rs", ""), b]), [2]);
}

#[test]
fn a_re_export_is_looked_through() {
    for front in [
        "mod y; mod z; pub use y::Y; pub use z::Z;",
        "mod y; mod z; pub(super) use y::*; pub(super) use z::*;",
        "mod y; mod z; pub use self::{y::Y, z::Z};",
        "mod y; mod z; use y::Y; use z::Z;",
        "mod y; mod z; pub use y::Inner as Y; pub use z::Z;",
        "mod y; mod z; pub use glob::*; mod glob { pub use super::{y::*, z::*}; pub use super::super::a::*; }",
    ] {
        let files = [
            ("a.rs", front),
            ("a/y.rs", "use super::Z; pub struct Y; pub struct Inner;"),
            ("a/z.rs", "use crate::a::Y; pub struct Z;"),
            ("b.rs", ""),
        ];
        let found = circles(&files);
        assert_eq!(found, [2], "{front}");
    }
}

#[test]
fn a_function_that_bears_its_module_s_name_is_found() {
    let front = "mod y; pub use y::y;";
    let y = ("a/y.rs", "use crate::b::B; pub fn y() {}");
    let b = ("b.rs", "use crate::a::y; pub struct B;");
    assert_eq!(circles(&[("a.rs", front), y, b]), [2]);
}

#[test]
fn what_a_macro_makes_belongs_to_the_file_that_calls_it() {
    let make = "macro_rules! make { ($name:ident) => { pub struct $name; } }";
    let b = format!("use crate::a::A; {make} make! {{ B }} thread_local! {{ static T: u8 = 1 }}");
    for a in [
        "use crate::b::B; pub struct A;",
        "pub struct A; fn f() { crate::b::T }",
    ] {
        assert_eq!(circles(&[("a.rs", a), ("b.rs", &b)]), [2]);
    }
    // `macro_rules!` of a module further out, which a function of that name is not.
    let behind = ("a/y.rs", "pub struct X; fn f() { make!(); x!(make!()) }");
    let front = "mod y; use y::X; fn make(x: X) {}";
    assert_eq!(circles(&[("a.rs", front), behind, ("b.rs", "")]), [0; 0]);
    let front = format!("{make} mod y; use y::X;");
    let behind = ("a/y.rs", "make! { Y } pub struct X;");
    assert_eq!(circles(&[("a.rs", &front), behind, ("b.rs", "")]), [2]);
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
    let main = ("main.rs", "use sample::a::A; fn main() {}");
    let a = ("a.rs", "pub struct A;");
    assert_eq!(found(&[("lib.rs", "pub mod a;"), main, a]).upward, [""; 0]);
    let main = ("main.rs", "mod a { pub struct A; } use a::A; fn main() {}");
    let a = ("a.rs", "use crate::B; pub struct A;");
    let lib = ("lib.rs", "pub mod a; pub struct B;");
    assert_eq!(found(&[lib, main, a]).upward, ["a.rs:1 B -> lib.rs"]);
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
    let right = "//! Title.\n//!\n//! - [`a`]: What it\n//!   is for.\n//! - [`b`]: The other.\n\nmod a; pub mod b; #[cfg(test)] mod t;";
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
