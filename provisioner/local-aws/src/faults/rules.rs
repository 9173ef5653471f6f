//! The rules, and which of them strikes. Pure: nothing happens here.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// What a request to a function URL counts as.
const INVOKE_FUNCTION_URL: &str = "lambda:InvokeFunctionUrl";

/// When something goes wrong, and what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    operation: String,
    #[serde(default)]
    about: String,
    #[serde(default = "one")]
    first: u64,
    #[serde(default)]
    times: Option<u64>,
    fault: Fault,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Fault {
    /// 429 of Lambda, 400 `Throttling` of IAM.
    Throttled,
    /// A status of 500 or above, with the code that the service has for it.
    Status { status: u16 },
    /// The caller may not do this.
    AccessDenied,
    /// Another update of the function is in progress.
    InProgress,
    /// Lambda does not know the role yet.
    RoleNotAssumable,
    /// The answer about a function says that its creation or update has failed.
    Failed { update: bool, reason_code: String },
    /// The answer comes late.
    Slow { milliseconds: u64 },
    /// The connection breaks before the request is handled.
    ResetBefore,
    /// The connection breaks after it was: the answer is lost.
    ResetAfter,
    /// No answer ever, and nothing is done.
    HoldBefore,
    /// No answer ever, but it is done.
    HoldAfter,
}

fn one() -> u64 {
    1
}

/// A rule and how often it met its operation.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CountedRule {
    #[serde(skip)]
    set: String,
    #[serde(flatten)]
    rule: Rule,
    met: u64,
    struck: u64,
}

/// The rules of a local AWS.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<CountedRule>>);

impl Faults {
    pub(crate) fn new(rules: Vec<Rule>) -> Self {
        let faults = Self::default();
        faults.replace("", rules);
        faults
    }

    /// Begins to count anew; the rules of other sets stay.
    pub(super) fn replace(&self, set: &str, rules: Vec<Rule>) {
        let unmet = |rule| CountedRule {
            set: set.to_owned(),
            rule,
            met: 0,
            struck: 0,
        };
        let mut all = self.lock();
        all.retain(|counted| counted.set != set);
        all.extend(rules.into_iter().map(unmet));
    }

    pub(super) fn shown(&self, set: &str) -> Vec<CountedRule> {
        let all = self.lock();
        let of_set = all.iter().filter(|counted| counted.set == set);
        of_set.cloned().collect()
    }

    /// Without rules nobody has to look at requests.
    pub(super) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// What happens to this occurrence of `operation`, which is about `texts`.
    pub(super) fn strike(&self, operation: &str, texts: &[&[u8]]) -> Option<Fault> {
        let mut struck = None;
        for counted in self.lock().iter_mut() {
            if !counted.rule.matches(operation, texts) {
                continue;
            }
            counted.met += 1;
            if struck.is_none() && counted.rule.strikes_at(counted.met) {
                counted.struck += 1;
                struck = Some(counted.rule.fault.clone());
            }
        }
        struck
    }

    /// Whether a function URL refuses this request although its policy lets the caller in.
    pub(crate) fn refuse_url(&self, function: &str) -> bool {
        !self.is_empty()
            && self
                .strike(INVOKE_FUNCTION_URL, &[function.as_bytes()])
                .is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<CountedRule>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rule {
    fn matches(&self, operation: &str, texts: &[&[u8]]) -> bool {
        let named = match self.operation.strip_suffix('*') {
            // The wildcard means the control plane: what callers do is a fault of its own.
            Some(prefix) => operation.starts_with(prefix) && operation != INVOKE_FUNCTION_URL,
            None => operation == self.operation,
        };
        named && (self.about.is_empty() || texts.iter().any(|text| contains(text, &self.about)))
    }

    fn strikes_at(&self, occurrence: u64) -> bool {
        let since = occurrence.checked_sub(self.first);
        since.is_some_and(|since| self.times.is_none_or(|times| since < times))
    }
}

fn contains(text: &[u8], part: &str) -> bool {
    text.windows(part.len())
        .any(|found| found == part.as_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faults(rules: &serde_json::Value) -> Faults {
        Faults::new(serde_json::from_value(rules.clone()).unwrap())
    }

    #[test]
    fn strikes_at_the_occurrences_that_are_named() {
        let faults = faults(&json!([{
            "operation": "iam:GetRole", "first": 2, "times": 2, "fault": {"kind": "throttled"}
        }]));

        let struck = [1, 2, 3, 4].map(|_| faults.strike("iam:GetRole", &[]).is_some());

        assert_eq!(struck, [false, true, true, false]);
        assert_eq!(faults.strike("iam:CreateRole", &[]), None);
        assert_eq!(
            serde_json::to_value(faults.shown("")).unwrap()[0]["struck"],
            2
        );
    }

    #[test]
    fn sets_of_rules_do_not_touch_each_other() {
        let faults =
            faults(&json!([{"operation": "*", "times": 1, "fault": {"kind": "throttled"}}]));
        let other = json!([{"operation": "*", "fault": {"kind": "reset-before"}}]);
        faults.replace("other", serde_json::from_value(other).unwrap());

        let struck = [1, 2].map(|_| faults.strike("iam:GetRole", &[]));
        faults.replace("other", Vec::new());

        assert_eq!(struck, [Some(Fault::Throttled), Some(Fault::ResetBefore)]);
        assert_eq!(
            (faults.shown("").len(), faults.shown("other").len()),
            (1, 0)
        );
        assert_eq!(faults.strike("iam:GetRole", &[]), None);
    }

    #[test]
    fn strikes_only_what_is_about_the_text() {
        let faults = faults(&json!([
            {"operation": "lambda:*", "about": "magi", "fault": {"kind": "reset-after"}}
        ]));

        assert_eq!(
            faults.strike("lambda:Invoke", &[b"/functions/other", b"{}"]),
            None
        );
        let struck = faults.strike("lambda:Invoke", &[b"/", b"{\"FunctionName\":\"magi\"}"]);
        assert_eq!(struck, Some(Fault::ResetAfter));
    }

    #[test]
    fn a_url_is_refused_only_by_name() {
        let all = faults(&json!([{"operation": "*", "fault": {"kind": "access-denied"}}]));
        assert!(!all.refuse_url("magi"));
        let named = faults(
            &json!([{"operation": "lambda:InvokeFunctionUrl", "times": 1,
            "about": "magi", "fault": {"kind": "access-denied"}}]),
        );
        assert_eq!(
            [
                named.refuse_url("x"),
                named.refuse_url("magi"),
                named.refuse_url("magi")
            ],
            [false, true, false]
        );
    }

    #[test]
    fn a_rule_that_is_not_understood_is_refused() {
        for rule in [
            json!({"operation": "*", "fault": {"kind": "earthquake"}}),
            json!({"operation": "*", "time": 1, "fault": {"kind": "throttled"}}),
        ] {
            assert!(serde_json::from_value::<Rule>(rule).is_err());
        }
    }
}
