//! Takes back what decides who can call: callers of the version before need the URL as it was then.

use super::action::Action;
use crate::deployment::access::UrlSettings;
use crate::deployment::permission::Grant;

const BACK: &str = "the version that wanted it went back";

/// The changes that take back those of `done` that are about the URL's settings and permissions, last
/// ones first. A URL that was made stays: deleted and made again it would have another address.
pub fn undo(done: &[Action]) -> Vec<Action> {
    done.iter().rev().filter_map(undone).collect()
}

fn undone(action: &Action) -> Option<Action> {
    match action {
        Action::UpdateUrl {
            function,
            alias,
            from,
            to,
        } => Some(Action::UpdateUrl {
            function: function.clone(),
            alias: alias.clone(),
            from: UrlSettings {
                cors: to.cors.clone().or_else(|| from.cors.clone()),
                ..to.clone()
            },
            to: UrlSettings {
                // What was not touched is left alone, and what was made where there was none is emptied.
                cors: to
                    .cors
                    .is_some()
                    .then(|| from.cors.clone().unwrap_or_default()),
                ..from.clone()
            },
        }),
        Action::AddPermission {
            function,
            alias,
            grant,
        } => Some(Action::RemovePermission {
            function: function.clone(),
            alias: alias.clone(),
            sid: grant.sid().to_owned(),
            grants: Some(*grant),
            reason: BACK,
        }),
        Action::RemovePermission {
            function,
            alias,
            sid,
            grants,
            reason: _,
        } => {
            // What no longer said what it was made for is not made again.
            let grant = grants.filter(|grant| Grant::of_sid(sid) == Some(*grant))?;
            Some(Action::AddPermission {
                function: function.clone(),
                alias: alias.clone(),
                grant,
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::access::Cors;
    use crate::deployment::state::{Desired, Live};
    use crate::plan::plan;
    use crate::plan::tests::fixtures::{converged, desired};
    use crate::plan::tests::model::advance;

    /// The URL and its statements, in no order.
    fn callers(live: &Live) -> (Option<UrlSettings>, Vec<String>) {
        let mut sids: Vec<String> = live.statements.iter().map(|it| it.sid.clone()).collect();
        sids.sort();
        (live.url.as_ref().map(|url| url.settings.clone()), sids)
    }

    fn there_and_back(from: &Desired, to: &Desired) -> (Live, Live) {
        let start = converged(from);
        let done = plan(to, &start).unwrap().actions;
        let there = done.iter().fold(start.clone(), advance);
        let back = undo(&done).iter().fold(there, advance);
        (start, back)
    }

    #[test]
    fn whoever_could_call_before_can_call_again() {
        for (from, to) in [("AWS_IAM", "NONE"), ("NONE", "AWS_IAM"), ("NONE", "NONE")] {
            let (start, back) = there_and_back(&desired(from), &desired(to));
            assert_eq!(callers(&start), callers(&back), "{from} -> {to}");
        }
    }

    #[test]
    fn other_origins_are_as_they_were_too() {
        let cors = |origin: &str| {
            let allow_origins = [origin.to_owned()].into();
            Some(Cors {
                allow_origins,
                ..Cors::default()
            })
        };
        let with = |cors| {
            let mut desired = desired("NONE");
            desired.url.cors = cors;
            desired
        };
        let (old, new) = (cors("https://old.example"), cors("https://new.example"));
        for (from, to, after) in [
            (old.clone(), new.clone(), old.clone()),
            (None, new, Some(Cors::default())),
            (old.clone(), None, old),
        ] {
            let (_, back) = there_and_back(&with(from), &with(to));
            assert_eq!(back.url.unwrap().settings.cors, after);
        }
    }
}
