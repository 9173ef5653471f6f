//! Why a message of a harness has ended, and what follows from it. Pure.

use aws_sdk_bedrockagentcore::types::HarnessStopReason;

/// Whether the calls of a message that ended so are whole, and may still get their results.
pub(super) fn goes_on(reason: &HarnessStopReason) -> bool {
    matches!(
        reason,
        HarnessStopReason::ToolUse | HarnessStopReason::ToolResult | HarnessStopReason::PartialTurn
    )
}

/// How a message ended.
pub(super) enum Ending {
    Usual,
    /// The model stopped before it was done; what it said is all there.
    Shortened(&'static str),
    Failed,
}

pub(super) fn ending(reason: &HarnessStopReason) -> Ending {
    match reason {
        HarnessStopReason::EndTurn
        | HarnessStopReason::ToolUse
        | HarnessStopReason::ToolResult
        | HarnessStopReason::StopSequence
        | HarnessStopReason::PartialTurn => Ending::Usual,
        HarnessStopReason::MaxTokens | HarnessStopReason::MaxOutputTokensExceeded => {
            Ending::Shortened("stopped.maxTokens")
        }
        HarnessStopReason::ContentFiltered => Ending::Shortened("stopped.contentFiltered"),
        HarnessStopReason::HookStopped => Ending::Shortened("stopped.hook"),
        HarnessStopReason::MaxIterationsExceeded
        | HarnessStopReason::ModelContextWindowExceeded
        | HarnessStopReason::MalformedModelOutput
        | HarnessStopReason::MalformedToolUse
        | HarnessStopReason::TimeoutExceeded
        | HarnessStopReason::Interrupted => Ending::Failed,
        _ => Ending::Shortened("stopped"),
    }
}
