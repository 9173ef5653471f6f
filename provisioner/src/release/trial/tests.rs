//! Releases, each as the list of what it does, and how it ends.

use super::*;
use crate::config::Region;
use crate::deployment::state::{Live, LiveAlias, LiveVersion};
use crate::plan::rollback::rollback;
use crate::plan::tests::fixtures::{alias, converged, desired};
use crate::plan::up::up;

/// More steps than any release has.
const ENOUGH: usize = 16;

fn word(todo: &Do) -> String {
    let of = |record: &Record| {
        let trial = if record.on_trial { " on trial" } else { "" };
        format!("{}{trial}", record.version)
    };
    match todo {
        Do::Apply(Stage::Prepare) => "prepare".to_owned(),
        Do::Apply(Stage::Open) => "open".to_owned(),
        Do::Apply(Stage::Settle) => "settle".to_owned(),
        Do::Apply(Stage::Undo) => "undo".to_owned(),
        Do::Publish { .. } => "publish".to_owned(),
        Do::TryOut { version } => format!("try out {version}"),
        Do::Point { record, .. } => format!("point to {}", of(record)),
        Do::Note { record, .. } => format!("note {}", of(record)),
        Do::Replace { record, .. } => format!("replace by {}", of(record)),
        Do::Ask => "ask".to_owned(),
        Do::LookAgain => "look again".to_owned(),
    }
}

fn digest() -> ContentDigest {
    let live = converged(&desired("AWS_IAM")).function.unwrap();
    ContentDigest::of(&live.configuration, &live.code)
}

fn proof() -> Proof {
    Proof {
        kind: Probe::Health,
        first_byte_ms: 1,
        total_ms: 2,
        chunks: None,
    }
}

fn refused() -> AwsError {
    AwsError::Overtaken {
        function: "magi".to_owned(),
    }
}

/// All is well: version 2 is published, and answers.
fn well(todo: &Do) -> Happened {
    match todo {
        Do::Apply(_) => Happened::Applied,
        Do::Publish { .. } => {
            let version = "2".to_owned();
            let content = digest();
            Happened::Published(Ok((Published { version, content }, digest())))
        }
        Do::TryOut { .. } => Happened::TriedOut(Ok(())),
        Do::Point { .. } | Do::Note { .. } | Do::Replace { .. } => Happened::Pointed(Ok(())),
        Do::Ask => Happened::Asked(Ok(Some(proof()))),
        Do::LookAgain => Happened::Looked(Ok(())),
    }
}

/// What a release does, and its end.
fn play(plan: &Plan, happen: impl Fn(&Do) -> Happened) -> (String, String) {
    let live = plan.release.from().map(|from| from.version.clone());
    let (mut trial, first) = Trial::begin(plan, Some(digest()), live);
    let mut todo = Some(first);
    let mut words = Vec::new();
    while let Some(work) = todo {
        assert!(words.len() < ENOUGH, "{words:?}");
        words.push(word(&work));
        (trial, todo) = trial.next(happen(&work));
    }
    let end = match trial.end() {
        Ok(Some(_)) => "proven".to_owned(),
        Ok(None) => "done".to_owned(),
        Err(error) => error.to_string(),
    };
    (words.join(", "), end)
}

fn asked(mut plan: Plan, kind: Probe) -> Plan {
    plan.asking.kind = kind;
    plan
}

fn first() -> Plan {
    let plan = up(&desired("AWS_IAM"), &Live::default()).unwrap();
    asked(plan, Probe::Health)
}

/// From version 1.
fn update() -> Plan {
    let desired = desired("AWS_IAM");
    let mut live = converged(&desired);
    live.alias.as_mut().unwrap().configuration.memory_mb = 128;
    live.function.as_mut().unwrap().configuration.memory_mb = 128;
    asked(up(&desired, &live).unwrap(), Probe::Health)
}

/// Version 2 was left on trial.
fn left_on_trial() -> Plan {
    let desired = desired("AWS_IAM");
    let mut live = converged(&desired);
    let alias = live.alias.as_mut().unwrap();
    alias.version = "2".to_owned();
    alias.record = Some(Record {
        version: "2".to_owned(),
        content: digest(),
        latest: digest(),
        previous: Some("1".to_owned()),
        on_trial: true,
    });
    asked(up(&desired, &live).unwrap(), Probe::Health)
}

fn fails_when(is: fn(&Do) -> bool) -> impl Fn(&Do) -> Happened {
    move |todo| match todo {
        todo if !is(todo) => well(todo),
        Do::TryOut { .. } => Happened::TriedOut(Err(Cause::Cut)),
        Do::Ask => Happened::Asked(Err(Cause::Cut)),
        _ => Happened::Pointed(Err(refused())),
    }
}

fn told(played: &(String, String)) -> (&str, &str) {
    (&played.0, &played.1)
}

#[test]
fn a_first_version_is_tried_out_before_anybody_can_reach_it() {
    let all = "prepare, publish, try out 2, point to 2, open, ask, settle";
    assert_eq!(told(&play(&first(), well)), (all, "proven"));
}

#[test]
fn another_version_is_on_trial_until_it_has_answered_behind_the_url() {
    let all = "prepare, publish, try out 2, point to 2 on trial, open, ask, replace by 2, settle";
    assert_eq!(told(&play(&update(), well)), (all, "proven"));
}

#[test]
fn without_a_probe_nobody_is_asked_and_nothing_is_on_trial() {
    let plan = asked(update(), Probe::None);
    let unasked = |todo: &Do| match todo {
        Do::Ask => Happened::Asked(Ok(None)),
        todo => well(todo),
    };
    let all = "prepare, publish, point to 2, open, ask, settle";
    assert_eq!(told(&play(&plan, unasked)), (all, "done"));
}

