//! All that is wrong with the imports of one package.

use std::fmt::Write as _;

use super::circles::circles;
use super::imports::Imports;
use super::modules::Modules;
use super::rooms;
use super::tables;
use super::workspace::Package;

pub(crate) struct Findings {
    pub(crate) files: usize,
    pub(crate) circle_sizes: Vec<usize>,
    pub(crate) circles: Vec<String>,
    pub(crate) upward: Vec<String>,
    pub(crate) new_rooms: Vec<String>,
}

impl Findings {
    pub(crate) fn of(package: &Package) -> Self {
        Self::with_layers(package, tables::layers(&package.name))
    }

    pub(crate) fn with_layers(package: &Package, layers: Option<&rooms::Layers>) -> Self {
        let modules = Modules::read(package);
        let files = modules.files();
        let imports = Imports::of(&modules);
        let circles = circles(&imports);
        let in_words = circles.iter().map(|circle| {
            let mut words = format!(
                "{} files in a circle, a shortest way round:",
                circle.files.len()
            );
            for pair in circle.way.windows(2) {
                write!(words, "\n    {}", imports.tell(pair[0], pair[1])).unwrap();
            }
            words
        });
        let (upward, new_rooms) = match layers {
            Some(layers) => (
                rooms::upward_imports(layers, &imports),
                rooms::new_rooms(layers, &files),
            ),
            None => (
                Vec::new(),
                vec![
                    "new package: give it a table in provisioner/tests/layers/tables.rs".to_owned(),
                ],
            ),
        };
        Self {
            files: files.len(),
            circle_sizes: circles.iter().map(|circle| circle.files.len()).collect(),
            circles: in_words.collect(),
            upward,
            new_rooms,
        }
    }

    pub(crate) fn summary(&self, package: &str) -> String {
        let sizes: Vec<String> = self.circle_sizes.iter().map(usize::to_string).collect();
        let in_circles: usize = self.circle_sizes.iter().sum();
        format!(
            "{package}: {} files, {in_circles} in circles ({}), {} imports upward, {} rooms without a layer",
            self.files,
            if sizes.is_empty() {
                "none".to_owned()
            } else {
                sizes.join(" + ")
            },
            self.upward.len(),
            self.new_rooms.len(),
        )
    }
}
