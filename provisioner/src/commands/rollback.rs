//! `rollback`: lets callers reach an older version again, at once and without a build.

use crate::plan::print::coloured;
use serde_json::json;

use super::error::CommandError;
use super::{Context, role};
use crate::cli::RollbackArgs;
use crate::config::variables::auth_of;
use crate::deployment::access::UrlSettings;
use crate::deployment::access::auth_type;
use crate::deployment::state::{Live, LiveUrl, LiveVersion};
use crate::plan::{Action, rollback};
use crate::release::apply::Apply;
use crate::release::prove::prove;
use crate::release::switch::Switched;
use crate::release::verify::{Question, Reached};

/// Finds the version, tries it out, moves the alias, and asks the URL.
pub async fn run(context: &Context, args: &RollbackArgs) -> Result<(), CommandError> {
    let RollbackArgs {
        to,
        yes,
        allow_public,
        proof,
    } = args;
    let Context {
        config,
        aws,
        printer,
        ..
    } = context;
    let names = context.names();
    let live = read(context).await?;
    let (version, mut plan) =
        rollback(&names, &live, *to, *allow_public).map_err(CommandError::Rollback)?;
    let LiveVersion {
        number,
        configuration,
        ..
    } = &version;
    // Before the alias moves: the version may need it at once.
    let needed = role::missing(context, &live, configuration);
    plan.actions.splice(0..0, needed);
    let title = context.title(live.account().as_ref());
    printer.say(&format_args!("{title}: {}", plan.summary()));
    printer.say(&coloured(&plan));
    context
        .consent(*yes)
        .confirm_unless_ci("Make these changes?")?;

    let function = live.function.as_ref();
    let auth = auth_of(&configuration.environment);
    let question = Question::new(
        context,
        proof.probe.unwrap_or(config.probe),
        proof,
        auth,
        function.and_then(|function| function.reserved_concurrency),
    );
    let total = plan.actions.len();
    let mut apply = Apply::new(aws, *printer, names, total, function, question.kind);
    apply
        .carry_out(&plan.actions)
        .await
        .map_err(CommandError::Apply)?;
    let number = number.to_string();
    let left_on_trial = || Switched::on_trial(&context.names(), live.alias.as_ref()?);
    let on_trial = apply.applied.switched.take().or_else(left_on_trial);
    let proof = match &live.url {
        // That it starts is all that it can show.
        None => None,
        Some(LiveUrl { url, settings }) => {
            let auth_type = auth.map_or(settings.auth_type.clone(), |auth| {
                auth_type(auth).to_owned()
            });
            let settings = UrlSettings {
                auth_type,
                ..settings.clone()
            };
            let reached = Reached {
                url,
                version: &number,
                settings: &settings,
                vpc: function.and_then(|function| function.vpc.as_deref()),
                is_fresh: true,
            };
            prove(context, &mut apply, &question, &reached, on_trial).await?
        }
    };
    printer.say(&format_args!(
        "{title}: version {number} is live ({}); the next `up` goes forward again",
        context.effort()
    ));
    let changes: Vec<_> = plan.actions.iter().map(Action::describe).collect();
    let result = json!({
        "name": config.name,
        "region": config.region,
        "url": live.url.as_ref().map(|url| &url.url),
        "from": live.alias.as_ref().map(|alias| &alias.version),
        "version": number,
        "changes": changes,
        "probe": proof,
        "requests": aws.request_counts(),
    });
    printer.json_result(&result).map_err(CommandError::Print)
}

async fn read(context: &Context) -> Result<Live, CommandError> {
    let names = context.names();
    let mut live = context.aws.live(&names).await.map_err(CommandError::Read)?;
    if live.function.is_some() {
        let versions = context.aws.versions(&names).await;
        live.versions = Some(versions.map_err(CommandError::Read)?);
    }
    Ok(live)
}
