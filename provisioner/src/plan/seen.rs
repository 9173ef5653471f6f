//! What a decision rests on besides the deployment itself.

use crate::aws::AwsError;
use crate::config::AgentKey;
use crate::deployment::permission::Statement;
use crate::deployment::state::LiveUrl;

/// What AWS says about one of the agents.
#[derive(Debug)]
pub(crate) struct Looked {
    pub(crate) key: AgentKey,
    /// For messages, such as "alias `LIVE` of agent `MAGICOUNCL`".
    pub(crate) resource: String,
    /// In AWS's words, such as `PREPARED`.
    pub(crate) status: Result<String, AwsError>,
}

/// What belongs to the function itself and leads to `$LATEST`. AWS keeps it apart from the alias's, and
/// no deployment makes any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Unqualified {
    pub(crate) statements: Vec<Statement>,
    pub(crate) url: Option<LiveUrl>,
}
