//! Tells what somebody else has changed about the function since this tool's last run, by what was
//! noted down then.

use super::details::content_changed;
use crate::record::{ContentDigest, Record};
use crate::state::{Code, Configuration, Live};

/// What is known about changes made elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Elsewhere {
    #[default]
    Nothing,
    /// One line for each value.
    Changed(Vec<String>),
    /// There is nothing noted down: made by an older version of this tool, or adopted.
    Unknown,
}

/// Compares the function and the alias with what was noted down. `wanted` is what this run would make
/// of the function: what is so already is no conflict, whoever did it.
pub fn changed_elsewhere(live: &Live, wanted: Option<(&Configuration, &Code)>) -> Elsewhere {
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
    let digest = ContentDigest::of(latest.0, latest.1);
    let is_wanted = wanted
        .is_some_and(|(configuration, code)| digest == ContentDigest::of(configuration, code));
    // What we have released is ours too: after a release that failed, `$LATEST` is set back to it.
    let is_ours = digest == record.latest || digest == record.content;
    if !is_ours && !is_wanted {
        match before(live, record) {
            Some(before) => changes.extend(content_changed(before, latest)),
            None => changes.push("the function is not what it was".to_owned()),
        }
    }
    if changes.is_empty() {
        Elsewhere::Nothing
    } else {
        Elsewhere::Changed(changes)
    }
}

/// What `$LATEST` was: versions keep it.
fn before<'a>(live: &'a Live, record: &Record) -> Option<(&'a Configuration, &'a Code)> {
    let of_alias = live
        .alias
        .iter()
        .map(|alias| (&alias.configuration, &alias.code));
    let of_versions = live
        .versions
        .iter()
        .flatten()
        .map(|version| (&version.configuration, &version.code));
    of_alias
        .chain(of_versions)
        .find(|(configuration, code)| ContentDigest::of(configuration, code) == record.latest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::fixtures::{converged, desired};
    use crate::state::LiveVersion;

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
        };
        let alias = live.alias.as_mut().unwrap();
        alias.configuration.memory_mb = 256;
        let record = alias.record.as_mut().unwrap();
        record.content = ContentDigest::of(&alias.configuration, &alias.code);
        live.versions = Some(vec![newest]);
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
}
