//! One thing that was looked at, how bad it is, and what to do about it.

use std::fmt;

use serde::Serialize;

use crate::hint::Complaint;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub grade: Grade,
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    #[serde(rename = "ok")]
    Fine,
    /// Worth knowing; nothing has to be done.
    Note,
    /// `up` sets it right.
    Repair,
    /// Nobody but a person can set it right.
    Broken,
}

impl Grade {
    /// Somebody has to do something.
    pub fn is_wrong(self) -> bool {
        matches!(self, Self::Repair | Self::Broken)
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fine => "ok",
            Self::Note => "note",
            Self::Repair => "repair",
            Self::Broken => "broken",
        })
    }
}

impl Finding {
    /// What made something impossible.
    pub(crate) fn of(complaint: &Complaint) -> Self {
        let Complaint { why, hint } = complaint;
        Self {
            grade: Grade::Broken,
            message: why.clone(),
            remedy: hint.clone(),
        }
    }

    pub(crate) fn new(grade: Grade, message: impl Into<String>) -> Self {
        Self {
            grade,
            message: message.into(),
            remedy: None,
        }
    }

    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// With its remedy on a line of its own.
    pub(crate) fn told(&self) -> String {
        let Self {
            grade: _,
            message,
            remedy,
        } = self;
        match remedy {
            Some(remedy) => format!("{message}\n    -> {remedy}"),
            None => message.clone(),
        }
    }
}

/// Each finding with its remedy.
pub(crate) fn listed(findings: &[Finding]) -> String {
    let line = |finding: &Finding| format!("\n  - {}", finding.told());
    findings.iter().map(line).collect()
}
