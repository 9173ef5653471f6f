//! Which file it is that defines a name.

use super::circles;

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
    // A variable, a method and a macro are not the function that bears their name.
    let behind_too = ("a/y.rs", "use super::X; pub fn y() {}");
    for (code, sizes) in [
        ("fn f() { y() }", vec![2]),
        ("fn f() { x!(y()) }", vec![2]),
        ("fn f() { let y = 1; g(y) }", vec![]),
        ("fn f() { items.map(|y| y + 1); x!(y(1)) }", vec![]),
        ("fn f(y: u8) { match y { y => g(y) } }", vec![]),
        ("fn f() { x!(z.y(), $y(), y!(), 'y) }", vec![]),
        ("fn f() { x!(..y()) }", vec![2]),
    ] {
        let front = format!("mod y; pub use y::y; pub struct X; {code}");
        assert_eq!(circles(&[("a.rs", &front), behind_too, b]), sizes, "{code}");
    }
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
        "mod y; mod z; pub use inside::*;
            mod inside { pub use super::{y::*, z::*}; pub use super::super::a::*; }",
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
