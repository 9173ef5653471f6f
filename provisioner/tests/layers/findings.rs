//! All that is wrong with the imports of one package.

use std::fmt::Write as _;

use super::circles::{Circle, circles};
use super::imports::Imports;
use super::modules::Modules;
use super::rooms;
use super::tables;
use super::workspace::Package;

/// So many ways round are told of each circle. A large one has hundreds.
const MOST_WAYS: usize = 5;

pub(crate) struct Findings {
    pub(crate) files: usize,
    pub(crate) circle_sizes: Vec<usize>,
    pub(crate) circles: Vec<String>,
    pub(crate) upward: Vec<String>,
    pub(crate) rooms: Vec<String>,
}

impl Findings {
    pub(crate) fn of(package: &Package) -> Self {
        Self::with_layers(package, tables::layers(&package.name))
    }

    pub(crate) fn with_layers(package: &Package, layers: Option<&rooms::Layers>) -> Self {
        let modules = Modules::read(package);
        let files = modules.files();
        let imports = Imports::of(&modules);
        let circles = circles(&imports, MOST_WAYS);
        let in_words = circles.iter().map(|circle| in_words(circle, &imports));
        let in_words = in_words.collect();
        let (upward, rooms) = match layers {
            Some(layers) => (
                rooms::upward_imports(layers, &imports),
                rooms::unlike_the_table(layers, &files),
            ),
            None => (
                Vec::new(),
                vec![format!("new package: give it a table in {}", rooms::TABLES)],
            ),
        };
        Self {
            files: files.len(),
            circle_sizes: circles.iter().map(|circle| circle.files.len()).collect(),
            circles: in_words,
            upward,
            rooms,
        }
    }

    pub(crate) fn summary(&self, package: &str) -> String {
        let sizes: Vec<String> = self.circle_sizes.iter().map(usize::to_string).collect();
        let in_circles: usize = self.circle_sizes.iter().sum();
        format!(
            "{package}: {} files, {in_circles} in circles ({}), {} imports upward, {} rooms unlike the table",
            self.files,
            if sizes.is_empty() {
                "none".to_owned()
            } else {
                sizes.join(" + ")
            },
            self.upward.len(),
            self.rooms.len(),
        )
    }
}

fn in_words(circle: &Circle, imports: &Imports) -> String {
    let mut words = format!("{} files in a circle", circle.files.len());
    for way in &circle.ways {
        let arrows = way.windows(2).map(|pair| imports.tell(pair[0], pair[1]));
        for (index, arrow) in arrows.enumerate() {
            let mark = if index == 0 { '-' } else { ' ' };
            write!(words, "\n  {mark} {arrow}").unwrap();
        }
    }
    words
}
