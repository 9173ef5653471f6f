//! Published versions: which old ones go when a new one comes. They go before the alias moves: a run
//! that is killed in between still has the release before it, and with it this plan.

use crate::deployment::state::{LiveAlias, LiveFunction, LiveVersion};
use crate::plan::description::{Change, Description};
use crate::plan::order::{Guard, Rank};

/// Deletes a version that nobody points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteVersion {
    pub function: String,
    pub version: u64,
}

/// The versions that go. `keep` stay, the new one included; `changes_latest`: the new one is not among
/// them, as it would be if an interrupted run had published it already.
pub(in crate::plan) fn changes(
    function: &str,
    keep: usize,
    versions: &[LiveVersion],
    latest: Option<&LiveFunction>,
    alias: &LiveAlias,
    changes_latest: bool,
) -> Vec<DeleteVersion> {
    let newest = versions.iter().max_by_key(|version| version.number);
    let is_published = !changes_latest
        && newest.zip(latest).is_some_and(|(newest, latest)| {
            newest.configuration == latest.configuration && newest.code == latest.code
        });
    surplus(versions, keep, is_published, alias)
        .into_iter()
        .map(|version| DeleteVersion {
            function: function.to_owned(),
            version,
        })
        .collect()
}

impl DeleteVersion {
    pub(in crate::plan) const RANK: Rank = Rank::Prepare;
    pub(in crate::plan) const GUARD: Guard = Guard::Look;

    pub(in crate::plan) fn describe(&self) -> Description {
        let Self { function, version } = self;
        Description::new(Change::Delete, "version", format!("{function}:{version}"))
            .detail("old, and no alias points to it")
    }
}

/// The versions beyond the newest `keep`, without those that an alias points to, and the one that a
/// rollback goes to: if the new version does not work, it is needed as before.
fn surplus(
    versions: &[LiveVersion],
    keep: usize,
    is_published: bool,
    alias: &LiveAlias,
) -> Vec<u64> {
    let mut numbers: Vec<u64> = versions.iter().map(|version| version.number).collect();
    numbers.sort_unstable();
    let room = if is_published {
        keep
    } else {
        keep.saturating_sub(1)
    };
    let beyond = numbers.len().saturating_sub(room);
    numbers.truncate(beyond);
    let previous = alias
        .record
        .as_ref()
        .and_then(|record| record.previous.as_deref());
    numbers.retain(|number| {
        let is_live = number.to_string() == alias.version
            || alias.also_routed_to.contains(&number.to_string());
        let is_pointed_to = versions
            .iter()
            .any(|version| version.number == *number && !version.aliases.is_empty());
        let is_previous = previous == Some(number.to_string().as_str());
        !is_live && !is_pointed_to && !is_previous
    });
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::digest::ContentDigest;
    use crate::deployment::record::Record;
    use crate::plan::tests::fixtures::{alias, converged, desired};

    fn versions(numbers: &[u64]) -> Vec<LiveVersion> {
        let live = converged(&desired("AWS_IAM"));
        let live = live.function.unwrap();
        numbers
            .iter()
            .map(|number| LiveVersion {
                number: *number,
                configuration: live.configuration.clone(),
                code: live.code.clone(),
                aliases: Vec::new(),
                edition: None,
            })
            .collect()
    }

    fn live_at(version: &str) -> LiveAlias {
        let live = converged(&desired("AWS_IAM"));
        LiveAlias {
            version: version.to_owned(),
            ..alias(live.function.as_ref().unwrap())
        }
    }

    #[test]
    fn the_newest_stay() {
        let all = versions(&[9, 1, 2, 10, 3, 8]);

        assert_eq!(surplus(&all, 5, false, &live_at("10")), [1, 2]);
        assert_eq!(surplus(&all, 5, true, &live_at("10")), [1]);
        assert_eq!(surplus(&all, 7, false, &live_at("10")), [0_u64; 0]);
    }

    #[test]
    fn what_callers_reach_stays_however_old_it_is() {
        let mut all = versions(&[1, 2, 3, 4, 5]);
        all[1].aliases.push("beta".to_owned());
        let mut live = live_at("1");
        live.also_routed_to.push("3".to_owned());

        assert_eq!(surplus(&all, 2, false, &live), [4]);
    }

    #[test]
    fn the_version_that_a_rollback_goes_to_stays() {
        let live = converged(&desired("AWS_IAM"));
        let function = live.function.unwrap();
        let content = ContentDigest::of(&function.configuration, &function.code);
        let mut live = live_at("3");
        live.record = Some(Record {
            version: "3".to_owned(),
            content: content.clone(),
            latest: content,
            previous: Some("2".to_owned()),
            on_trial: false,
        });

        // The newest were published and never went live.
        let all = versions(&[1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(surplus(&all, 3, false, &live), [1, 4, 5]);
    }
}
