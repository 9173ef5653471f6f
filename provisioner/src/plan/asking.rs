//! How a deployment is asked whether it works.

use std::time::Duration;

use super::note::Note;
use crate::config::{Config, Probe};
use crate::deployment::access::{Auth, AuthType, InvokeMode, UrlSettings};
use crate::deployment::state::LiveFunction;

/// Beyond the function's own timeout: its start, and the way there and back.
const SLACK: Duration = Duration::from_secs(15);

/// What is asked, and what is known about the one who answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    pub kind: Probe,
    /// The URL asks for no signature.
    pub is_public: bool,
    /// The URL's invoke mode is BUFFERED.
    pub is_buffered: bool,
    /// The VPC that the function runs in, where no function URL streams.
    pub vpc: Option<String>,
    /// How long an answer may take.
    pub answer_limit: Duration,
    /// Something has just been changed, and may take a moment to act.
    pub is_fresh: bool,
}

/// What is wanted of a deployment that is to be asked.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    pub probe: Probe,
    /// There is a token to ask with.
    pub has_token: bool,
    /// Whom the version lets in that is asked; `None` where it does not say so as we do.
    pub auth: Option<Auth>,
    pub reserved_concurrency: Option<i32>,
    pub settings: &'a UrlSettings,
}

impl Asking {
    /// Nobody is asked.
    pub(super) fn nobody() -> Self {
        Self {
            kind: Probe::None,
            is_public: false,
            is_buffered: false,
            vpc: None,
            answer_limit: Duration::ZERO,
            is_fresh: false,
        }
    }

    /// As it is wished, as far as that is possible: where nothing may run there is nothing to ask, and who
    /// checks tokens wants to see one. A note says why less is asked than was wished.
    pub fn decide(
        wish: Wish<'_>,
        config: &Config,
        function: Option<&LiveFunction>,
        is_fresh: bool,
    ) -> (Self, Option<Note>) {
        let Wish {
            probe,
            has_token,
            auth,
            reserved_concurrency,
            settings,
        } = wish;
        let (kind, note) = if probe != Probe::None && reserved_concurrency == Some(0) {
            let note = "not probed: reserved concurrency is 0, nothing may run";
            (Probe::None, Some(note.into()))
        } else if probe == Probe::Ask && auth == Some(Auth::Jwt) && !has_token {
            let note = "auth is `jwt`, and there is no token to ask with (BEDROCK_GATEWAY_TOKEN): GET /healthz \
                        instead";
            (Probe::Health, Some(note.into()))
        } else {
            (probe, None)
        };
        let asking = Self {
            kind,
            is_public: settings.auth_type == AuthType::None,
            is_buffered: settings.invoke_mode == InvokeMode::Buffered,
            vpc: function.and_then(|function| function.vpc.clone()),
            answer_limit: Duration::from_secs(config.timeout_seconds.into()) + SLACK,
            is_fresh,
        };
        (asking, note)
    }
}
