//! Files that import each other in a circle.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::imports::Imports;

/// Files each of which reaches each other one.
pub(crate) struct Circle<'all> {
    pub(crate) files: BTreeSet<&'all str>,
    /// Short ways through some of them and back to the first, the shortest first. None goes where
    /// another one goes.
    pub(crate) ways: Vec<Vec<&'all str>>,
}

type ByFile<'all> = BTreeMap<&'all str, Vec<&'all str>>;
type Arrow<'all> = (&'all str, &'all str);

/// The largest first, each with so many ways at most.
pub(crate) fn circles(imports: &Imports, most_ways: usize) -> Vec<Circle<'_>> {
    let imports = imports.by_file();
    let none = BTreeSet::new();
    let from_each = imports
        .keys()
        .map(|file| (*file, reach(&imports, file, &none)));
    let from_each: BTreeMap<&str, Before> = from_each.collect();
    let reaches =
        |from: &str, to: &str| from_each.get(from).is_some_and(|all| all.contains_key(to));
    let mut circles = Vec::new();
    let mut seen = BTreeSet::new();
    for file in imports.keys().copied() {
        if seen.contains(file) || !reaches(file, file) {
            continue;
        }
        let others = from_each[file].keys().copied();
        let members: BTreeSet<&str> = others.filter(|other| reaches(other, file)).collect();
        seen.extend(members.iter().copied());
        let ways = ways(&imports, &members, most_ways);
        circles.push(Circle {
            files: members,
            ways,
        });
    }
    circles.sort_by_key(|circle| Reverse(circle.files.len()));
    circles
}

fn ways<'all>(
    imports: &ByFile<'all>,
    members: &BTreeSet<&'all str>,
    most: usize,
) -> Vec<Vec<&'all str>> {
    let mut opened = BTreeSet::new();
    let mut ways = Vec::new();
    while ways.len() < most {
        let all = members.iter().filter_map(|member| {
            let before = reach(imports, member, &opened);
            before
                .contains_key(member)
                .then(|| way_back(member, &before))
        });
        let Some(way) = all.min_by_key(Vec::len) else {
            break;
        };
        opened.extend(way.windows(2).map(|pair| (pair[0], pair[1])));
        ways.push(way);
    }
    ways
}

/// Every file that can be reached, with the file before it on a shortest way.
type Before<'all> = BTreeMap<&'all str, &'all str>;

fn reach<'all>(
    imports: &ByFile<'all>,
    start: &'all str,
    opened: &BTreeSet<Arrow<'all>>,
) -> Before<'all> {
    let mut before = Before::new();
    let mut waiting = VecDeque::from([start]);
    while let Some(file) = waiting.pop_front() {
        for next in imports.get(file).into_iter().flatten().copied() {
            if !before.contains_key(next) && !opened.contains(&(file, next)) {
                before.insert(next, file);
                waiting.push_back(next);
            }
        }
    }
    before
}

/// From `start` round to `start`.
fn way_back<'all>(start: &'all str, before: &Before<'all>) -> Vec<&'all str> {
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
