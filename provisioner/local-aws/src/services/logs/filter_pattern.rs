//! Filter patterns for unstructured lines: terms, `"phrases"`, `?either`
//! and `-neither`. Patterns that look into JSON or into columns are not emulated.

use super::refusals::invalid_parameter;
use crate::wire::api_error::ApiError;

/// What a line must contain.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FilterPattern {
    all: Vec<String>,
    any: Vec<String>,
    none: Vec<String>,
}

impl FilterPattern {
    pub(super) fn parse(pattern: &str) -> Result<Self, ApiError> {
        let mut rest = pattern.trim_start();
        if rest.starts_with(['{', '[', '%']) {
            return Err(ApiError::not_emulated(
                "filter patterns for JSON, columns or regular expressions",
            ));
        }
        let mut parsed = Self::default();
        while !rest.is_empty() {
            let (terms, after) = match rest.as_bytes()[0] {
                b'?' => (&mut parsed.any, &rest[1..]),
                b'-' => (&mut parsed.none, &rest[1..]),
                _ => (&mut parsed.all, rest),
            };
            let (term, after) = if let Some(phrase) = after.strip_prefix('"') {
                phrase.split_once('"').ok_or_else(|| {
                    invalid_parameter(format!("Invalid filter pattern: {pattern}"))
                })?
            } else {
                after.split_once(char::is_whitespace).unwrap_or((after, ""))
            };
            terms.push(term.to_owned());
            rest = after.trim_start();
        }
        Ok(parsed)
    }

    pub(super) fn matches(&self, line: &str) -> bool {
        let contains = |term: &String| line.contains(term.as_str());
        self.all.iter().all(contains)
            && (self.any.is_empty() || self.any.iter().any(contains))
            && !self.none.iter().any(contains)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, line: &str) -> bool {
        FilterPattern::parse(pattern).unwrap().matches(line)
    }

    #[test]
    fn filters_lines() {
        assert!(matches("", "anything"));
        assert!(matches("REPORT timeout", "REPORT Status: timeout"));
        assert!(!matches("REPORT timeout", "REPORT Status: success"));
        assert!(matches("\"Status: timeout\"", "REPORT Status: timeout"));
        assert!(!matches("\"Status: timeout\"", "Status of timeout"));
        assert!(matches("?ERROR ?WARN", "WARN slow"));
        assert!(!matches("?ERROR ?WARN", "INFO fine"));
        assert!(!matches("REPORT -timeout", "REPORT Status: timeout"));
    }

    #[test]
    fn patterns_it_does_not_understand_are_refused() {
        assert_eq!(
            FilterPattern::parse("{ $.level = \"ERROR\" }")
                .unwrap_err()
                .code,
            "NotEmulated"
        );
        assert_eq!(
            FilterPattern::parse("\"open").unwrap_err().code,
            "InvalidParameterException"
        );
    }
}
