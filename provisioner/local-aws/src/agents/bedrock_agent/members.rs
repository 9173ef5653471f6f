//! Citations, files, returned control, guardrails and tools, in the shapes of the service's model.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::scenario::{Cite, File, Guardrail, Reason, Reference, ReturnControl, Tool};

/// The payload of a `chunk` with its sources; `start` counts the characters said before.
pub(super) fn cited(cite: &Cite, start: usize) -> Value {
    let length = cite.text.chars().count();
    json!({
        "bytes": STANDARD.encode(&cite.text),
        "attribution": {"citations": [{
            "generatedResponsePart": {"textResponsePart": {
                "text": cite.text,
                "span": {"start": start, "end": (start + length).saturating_sub(1)},
            }},
            "retrievedReferences": references(&cite.sources),
        }]},
    })
}

fn references(found: &[Reference]) -> Value {
    let reference = |found: &Reference| {
        let location = if found.uri.starts_with("s3://") {
            json!({"type": "S3", "s3Location": {"uri": found.uri}})
        } else {
            json!({"type": "WEB", "webLocation": {"url": found.uri}})
        };
        let mut metadata = json!({"x-amz-bedrock-kb-source-uri": found.uri});
        if let Some(title) = &found.title {
            metadata["title"] = json!(title);
        }
        json!({
            "content": {"type": "TEXT", "text": found.excerpt},
            "location": location,
            "metadata": metadata,
        })
    };
    found.iter().map(reference).collect()
}

pub(super) fn files(files: &[File]) -> Value {
    let file = |file: &File| {
        json!({
            "name": file.name,
            "type": file.media_type,
            "bytes": STANDARD.encode(&file.text),
        })
    };
    json!({"files": files.iter().map(file).collect::<Value>()})
}

pub(super) fn return_control(control: &ReturnControl, invocation_id: &str) -> Value {
    json!({
        "invocationId": invocation_id,
        "invocationInputs": [{"functionInvocationInput": {
            "actionGroup": control.group,
            "actionInvocationType": "RESULT",
            "function": control.function,
            "parameters": parameters(&control.parameters),
        }}],
    })
}

fn parameters(parameters: &std::collections::BTreeMap<String, String>) -> Value {
    let parameter = |(name, value)| json!({"name": name, "type": "string", "value": value});
    parameters.iter().map(parameter).collect()
}

/// A guardrail's `trace`, which stands beside `orchestrationTrace`, not in it.
pub(super) fn guardrail(id: &str, guardrail: &Guardrail) -> Value {
    let topic = json!({"name": guardrail.topic, "type": "DENY", "action": "BLOCKED"});
    json!({"guardrailTrace": {
        "traceId": id,
        "action": guardrail.action.name(),
        "inputAssessments": [{"topicPolicy": {"topics": [topic]}}],
        "outputAssessments": [],
    }})
}

pub(super) fn reasoning(id: &str, reason: &Reason) -> Value {
    json!({"modelInvocationOutput": {
        "traceId": id,
        "rawResponse": {"content": "{}"},
        "reasoningContent": {"reasoningText": {"text": reason.text, "signature": "scripted"}},
    }})
}

/// The two traces of a tool: its input, and its output.
pub(super) fn tool(id: &str, tool: &Tool) -> [Value; 2] {
    let (kind, input, output) = match tool {
        Tool::Function {
            group,
            name,
            parameters: given,
            output,
        } => (
            "ACTION_GROUP",
            json!({"actionGroupInvocationInput": {
                "actionGroupName": group,
                "function": name,
                "executionType": "LAMBDA",
                "parameters": parameters(given),
            }}),
            json!({"actionGroupInvocationOutput": {"text": output.to_string()}}),
        ),
        Tool::Lookup { text, found } => (
            "KNOWLEDGE_BASE",
            json!({"knowledgeBaseLookupInput": {"text": text, "knowledgeBaseId": "SCRIPTED01"}}),
            json!({"knowledgeBaseLookupOutput": {"retrievedReferences": references(found)}}),
        ),
        Tool::Code {
            code,
            output,
            error,
        } => (
            "ACTION_GROUP_CODE_INTERPRETER",
            json!({"codeInterpreterInvocationInput": {"code": code, "files": []}}),
            json!({"codeInterpreterInvocationOutput": {
                "executionOutput": output.as_deref().unwrap_or_default(),
                "executionError": error.as_deref().unwrap_or_default(),
                "executionTimeout": false,
                "files": [],
            }}),
        ),
    };
    let observed = match kind {
        "KNOWLEDGE_BASE" => "KNOWLEDGE_BASE",
        _ => "ACTION_GROUP",
    };
    let with = |mut content: Value, name: &str, kind: &str| {
        content["traceId"] = json!(id);
        content[name] = json!(kind);
        content
    };
    [
        json!({"invocationInput": with(input, "invocationType", kind)}),
        json!({"observation": with(output, "type", observed)}),
    ]
}
