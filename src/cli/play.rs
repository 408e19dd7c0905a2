//! `liftform local play`.

use std::fmt::Write as _;
use std::time::Duration;

use liftform_player::{Backend, Protocol};
use plan::StackPlan;
use topology::environment::Target;

use super::args::{OutputForm, PlayArgs, ProtocolChoice};
use super::context::Context;
use super::error::CliError;
use super::session::{self, Start};
use super::status::ExitStatus;
use super::{output, view};
use crate::ops::outputs::{self, Outputs};
use crate::ops::play::{self, Ending, PlayOptions, PlayReport, PlayersTable};
use crate::ops::source::TopologySource;

pub(super) fn run(args: &PlayArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let plan = local_plan(context, &source)?;
    let (endpoint, values) = session::block_on(read(context, &plan))?;
    let options = options(args, context, &plan, &endpoint, &values)?;
    let view = view::play(context, options.players);
    let report = play::play(&options, &|event| view.show(&event))?;
    drop(view);
    match context.output() {
        OutputForm::Text => output::text(&show(&report))?,
        OutputForm::Json => output::json(&report)?,
        OutputForm::Jsonl => {
            output::json_line(&serde_json::json!({ "type": "report", "report": report }))?;
        }
    }
    Ok(if report.summary.failed == 0 {
        ExitStatus::Done
    } else {
        ExitStatus::Failure
    })
}

/// The chosen environment, or the first one that lives in the local cloud.
fn local_plan(context: &Context, source: &TopologySource) -> Result<StackPlan, CliError> {
    let refused = |message: String| {
        CliError::new(ExitStatus::Refused, message)
            .hint("Choose an environment with `target: local`, and deploy it first.")
    };
    if !context.global.env.is_empty() {
        let name = context.environment(source)?;
        let plan = session::compile(context, source, &name)?;
        return match plan.target {
            Target::Local => Ok(plan),
            Target::Aws => Err(refused(format!("`{name}` doesn't live in the local cloud"))),
        };
    }
    for name in context.compiler().environments(source)? {
        let plan = session::compile(context, source, &name)?;
        if plan.target == Target::Local {
            return Ok(plan);
        }
    }
    Err(refused(format!(
        "no environment of `{}` lives in the local cloud",
        source.file
    )))
}

async fn read(context: &Context, plan: &StackPlan) -> Result<(String, Outputs), CliError> {
    let events = view::progress(context);
    let session = session::connect(context, plan, Start::Never, &*events).await?;
    let Some((session, endpoint)) =
        session.and_then(|session| session.local.clone().map(|endpoint| (session, endpoint)))
    else {
        return Err(
            CliError::new(ExitStatus::Refused, "the local cloud isn't running")
                .hint(format!("Run `liftform deploy --env {}`.", plan.environment)),
        );
    };
    let specs = session::specs(context, plan)?;
    let mut values = outputs::read(&session.connection, &specs).await?;
    values.point_to(&endpoint);
    Ok((endpoint, values))
}

fn options(
    args: &PlayArgs,
    context: &Context,
    plan: &StackPlan,
    endpoint: &str,
    values: &Outputs,
) -> Result<PlayOptions, CliError> {
    let value = |key: &str| {
        let row = values
            .rows()
            .find(|row| row.key == key && row.region == plan.home);
        row.map(|row| row.value).ok_or_else(|| {
            let message = format!(
                "the backend of `{}` has no output `{key}`",
                plan.environment
            );
            CliError::new(ExitStatus::Refused, message)
                .hint(format!("Run `liftform deploy --env {}`.", plan.environment))
        })
    };
    let backend = Backend::new(
        value("ApiUrl")?,
        &plan.home,
        value("IdentityPoolId")?,
        context.clock(),
    );
    let share = |percent: u8| {
        let players = u64::from(args.players) * u64::from(percent);
        u32::try_from(players.div_ceil(100)).unwrap_or(args.players)
    };
    Ok(PlayOptions {
        backend: backend.with_cognito(endpoint),
        players_table: PlayersTable {
            endpoint: endpoint.to_owned(),
            region: plan.home.clone(),
            name: value("PlayersTable")?.to_owned(),
        },
        matchmaker: args.matchmaker.clone(),
        players: args.players,
        party: args.party,
        rejecting: share(args.reject),
        silent: share(args.silent),
        protocols: match args.connect {
            ProtocolChoice::Both => vec![Protocol::Tcp, Protocol::Udp],
            ProtocolChoice::Tcp => vec![Protocol::Tcp],
            ProtocolChoice::Udp => vec![Protocol::Udp],
            ProtocolChoice::None => Vec::new(),
        },
        patience: args.patience,
        stay: args.stay,
    })
}

fn show(report: &PlayReport) -> String {
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = writeln!(
        text,
        "player  ticket                                            wait    result"
    );
    for player in &report.players {
        let wait = player.waited_ms.map_or_else(|| "-".to_owned(), seconds);
        let result = match (player.ending, &player.server, &player.failure) {
            (Ending::Played, Some(server), _) => {
                let names: Vec<_> = player.validated.iter().map(ToString::to_string).collect();
                match names.as_slice() {
                    [] => server.clone(),
                    names => format!("{server}, validated over {}", names.join(" and ")),
                }
            }
            (Ending::Declined, ..) => "declined".to_owned(),
            (_, _, failure) => failure.clone().unwrap_or_default(),
        };
        let ticket = player.ticket.as_deref().unwrap_or("-");
        let _ = writeln!(
            text,
            "{:<6}  {ticket:<48}  {wait:>6}  {result}",
            player.player
        );
    }
    text.push('\n');
    text.push_str(&summary(report));
    text
}

fn summary(report: &PlayReport) -> String {
    let sum = &report.summary;
    let mut text = format!(
        "{} played, {} declined, {} failed\n",
        sum.played, sum.declined, sum.failed
    );
    if let Some(times) = sum.time_to_match_ms {
        let [p50, p90, p95, max] = [times.p50, times.p90, times.p95, times.max].map(seconds);
        let _ = writeln!(
            text,
            "time to match: p50 {p50}, p90 {p90}, p95 {p95}, max {max}"
        );
    }
    for server in &sum.servers {
        let _ = writeln!(
            text,
            "server {}: {} players",
            server.address, server.players
        );
    }
    for (kind, players) in &sum.failures {
        let _ = writeln!(text, "failed: {players} x {kind}");
    }
    text
}

fn seconds(millis: u64) -> String {
    format!("{:.1}s", Duration::from_millis(millis).as_secs_f64())
}
