//! The packages of this workspace and the files from which their crates begin.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

pub(crate) struct Package {
    pub(crate) name: String,
    /// The folder `src/`.
    pub(crate) src: PathBuf,
    pub(crate) crates: Vec<Crate>,
}

pub(crate) struct Crate {
    pub(crate) name: String,
    pub(crate) is_library: bool,
    pub(crate) root: PathBuf,
}

impl Package {
    /// The first step below `src/`, without `.rs`: `plan` for `plan.rs` and for `plan/order.rs`.
    pub(crate) fn room(file: &str) -> &str {
        let first = file.split('/').next().unwrap_or(file);
        first.strip_suffix(".rs").unwrap_or(first)
    }

    pub(crate) fn library(&self) -> Option<&Crate> {
        self.crates.iter().find(|krate| krate.is_library)
    }
}

/// Every member of the workspace in which the test runs, as cargo reads it, so that a new one cannot
/// be forgotten here.
pub(crate) fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .output()
        .expect("cargo runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo metadata: {complaint}");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    list(&metadata["packages"]).map(package).collect()
}

fn package(package: &Value) -> Package {
    let manifest = Path::new(text(&package["manifest_path"]));
    Package {
        name: text(&package["name"]).to_owned(),
        src: manifest.with_file_name("src"),
        crates: list(&package["targets"]).filter_map(crate_of).collect(),
    }
}

/// Tests, examples and build scripts are no part of the house.
fn crate_of(target: &Value) -> Option<Crate> {
    let is_library = list(&target["kind"]).any(|kind| kind == "lib");
    let is_binary = list(&target["kind"]).any(|kind| kind == "bin");
    (is_library || is_binary).then(|| Crate {
        name: text(&target["name"]).replace('-', "_"),
        is_library,
        root: PathBuf::from(text(&target["src_path"])),
    })
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().expect("a list").iter()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
