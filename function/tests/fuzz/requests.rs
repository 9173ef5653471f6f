//! Whatever a client asks, in whatever dialect: a runtime gets all of it, in the words of its own protocol, and in a
//! session of this caller's.

use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use gateway::authorize::Authorizer;
use gateway::settings::{RoleSessions, agents::Protocol};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::event::{Fixture, asked, event};
use crate::json::{any_change, any_json, changed};
use crate::runtime::{ARN, runtime};

const PROTOCOLS: [(&str, Protocol); 3] = [
    ("http", Protocol::Http),
    ("ag-ui", Protocol::AgUi),
    ("a2a", Protocol::A2a),
];
const PATHS: [&str; 4] = ["/", "/ai-sdk", "/ag-ui", "/openai/v1/chat/completions"];

/// The last request's session and body, unless they were taken.
type Last = Arc<Mutex<Option<(String, Vec<u8>)>>>;

#[derive(Debug)]
struct Connector(Last);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let session = "x-amzn-bedrock-agentcore-runtime-session-id";
        let session = request.headers().get(session).unwrap().to_owned();
        let body = request.body().bytes().unwrap().to_vec();
        *self.0.lock().unwrap() = Some((session, body));
        let mut response = HttpResponse::new(200.try_into().unwrap(), SdkBody::from("\"yes\""));
        let headers = response.headers_mut();
        headers.insert("content-type", "application/json");
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// A gateway to a runtime that speaks one protocol.
struct Runtime {
    protocol: &'static str,
    gateway: Fixture,
    last: Last,
}

/// One for each protocol.
fn runtimes() -> [Runtime; 3] {
    PROTOCOLS.map(|(name, protocol)| {
        let last = Last::default();
        let agent = runtime(Connector(last.clone())).speaking(protocol);
        let settings = json!({"type": "agentcore-runtime", "arn": ARN, "protocol": name});
        let authorizer = Authorizer::Iam(RoleSessions::Shared);
        Runtime {
            protocol: name,
            gateway: Fixture::with(authorizer, &settings, Box::new(agent)),
            last,
        }
    })
}

impl Runtime {
    /// What the runtime is asked with; `None` if the request is refused.
    fn asked(
        &self,
        path: &str,
        body: &Value,
        caller: &str,
    ) -> Result<Option<Value>, TestCaseError> {
        let mut event = event(path, body, false);
        let iam = &mut event["requestContext"]["authorizer"]["iam"];
        iam["userId"] = format!("AIDA{caller}").into();
        iam["userArn"] = format!("arn:aws:iam::111122223333:user/{caller}").into();
        let status = self.gateway.status(event.to_string())?;
        let last = self.last.lock().unwrap().take();
        prop_assert_eq!(last.is_some(), status == 200, "{}", status);
        let Some((session, payload)) = last else {
            return Ok(None);
        };
        let payload: Value = serde_json::from_slice(&payload).unwrap();
        prop_assert_eq!(self.session(&payload), session.as_str());
        self.check_shape(&payload)?;
        Ok(Some(payload))
    }