#[test]
fn a_version_that_does_not_start_reaches_nobody() {
    let does_not_start = fails_when(|todo| matches!(todo, Do::TryOut { .. }));
    assert_eq!(
        told(&play(&update(), &does_not_start)),
        (
            "prepare, publish, try out 2, note 1",
            "version 2 does not work; callers still get version 1"
        )
    );
    assert_eq!(
        told(&play(&first(), &does_not_start)),
        (
            "prepare, publish, try out 2",
            "version 2 does not work; nobody can reach it yet"
        )
    );
}

#[test]
fn a_note_that_cannot_be_left_is_not_what_went_wrong() {
    let both = fails_when(|todo| matches!(todo, Do::TryOut { .. } | Do::Note { .. }));
    let (_, end) = play(&update(), both);
    assert_eq!(end, "version 2 does not work; callers still get version 1");
}

#[test]
fn a_version_that_does_not_work_behind_the_url_goes_back_with_what_was_opened_for_it() {
    let asked = "prepare, publish, try out 2, point to 2 on trial, open, ask, replace by 1";
    let (all, end) = play(&update(), fails_when(|todo| matches!(todo, Do::Ask)));
    assert_eq!(all, format!("{asked}, undo"));
    assert_eq!(
        end,
        "version 2 does not work behind the URL; callers get version 1 again"
    );

    let stuck = fails_when(|todo| matches!(todo, Do::Ask | Do::Replace { .. }));
    let (all, end) = play(&update(), stuck);
    assert_eq!(all, asked);
    assert!(
        end.ends_with("and the alias could not be moved back"),
        "{end}"
    );

    let half = |todo: &Do| match todo {
        Do::Ask => Happened::Asked(Err(Cause::Cut)),
        Do::Apply(Stage::Undo) => Happened::NotUndone(Box::new(ApplyError {
            done: 0,
            total: 1,
            action: "~ function URL magi:live".to_owned(),
            changed: Vec::new(),
            source: Box::new(TrialError::Aws(refused())),
        })),
        todo => well(todo),
    };
    let (_, end) = play(&update(), half);
    assert!(end.ends_with("not all that it needs is as it was"), "{end}");
}

#[test]
fn a_first_version_that_does_not_work_behind_the_url_is_asked_again_by_the_next_run() {
    let (all, end) = play(&first(), fails_when(|todo| matches!(todo, Do::Ask)));
    assert_eq!(
        all,
        "prepare, publish, try out 2, point to 2, open, ask, replace by 2 on trial"
    );
    assert_eq!(
        end,
        "version 2 does not work behind the URL, and it is the one that callers get"
    );
}

#[test]
fn what_an_interrupted_run_has_left_on_trial_is_asked_and_kept() {
    let all = "prepare, open, ask, replace by 2, settle";
    assert_eq!(told(&play(&left_on_trial(), well)), (all, "proven"));

    // It is noted down already that it has to be asked again.
    let (all, end) = play(&left_on_trial(), fails_when(|todo| matches!(todo, Do::Ask)));
    assert_eq!(all, "prepare, open, ask");
    assert_eq!(
        end,
        "version 2 does not work behind the URL, and it is the one that callers get"
    );
}

#[test]
fn a_version_that_works_but_cannot_be_noted_down_is_said_so() {
    let unnoted = fails_when(|todo| matches!(todo, Do::Replace { .. }));
    let (_, end) = play(&update(), unnoted);
    assert_eq!(end, "version 2 works, but that could not be noted down");
}

#[test]
fn a_rollback_tries_the_older_version_out_before_it_moves() {
    let desired = desired("AWS_IAM");
    let mut live = converged(&desired);
    let function = live.function.clone().unwrap();
    live.alias = Some(LiveAlias {
        version: "2".to_owned(),
        ..alias(&function)
    });
    live.versions = [1, 2]
        .map(|number| LiveVersion {
            number,
            configuration: function.configuration.clone(),
            code: function.code.clone(),
            aliases: Vec::new(),
            edition: None,
        })
        .into();
    let region: Region = "ap-northeast-1".parse().unwrap();
    let (_, plan) = rollback(&desired.names, &region, &live, None, false).unwrap();
    let plan = asked(plan, Probe::Health);

    let all = "prepare, try out 1, point to 1 on trial, open, ask, replace by 1, settle";
    assert_eq!(told(&play(&plan, well)), (all, "proven"));
}

#[test]
fn a_run_that_is_overtaken_at_its_end_says_so() {
    let desired = desired("AWS_IAM");
    let mut live = converged(&desired);
    live.log_group.as_mut().unwrap().retention_days = None;
    let plan = asked(up(&desired, &live).unwrap(), Probe::Health);
    let (mut trial, mut todo) = Trial::begin(&plan, Some(digest()), Some("1".to_owned()));
    while !matches!(todo, Do::LookAgain) {
        let (next, work) = trial.next(well(&todo));
        (trial, todo) = (next, work.unwrap());
    }
    let (trial, _) = trial.next(Happened::Looked(Err(refused())));
    let end = trial.end().unwrap_err().to_string();
    assert!(
        end.starts_with("somebody else is deploying `magi`"),
        "{end}"
    );
}

#[test]
fn where_nothing_changes_nothing_is_released() {
    let desired = desired("AWS_IAM");
    let plan = up(&desired, &converged(&desired)).unwrap();
    let unasked = |todo: &Do| match todo {
        Do::Ask => Happened::Asked(Ok(None)),
        todo => well(todo),
    };
    assert_eq!(
        told(&play(&plan, unasked)),
        ("prepare, open, ask, settle", "done")
    );
}
