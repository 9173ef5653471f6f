//! A package's rooms, and the layers on which they stand.

use std::collections::BTreeSet;

use super::imports::Imports;
use super::workspace::Package;

/// From the ground up, the rooms of a layer with blanks between them. A room may import those of
/// lower layers. One that needs another of its own layer gets a layer above it.
pub(crate) type Layers = [&'static str];

pub(crate) const TABLES: &str = "provisioner/tests/layers/tables.rs";

fn layer_of(layers: &Layers, room: &str) -> Option<usize> {
    let mut all = layers.iter();
    all.position(|rooms| rooms.split_whitespace().any(|known| known == room))
}

/// Every arrow from a room to another one that does not stand below it.
pub(crate) fn upward_imports(layers: &Layers, imports: &Imports) -> Vec<String> {
    let upward = imports.arrows.keys().filter(|(from, to)| {
        let (from, to) = (Package::room(from), Package::room(to));
        match (layer_of(layers, from), layer_of(layers, to)) {
            (Some(above), Some(below)) => from != to && above <= below,
            _ => false,
        }
    });
    upward.map(|(from, to)| imports.tell(from, to)).collect()
}

/// Rooms that the table does not know, and rooms that only the table knows.
pub(crate) fn unlike_the_table(layers: &Layers, files: &BTreeSet<&str>) -> Vec<String> {
    let there: BTreeSet<&str> = files.iter().map(|file| Package::room(file)).collect();
    let known: BTreeSet<&str> = layers
        .iter()
        .flat_map(|rooms| rooms.split_whitespace())
        .collect();
    let new = there.difference(&known);
    let new = new.map(|room| format!("new room {room}: give it a layer in {TABLES}"));
    let gone = known.difference(&there);
    let gone = gone.map(|room| format!("no room {room}: take it out of {TABLES}"));
    new.chain(gone).collect()
}
