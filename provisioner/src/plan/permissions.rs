//! Plans the function URL and who may call it.
//!
//! Order: statements that are missing, then the URL, then statements that are no longer wanted. So
//! opening a URL answers no 403 in between, and closing it is not delayed by the clearing up.

use super::Plan;
use super::action::Action;
use crate::deployment::access::UrlSettings;
use crate::deployment::names::Names;
use crate::deployment::permission::{Grant, Meaning, Statement, removal};
use crate::deployment::state::LiveUrl;

const CHANGED: &str = "it no longer says what it was made for";
const UNWANTED: &str = "the URL is not public";

impl Plan {
    /// The URL is never deleted and made again: its address would change.
    pub(super) fn url(
        &mut self,
        names: &Names,
        desired: &UrlSettings,
        live: Option<&LiveUrl>,
        statements: &[Statement],
    ) {
        let wanted = Grant::opening(&desired.auth_type);
        let public = !wanted.is_empty();
        let function = names.function.clone();
        let alias = names.alias.to_owned();

        if desired.cors.is_none() && live.is_some_and(|url| url.settings.cors.is_some()) {
            let note = "left alone: CORS of the function URL, which is not in the configuration";
            self.note(note.to_owned());
        }
        for statement in statements {
            self.repair(names, statement, public);
        }
        for grant in wanted {
            let is_given = statements.iter().any(|statement| {
                statement.meaning == Meaning::Grant(*grant) && !is_spoilt(statement)
            });
            if !is_given {
                let (function, alias) = (function.clone(), alias.clone());
                self.actions.push(Action::AddPermission {
                    function,
                    alias,
                    grant: *grant,
                });
            }
        }
        match live {
            None => self.actions.push(Action::CreateUrl {
                function,
                alias,
                settings: desired.clone(),
            }),
            Some(LiveUrl { url: _, settings }) if !agrees(desired, settings) => {
                let (from, to) = (settings.clone(), desired.clone());
                self.actions.push(Action::UpdateUrl {
                    function,
                    alias,
                    from,
                    to,
                });
            }
            Some(_) => {}
        }
        if !public {
            let unwanted = statements.iter().filter(|statement| {
                Grant::of_sid(&statement.sid).is_some() && !is_spoilt(statement)
            });
            self.actions
                .extend(unwanted.map(|statement| remove(names, statement, UNWANTED)));
        }
    }

    /// Ours but changed: removed, and added again if wanted. Not ours: reported, if it matters.
    fn repair(&mut self, names: &Names, statement: &Statement, public: bool) {
        let Statement { sid, meaning } = statement;
        let ours = Grant::of_sid(sid).is_some();
        let by_hand = || removal(&names.function, Some(names.alias), sid);
        if ours {
            if is_spoilt(statement) {
                let reason = meaning.danger().unwrap_or(CHANGED);
                self.actions.push(remove(names, statement, reason));
            }
            return;
        }
        match (meaning, meaning.danger()) {
            (_, Some(danger)) => self.trouble(format!(
                "SECURITY: statement {sid}, which is not ours, {danger}; remove it with: {}",
                by_hand()
            )),
            (Meaning::Grant(_), None) if !public => self.note(format!(
                "left alone: statement {sid}, made by somebody else for a public URL, which this one \
                 is not; remove it with: {}",
                by_hand()
            )),
            (Meaning::Grant(_), None) => {}
            (_, None) => {
                self.note(format!("left alone: statement {sid}, which is not ours"));
            }
        }
    }
}

/// CORS that is not in the configuration is left alone.
pub(super) fn agrees(desired: &UrlSettings, live: &UrlSettings) -> bool {
    let UrlSettings {
        auth_type,
        invoke_mode,
        cors,
    } = desired;
    *auth_type == live.auth_type
        && *invoke_mode == live.invoke_mode
        && cors
            .as_ref()
            .is_none_or(|cors| *cors == live.cors.clone().unwrap_or_default())
}

/// Ours, but it does not say what it was made for.
fn is_spoilt(Statement { sid, meaning }: &Statement) -> bool {
    Grant::of_sid(sid).is_some_and(|grant| *meaning != Meaning::Grant(grant))
}

pub(super) fn remove(names: &Names, statement: &Statement, reason: &'static str) -> Action {
    Action::RemovePermission {
        function: names.function.clone(),
        alias: names.alias.to_owned(),
        sid: statement.sid.clone(),
        grants: match statement.meaning {
            Meaning::Grant(grant) => Some(grant),
            Meaning::Hole | Meaning::UrlHole | Meaning::NotUnderstood | Meaning::Other => None,
        },
        reason,
    }
}
