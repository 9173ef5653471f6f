//! What a run tells GitHub Actions beside its output: masks, outputs for later steps, a summary on the
//! job's page, errors as annotations. Commands go to stderr, which the runner reads, too: stdout is the
//! result's.
//!
//! Source: "Workflow commands for GitHub Actions", docs.github.com, November 2026.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;
use clap::builder::FalseyValueParser;

/// Where the runner wants to be told; set by it.
#[derive(Debug, Clone, Default, Args)]
pub struct GithubActions {
    #[arg(long = "github-actions", global = true, hide = true, env = "GITHUB_ACTIONS", value_parser = FalseyValueParser::new())]
    is_here: bool,
    #[arg(
        long = "github-output",
        global = true,
        hide = true,
        env = "GITHUB_OUTPUT"
    )]
    output: Option<PathBuf>,
    #[arg(
        long = "github-step-summary",
        global = true,
        hide = true,
        env = "GITHUB_STEP_SUMMARY"
    )]
    step_summary: Option<PathBuf>,
}

impl GithubActions {
    /// The command that keeps `value` out of the log; `None` elsewhere.
    pub(crate) fn mask(&self, value: &str) -> Option<String> {
        self.is_here
            .then(|| format!("::add-mask::{}", escaped(value)))
    }

    /// The commands that keep the accounts of all ARNs in `text` out of the log; none elsewhere.
    pub fn mask_accounts(&self, text: &str) -> Vec<String> {
        let accounts = accounts(text).into_iter();
        accounts.filter_map(|account| self.mask(account)).collect()
    }

    /// The command that shows an error on the job's page; `None` elsewhere.
    pub fn annotation(&self, message: &str) -> Option<String> {
        self.is_here
            .then(|| format!("::error title=provision::{}", escaped(message)))
    }

    /// Sets outputs of the step: `steps.ID.outputs.NAME`. The values are single lines.
    pub(crate) fn set(&self, outputs: &[(&str, &str)]) -> io::Result<()> {
        let lines = outputs
            .iter()
            .map(|(name, value)| format!("{name}={value}\n"));
        self.append(self.output.as_ref(), &lines.collect::<String>())
    }

    /// Adds Markdown to the job's page.
    pub(crate) fn summarise(&self, markdown: &str) -> io::Result<()> {
        self.append(self.step_summary.as_ref(), markdown)
    }

    fn append(&self, path: Option<&PathBuf>, text: &str) -> io::Result<()> {
        let Some(path) = path.filter(|_| self.is_here) else {
            return Ok(());
        };
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        file.write_all(text.as_bytes())
    }
}

/// The accounts of the ARNs in a text: `arn:PARTITION:SERVICE:REGION:ACCOUNT:…`.
fn accounts(text: &str) -> BTreeSet<&str> {
    let arns = text.match_indices("arn:").map(|(at, _)| &text[at..]);
    arns.filter_map(|arn| arn.split(':').nth(4))
        .filter(|id| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit()))
        .collect()
}

/// What a command's data must not hold as it is.
fn escaped(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elsewhere_nothing_is_said() {
        let elsewhere = GithubActions {
            step_summary: Some("/nonexistent/summary".into()),
            ..GithubActions::default()
        };

        assert_eq!(elsewhere.mask("123456789012"), None);
        assert_eq!(elsewhere.annotation("x"), None);
        assert!(elsewhere.summarise("x").is_ok());
    }

    #[test]
    fn the_accounts_of_all_arns_are_hidden_each_once() {
        let text = "User: arn:aws:iam::210987654321:user/x may not touch \
            arn:aws-cn:lambda:cn-north-1:123456789012:function:a, arn:aws:iam::123456789012:role/b, \
            arn:aws:s3:::bucket, arn:";
        let here = GithubActions {
            is_here: true,
            ..GithubActions::default()
        };

        assert_eq!(
            here.mask_accounts(text),
            ["::add-mask::123456789012", "::add-mask::210987654321"]
        );
        assert!(GithubActions::default().mask_accounts(text).is_empty());
    }

    #[test]
    fn an_error_of_several_lines_is_one_command() {
        let here = GithubActions {
            is_here: true,
            ..GithubActions::default()
        };

        assert_eq!(
            here.annotation("100 % wrong\n  - a\r\n").as_deref(),
            Some("::error title=provision::100 %25 wrong%0A  - a%0D%0A")
        );
    }
}
