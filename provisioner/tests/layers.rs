//! The house stays free of circles: no files of a package import each other in a circle, its rooms
//! (what stands directly below `src/`) import only rooms of lower layers, and `lib.rs` says what each is for.
//!
//! Which file uses a name of which is read from the source: `use` lines and every path in the code, in
//! macros and attributes, too, without what is there for tests. A re-export is looked through to the file
//! that defines.

#[path = "layers/circles.rs"]
mod circles;
#[path = "layers/code.rs"]
mod code;
#[path = "layers/findings.rs"]
mod findings;
#[path = "layers/imports.rs"]
mod imports;
#[path = "layers/map.rs"]
mod map;
#[path = "layers/modules.rs"]
mod modules;
#[path = "layers/names.rs"]
mod names;
#[path = "layers/rooms.rs"]
mod rooms;
#[path = "layers/samples.rs"]
mod samples;
#[path = "layers/tables.rs"]
mod tables;
#[path = "layers/tokens.rs"]
mod tokens;
#[path = "layers/workspace.rs"]
mod workspace;

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};

use findings::Findings;
use workspace::{Package, packages};

/// More rooms than this nobody keeps in mind.
const MOST_ROOMS: usize = 15;

fn assert_none(rule: &str, found: impl Fn(&Package) -> Vec<String>) {
    let mut all = String::new();
    for package in packages() {
        for finding in found(&package) {
            writeln!(all, "{}: {finding}", package.name).unwrap();
        }
    }
    assert!(all.is_empty(), "{rule}\n{all}");
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    assert_none("circles of imports between files", |package| {
        Findings::of(package).circles
    });
}

#[test]
fn no_room_imports_one_that_does_not_stand_below_it() {
    assert_none("imports upward, or across a layer", |package| {
        Findings::of(package).upward
    });
}

#[test]
fn every_room_has_its_layer() {
    assert_none("rooms without a layer", |package| {
        Findings::of(package).new_rooms
    });
}

#[test]
fn every_root_module_has_one_sentence_in_the_map_of_its_package() {
    assert_none("what lib.rs says of its modules", |package| {
        let lib = package.library().map(|library| &library.root);
        let text = lib.map(|lib| fs::read_to_string(lib).expect("lib.rs can be read"));
        text.map(|text| map::mistakes(&text)).unwrap_or_default()
    });
}

#[test]
fn the_provisioner_has_few_rooms() {
    let packages = packages().into_iter();
    let provisioner = packages.filter(|package| package.name == "provisioner");
    let src = provisioner.map(|package| package.src).next();
    let entries = fs::read_dir(src.expect("the provisioner is a member")).expect("src/ is there");
    let count = entries.count();
    assert!(
        count <= MOST_ROOMS,
        "provisioner/src has {count} entries, {MOST_ROOMS} at most"
    );
}

/// Judges nothing: `cargo test --test layers -- --nocapture` shows how each package stands.
#[test]
fn summary() {
    let mut out = io::stdout().lock();
    for package in packages() {
        writeln!(out, "{}", Findings::of(&package).summary(&package.name)).unwrap();
    }
}
