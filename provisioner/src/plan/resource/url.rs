//! The function URL. It is never deleted and made again: its address would change.

use std::collections::BTreeSet;

use crate::deployment::access::{Cors, UrlSettings};
use crate::deployment::names::Names;
use crate::deployment::state::LiveUrl;
use crate::plan::description::{Change, Description};
use crate::plan::note::Note;
use crate::plan::order::{Guard, Rank};

/// A change of the function URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlAction {
    Create {
        function: String,
        alias: String,
        settings: UrlSettings,
    },
    Update {
        function: String,
        alias: String,
        from: UrlSettings,
        to: UrlSettings,
    },
    Delete {
        function: String,
        alias: String,
        url: String,
    },
}

use UrlAction::{Create, Delete, Update};

/// What it takes to bring the URL to what is wanted. CORS that is not in the configuration is left alone.
pub(in crate::plan) fn changes(
    names: &Names,
    wanted: &UrlSettings,
    live: Option<&LiveUrl>,
    notes: &mut Vec<Note>,
) -> Option<UrlAction> {
    let (function, alias) = (names.function.clone(), names.alias.to_owned());
    let Some(LiveUrl { url: _, settings }) = live else {
        return Some(Create {
            function,
            alias,
            settings: wanted.clone(),
        });
    };
    if wanted.cors.is_none() && settings.cors.is_some() {
        notes
            .push("left alone: CORS of the function URL, which is not in the configuration".into());
    }
    (!agrees(wanted, settings)).then(|| Update {
        function,
        alias,
        from: settings.clone(),
        to: wanted.clone(),
    })
}

fn agrees(wanted: &UrlSettings, live: &UrlSettings) -> bool {
    let UrlSettings {
        auth_type,
        invoke_mode,
        cors,
    } = wanted;
    *auth_type == live.auth_type
        && *invoke_mode == live.invoke_mode
        && cors
            .as_ref()
            .is_none_or(|cors| *cors == live.cors.clone().unwrap_or_default())
}

impl UrlAction {
    pub(in crate::plan) fn describe(&self) -> Description {
        let of = |function: &str, alias: &str| format!("{function}:{alias}");
        match self {
            Create {
                function,
                alias,
                settings,
            } => {
                let UrlSettings {
                    auth_type,
                    invoke_mode,
                    cors,
                } = settings;
                let cors = cors.iter();
                Description::new(Change::Create, "function URL", of(function, alias))
                    .detail(format!("auth {auth_type}, {invoke_mode}"))
                    .details(cors.flat_map(|to| cors_changed(&Cors::default(), to)))
            }
            Update {
                function,
                alias,
                from,
                to,
            } => Description::new(Change::Update, "function URL", of(function, alias))
                .details(settings_changed(from, to)),
            Delete {
                function,
                alias,
                url,
            } => Description::new(Change::Delete, "function URL", of(function, alias)).detail(
                format!("{url} is gone for good: a new one gets another address"),
            ),
        }
    }

    pub(in crate::plan) fn rank(&self) -> Rank {
        match self {
            Create { .. } | Update { .. } => Rank::Open,
            Delete { .. } => Rank::First,
        }
    }

    pub(in crate::plan) fn guard(&self) -> Guard {
        match self {
            Create { .. } | Delete { .. } => Guard::Aws,
            Update { .. } => Guard::Look,
        }
    }

    /// What takes the change back, so that callers of the version before reach it as they did. A URL that
    /// was made stays.
    pub(in crate::plan) fn back(&self) -> Option<Self> {
        let Update {
            function,
            alias,
            from,
            to,
        } = self
        else {
            return None;
        };
        Some(Update {
            function: function.clone(),
            alias: alias.clone(),
            from: UrlSettings {
                cors: to.cors.clone().or_else(|| from.cors.clone()),
                ..to.clone()
            },
            to: UrlSettings {
                // What was not touched is left alone, and what was made where there was none is emptied.
                cors: to
                    .cors
                    .is_some()
                    .then(|| from.cors.clone().unwrap_or_default()),
                ..from.clone()
            },
        })
    }
}

fn settings_changed(from: &UrlSettings, to: &UrlSettings) -> Vec<String> {
    let UrlSettings {
        auth_type,
        invoke_mode,
        cors,
    } = from;
    let mut details: Vec<String> = [
        ("auth", auth_type.as_str(), to.auth_type.as_str()),
        ("invoke mode", invoke_mode.as_str(), to.invoke_mode.as_str()),
    ]
    .into_iter()
    .filter(|(_, from, to)| from != to)
    .map(|(what, from, to)| format!("{what} {from} -> {to}"))
    .collect();
    if let Some(to) = &to.cors {
        details.extend(cors_changed(&cors.clone().unwrap_or_default(), to));
    }
    details
}

fn cors_changed(from: &Cors, to: &Cors) -> Vec<String> {
    let list = |set: &BTreeSet<String>| match set.iter().cloned().collect::<Vec<_>>().join(", ") {
        empty if empty.is_empty() => "(none)".to_owned(),
        listed => listed,
    };
    // In full, so that a new member does not compile until it is shown.
    let shown = |cors: &Cors| {
        let Cors {
            allow_credentials,
            allow_headers,
            allow_methods,
            allow_origins,
            expose_headers,
            max_age_seconds,
        } = cors;
        [
            ("origins", list(allow_origins)),
            ("methods", list(allow_methods)),
            ("headers", list(allow_headers)),
            ("exposed headers", list(expose_headers)),
            ("credentials", allow_credentials.to_string()),
            ("max age", format!("{max_age_seconds} s")),
        ]
    };
    shown(from)
        .into_iter()
        .zip(shown(to))
        .filter(|(from, to)| from != to)
        .map(|((what, from), (_, to))| format!("CORS {what} {from} -> {to}"))
        .collect()
}
