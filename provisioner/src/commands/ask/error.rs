//! Why a question has no whole answer.

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use crate::gateway::client::ClientError;
use crate::hint::Hint;

/// What goes wrong between a question and the end of its answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error("could not read the question from stdin")]
    Stdin(#[source] std::io::Error),
    #[error("could not read the file `{}`", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("could not get your AWS credentials to sign the question")]
    Credentials(#[source] Box<dyn Error + Send + Sync>),
    #[error("the function URL checks signatures, and a token is no signature")]
    TokenNotChecked,
    #[error("could not ask the gateway")]
    Client(#[source] ClientError),
    #[error("the gateway refused the question with HTTP status {status}: {message}")]
    Refused { status: u16, message: String },
    #[error("the gateway refused the question: {message}")]
    TraceNotAllowed { message: String },
    #[error("the answer failed")]
    AnswerFailed,
    #[error("the answer broke off without saying why")]
    AnswerCut,
    #[error("nothing has come for {} s, not even a sign of life", silence.as_secs())]
    AnswerSilent { silence: Duration },
}

impl Hint for AskError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Client(source) => return source.hint(),
            Self::Stdin(_) => "give the question as an argument",
            Self::File { .. } => "check the path given with `--file`",
            Self::Credentials(_) => "log in (`aws sso login`), or choose another `--profile`",
            Self::TokenNotChecked => "leave out `--token`, or deploy with `auth: jwt`",
            Self::AnswerCut
            | Self::AnswerSilent { .. }
            | Self::AnswerFailed
            | Self::Refused { status: 500.., .. } => "`provision logs` tells more",
            Self::TraceNotAllowed { .. } => {
                "ask for less with `--trace`, or raise `trace` in gateway.yaml and run `provision up`"
            }
            Self::Refused { status: 401, .. } => {
                "give a token with `--token` or `BEDROCK_GATEWAY_TOKEN`"
            }
            Self::Refused { status: 403, .. } => {
                "with `auth: iam` you need permission for `lambda:InvokeFunctionUrl` and, with the condition \
                 `lambda:InvokedViaFunctionUrl`, `lambda:InvokeFunction` on the alias"
            }
            Self::Refused { status: 404, .. } => {
                "`--agent` takes a name from `agents` in gateway.yaml; what is new there, `provision up` brings"
            }
            Self::Refused { status: 429, .. } => {
                "ask again in a moment; where that lasts, raise `reserved_concurrency`, or the quotas of \
                 the agent's model"
            }
            Self::Refused { .. } => return None,
        };
        Some(hint.to_owned())
    }
}
