//! The alias that callers reach, and the one change of it that a plan makes: to a new version, or to an
//! older one.

use crate::deployment::content::{Code, Configuration};
use crate::deployment::digest::ContentDigest;
use crate::deployment::names::Names;
use crate::deployment::record::Record;
use crate::deployment::state::{LiveAlias, LiveFunction, LiveVersion, Released};
use crate::plan::description::{Change, Description};
use crate::plan::order::{Guard, Rank};
use crate::plan::resource::function::words::content_changed;

/// What becomes of the alias.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Release {
    /// Callers reach already what they shall reach.
    #[default]
    Nothing,
    /// They do, but a run before this one was interrupted: the version has yet to show that it works.
    Prove(Record),
    /// `$LATEST` is published, and the alias points to what comes of it.
    Publish {
        code_sha256: String,
        from: Option<Released>,
        /// What changes for callers, one line for each value, where no change of `$LATEST` says so.
        differences: Vec<String>,
    },
    /// The alias points to a version that is there already.
    Point {
        version: String,
        content: ContentDigest,
        from: Released,
        /// What changes for callers, one line for each value.
        differences: Vec<String>,
    },
}

/// The release of a function with this configuration and code, if callers do not reach that already.
pub(in crate::plan) fn release(
    (configuration, code): (&Configuration, &Code),
    live: Option<&LiveFunction>,
    alias: Option<&LiveAlias>,
) -> Release {
    let is_current = |alias: &LiveAlias| {
        configuration.agrees_with(&alias.configuration)
            && *code == alias.code
            && alias.also_routed_to.is_empty()
    };
    if alias.is_some_and(is_current) {
        return alias.map(on_trial).unwrap_or_default();
    }
    // Where the alias has what `$LATEST` has, the changes of `$LATEST` tell all there is to tell.
    let is_described = |alias: &LiveAlias| {
        live.is_some_and(|live| {
            live.configuration == alias.configuration && live.code == alias.code
        })
    };
    let differences = alias
        .filter(|alias| !is_described(alias))
        .map(|alias| content_changed((&alias.configuration, &alias.code), (configuration, code)))
        .unwrap_or_default();
    Release::Publish {
        code_sha256: code.sha256.clone(),
        from: alias.map(Released::of),
        differences,
    }
}

/// The alias stays where it is. If an interrupted run has left its version on trial, it is asked again.
pub(in crate::plan) fn on_trial(alias: &LiveAlias) -> Release {
    let record = alias.record.clone();
    record
        .filter(|record| record.on_trial && record.version == alias.version)
        .map_or(Release::Nothing, Release::Prove)
}

/// The alias goes to `version`.
pub(in crate::plan) fn point(alias: &LiveAlias, version: &LiveVersion) -> Release {
    Release::Point {
        version: version.number.to_string(),
        content: ContentDigest::of(&version.configuration, &version.code),
        from: Released::of(alias),
        differences: content_changed(
            (&alias.configuration, &alias.code),
            (&version.configuration, &version.code),
        ),
    }
}

impl Release {
    /// Callers get another version.
    pub fn moves_alias(&self) -> bool {
        match self {
            Self::Publish { .. } | Self::Point { .. } => true,
            Self::Nothing | Self::Prove(_) => false,
        }
    }

    /// What callers get so far.
    pub fn from(&self) -> Option<&Released> {
        match self {
            Self::Publish { from, .. } => from.as_ref(),
            Self::Point { from, .. } => Some(from),
            Self::Nothing | Self::Prove(_) => None,
        }
    }

    /// The change in words, if the alias moves.
    pub fn describe(&self, names: &Names) -> Option<Description> {
        let (from, to, differences) = match self {
            Self::Nothing | Self::Prove(_) => return None,
            Self::Publish {
                code_sha256: _,
                from,
                differences,
            } => (from.as_ref(), "a new version", differences),
            Self::Point {
                version,
                content: _,
                from,
                differences,
            } => (Some(from), version.as_str(), differences),
        };
        let name = format!("{}:{}", names.function, names.alias);
        Some(match from {
            None => Description::new(Change::Create, "alias", name).detail("at a new version"),
            Some(from) => Description::new(Change::Update, "alias", name)
                .detail(version_changed(from, to))
                .details(differences.iter().cloned()),
        })
    }
}

fn version_changed(from: &Released, to: &str) -> String {
    let Released {
        version,
        also_routed_to,
        ..
    } = from;
    let also = if also_routed_to.is_empty() {
        String::new()
    } else {
        format!(" (and a share of {})", also_routed_to.join(", "))
    };
    format!("version {version}{also} -> {to}")
}

/// Deletes the alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteAlias {
    pub function: String,
    pub alias: String,
}

impl DeleteAlias {
    pub(in crate::plan) const RANK: Rank = Rank::First;
    pub(in crate::plan) const GUARD: Guard = Guard::Aws;

    pub(in crate::plan) fn describe(&self) -> Description {
        let Self { function, alias } = self;
        Description::new(Change::Delete, "alias", format!("{function}:{alias}"))
    }
}
