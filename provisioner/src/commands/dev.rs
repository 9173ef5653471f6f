//! `dev`: everything on this machine. Starts the local AWS, deploys to it with the very code of
//! `up`, asks if told to, and serves the page until Ctrl-C.

mod agents;
mod deploy;
pub mod error;
mod handover;
mod info;
mod log_lines;
mod page;
mod redeploy;
mod settings;
mod watch;

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_credential_types::Credentials;
use serde_json::json;
use tokio::net::TcpListener;

use super::ask;
use super::ask::Form;
use super::context::{self, Context};
use super::error::CommandError;
use super::up::UpOutcome;
use crate::aws::{Aws, Connection, READ_TIMEOUT, StaticCredentials};
use crate::cli::{AgentKind, CodeArgs, DevArgs, GlobalArgs};
use crate::config::{Config, Trace};
use crate::deployment::access::Auth;
use crate::gateway::client::GatewayClient;
use crate::gateway::dialect::Dialect;
use crate::gateway::dialect::Question;
use crate::package::PackageCache;
use crate::package::edition::Edition;
use crate::package::source::Source;
use crate::terminal::github_actions::GithubActions;
use crate::terminal::interrupt::interrupted;
use crate::terminal::printer::Printer;
use deploy::{deploy, package};
use error::DevError;
use handover::Handover;
use info::info;
use local_aws::{FunctionAgent, LocalAws, Options};
use page::guard::Key;
use page::{Page, Shown};
use redeploy::redeploy_on_change;
use settings::Settings;
use uuid::Uuid;
use watch::Changes;

/// Runs until the question is answered (`--once`) or until Ctrl-C.
pub async fn run(
    global: &GlobalArgs,
    args: &DevArgs,
    edition: Edition,
    printer: Printer,
    started: Instant,
) -> Result<(), CommandError> {
    let CodeArgs { binary, build } = &args.code;
    let settings = Settings {
        global,
        args,
        edition,
        source: Source::decide(binary.as_deref(), *build, &edition),
        scenario: settings::scenario(args)?,
    };
    let config = settings.load(printer)?;
    let (log_sender, log_lines) = tokio::sync::mpsc::unbounded_channel();
    let mut options = Options::new(config.region.to_string(), settings.scenario.clone());
    if let Some(transition) = args.transition_ms {
        options.transition = Duration::from_millis(transition);
    }
    let aws = LocalAws::start(Options {
        port: args.port.unwrap_or(0),
        url_port: args.url_port.unwrap_or(0),
        speed: args.speed,
        function_agent: match &args.agent {
            AgentKind::Scripted => FunctionAgent::Scripted,
            AgentKind::Own(program) => {
                if let Some(why) = program.absence().await {
                    printer.warn(&format_args!("nothing answers at {program} yet: {why}"));
                }
                FunctionAgent::Own(program.clone())
            }
            AgentKind::Aws => {
                FunctionAgent::Aws(own_credentials(&own_connection(global, &config)?).await?)
            }
        },
        logs: log_sender,
        faults: args.faults.clone().map_or_else(Vec::new, |rules| rules.0),
        ..options
    })
    .await
    .map_err(DevError::LocalAws)?;

    let showing = tokio::spawn(log_lines::show(log_lines, printer));
    let session = session(&aws, config, &settings, printer, started);
    let result = tokio::select! {
        // In this order: who reads that all is ready may end it at once, and the file with the keys must go then, too.
        biased;
        result = interrupted() => result.map_err(|error| DevError::Signals(error).into()),
        result = Box::pin(session) => result,
    };
    aws.shutdown().await;
    showing.abort();
    result
}

/// What happens while the local AWS runs.
async fn session(
    aws: &LocalAws,
    config: Config,
    settings: &Settings<'_>,
    printer: Printer,
    started: Instant,
) -> Result<(), CommandError> {
    let args = settings.args;
    let handover = Handover::write(aws).map_err(DevError::Handover)?;
    if args.no_deploy {
        announce(printer, &ready(aws, &handover, None, None))?;
        return std::future::pending().await;
    }
    printer.say(&format_args!("local AWS at {}", aws.endpoint()));
    let package = package(&settings.source, config.architecture, printer).await?;
    let context = Context {
        github: GithubActions::default(),
        packages: PackageCache::default(),
        aws: Aws::connect(&connection(aws), printer).await,
        config,
        edition: settings.edition,
        printer,
        interactive: false,
        started,
    };
    let outcome = deploy(&context, package).await?;

    let explained = args.explain.then_some(context.config.trace);
    if let Some(text) = &args.once {
        ask(&client(aws, &context, &outcome), text, explained, printer).await?;
        if settings.is_first_try() {
            printer.say(
                &"these agents were scripted: `provision init` finds yours, in your AWS account",
            );
        }
        return Ok(());
    }
    let page_key = Uuid::new_v4().simple().to_string();
    let shown = |context: &Context, outcome: &UpOutcome| Shown {
        client: client(aws, context, outcome),
        info: info(context, outcome, settings),
    };
    let page = Arc::new(Page::new(Key::of(&page_key), shown(&context, &outcome)));
    let listener = page_listener(args.page_port).await?;
    let address = listener.local_addr().map_err(DevError::Page)?;
    let page_url = format!("http://{address}/{page_key}/");
    let serving = page::serve(listener, Arc::clone(&page));
    // Before anybody is told that all is ready, so that no change is missed.
    let changes = Changes::watch(&settings.global.settings.config, &settings.source)?;
    let rest = async {
        if let Some(text) = &args.ask {
            printer.say(&format_args!("\n> {text}"));
            ask(&client(aws, &context, &outcome), text, explained, printer).await?;
        }
        let ready = ready(aws, &handover, Some(&outcome.url), Some(&page_url));
        if printer.json() {
            announce(printer, &ready)?;
        }
        printer.say(&format_args!(
            "\nfunction URL  {}\npage          {page_url}\nother shells  {handover}\n\
             Ctrl-C ends it; {}",
            outcome.url,
            watch::told(&settings.source)
        ));
        redeploy_on_change(changes, context, settings, |context, outcome| {
            page.show(shown(context, outcome));
        })
        .await
    };
    tokio::select! {
        result = serving => result.map_err(|error| DevError::Page(error).into()),
        result = Box::pin(rest) => result,
    }
}

