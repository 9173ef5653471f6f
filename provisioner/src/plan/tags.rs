//! Tags of a resource: those that are missing are added, and those of others stay.

use crate::deployment::names::Tags;

/// The tags of a resource before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagChange {
    pub from: Tags,
    /// What is set; everything else stays as it is.
    pub to: Tags,
}

impl TagChange {
    /// Nothing, if `live` has all of `wanted`.
    pub(super) fn between(live: &Tags, wanted: &Tags) -> Option<Self> {
        let is_missing = |(key, value): (&String, &String)| live.get(key) != Some(value);
        wanted.iter().any(is_missing).then(|| Self {
            from: live.clone(),
            to: wanted.clone(),
        })
    }

    /// A line for each tag that gets another value.
    pub(super) fn details(&self) -> Vec<String> {
        let Self { from, to } = self;
        to.iter()
            .filter(|(key, value)| from.get(*key) != Some(value))
            .map(|(key, value)| {
                let before = from.get(key).map_or("(unset)", String::as_str);
                format!("tag {key} {before} -> {value}")
            })
            .collect()
    }
}
