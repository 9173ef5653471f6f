//! What in a file is an import, and what only looks like one.

use super::{circles, found};

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
fn a_crate_may_bear_a_module_s_name() {
    let a = ("a.rs", "pub struct A; use crate::Root;");
    let lib = ("lib.rs", "mod a; use ::a::A; pub struct Root;");
    assert_eq!(found(&[lib, a]).circle_sizes, [0; 0]);
    let lib = ("lib.rs", "mod a; use a::A; pub struct Root;");
    assert_eq!(found(&[lib, a]).circle_sizes, [2]);
}
