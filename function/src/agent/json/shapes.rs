//! The members of all types in `InvokeAgent`'s stream, from the service's model.

use aws_sdk_bedrockagentruntime::types;
use serde_json::{Value, json};

use super::{Json, object};

macro_rules! structures {
    ($($name:ident { $($member:ident),* $(,)? })*) => {$(
        impl Json for types::$name {
            fn json(&self) -> Value {
                object(&mut [$((stringify!($member), self.$member.json())),*])
            }
        }
    )*};
}

macro_rules! unions {
    ($($name:ident { $($variant:ident => $member:literal),* $(,)? })*) => {$(
        impl Json for types::$name {
            fn json(&self) -> Value {
                match self {
                    $(Self::$variant(value) => json!({ $member: value.json() }),)*
                    // A variant that this version of the SDK does not know.
                    _ => Value::Null,
                }
            }
        }
    )*};
}

macro_rules! enumerations {
    ($($name:ident),* $(,)?) => {$(
        impl Json for types::$name {
            fn json(&self) -> Value {
                self.as_str().into()
            }
        }
    )*};
}

structures! {
    CustomOrchestrationTrace { event, trace_id }
    CustomOrchestrationTraceEvent { text }
    FailureTrace { failure_code, failure_reason, metadata, trace_id }
    Metadata { client_request_id, end_time, operation_total_time_ms, start_time, total_time_ms,
        usage }
    Usage { input_tokens, output_tokens }
    GuardrailTrace { action, input_assessments, metadata, output_assessments, trace_id }
    GuardrailAssessment { content_policy, sensitive_information_policy, topic_policy,
        word_policy }
    GuardrailContentPolicyAssessment { filters }
    GuardrailContentFilter { action, confidence, r#type }
    GuardrailSensitiveInformationPolicyAssessment { pii_entities, regexes }
    GuardrailPiiEntityFilter { action, r#match, r#type }
    GuardrailRegexFilter { action, r#match, name, regex }
    GuardrailTopicPolicyAssessment { topics }
    GuardrailTopic { action, name, r#type }
    GuardrailWordPolicyAssessment { custom_words, managed_word_lists }
    GuardrailCustomWord { action, r#match }
    GuardrailManagedWord { action, r#match, r#type }
    InvocationInput { action_group_invocation_input, agent_collaborator_invocation_input,
        code_interpreter_invocation_input, invocation_type, knowledge_base_lookup_input,
        trace_id }
    ActionGroupInvocationInput { action_group_name, api_path, execution_type, function,
        invocation_id, parameters, request_body, verb }
    Parameter { name, r#type, value }
    RequestBody { content }
    AgentCollaboratorInvocationInput { agent_collaborator_alias_arn, agent_collaborator_name,
        input }
    AgentCollaboratorInputPayload { return_control_results, text, r#type }
    ReturnControlResults { invocation_id, return_control_invocation_results }
    ApiResult { action_group, agent_id, api_path, confirmation_state, http_method,
        http_status_code, response_body, response_state }
    ContentBody { body, images }
    ImageInput { format, source }
    FunctionResult { action_group, agent_id, confirmation_state, function, response_body,
        response_state }
    CodeInterpreterInvocationInput { code, files }
    KnowledgeBaseLookupInput { knowledge_base_id, text }
    ModelInvocationInput { foundation_model, inference_configuration, override_lambda,
        parser_mode, prompt_creation_mode, text, trace_id, r#type }
    InferenceConfiguration { maximum_length, stop_sequences, temperature, top_k, top_p }
    OrchestrationModelInvocationOutput { metadata, raw_response, reasoning_content, trace_id }
    RawResponse { content }
    ReasoningTextBlock { signature, text }
    Observation { action_group_invocation_output, agent_collaborator_invocation_output,
        code_interpreter_invocation_output, final_response, knowledge_base_lookup_output,
        reprompt_response, trace_id, r#type }
    ActionGroupInvocationOutput { metadata, text }
    AgentCollaboratorInvocationOutput { agent_collaborator_alias_arn, agent_collaborator_name,
        metadata, output }
    AgentCollaboratorOutputPayload { return_control_payload, text, r#type }
    ReturnControlPayload { invocation_id, invocation_inputs }
    ApiInvocationInput { action_group, action_invocation_type, agent_id, api_path,
        collaborator_name, http_method, parameters, request_body }
    ApiParameter { name, r#type, value }
    ApiRequestBody { content }
    PropertyParameters { properties }
    FunctionInvocationInput { action_group, action_invocation_type, agent_id, collaborator_name,
        function, parameters }
    FunctionParameter { name, r#type, value }
    CodeInterpreterInvocationOutput { execution_error, execution_output, execution_timeout,
        files, metadata }
    FinalResponse { metadata, text }
    KnowledgeBaseLookupOutput { metadata, retrieved_references }
    RetrievedReference { content, location, metadata }
    RetrievalResultContent { audio, byte_content, row, text, r#type, video }
    AudioSegment { s3_uri, transcription }
    RetrievalResultContentColumn { column_name, column_value, r#type }
    VideoSegment { s3_uri, summary }
    RetrievalResultLocation { confluence_location, custom_document_location,
        google_drive_location, kendra_document_location, one_drive_location, s3_location,
        salesforce_location, share_point_location, sql_location, r#type, web_location }
    RetrievalResultConfluenceLocation { url }
    RetrievalResultCustomDocumentLocation { id }
    RetrievalResultGoogleDriveLocation { url }
    RetrievalResultKendraDocumentLocation { uri }
    RetrievalResultOneDriveLocation { url }
    RetrievalResultS3Location { uri }
    RetrievalResultSalesforceLocation { url }
    RetrievalResultSharePointLocation { url }
    RetrievalResultSqlLocation { query }
    RetrievalResultWebLocation { url }
    RepromptResponse { source, text }
    Rationale { text, trace_id }
    PostProcessingModelInvocationOutput { metadata, parsed_response, raw_response,
        reasoning_content, trace_id }
    PostProcessingParsedResponse { text }
    PreProcessingModelInvocationOutput { metadata, parsed_response, raw_response,
        reasoning_content, trace_id }
    PreProcessingParsedResponse { is_valid, rationale }
    RoutingClassifierModelInvocationOutput { metadata, raw_response, trace_id }
}

unions! {
    Trace { CustomOrchestrationTrace => "customOrchestrationTrace", FailureTrace =>
        "failureTrace", GuardrailTrace => "guardrailTrace", OrchestrationTrace =>
        "orchestrationTrace", PostProcessingTrace => "postProcessingTrace", PreProcessingTrace
        => "preProcessingTrace", RoutingClassifierTrace => "routingClassifierTrace" }
    OrchestrationTrace { InvocationInput => "invocationInput", ModelInvocationInput =>
        "modelInvocationInput", ModelInvocationOutput => "modelInvocationOutput", Observation =>
        "observation", Rationale => "rationale" }
    InvocationResultMember { ApiResult => "apiResult", FunctionResult => "functionResult" }
    ImageInputSource { Bytes => "bytes" }
    ReasoningContentBlock { ReasoningText => "reasoningText", RedactedContent =>
        "redactedContent" }
    InvocationInputMember { ApiInvocationInput => "apiInvocationInput", FunctionInvocationInput
        => "functionInvocationInput" }
    PostProcessingTrace { ModelInvocationInput => "modelInvocationInput", ModelInvocationOutput
        => "modelInvocationOutput" }
    PreProcessingTrace { ModelInvocationInput => "modelInvocationInput", ModelInvocationOutput
        => "modelInvocationOutput" }
    RoutingClassifierTrace { InvocationInput => "invocationInput", ModelInvocationInput =>
        "modelInvocationInput", ModelInvocationOutput => "modelInvocationOutput", Observation =>
        "observation" }
}

enumerations! {
    ActionInvocationType, ConfirmationState, CreationMode, ExecutionType, GuardrailAction,
        GuardrailContentFilterConfidence, GuardrailContentFilterType,
        GuardrailContentPolicyAction, GuardrailManagedWordType, GuardrailPiiEntityType,
        GuardrailSensitiveInformationPolicyAction, GuardrailTopicPolicyAction,
        GuardrailTopicType, GuardrailWordPolicyAction, ImageInputFormat, InvocationType,
        PayloadType, PromptType, ResponseState, RetrievalResultContentColumnType,
        RetrievalResultContentType, RetrievalResultLocationType, Source, Type,
}
