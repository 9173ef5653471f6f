//! Who may call that should not: by the alias's policy, and past it, by what the function itself has.

use super::finding::{Finding, Grade};
use crate::deployment::access::AuthType;
use crate::deployment::names::Names;
use crate::deployment::permission::{Grant, Meaning, Statement, removal};
use crate::deployment::state::{Live, LiveUrl};
use crate::plan::seen::{PastAlias, Seen};

/// What the alias's policy says that nobody should rely on. `up` repairs what is ours.
pub(super) fn of_alias(names: &Names, live: &Live) -> Vec<Finding> {
    let Live {
        url, statements, ..
    } = live;
    let remove = |sid| removal(&names.function, Some(names.alias), sid);
    let dangers = statements
        .iter()
        .filter(|statement| Grant::of_sid(&statement.sid).is_none())
        .filter_map(|Statement { sid, meaning }| {
            let message = format!("statement {sid} {}", meaning.danger()?);
            Some(Finding::new(Grade::Broken, message).remedy(remove(sid)))
        });
    let grants = statements
        .iter()
        .filter_map(|Statement { sid, meaning }| match meaning {
            Meaning::Grant(grant) => Some((sid, *grant)),
            _ => None,
        });
    let needless = grants.filter_map(|(sid, grant)| {
        let message = match url {
            None => format!(
                "statement {sid} opens a function URL that is gone; a new one would be public at once"
            ),
            Some(_) => format!("statement {sid} says again what {} says", said_by(statements, sid, grant)?),
        };
        Some(Finding::new(Grade::Note, message).remedy(remove(sid)))
    });
    dangers.chain(needless).collect()
}

/// The statement that is kept where `sid` says the same: ours, or else the first.
fn said_by<'a>(statements: &'a [Statement], sid: &str, grant: Grant) -> Option<&'a str> {
    let mut same = statements
        .iter()
        .filter(|statement| statement.meaning == Meaning::Grant(grant))
        .map(|statement| statement.sid.as_str());
    let first = same.next()?;
    let kept = same.find(|sid| *sid == grant.sid()).unwrap_or(first);
    (kept != sid).then_some(kept)
}

/// What is open past the alias.
pub(crate) fn of_function(names: &Names, seen: &Seen) -> Vec<Finding> {
    let PastAlias { statements, url } = &seen.past_alias;
    // AWS gives no two URLs one address: this answer is about the alias.
    if url.is_some() && *url == seen.live.url {
        return Vec::new();
    }
    let function = &names.function;
    let is_public = |url: &LiveUrl| url.settings.auth_type == AuthType::None;
    let grade = if url.as_ref().is_some_and(is_public) {
        Grade::Broken
    } else {
        Grade::Note
    };
    let url = url.iter().map(|LiveUrl { url, settings }| {
        let message = format!(
            "function URL {url} (auth {}) calls `$LATEST`, past the alias: what nobody has tried out",
            settings.auth_type
        );
        let remedy = format!("aws lambda delete-function-url-config --function-name {function}");
        Finding::new(grade, message).remedy(remedy)
    });
    let statements = statements.iter().filter_map(|Statement { sid, meaning }| {
        let (grade, what) = match (meaning.danger(), meaning) {
            (Some(danger), _) => (Grade::Broken, danger),
            (None, Meaning::Grant(_)) => (grade, "opens a function URL of `$LATEST` to everybody"),
            (None, _) => return None,
        };
        let message = format!("statement {sid} on the function itself {what}");
        Some(Finding::new(grade, message).remedy(removal(function, None, sid)))
    });
    url.chain(statements).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::fixtures::{converged, desired, seen};

    fn statement(sid: &str, meaning: Meaning) -> Statement {
        Statement {
            sid: sid.to_owned(),
            meaning,
        }
    }

    fn messages(findings: &[Finding]) -> Vec<&str> {
        findings.iter().map(|it| it.message.as_str()).collect()
    }

    #[test]
    fn of_two_that_say_the_same_ours_is_kept() {
        let desired = desired("NONE");
        let mut live = converged(&desired);
        assert_eq!(of_alias(&desired.names, &live), []);

        let theirs = statement("theirs", Meaning::Grant(Grant::CallUrl));
        live.statements.insert(0, theirs);
        assert_eq!(
            messages(&of_alias(&desired.names, &live)),
            ["statement theirs says again what bedrock-gateway-call-url says"]
        );
    }

    #[test]
    fn what_triggers_the_function_is_nobodys_business() {
        let names = desired("NONE").names;
        let mut seen = seen(Live::default(), Vec::new());
        seen.past_alias.statements = vec![statement("s3", Meaning::Other)];
        assert_eq!(of_function(&names, &seen), []);
    }
}