    fn session<'a>(&self, payload: &'a Value) -> &'a str {
        let session = match self.protocol {
            "http" => &payload["sessionId"],
            "ag-ui" => &payload["threadId"],
            _ => &payload["params"]["message"]["contextId"],
        };
        session.as_str().unwrap()
    }

    /// What every server of the protocol insists on.
    fn check_shape(&self, payload: &Value) -> Result<(), TestCaseError> {
        let is_right = match self.protocol {
            "http" => {
                let prompt = &payload["prompt"];
                prompt.is_string() || prompt.as_array().is_some_and(|blocks| !blocks.is_empty())
            }
            "ag-ui" => {
                let members = ["state", "tools", "context", "forwardedProps"];
                let messages = payload["messages"].as_array().unwrap();
                payload["runId"].is_string()
                    && members.iter().all(|name| payload.get(name).is_some())
                    && messages.iter().all(|message| message["role"].is_string())
            }
            _ => {
                let message = &payload["params"]["message"];
                let parts = message["parts"].as_array().unwrap();
                payload["jsonrpc"] == "2.0"
                    && payload["method"] == "message/stream"
                    && message["role"] == "user"
                    && message["messageId"].is_string()
                    && !parts.is_empty()
                    && parts
                        .iter()
                        .all(|part| part.get(part["kind"].as_str().unwrap()).is_some())
            }
        };
        prop_assert!(is_right, "{}: {}", self.protocol, payload);
        Ok(())
    }

    /// Where the answer to the question `id` stands, and how it is written.
    fn answer(&self, id: &str, sent: &Value) -> [(&'static str, Value); 2] {
        let output = &read_again(sent);
        match self.protocol {
            "http" => {
                let block = json!({"interruptResponse": {"interruptId": id, "response": output}});
                [
                    ("/prompt", json!([block])),
                    ("/resume", json!({id: output})),
                ]
            }
            "ag-ui" => {
                let entry = json!({"interruptId": id, "status": "resolved", "payload": output});
                [("/messages", json!([])), ("/resume", json!([entry]))]
            }
            _ => {
                let part = match output {
                    Value::String(text) => json!({"kind": "text", "text": text}),
                    Value::Object(_) => json!({"kind": "data", "data": output}),
                    _ => json!({"kind": "text", "text": sent.to_string()}),
                };
                [
                    ("/params/message/taskId", id.into()),
                    ("/params/message/parts", json!([part])),
                ]
            }
        }
    }

    /// The conversation that the runtime is told, with the question as its last message.
    fn conversation(&self, payload: &Value) -> Vec<Message> {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        match self.protocol {
            "http" => {
                let history = list(&payload["history"]).into_iter();
                let question = json!({"role": "user", "content": [{"text": payload["prompt"]}], "files": payload["files"]});
                history
                    .chain([question])
                    .map(|it| Message::of_http(&it))
                    .collect()
            }
            "ag-ui" => list(&payload["messages"])
                .iter()
                .map(Message::of_ag_ui)
                .collect(),
            _ => {
                let message = &payload["params"]["message"];
                let history = list(&message["metadata"]["history"]).into_iter();
                history
                    .chain([message.clone()])
                    .map(|it| Message::of_a2a(&it))
                    .collect()
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Message {
    is_user: bool,
    text: String,
    files: Vec<Attached>,
}

#[derive(Debug, Clone, PartialEq)]
struct Attached {
    name: String,
    media_type: String,
    /// Base64.
    data: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

impl Attached {
    fn new(name: &Value, media_type: &Value, data: &Value) -> Self {
        Self {
            name: text(name),
            media_type: text(media_type),
            data: text(data),
        }
    }

    fn url(&self) -> String {
        format!("data:{};base64,{}", self.media_type, self.data)
    }
}

/// What servers read.
impl Message {
    fn of_http(message: &Value) -> Self {
        let files = message["files"].as_array().into_iter().flatten();
        Self {
            is_user: message["role"] == "user",
            text: text(&message["content"][0]["text"]),
            files: files
                .map(|file| Attached::new(&file["name"], &file["mediaType"], &file["data"]))
                .collect(),
        }
    }

    fn of_ag_ui(message: &Value) -> Self {
        let content = match &message["content"] {
            Value::String(text) => vec![json!({"type": "text", "text": text})],
            parts => parts.as_array().unwrap().clone(),
        };
        let file = |part: &Value| {
            let source = &part["source"];
            Attached::new(
                &part["metadata"]["filename"],
                &source["mimeType"],
                &source["value"],
            )
        };
        Self::of_parts(message["role"] == "user", "type", &content, file)
    }

    fn of_a2a(message: &Value) -> Self {
        let file = |part: &Value| {
            let file = &part["file"];
            Attached::new(&file["name"], &file["mimeType"], &file["bytes"])
        };
        let parts = message["parts"].as_array().unwrap();
        Self::of_parts(message["role"] == "user", "kind", parts, file)
    }

    fn of_parts(is_user: bool, kind: &str, parts: &[Value], file: fn(&Value) -> Attached) -> Self {
        let (texts, files): (Vec<_>, Vec<_>) = parts.iter().partition(|part| part[kind] == "text");
        Self {
            is_user,
            text: texts.iter().map(|part| text(&part["text"])).collect(),
            files: files.into_iter().map(file).collect(),
        }
    }
}

/// What clients write.
impl Message {
    fn role(&self) -> &'static str {
        if self.is_user { "user" } else { "assistant" }
    }

    /// The parts of the message: its text, unless it has none, and its files.
    fn parts(&self, file: impl Fn(&Attached) -> Value) -> Value {
        let text = (!self.text.is_empty()).then(|| json!({"type": "text", "text": self.text}));
        text.into_iter()
            .chain(self.files.iter().map(file))
            .collect()
    }

    fn for_ai_sdk(&self) -> Value {
        let file = |file: &Attached| json!({"type": "file", "mediaType": file.media_type, "filename": file.name, "url": file.url()});
        json!({"id": "m", "role": self.role(), "parts": self.parts(file)})
    }

    fn for_ag_ui(&self) -> Value {
        let file = |file: &Attached| {
            let kind = if file.media_type.starts_with("image/") {
                "image"
            } else {
                "document"
            };
            let source = json!({"type": "data", "value": file.data, "mimeType": file.media_type});
            json!({"type": kind, "source": source, "metadata": {"filename": file.name}})
        };
        let content = match self.files.as_slice() {
            [] => self.text.clone().into(),
            _ => self.parts(file),
        };
        json!({"id": "m", "role": self.role(), "content": content})
    }

    fn for_openai(&self) -> Value {
        let file = |file: &Attached| json!({"type": "file", "file": {"filename": file.name, "file_data": file.url()}});
        json!({"role": self.role(), "content": self.parts(file)})
    }
}

/// What one client asks.
#[derive(Debug, Clone)]
struct Asking {
    session: String,
    /// Ends in the question.
    conversation: Vec<Message>,
    /// What only clients of AG-UI send.
    run: Value,
}

impl Asking {
    fn body(&self, path: &str) -> Value {
        let messages = |write: fn(&Message) -> Value| -> Value {
            self.conversation.iter().map(write).collect()
        };
        let question = self.conversation.last().unwrap();
        match path {
            "/" => {
                let file = |file: &Attached| json!({"name": file.name, "mediaType": file.media_type, "data": file.data});
                let files: Value = question.files.iter().map(file).collect();
                json!({"question": question.text, "files": files, "sessionId": self.session})
            }
            "/ai-sdk" => json!({"id": self.session, "messages": messages(Message::for_ai_sdk)}),
            "/ag-ui" => {
                let mut run = self.run.clone();
                run["threadId"] = self.session.clone().into();
                run["messages"] = messages(Message::for_ag_ui);
                run
            }
            _ => {
                json!({"model": "a", "stream": true, "metadata": {"session_id": self.session},
                    "messages": messages(Message::for_openai)})
            }
        }
    }
}

fn any_text() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        any::<String>(),
        "[\"\\\\\\r\\n\t\u{2028} 京🌤{}$]{0,8}",
        Just("${question}".to_owned()),
    ];
    text.prop_filter("it says something", |text| !text.trim().is_empty())
}

fn any_files() -> impl Strategy<Value = Vec<Attached>> {
    let kind = prop::sample::select(&["image/png", "application/pdf", "text/csv"][..]);
    let file = (kind, prop::collection::vec(any::<u8>(), 1..20));
    prop::collection::vec(file, 0..3).prop_map(|files| {
        let files = files.into_iter().map(|(kind, bytes)| Attached {
            name: String::new(),
            media_type: kind.to_owned(),
            data: STANDARD.encode(bytes),
        });
        files.collect()
    })
}

fn any_asking() -> impl Strategy<Value = Asking> {
    let user = prop_oneof![
        (any_text(), any_files()),
        (
            Just(String::new()),
            any_files().prop_filter("it has something", |files| !files.is_empty())
        ),
    ];
    let user = user.prop_map(|(text, files)| Message {
        is_user: true,
        text,
        files,
    });
    let assistant = any_text().prop_map(|text| Message {
        is_user: false,
        text,
        files: Vec::new(),
    });
    let turns = prop::collection::vec((user.clone(), assistant), 0..3);
    let set = || any_json().prop_filter("null is nothing", |json| !json.is_null());
    let tool = ("[a-z]{1,8}", any::<String>(), any_json()).prop_map(|(name, description, parameters)| {
        json!({"name": name, "description": description, "parameters": parameters})
    });
    let run = (set(), prop::collection::vec(tool, 0..3), set(), any_json());
    ("[!-~]{1,60}", turns, user, run).prop_map(|(session, turns, question, run)| {
        let turns = turns.into_iter().flat_map(|(user, assistant)| [user, assistant]);
        let mut conversation: Vec<_> = turns.chain([question]).collect();
        // Equal names would be told apart.
        let files = conversation.iter_mut().flat_map(|message| &mut message.files);
        for (number, file) in files.enumerate() {
            file.name = format!("ファイル {number}.bin");
        }
        let (state, tools, context, more) = run;
        let forwarded = json!({"agent": "a", "more": more});
        let run = json!({"runId": "run-1", "state": state, "tools": tools, "context": context, "forwardedProps": forwarded});
        Asking { session, conversation, run }
    })
}

/// What a reader makes of a number is the same only if both have read it as often.
fn read_again(value: &Value) -> Value {
    serde_json::from_str(&value.to_string()).unwrap()
}

#[test]
fn a_runtime_is_asked_all_that_the_client_asks() {
    let runtimes = runtimes();
    let path = prop::sample::select(&PATHS[..]);
    proptest!(|(asking in any_asking(), path in path, which in 0..runtimes.len())| {
        let (runtime, body) = (&runtimes[which], asking.body(path));
        let payload = runtime.asked(path, &body, "one")?.unwrap();

        let told = runtime.conversation(&payload);
        // The native client sends no conversation.
        let from = if path == "/" { asking.conversation.len() - 1 } else { 0 };
        prop_assert_eq!(&told, &asking.conversation[from..], "{} {}", path, runtime.protocol);
        if path == "/ag-ui" && runtime.protocol == "ag-ui" {
            for name in ["messages", "state", "tools", "context", "forwardedProps"] {
                prop_assert_eq!(&payload[name], &read_again(&body[name]), "{}", name);
            }
        }
        let session = runtime.session(&payload);
        let again = runtime.asked(path, &body, "one")?.unwrap();
        prop_assert_eq!(runtime.session(&again), session);
        let other = runtime.asked(path, &body, "other")?.unwrap();
        prop_assert_ne!(runtime.session(&other), session);
    });
}

#[test]
fn an_answer_reaches_the_runtime_that_asked() {
    let runtimes = runtimes();
    let id = "[!-~]{1,40}".prop_filter("it is one question", |id| !id.contains("/decisions/"));
    proptest!(|(id in id, output in any_json(), which in 0..runtimes.len())| {
        let token = json!({"s": "s", "v": "v", "a": "a", "i": 0, "c": 1, "k": "question", "d": id, "n": "n"});
        let token = format!("ask_{}", URL_SAFE_NO_PAD.encode(token.to_string()));
        let result = json!({"id": token, "kind": "question", "name": "n", "output": output});
        let body = json!({"sessionId": "s", "returnControl": {"invocationId": "v", "results": [result]}});
        let runtime = &runtimes[which];
        let payload = runtime.asked("/", &body, "one")?.unwrap();
        for (pointer, answer) in runtime.answer(&id, &output) {
            prop_assert_eq!(payload.pointer(pointer), Some(&answer), "{}", runtime.protocol);
        }
    });
}

#[test]
fn a_changed_request_is_refused_or_asked_in_the_right_shape() {
    let runtimes = runtimes();
    let asked = asked();
    proptest!(|(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec(any_change(), 0..3),
        to in 0..runtimes.len(),
    )| {
        let (path, body) = which.get(&asked).clone();
        let body = changes.into_iter().fold(body, |body, (index, change)| changed(body, index, &change));
        runtimes[to].asked(path, &body, "one")?;
    });
}
