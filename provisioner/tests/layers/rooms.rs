//! A package's rooms, and the layers on which they stand.

use std::collections::BTreeSet;

use super::imports::Imports;
use super::workspace::Package;

/// From the ground up, the rooms of a layer with blanks between them. A room may import those of lower
/// layers. One that needs another of its own layer gets a layer above it.
pub(crate) type Layers = [&'static str];

pub(crate) fn layer_of(layers: &Layers, room: &str) -> Option<usize> {
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

pub(crate) fn new_rooms(layers: &Layers, files: &BTreeSet<&str>) -> Vec<String> {
    let rooms: BTreeSet<&str> = files.iter().map(|file| Package::room(file)).collect();
    let new = rooms
        .into_iter()
        .filter(|room| layer_of(layers, room).is_none());
    new.map(|room| {
        format!("new room {room}: give it a layer in provisioner/tests/layers/tables.rs")
    })
    .collect()
}
