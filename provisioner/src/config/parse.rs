//! Reads gateway.yaml. Whoever has made several mistakes is told all of them, each with its place.

use std::path::Path;

use serde_yaml::Location;

use super::error::ConfigError;
use super::file::GatewayYaml;

/// More would not be read.
const MOST: usize = 20;

/// Parses the text of a configuration file; `path` is for the error only.
pub(super) fn parse(text: &str, path: &Path) -> Result<GatewayYaml, ConfigError> {
    let mut mistakes: Vec<String> = Vec::new();
    let mut text = text.to_owned();
    loop {
        // An empty file is no YAML map, but no mistake either.
        let error = match serde_yaml::from_str::<Option<GatewayYaml>>(&text) {
            Ok(yaml) if mistakes.is_empty() => return Ok(yaml.unwrap_or_default()),
            Ok(_) => break,
            Err(error) => error,
        };
        let told = mistake(&error, path);
        if mistakes.contains(&told) || mistakes.len() == MOST {
            break;
        }
        // What is no YAML at all has no settings behind the mistake.
        let is_yaml = serde_yaml::from_str::<serde_yaml::Value>(&text).is_ok();
        if !is_yaml && !mistakes.is_empty() {
            break;
        }
        mistakes.push(told);
        let rest = error.location().filter(|_| is_yaml);
        match rest.and_then(|at| without_setting(&text, at.line())) {
            Some(rest) => text = rest,
            None => break,
        }
    }
    Err(ConfigError::InvalidFile { mistakes })
}

/// The same lines, with those of the top-level setting emptied that line number `line` belongs to.
fn without_setting(text: &str, line: usize) -> Option<String> {
    let begins = |line: &str| line.starts_with(|first: char| first.is_ascii_alphanumeric());
    let lines: Vec<&str> = text.lines().collect();
    let before = lines.get(..line.min(lines.len()))?;
    let start = before.iter().rposition(|line| begins(line))?;
    let after = lines.iter().skip(start + 1);
    let end = start + 1 + after.take_while(|line| !begins(line)).count();
    let rest = lines.iter().enumerate().map(|(at, line)| {
        let is_its = (start..end).contains(&at);
        if is_its { "" } else { line }
    });
    Some(rest.collect::<Vec<_>>().join("\n"))
}

fn mistake(error: &serde_yaml::Error, path: &Path) -> String {
    let text = error.to_string();
    let at = error.location();
    let suffix = at.as_ref().map_or_else(String::new, |at| {
        format!(" at line {} column {}", at.line(), at.column())
    });
    let message = text.strip_suffix(&suffix).unwrap_or(&text);
    placed(path, at.as_ref(), message)
}

/// Puts the place first, as compilers do, where editors and terminals make a link of it.
pub(super) fn placed(path: &Path, at: Option<&Location>, message: &str) -> String {
    let at = at.map_or_else(String::new, |at| format!(":{}:{}", at.line(), at.column()));
    format!("{}{at}: {message}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        parse(text, Path::new("g.yaml")).unwrap_err().to_string()
    }

    #[test]
    fn all_mistakes_are_told_each_with_its_place() {
        let text = "name: magi\nmemory_mb: 7\nagent:\n  id: not an id\n  alias: LIVE\n# a comment\n\
                    timeout_seconds: 901\nauth: open\nno_such: 1\n";
        let told = told(text);
        let places: Vec<&str> = told
            .lines()
            .filter_map(|line| line.trim().strip_prefix("g.yaml:")?.split(' ').next())
            .collect();
        assert_eq!(places, ["2:12:", "4:7:", "7:18:", "8:7:", "9:1:"], "{told}");
    }

    #[test]
    fn what_stands_in_the_place_of_variables_or_their_values_is_not_repeated() {
        for (value, kind) in [
            ("hunter2", "string"),
            ("'hunter2'", "string"),
            ("true", "boolean"),
            ("-7654321", "integer"),
            ("7654321", "integer"),
            ("-76543210987654321098765", "integer"),
            ("76543210987654321098765", "integer"),
            ("76.54321", "floating point"),
            ("[hunter2]", "sequence"),
        ] {
            let said = format!("g.yaml:1:14: environment: invalid type: {kind}, expected a map");
            assert_eq!(told(&format!("environment: {value}")), said);
        }
        for (value, kind) in [("[hunter2]", "sequence"), ("{hunter2: x}", "map")] {
            let said = told(&format!("environment: {{A1: {value}}}"));
            assert!(
                said.ends_with(&format!(
                    "environment.A1: invalid type: {kind}, expected a string"
                )),
                "{said}"
            );
        }
    }

    #[test]
    fn what_is_no_yaml_is_one_mistake() {
        for text in [
            "name: [\nmemory_mb: 7\n",
            "{\n\"memory_mb\": 7,\n\"auth\": \"open\"\n}\n",
            "\tname: x\n",
        ] {
            assert_eq!(told(text).lines().count(), 1, "{}", told(text));
        }
    }

    #[test]
    fn a_mistake_that_belongs_to_no_setting_is_told_once() {
        assert_eq!(told("- name\n- region\n").lines().count(), 1);
        assert_eq!(told("name: magi\nname: magi\n").lines().count(), 1);
    }
}
