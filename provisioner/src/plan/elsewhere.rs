//! Tells what somebody else has changed about the function since this tool's last run, by what was
//! noted down then.

use super::resource::function::foreign;
use super::resource::function::words::{code_changed, configuration_changed};
use crate::deployment::content::{Code, Configuration};
use crate::deployment::record::Record;
use crate::deployment::state::Live;

/// What is known about changes made elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Elsewhere {
    #[default]
    Nothing,
    /// One line for each value.
    Changed(Vec<String>),
    /// There is nothing noted down that this version of the tool can read: made by another version of it,
    /// or adopted.
    Unknown,
}

/// Compares the function and the alias with what was noted down. `wanted` is what this run would make
/// of the function: what is so already is no conflict, whoever did it.
pub(crate) fn changed_elsewhere(live: &Live, wanted: Option<(&Configuration, &Code)>) -> Elsewhere {
    let (Some(function), Some(alias)) = (&live.function, &live.alias) else {
        return Elsewhere::Nothing;
    };
    let Some(record) = &alias.record else {
        return Elsewhere::Unknown;
    };
    let mut changes = Vec::new();
    if alias.version != record.version {
        changes.push(format!(
            "alias: version {} -> {}",
            record.version, alias.version
        ));
    }
    if !alias.also_routed_to.is_empty() {
        changes.push(format!(
            "alias: a share of the calls -> version {}",
            alias.also_routed_to.join(", ")
        ));
    }
    let latest = (&function.configuration, &function.code);
    match is_of(record, latest) {
        None => return Elsewhere::Unknown,
        Some(true) => {}
        Some(false) => changes.extend(latest_changed(&recorded(live, record), wanted, latest)),
    }
    if changes.is_empty() {
        Elsewhere::Nothing
    } else {
        Elsewhere::Changed(changes)
    }
}

/// A configuration with its code.
type Content<'a> = (&'a Configuration, &'a Code);

/// What we have released is ours too: after a release that failed, `$LATEST` is set back to it. `None`: a
/// newer version of this tool has noted it down.
fn is_of(record: &Record, (configuration, code): Content<'_>) -> Option<bool> {
    let is_latest = record.latest.is_of(configuration, code)?;
    Some(is_latest || record.content.is_of(configuration, code)?)
}

/// What `$LATEST` was, as far as the alias's version and the others still hold it.
fn recorded<'a>(live: &'a Live, record: &Record) -> Vec<Content<'a>> {
    let of_alias = live
        .alias
        .iter()
        .map(|alias| (&alias.configuration, &alias.code));
    let of_versions = live
        .versions
        .iter()
        .map(|version| (&version.configuration, &version.code));
    let mut found: Vec<_> = of_alias
        .chain(of_versions)
        .filter(|content| is_of(record, *content) == Some(true))
        .collect();
    found.sort_by_key(|(configuration, code)| {
        record.latest.is_of(configuration, code) != Some(true)
    });
    found
}

