//! What this tool did last, noted down where it did it: in the description of the alias, which is
//! written together with the version it points to. So there is no state file, no request more, and
//! still a way to tell that somebody else has changed the function since.

use std::fmt;
use std::str::FromStr;

use super::digest::ContentDigest;

const MARK: &str = "set by provision:";

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
        let digest = |text: String| text.parse::<ContentDigest>().map_err(|_| NotOurs);
        let content = digest(field("content").ok_or(NotOurs)?)?;
        let latest = field("latest").map(digest).transpose()?;
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
        let full = format!("255:{}", "f".repeat(32));
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
}
