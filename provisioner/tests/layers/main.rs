//! The house stays free of circles: no files of a package import each other in a circle, its rooms
//! (what stands directly below `src/`) import only rooms of lower layers, and `lib.rs` says what each
//! is for.
//!
//! Which file uses a name of which is read from the source: `use` lines and every path in the code,
//! in macros and attributes, too, without what is there for tests. A re-export is looked through to
//! the file that defines.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod circles;
mod code;
mod findings;
mod imports;
mod map;
mod modules;
mod names;
mod rooms;
mod samples;
mod tables;
mod tokens;
mod workspace;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::sync::LazyLock;

use findings::Findings;
use workspace::{Package, packages};

/// Nobody keeps more of them in mind.
const MOST_ENTRIES: usize = 15;

/// Read once for all tests.
static PACKAGES: LazyLock<Vec<(Package, Findings)>> = LazyLock::new(|| {
    let packages = packages().into_iter();
    let read = packages.map(|package| {
        let findings = Findings::of(&package);
        (package, findings)
    });
    read.collect()
});

fn assert_none(rule: &str, found: impl Fn(&Package, &Findings) -> Vec<String>) {
    let mut all = String::new();
    for (package, findings) in PACKAGES.iter() {
        for finding in found(package, findings) {
            writeln!(all, "{}: {finding}", package.name).unwrap();
        }
    }
    assert!(all.is_empty(), "{rule}\n{all}");
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    assert_none("circles of imports between files", |_, findings| {
        findings.circles.clone()
    });
}

#[test]
fn no_room_imports_one_that_does_not_stand_below_it() {
    assert_none("imports upward, or across a layer", |_, findings| {
        findings.upward.clone()
    });
}

#[test]
fn every_room_has_its_layer() {
    assert_none("rooms and the table of layers", |_, findings| {
        findings.rooms.clone()
    });
}

#[test]
fn every_root_module_has_one_sentence_in_the_map_of_its_package() {
    assert_none("what lib.rs says of its modules", |package, _| {
        let lib = package.library().map(|library| &library.root);
        let text = lib.map(|lib| fs::read_to_string(lib).expect("lib.rs can be read"));
        text.map(|text| map::mistakes(&text)).unwrap_or_default()
    });
}

/// `plan.rs` and `plan/` are one entry. `lib.rs` is the map on which the others stand.
#[test]
fn the_provisioner_has_few_entries() {
    let packages = PACKAGES.iter().map(|(package, _)| package);
    let mut provisioner = packages.filter(|package| package.name == "provisioner");
    let src = &provisioner.next().expect("the provisioner is a member").src;
    let all = fs::read_dir(src).expect("src/ is there");
    let names = all.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut entries: BTreeSet<String> = names.map(|name| Package::room(&name).to_owned()).collect();
    entries.remove("lib");
    let count = entries.len();
    assert!(
        count <= MOST_ENTRIES,
        "provisioner/src has {count} entries, {MOST_ENTRIES} at most: {entries:?}"
    );
}

/// Judges nothing: `cargo test --test layers -- --nocapture` shows how each package stands.
#[test]
fn summary() {
    let mut out = io::stdout().lock();
    for (package, findings) in PACKAGES.iter() {
        writeln!(out, "{}", findings.summary(&package.name)).unwrap();
    }
}
