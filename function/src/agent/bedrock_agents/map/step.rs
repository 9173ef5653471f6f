//! One step out of a trace: which it was, how long it took, how many tokens it used, its data.

use aws_sdk_bedrockagentruntime::types::{
    GuardrailAction, GuardrailTrace, InvocationInput, Metadata, Observation, OrchestrationTrace,
    PostProcessingTrace, PreProcessingTrace, RoutingClassifierTrace, Trace, Usage as BedrockUsage,
};

use crate::agent::json::Json;
use crate::event::{Trace as TraceStep, Usage};
use crate::settings::TraceLevel;

/// One step in Bedrock's own terms.
pub(super) struct Step<'a> {
    /// Bedrock's own names, because operators look them up in its documentation.
    name: &'static str,
    content: &'a dyn Json,
    metadata: Option<&'a Metadata>,
    /// Whether no other step repeats the tokens in `metadata`.
    is_own_usage: bool,
    collaborator: Option<&'a String>,
    guardrail_action: Option<&'a str>,
    failure_code: Option<i32>,
}

impl<'a> Step<'a> {
    /// `None` for a kind of step that this version does not know.
    pub(super) fn of(trace: &'a Trace) -> Option<Self> {
        let step = match trace {
            Trace::PreProcessingTrace(PreProcessingTrace::ModelInvocationInput(input)) => {
                Self::plain("preProcessing.modelInvocationInput", input)
            }
            Trace::PreProcessingTrace(PreProcessingTrace::ModelInvocationOutput(output)) => {
                let name = "preProcessing.modelInvocationOutput";
                Self::measured(name, output, output.metadata.as_ref())
            }
            Trace::OrchestrationTrace(trace) => return Self::of_orchestration(trace),
            Trace::RoutingClassifierTrace(trace) => return Self::of_routing(trace),
            Trace::PostProcessingTrace(PostProcessingTrace::ModelInvocationInput(input)) => {
                Self::plain("postProcessing.modelInvocationInput", input)
            }
            Trace::PostProcessingTrace(PostProcessingTrace::ModelInvocationOutput(output)) => {
                let name = "postProcessing.modelInvocationOutput";
                Self::measured(name, output, output.metadata.as_ref())
            }
            Trace::GuardrailTrace(guardrail) => Self::of_guardrail(guardrail),
            Trace::CustomOrchestrationTrace(custom) => Self::plain("customOrchestration", custom),
            Trace::FailureTrace(failure) => Self {
                failure_code: failure.failure_code,
                ..Self::measured("failure", failure, failure.metadata.as_ref())
            },
            _ => return None,
        };
        Some(step)
    }

    fn of_orchestration(trace: &'a OrchestrationTrace) -> Option<Self> {
        Some(match trace {
            OrchestrationTrace::ModelInvocationInput(input) => {
                Self::plain("orchestration.modelInvocationInput", input)
            }
            OrchestrationTrace::ModelInvocationOutput(output) => {
                let name = "orchestration.modelInvocationOutput";
                Self::measured(name, output, output.metadata.as_ref())
            }
            OrchestrationTrace::Rationale(rationale) => {
                Self::plain("orchestration.rationale", rationale)
            }
            OrchestrationTrace::InvocationInput(input) => {
                Self::of_input("orchestration.invocationInput", input)
            }
            OrchestrationTrace::Observation(observation) => {
                Self::of_observation("orchestration.observation", observation)
            }
            _ => return None,
        })
    }

    fn of_routing(trace: &'a RoutingClassifierTrace) -> Option<Self> {
        Some(match trace {
            RoutingClassifierTrace::ModelInvocationInput(input) => {
                Self::plain("routingClassifier.modelInvocationInput", input)
            }
            RoutingClassifierTrace::ModelInvocationOutput(output) => {
                let name = "routingClassifier.modelInvocationOutput";
                Self::measured(name, output, output.metadata.as_ref())
            }
            RoutingClassifierTrace::InvocationInput(input) => {
                Self::of_input("routingClassifier.invocationInput", input)
            }
            RoutingClassifierTrace::Observation(observation) => {
                Self::of_observation("routingClassifier.observation", observation)
            }
            _ => return None,
        })
    }

    fn of_input(name: &'static str, input: &'a InvocationInput) -> Self {
        let collaborator = input.agent_collaborator_invocation_input.as_ref();
        Self {
            collaborator: collaborator.and_then(|input| input.agent_collaborator_name.as_ref()),
            ..Self::plain(name, input)
        }
    }

    fn of_observation(name: &'static str, observation: &'a Observation) -> Self {
        let tool = observation.action_group_invocation_output.as_ref();
        let lookup = observation.knowledge_base_lookup_output.as_ref();
        let code = observation.code_interpreter_invocation_output.as_ref();
        let collaborator = observation.agent_collaborator_invocation_output.as_ref();
        let answer = observation.final_response.as_ref();
        let own = tool
            .and_then(|output| output.metadata.as_ref())
            .or_else(|| lookup.and_then(|output| output.metadata.as_ref()))
            .or_else(|| code.and_then(|output| output.metadata.as_ref()));
        // These are sums: the steps below them have counted the same tokens.
        let sum = collaborator
            .and_then(|output| output.metadata.as_ref())
            .or_else(|| answer.and_then(|output| output.metadata.as_ref()));
        Self {
            collaborator: collaborator.and_then(|output| output.agent_collaborator_name.as_ref()),
            is_own_usage: own.is_some(),
            ..Self::measured(name, observation, own.or(sum))
        }
    }

    fn of_guardrail(guardrail: &'a GuardrailTrace) -> Self {
        Self {
            guardrail_action: guardrail.action.as_ref().map(GuardrailAction::as_str),
            ..Self::measured("guardrail", guardrail, guardrail.metadata.as_ref())
        }
    }

    fn plain(name: &'static str, content: &'a dyn Json) -> Self {
        Self {
            name,
            content,
            metadata: None,
            is_own_usage: true,
            collaborator: None,
            guardrail_action: None,
            failure_code: None,
        }
    }

    fn measured(name: &'static str, content: &'a dyn Json, metadata: Option<&'a Metadata>) -> Self {
        Self {
            metadata,
            ..Self::plain(name, content)
        }
    }

    /// The tokens to add up: those that no other step repeats.
    pub(super) fn spent(&self) -> Option<Usage> {
        self.usage().filter(|_| self.is_own_usage)
    }

    fn usage(&self) -> Option<Usage> {
        self.metadata?.usage.as_ref().map(usage)
    }

    /// The step as an event. Making JSON of prompts and data costs too much where no client may see it.
    pub(super) fn event(&self, trace: TraceLevel) -> TraceStep {
        TraceStep {
            step: self.name,
            collaborator: self.collaborator.cloned(),
            duration_ms: self
                .metadata
                .and_then(|it| it.total_time_ms.or(it.operation_total_time_ms)),
            usage: self.usage(),
            guardrail_action: self.guardrail_action.map(ToOwned::to_owned),
            failure_code: self.failure_code,
            detail: (trace == TraceLevel::Full).then(|| self.content.json()),
        }
    }
}

fn usage(usage: &BedrockUsage) -> Usage {
    let tokens = |count: Option<i32>| {
        count
            .and_then(|count| u64::try_from(count).ok())
            .unwrap_or(0)
    };
    Usage {
        input_tokens: tokens(usage.input_tokens),
        output_tokens: tokens(usage.output_tokens),
    }
}