/// What nobody but somebody else can have made of `$LATEST`. Configuration and code change one after the
/// other: a run of ours that was interrupted leaves one as it was and the other as it is wanted.
fn latest_changed(
    recorded: &[Content<'_>],
    wanted: Option<Content<'_>>,
    (configuration, code): Content<'_>,
) -> Vec<String> {
    let is_wanted = |wanted: &Configuration| {
        wanted.agrees_with(configuration)
            || recorded
                .iter()
                .any(|(before, _)| merged(wanted, before).agrees_with(configuration))
    };
    let configuration_is_ours = recorded.iter().any(|(before, _)| *before == configuration)
        || wanted.is_some_and(|(wanted, _)| is_wanted(wanted));
    let code_is_ours = recorded.iter().any(|(_, before)| *before == code)
        || wanted.is_some_and(|(_, wanted)| wanted == code);
    if configuration_is_ours && code_is_ours {
        return Vec::new();
    }
    let Some((before, code_before)) = recorded.first() else {
        return vec!["the function is not what it was".to_owned()];
    };
    let mut changes = Vec::new();
    if !configuration_is_ours {
        changes = configuration_changed(before, configuration);
    }
    if !code_is_ours {
        changes.extend(code_changed(code_before, code));
    }
    changes
}

/// `wanted` with the variables that others had set `before`, which our runs keep.
fn merged(wanted: &Configuration, before: &Configuration) -> Configuration {
    let mut merged = wanted.clone();
    let foreign = foreign(&wanted.environment, &before.environment);
    merged.environment.extend(foreign);
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::content::Architecture;
    use crate::deployment::digest::ContentDigest;
    use crate::deployment::state::{LiveFunction, LiveVersion};
    use crate::plan::tests::fixtures::{converged, desired};

    fn recorded() -> Live {
        let mut live = converged(&desired("AWS_IAM"));
        let function = live.function.as_ref().unwrap();
        let content = ContentDigest::of(&function.configuration, &function.code);
        live.alias.as_mut().unwrap().record = Some(Record {
            version: "1".to_owned(),
            latest: content.clone(),
            content,
            previous: None,
            on_trial: false,
        });
        live
    }

    #[test]
    fn what_we_left_is_nothing_new() {
        assert_eq!(changed_elsewhere(&recorded(), None), Elsewhere::Nothing);
        assert_eq!(
            changed_elsewhere(&Live::default(), None),
            Elsewhere::Nothing
        );
    }

    #[test]
    fn each_value_that_somebody_changed_is_named_and_secrets_are_not_shown() {
        let mut live = recorded();
        let function = live.function.as_mut().unwrap();
        function.configuration.memory_mb = 1024;
        let environment = &mut function.configuration.environment;
        environment.insert("SECRET".to_owned(), "their secret".to_owned());
        "theircode".clone_into(&mut function.code.sha256);
        live.alias.as_mut().unwrap().version = "2".to_owned();

        let Elsewhere::Changed(changes) = changed_elsewhere(&live, None) else {
            panic!("not noticed");
        };
        insta::assert_snapshot!(changes.join("\n"), @r"
        alias: version 1 -> 2
        memory 512 -> 1024 MB
        SECRET (value hidden) changes
        code sha256 newnewne -> theircod
        ");
    }

    #[test]
    fn what_is_wanted_anyway_is_no_conflict() {
        let mut live = recorded();
        let function = live.function.as_mut().unwrap();
        function.configuration.memory_mb = 1024;
        let wanted = function.clone();

        let found = changed_elsewhere(&live, Some((&wanted.configuration, &wanted.code)));

        assert_eq!(found, Elsewhere::Nothing);
    }

    #[test]
    fn after_a_rollback_the_old_versions_tell_what_it_was() {
        let mut live = recorded();
        let function = live.function.as_mut().unwrap();
        let newest = LiveVersion {
            number: 2,
            configuration: function.configuration.clone(),
            code: function.code.clone(),
            aliases: Vec::new(),
            edition: None,
        };
        let alias = live.alias.as_mut().unwrap();
        alias.configuration.memory_mb = 256;
        let record = alias.record.as_mut().unwrap();
        record.content = ContentDigest::of(&alias.configuration, &alias.code);
        live.versions = vec![newest];
        assert_eq!(changed_elsewhere(&live, None), Elsewhere::Nothing);

        live.function
            .as_mut()
            .unwrap()
            .configuration
            .timeout_seconds = 61;

        let expected = vec!["timeout 60 -> 61 s".to_owned()];
        assert_eq!(changed_elsewhere(&live, None), Elsewhere::Changed(expected));
    }

    #[test]
    fn without_a_record_nothing_is_known() {
        let live = converged(&desired("AWS_IAM"));

        assert_eq!(changed_elsewhere(&live, None), Elsewhere::Unknown);
    }
    /// What a run that is to set the memory to 1024 MB and to bring new code finds.
    fn interrupted(change: impl FnOnce(&mut LiveFunction)) -> Elsewhere {
        let mut live = recorded();
        let function = live.function.as_mut().unwrap();
        let theirs = ("THEIRS".to_owned(), "1".to_owned());
        function.configuration.environment.extend([theirs]);
        let (configuration, code) = (function.configuration.clone(), function.code.clone());
        let alias = live.alias.as_mut().unwrap();
        let record = alias.record.as_mut().unwrap();
        record.content = ContentDigest::of(&configuration, &code);
        record.latest = record.content.clone();
        (alias.configuration, alias.code) = (configuration, code);
        let mut wanted = desired("AWS_IAM").configuration;
        wanted.memory_mb = 1024;
        let code = Code {
            sha256: "newer".to_owned(),
            architecture: Architecture::X86_64,
        };

        change(live.function.as_mut().unwrap());
        changed_elsewhere(&live, Some((&wanted, &code)))
    }

    #[test]
    fn what_a_run_of_ours_has_left_half_done_is_no_conflict() {
        let configure = |function: &mut LiveFunction| function.configuration.memory_mb = 1024;
        let load = |function: &mut LiveFunction| "newer".clone_into(&mut function.code.sha256);

        assert_eq!(interrupted(configure), Elsewhere::Nothing);
        assert_eq!(interrupted(load), Elsewhere::Nothing);
        let both = |function: &mut LiveFunction| {
            configure(function);
            load(function);
        };
        assert_eq!(interrupted(both), Elsewhere::Nothing);
    }

    #[test]
    fn what_somebody_else_has_done_to_it_since_is_told_alone() {
        let changed = |changes: &[&str]| {
            Elsewhere::Changed(changes.iter().map(|it| (*it).to_owned()).collect())
        };

        let code = interrupted(|function| {
            function.configuration.memory_mb = 1024;
            "theircode".clone_into(&mut function.code.sha256);
        });
        assert_eq!(code, changed(&["code sha256 newnewne -> theircod"]));
        let variable = interrupted(|function| {
            let more = ("MORE".to_owned(), "1".to_owned());
            function.configuration.environment.extend([more]);
            "newer".clone_into(&mut function.code.sha256);
        });
        assert_eq!(variable, changed(&["MORE (unset) -> (value hidden)"]));
    }
}
