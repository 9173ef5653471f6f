//! An alias as a value: the version it points to, and the share of another.

use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub(super) struct Alias {
    pub(super) version: String,
    pub(super) description: String,
    /// The share of another version, at most one.
    pub(super) weights: BTreeMap<String, f64>,
    pub(super) revision_id: String,
}

impl Alias {
    pub(super) fn points_to(&self, version: &str) -> bool {
        self.version == version || self.weights.contains_key(version)
    }

    /// The version for one invocation; `lot` is a number drawn from all of `u32`.
    pub(super) fn draw(&self, lot: u32) -> &str {
        let share = f64::from(lot) / f64::from(u32::MAX);
        match self.weights.iter().next() {
            Some((version, weight)) if share < *weight => version,
            _ => &self.version,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_share_the_invocations() {
        let alias = Alias {
            version: "1".to_owned(),
            description: String::new(),
            weights: BTreeMap::from([("2".to_owned(), 0.25)]),
            revision_id: String::new(),
        };

        assert_eq!(alias.draw(0), "2");
        assert_eq!(alias.draw(u32::MAX / 4 - 1), "2");
        assert_eq!(alias.draw(u32::MAX / 4 + 1), "1");
        assert_eq!(alias.draw(u32::MAX), "1");
    }
}
