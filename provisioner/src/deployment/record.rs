//! What this tool did last, noted down where it did it: in the description of the alias, which is
//! written together with the version it points to. So there is no state file, no request more, and
//! still a way to tell that somebody else has changed the function since.

use std::fmt;
use std::str::FromStr;

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::content::{Code, Configuration};

/// Enough of a SHA-256 to tell two settings apart.
const DIGEST_BYTES: usize = 16;
const MARK: &str = "set by provision:";

/// The digest of a function's content: its configuration and code, as AWS tells them.
///
/// It says by which version of the rule it was made. A setting that this tool learns later is no part of
/// the digests that it has noted down before: with them it goes on comparing what they knew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentDigest {
    rule: u8,
    hex: String,
}

/// The newest rule. A new setting takes the next number, and is left out of the digests before it.
const RULE: u8 = 1;

impl ContentDigest {
    /// Of what `$LATEST` or a version holds.
    pub fn of(configuration: &Configuration, code: &Code) -> Self {
        Self {
            rule: RULE,
            hex: digest(RULE, configuration, code),
        }
    }

    /// Whether it is the digest of this content; `None` if a newer version of this tool has made it, by a
    /// rule that is not known here.
    pub fn is_of(&self, configuration: &Configuration, code: &Code) -> Option<bool> {
        let Self { rule, hex } = self;
        (1..=RULE)
            .contains(rule)
            .then(|| digest(*rule, configuration, code) == *hex)
    }
}

/// The digest that `rule` makes of this content.
fn digest(_rule: u8, configuration: &Configuration, code: &Code) -> String {
    // In full, so that a new setting does not compile until it is part of the digest.
    let Configuration {
        role_arn,
        runtime,
        handler,
        memory_mb,
        timeout_seconds,
        logging,
        environment,
    } = configuration;
    let Code {
        sha256,
        architecture,
    } = code;
    let logging = logging
        .as_ref()
        .map(|logging| (&logging.log_group, &logging.format));
    let content = json!([
        role_arn,
        runtime,
        handler,
        memory_mb,
        timeout_seconds,
        logging,
        environment,
        sha256,
        architecture
    ]);
    let hash = Sha256::digest(content.to_string());
    let hex = hash.iter().take(DIGEST_BYTES).map(|b| format!("{b:02x}"));
    hex.collect()
}

impl fmt::Display for ContentDigest {
    /// Of the first rule the number is left out: that is how it was noted down before there were others.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, hex } = self;
        if *rule == 1 {
            f.write_str(hex)
        } else {
            write!(f, "{rule}:{hex}")
        }
    }
}

impl FromStr for ContentDigest {
    type Err = NotOurs;

    fn from_str(text: &str) -> Result<Self, NotOurs> {
        let (rule, hex) = match text.split_once(':') {
            Some((rule, hex)) => (rule.parse().map_err(|_| NotOurs)?, hex),
            None => (1, text),
        };
        Ok(Self {
            rule,
            hex: hex.to_owned(),
        })
    }
}

/// What was released, and what `$LATEST` was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The version that the alias was pointed to.
    pub version: String,
    /// What that version holds.
    pub content: ContentDigest,
    /// What `$LATEST` held; it is ahead of the version after a rollback.
    pub latest: ContentDigest,
    /// The version that was live before, to which a rollback goes.
    pub previous: Option<String>,
    /// It has not shown yet that it works behind the URL: whoever deploys next asks it.
    pub on_trial: bool,
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            version,
            content,
            latest,
            previous,
            on_trial,
        } = self;
        write!(f, "{MARK} version={version} content={content}")?;
        if latest != content {
            write!(f, " latest={latest}")?;
        }
        if let Some(previous) = previous {
            write!(f, " previous={previous}")?;
        }
        if *on_trial {
            write!(f, " trial=yes")?;
        }
        Ok(())
    }
}

/// The description is somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotOurs;

impl FromStr for Record {
    type Err = NotOurs;

    fn from_str(description: &str) -> Result<Self, NotOurs> {
        let fields = description.strip_prefix(MARK).ok_or(NotOurs)?;
        let field = |name: &str| {
            fields
                .split_ascii_whitespace()
                .filter_map(|field| field.split_once('='))
                .find_map(|(key, value)| (key == name).then(|| value.to_owned()))
        };
        let content: ContentDigest = field("content").ok_or(NotOurs)?.parse()?;
        let latest = field("latest").map(|it| it.parse()).transpose()?;
        Ok(Self {
            version: field("version").ok_or(NotOurs)?,
            latest: latest.unwrap_or_else(|| content.clone()),
            content,
            previous: field("previous"),
            on_trial: field("trial").is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::content::Logging;

    fn digest(text: &str) -> ContentDigest {
        text.parse().unwrap()
    }

    #[test]
    fn survives_the_way_through_a_description() {
        for (latest, previous, on_trial) in [
            ("aa", None, false),
            ("bb", Some("6"), true),
            ("bb", None, false),
            ("aa", Some("6"), false),
            ("aa", None, true),
        ] {
            let record = Record {
                version: "7".to_owned(),
                content: digest("aa"),
                latest: digest(latest),
                previous: previous.map(str::to_owned),
                on_trial,
            };
            assert_eq!(record.to_string().parse(), Ok(record));
        }
    }

    #[test]
    fn fits_into_a_description() {
        let full = "f".repeat(DIGEST_BYTES * 2);
        let record = Record {
            version: u64::MAX.to_string(),
            content: digest(&full),
            latest: digest(&full.replace('f', "0")),
            previous: Some(u64::MAX.to_string()),
            on_trial: true,
        };

        // What `UpdateAlias` accepts.
        assert!(record.to_string().len() <= 256);
    }

    #[test]
    fn descriptions_of_others_are_no_records() {
        for text in [
            "",
            "production",
            "set by provision:",
            "set by provision: version=1",
        ] {
            assert_eq!(text.parse::<Record>(), Err(NotOurs), "{text}");
        }
    }

    #[test]
    fn every_setting_counts() {
        let configuration = Configuration {
            role_arn: "r".to_owned(),
            runtime: "p".to_owned(),
            handler: "h".to_owned(),
            memory_mb: 128,
            timeout_seconds: 3,
            logging: Some(Logging {
                log_group: "g".to_owned(),
                format: "JSON".to_owned(),
            }),
            environment: [("A".to_owned(), "1".to_owned())].into(),
        };
        let code = Code {
            sha256: "s".to_owned(),
            architecture: "x86_64".to_owned(),
        };
        let changes: [fn(&mut Configuration, &mut Code); 9] = [
            |it, _| it.role_arn.push('x'),
            |it, _| it.runtime.push('x'),
            |it, _| it.handler.push('x'),
            |it, _| it.memory_mb += 1,
            |it, _| it.timeout_seconds += 1,
            |it, _| it.logging = None,
            |it, _| it.environment.clear(),
            |_, it| it.sha256.push('x'),
            |_, it| it.architecture.push('x'),
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let (mut other, mut other_code) = (configuration.clone(), code.clone());
            change(&mut other, &mut other_code);
            assert_ne!(
                ContentDigest::of(&configuration, &code),
                ContentDigest::of(&other, &other_code),
                "{index}"
            );
        }
    }
}
