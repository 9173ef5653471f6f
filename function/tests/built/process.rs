//! The built `bootstrap` as a process, and what its clients ask and read.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::lambda::{Answer, RuntimeApi};
use crate::upstream::{Bedrock, Call};

/// Longer than anything here takes; a test that waits for nothing fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(PATIENCE, future).await;
    waited.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// Starts the built binary as Lambda does: with an environment of its own.
pub(crate) fn bootstrap(runtime_api: &str, endpoint: &str, settings: &[(&str, &str)]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_bootstrap"))
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
        .env("AWS_REGION", "ap-northeast-1")
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("GATEWAY_AUTH", "none")
        .envs(settings.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

pub(crate) const AGENT: (&str, &str) = (
    "GATEWAY_AGENTS",
    r#"{"default":"magi","agents":{"magi":{"type":"bedrock-agent","agentId":"MAGICOUNCL","agentAliasId":"LIVE","name":"SOLOMON"}}}"#,
);

/// Nobody's name is on it and every upstream takes it, so it reaches the agent as it is.
pub(crate) const SESSION: &str = "session-1-0123456789abcdef0123456789abcdef";

pub(crate) fn question(question: &str) -> Value {
    json!({
        "version": "2.0",
        "rawPath": "/",
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": {"method": "POST"}},
        "body": json!({"question": question, "sessionId": SESSION}).to_string(),
        "isBase64Encoded": false,
    })
}

/// The `data` of every event in an answer's text.
pub(crate) fn events(text: &str) -> Vec<Value> {
    text.lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

pub(crate) fn types(text: &str) -> Vec<String> {
    let name = |event: Value| event["type"].as_str().unwrap().to_owned();
    events(text).into_iter().map(name).collect()
}

/// A process that waits for its first event.
pub(crate) struct Running {
    pub(crate) api: RuntimeApi,
    pub(crate) bedrock: Bedrock,
    pub(crate) process: Child,
}

impl Running {
    pub(crate) async fn start(settings: &[(&str, &str)]) -> Self {
        let mut api = RuntimeApi::start().await;
        let bedrock = Bedrock::start().await;
        let process = bootstrap(&api.address, &bedrock.endpoint, settings);
        api.idle().await;
        Self {
            api,
            bedrock,
            process,
        }
    }

    pub(crate) async fn ask(&mut self, text: &str) -> (Answer, Call) {
        let answer = self.api.invoke(question(text)).await;
        let call = self.bedrock.call().await;
        (answer, call)
    }

    /// All that it has written once it is done with the last answer; ends it.
    pub(crate) async fn log(mut self) -> String {
        self.api.idle().await;
        written(self.process).await
    }
}

/// All that a process has written to standard output and standard error; ends it.
pub(crate) async fn written(mut process: Child) -> String {
    process.start_kill().unwrap();
    let output = soon("the log", process.wait_with_output()).await.unwrap();
    let all = [output.stdout, output.stderr].concat();
    String::from_utf8(all).unwrap()
}