/// Asks the deployment, as `provision ask` does; an explanation has all that the deployment allows.
async fn ask(
    client: &GatewayClient,
    text: &str,
    explained: Option<Trace>,
    printer: Printer,
) -> Result<(), CommandError> {
    let explain = explained.is_some();
    let question = Question {
        text,
        trace: explained.map(Trace::as_str),
        explain,
        ..Question::default()
    };
    let form = Form::of(false, explain, printer);
    ask::put(client, &question, Dialect::Magi, form, printer).await?;
    Ok(())
}

/// The connection to AWS itself, for the real agent: `--endpoint-url` is not for it.
fn own_connection(global: &GlobalArgs, config: &Config) -> Result<Connection, CommandError> {
    Ok(Connection {
        endpoint_url: None,
        ..context::connection(global, &config.region)?
    })
}

/// The developer's own, for the real agent.
async fn own_credentials(connection: &Connection) -> Result<Credentials, DevError> {
    crate::aws::credentials(connection)
        .await
        .map_err(DevError::Credentials)
}

fn connection(aws: &LocalAws) -> Connection {
    Connection {
        region: aws.region.clone(),
        profile: None,
        endpoint_url: Some(aws.endpoint()),
        proxy: None,
        credentials: Some(StaticCredentials {
            access_key_id: aws.deployer.access_key_id.clone(),
            secret_access_key: aws.deployer.secret_access_key.clone(),
        }),
        read_timeout: READ_TIMEOUT,
    }
}

fn client(aws: &LocalAws, context: &Context, outcome: &UpOutcome) -> GatewayClient {
    let signed = context.config.auth == Auth::Iam;
    let credentials = signed.then(|| {
        let keys = &aws.deployer;
        Credentials::new(
            &keys.access_key_id,
            &keys.secret_access_key,
            None,
            None,
            "local AWS",
        )
    });
    GatewayClient::new(outcome.url.clone(), aws.region.clone(), credentials, None)
}

/// The port that was asked for; any other when it is the default and taken.
async fn page_listener(port: Option<u16>) -> Result<TcpListener, DevError> {
    const DEFAULT: u16 = 8787;
    let first = TcpListener::bind(("127.0.0.1", port.unwrap_or(DEFAULT))).await;
    let listener = match (first, port) {
        (Err(_), None) => TcpListener::bind(("127.0.0.1", 0)).await,
        (first, _) => first,
    };
    listener.map_err(DevError::Page)
}

fn ready(
    aws: &LocalAws,
    handover: &Handover,
    function_url: Option<&str>,
    page_url: Option<&str>,
) -> serde_json::Value {
    json!({
        "endpoint": aws.endpoint(),
        "region": aws.region,
        "accessKeyId": aws.developer.access_key_id,
        "secretAccessKey": aws.developer.secret_access_key,
        "configFile": handover.path(),
        "profile": handover::PROFILE,
        "functionUrl": function_url,
        "pageUrl": page_url,
    })
}

/// One line of JSON for whoever waits until everything is there.
fn announce(printer: Printer, ready: &serde_json::Value) -> Result<(), CommandError> {
    printer.result(ready, ready).map_err(CommandError::Print)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    use crate::cli::Cli;
    use crate::config::Needs;

    #[test]
    fn the_real_agent_is_asked_where_and_as_whom_the_configuration_says() {
        let global =
            Cli::parse_from(["provision", "--endpoint-url=http://127.0.0.1:1", "url"]).global;
        let yaml = "name: magi\nregion: eu-west-1\nagent: {id: A, alias: B}\n";
        let config = Config::resolve(yaml, &global.settings, Needs::Deployment).unwrap();

        let connection = own_connection(&global, &config).unwrap();

        assert_eq!(connection.region, "eu-west-1");
        assert_eq!((connection.profile, connection.endpoint_url), (None, None));
    }
}
