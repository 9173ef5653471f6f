//! What `up` is going to set in the file: decided, shown and asked about with the rest of the plan.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::env_file::text::{self, Edit};
use crate::env_file::{EnvFile, VARIABLE, value};

use super::description::{Change, Description};

/// Our variable is going to get another value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvFileChange {
    path: PathBuf,
    /// There is no such file yet.
    is_new: bool,
    /// Hard links, which a file in its place is no longer one of.
    other_names: u64,
    from: Option<String>,
    /// `None`: the URL is not made yet.
    to: Option<String>,
}

impl EnvFileChange {
    /// What it takes for the file with this text, if there is one, to tell `url`; nothing if it does.
    pub(crate) fn decide(file: &EnvFile, url: Option<&str>) -> Option<Self> {
        let EnvFile {
            path,
            text,
            other_names,
            replaceable: _,
        } = file;
        let before = text.as_deref().unwrap_or_default();
        let is_set = |url| text::edited(before, VARIABLE, Edit::Set(url)) == before;
        if url.is_some_and(is_set) {
            return None;
        }
        Some(Self {
            path: path.to_owned(),
            is_new: text.is_none(),
            other_names: *other_names,
            from: value(before, VARIABLE),
            to: url.map(str::to_owned),
        })
    }

    /// The change in words. Nothing else of the file is shown, not even what is no URL.
    pub fn describe(&self) -> Description {
        let from = self.from.as_deref().map_or("(unset)", shown);
        let to = self.to.as_deref();
        let to = to.unwrap_or("(set once the URL is made)");
        let change = if self.is_new {
            Change::Create
        } else {
            Change::Update
        };
        let described =
            Description::new(change, "environment file", self.path.display().to_string())
                .detail(format!("{VARIABLE} {from} -> {to}"));
        match self.other_names {
            0 => described,
            names => described.detail(format!(
                "its other names ({names} hard link{}) keep the old text: only a symbolic link follows",
                if names == 1 { "" } else { "s" }
            )),
        }
    }
}

/// What is known of the file before the change; with `null` for a URL that is not made yet.
pub(crate) fn as_json(path: &Path, change: Option<&EnvFileChange>) -> Value {
    json!({
        "path": path,
        "changed": change.is_some(),
        "from": change.and_then(|change| change.from.as_deref()).map(shown),
        "to": change.and_then(|change| change.to.as_deref()),
    })
}

/// The old value, unless it may be something else that was put there by mistake: a quote that closes on
/// another line, or a secret.
fn shown(value: &str) -> &str {
    let is_url = ["https://", "http://"]
        .iter()
        .any(|scheme| value.starts_with(scheme));
    if value.is_empty() {
        "(empty)"
    } else if is_url && !value.contains('@') && value.chars().all(|c| c.is_ascii_graphic()) {
        value
    } else {
        "(a value that is no URL)"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://abc.lambda-url.ap-northeast-1.on.aws/";

    fn file(text: Option<&str>) -> EnvFile {
        EnvFile {
            path: ".env.local".into(),
            text: text.map(str::to_owned),
            other_names: 0,
            replaceable: Ok(()),
        }
    }

    fn told(text: Option<&str>, url: Option<&str>) -> Option<String> {
        let change = EnvFileChange::decide(&file(text), url)?;
        Some(change.describe().to_string().replace(URL, "URL"))
    }

    #[test]
    fn a_file_that_tells_the_url_already_does_not_change() {
        let text = format!("A=1\n{VARIABLE}=\"{URL}\" # mine\n");

        assert_eq!(told(Some(&text), Some(URL)), None);
    }

    #[test]
    fn old_and_new_value_are_told() {
        for (text, url, expected) in [
            (None, Some(URL), "+ (unset) -> URL"),
            (None, None, "+ (unset) -> (set once the URL is made)"),
            (Some("A=1\n"), Some(URL), "~ (unset) -> URL"),
            (Some("{}=\n"), Some(URL), "~ (empty) -> URL"),
            (
                Some("{}=https://old/\n"),
                Some(URL),
                "~ https://old/ -> URL",
            ),
            (
                Some("{}=https://old/\n"),
                None,
                "~ https://old/ -> (set once the URL is made)",
            ),
        ] {
            let text = text.map(|text| text.replace("{}", VARIABLE));
            let (sign, values) = expected.split_once(' ').unwrap();
            let expected = format!("{sign} environment file .env.local\n    {VARIABLE} {values}");

            assert_eq!(told(text.as_deref(), url), Some(expected));
        }
    }

    #[test]
    fn nothing_else_of_the_file_is_told() {
        for text in [
            "SECRET=hush\n",
            "{}=hush\n",
            "{}=https://user:hush@old/\n",
            // A quote that somebody forgot to close.
            "{}=\"https://old/\nSECRET=hush\nB=\"1\"\n",
            "{}='https://old/\u{1b}[2J hush'\n",
        ] {
            let text = text.replace("{}", VARIABLE);
            let change = EnvFileChange::decide(&file(Some(&text)), Some(URL));
            let told = [
                told(Some(&text), Some(URL)).unwrap(),
                as_json(Path::new(".env.local"), change.as_ref()).to_string(),
            ];

            assert!(!told.concat().contains("hush"), "{told:?}");
            assert!(!told.concat().contains("SECRET"), "{told:?}");
        }
    }
}
