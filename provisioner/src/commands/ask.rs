//! `ask`: puts a question to the deployment, as its clients do, and shows the answer as it comes.

pub mod error;
mod output;

use std::io::{IsTerminal as _, Read as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;
use tokio::time::error::Elapsed;
use uuid::Uuid;

use super::context::Context;
use super::error::CommandError;
use crate::cli::AskArgs;
use crate::deployment::access::AuthType;
use crate::deployment::state::LiveUrl;
use crate::gateway::client::{GatewayClient, Response, Token};
use crate::gateway::dialect::{Dialect, File, Question};
use crate::gateway::sse::SseParser;
use crate::gateway::transcript::{End, Transcript};
use crate::terminal::printer::Printer;
use crate::terminal::redact::redacted;
use error::AskError;
pub(crate) use output::Form;
use output::Output;

/// The gateway says something at least every 60 s: that it is still there, if nothing else.
const LONGEST_SILENCE: Duration = Duration::from_secs(90);

/// Finds the function URL, asks, and fails unless the answer has a good end.
pub async fn run(context: &Context, args: &AskArgs) -> Result<(), CommandError> {
    let AskArgs {
        question,
        files,
        agent,
        session,
        dialect,
        trace,
        explain,
        raw,
        token,
    } = args;
    let printer = context.printer;
    let text = question_text(question)?;
    let files: Vec<File> = files
        .iter()
        .map(|path| file(path))
        .collect::<Result<_, _>>()?;
    let client = client(context, token.clone()).await?;
    let question = Question {
        text: &text,
        files: &files,
        agent: agent.as_deref(),
        session: session.as_deref(),
        trace: trace.as_deref(),
        explain: *explain,
    };
    let form = Form::of(*raw, *explain, printer);
    let transcript = put(&client, &question, *dialect, form, printer).await?;
    if let (Form::Text, None, Some(id)) = (form, session, transcript.session()) {
        let line = format!("continue with --session {id}");
        if std::io::stderr().is_terminal() {
            printer.say(&line);
        } else {
            printer.detail(&line);
        }
    }
    Ok(())
}

fn question_text(argument: &str) -> Result<String, AskError> {
    if argument != "-" {
        return Ok(argument.to_owned());
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(AskError::Stdin)?;
    Ok(text)
}

fn file(path: &Path) -> Result<File, AskError> {
    let content = std::fs::read(path).map_err(|source| AskError::File {
        path: path.to_owned(),
        source,
    })?;
    let name = path.file_name().unwrap_or_default();
    Ok(File {
        name: name.to_string_lossy().into_owned(),
        data: STANDARD.encode(content),
    })
}

/// A client that signs, or sends a token, or neither, as the deployment wants it.
async fn client(context: &Context, token: Option<Token>) -> Result<GatewayClient, CommandError> {
    let region = context.config.region.to_string();
    let found = context.aws.url(&context.names()).await;
    let Some(LiveUrl { url, settings }) = found.map_err(CommandError::Read)? else {
        return Err(CommandError::NotDeployed {
            name: context.config.name.to_string(),
            region,
        });
    };
    let signed = settings.auth_type == AuthType::AwsIam;
    if signed && token.is_some() {
        return Err(AskError::TokenNotChecked.into());
    }
    let credentials = if signed {
        let credentials = context.aws.credentials().await;
        Some(credentials.map_err(AskError::Credentials)?)
    } else {
        None
    };
    let client = GatewayClient::new(url, region, credentials, context.aws.proxy());
    Ok(client.with_token(token))
}

/// Asks, and prints the answer on stdout. A missing end is a failure.
pub(crate) async fn put(
    client: &GatewayClient,
    question: &Question<'_>,
    dialect: Dialect,
    form: Form,
    printer: Printer,
) -> Result<Transcript, CommandError> {
    let body = dialect.request(question, &Uuid::new_v4().to_string());
    let body = Bytes::from(body.to_string());
    let head = client.post_to(dialect.path(), body, SystemTime::now());
    let head = tokio::time::timeout(LONGEST_SILENCE, head).await;
    let mut response = head.map_err(silent)?.map_err(AskError::Client)?;
    if response.status != 200 {
        let mut refusal = Vec::new();
        while let Some(piece) = piece(&mut response).await? {
            refusal.extend_from_slice(&piece);
        }
        return Err(refused(response.status, &refusal).into());
    }
    let mut output = Output::new(dialect, form, printer);
    let read = read(&mut response, &mut output).await;
    // Also of an answer that broke off: what there was of it is told.
    let ended = output.end().map_err(CommandError::Print);
    match read.and(ended) {
        Err(CommandError::Print(error)) if error.is_broken_pipe() => return Ok(output.transcript),
        outcome => outcome?,
    }
    verdict(output.transcript.end())?;
    Ok(output.transcript)
}

/// Hands on all of the answer as it comes.
async fn read(response: &mut Response, output: &mut Output) -> Result<(), CommandError> {
    let mut parser = SseParser::default();
    while let Some(piece) = piece(response).await? {
        let mut outcome = output.bytes(&piece);
        for data in parser.push(&piece) {
            let shown = output.event(data);
            outcome = outcome.and(shown);
        }
        outcome.map_err(CommandError::Print)?;
    }
    Ok(())
}

/// The next piece of an answer; too long a silence is a failure.
async fn piece(response: &mut Response) -> Result<Option<Bytes>, AskError> {
    let piece = tokio::time::timeout(LONGEST_SILENCE, response.piece()).await;
    piece.map_err(silent)?.map_err(AskError::Client)
}

fn silent(_: Elapsed) -> AskError {
    AskError::AnswerSilent {
        silence: LONGEST_SILENCE,
    }
}

/// What is to be told after the last byte. An answer without an end has been cut off.
fn verdict(end: Option<End>) -> Result<(), AskError> {
    match end {
        Some(End::Complete) => Ok(()),
        Some(End::Failed) => Err(AskError::AnswerFailed),
        None => Err(AskError::AnswerCut),
    }
}

/// Why there is no answer, by an error body.
fn refused(status: u16, body: &[u8]) -> AskError {
    let message = message(body);
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    match json["error"].as_str() {
        Some("trace_not_allowed") => AskError::TraceNotAllowed { message },
        _ => AskError::Refused { status, message },
    }
}

/// The sentence in an error body: the gateway's own, the function URL's, or OpenAI's.
fn message(body: &[u8]) -> String {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let sentence = [
        &json["message"],
        &json["Message"],
        &json["error"]["message"],
    ]
    .into_iter()
    .find_map(Value::as_str);
    let text = String::from_utf8_lossy(body);
    redacted(sentence.unwrap_or_else(|| text.trim()))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_gateway_that_never_answers_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let client = GatewayClient::new(url, "eu-west-1".to_owned(), None, None);
        let question = Question {
            text: "?",
            ..Question::default()
        };
        let printer = Printer::new(false, false);

        let gateway = async {
            let (asked, _) = listener.accept().await.unwrap();
            asked.readable().await.unwrap();
            // Only now: with a paused clock, a connection that is still being made would time out.
            tokio::time::pause();
            std::future::pending::<()>().await;
        };
        let put = put(&client, &question, Dialect::Magi, Form::Text, printer);

        tokio::select! {
            put = put => assert!(matches!(
                put,
                Err(CommandError::Ask(AskError::AnswerSilent { .. }))
            )),
            () = gateway => {}
        }
    }

    #[test]
    fn only_a_good_end_is_a_success() {
        assert!(verdict(Some(End::Complete)).is_ok());
        assert!(matches!(
            verdict(Some(End::Failed)),
            Err(AskError::AnswerFailed)
        ));
        assert!(matches!(verdict(None), Err(AskError::AnswerCut)));
    }

    #[test]
    fn a_refusal_says_why_in_any_shape() {
        for (body, expected) in [
            (
                r#"{"error":"unknown_agent","message":"no such agent"}"#,
                "no such agent",
            ),
            (r#"{"Message":"Forbidden"}"#, "Forbidden"),
            (r#"{"error":{"message":"bad","type":"invalid"}}"#, "bad"),
            ("<html>\n", "<html>"),
        ] {
            assert_eq!(message(body.as_bytes()), expected);
        }
    }
}
