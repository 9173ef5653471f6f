//! Files that import each other in a circle.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::imports::Imports;

/// Files each of which reaches each other one.
pub(crate) struct Circle<'all> {
    pub(crate) files: BTreeSet<&'all str>,
    /// A shortest way through some of them and back to the first.
    pub(crate) way: Vec<&'all str>,
}

/// The largest first.
pub(crate) fn circles(imports: &Imports) -> Vec<Circle<'_>> {
    let files: BTreeSet<&str> = imports
        .arrows
        .keys()
        .map(|(from, _)| from.as_str())
        .collect();
    let reached: BTreeMap<&str, BTreeMap<&str, &str>> = files
        .iter()
        .map(|file| (*file, reach(imports, file)))
        .collect();
    let mut circles = Vec::new();
    let mut seen = BTreeSet::new();
    for file in files {
        if seen.contains(file) || !reached[file].contains_key(file) {
            continue;
        }
        let reaches_back = |other: &&&str| {
            let back = reached.get(**other);
            back.is_some_and(|back| back.contains_key(file))
        };
        let members: BTreeSet<&str> = reached[file].keys().filter(reaches_back).copied().collect();
        seen.extend(members.iter().copied());
        let ways = members
            .iter()
            .map(|member| way_back(member, &reached[member]));
        let way = ways.min_by_key(Vec::len).unwrap_or_default();
        circles.push(Circle {
            files: members,
            way,
        });
    }
    circles.sort_by_key(|circle| std::cmp::Reverse(circle.files.len()));
    circles
}

/// Every file that `start` reaches, with the file before it on a shortest way.
fn reach<'all>(imports: &'all Imports, start: &'all str) -> BTreeMap<&'all str, &'all str> {
    let mut before = BTreeMap::new();
    let mut waiting = VecDeque::from([start]);
    while let Some(file) = waiting.pop_front() {
        for next in imports.from(file) {
            before.entry(next).or_insert_with(|| {
                waiting.push_back(next);
                file
            });
        }
    }
    before
}

/// From `start` round to `start`.
fn way_back<'all>(start: &'all str, before: &BTreeMap<&'all str, &'all str>) -> Vec<&'all str> {
    let mut way = vec![start];
    let mut at = before[start];
    while at != start {
        way.push(at);
        at = before[at];
    }
    way.push(start);
    way.reverse();
    way
}
