//! The built `bootstrap` as a process, its requests and its answers.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::lambda::{Answer, RuntimeApi};
use crate::upstream::{Bedrock, Call};

/// Longer than anything here takes, so that a test that waits in vain fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(120);

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

/// The session of every question here.
pub(crate) const SESSION: &str = "session-1-0123456789abcdef0123456789abcdef";
/// What the agent knows it by: the SHA-256 of eight zero bytes, because callers have no names here, and of
/// the id.
pub(crate) const AGENTS_SESSION: &str =
    "302d8b2d67c68a8fb94074f1b4adf926c192916c974231d7fbd322c0de700678";

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
    process: Child,
    log: Log,
}

impl Running {
    pub(crate) async fn start(settings: &[(&str, &str)]) -> Self {
        Self::on(RuntimeApi::start().await, settings).await
    }

    pub(crate) async fn on(mut api: RuntimeApi, settings: &[(&str, &str)]) -> Self {
        let bedrock = Bedrock::start().await;
        let mut process = bootstrap(&api.address, &bedrock.endpoint, settings);
        let log = Log::of(&mut process);
        api.idle().await;
        Self {
            api,
            bedrock,
            process,
            log,
        }
    }

    pub(crate) async fn ask(&mut self, text: &str) -> (Answer, Call) {
        self.ask_event(question(text)).await
    }

    pub(crate) async fn ask_event(&mut self, event: Value) -> (Answer, Call) {
        let answer = self.api.invoke(event).await;
        let call = self.bedrock.call().await;
        (answer, call)
    }

    /// Ends the process after its last answer and returns all that it has written.
    pub(crate) async fn log(mut self) -> String {
        self.api.idle().await;
        self.process.start_kill().unwrap();
        soon("the log", self.log.0).await.unwrap()
    }
}

/// Reads what a process writes to standard output and standard error: unread, it would block the
/// process.
pub(crate) struct Log(JoinHandle<String>);

impl Log {
    fn of(process: &mut Child) -> Self {
        let mut stdout = process.stdout.take().unwrap();
        let mut stderr = process.stderr.take().unwrap();
        Self(tokio::spawn(async move {
            let (mut log, mut complaints) = (String::new(), String::new());
            let read = (
                stdout.read_to_string(&mut log),
                stderr.read_to_string(&mut complaints),
            );
            let (one, other) = tokio::join!(read.0, read.1);
            one.unwrap();
            other.unwrap();
            log + &complaints
        }))
    }
}
