//! `liftform simulate`.

use std::time::Duration;

use flexmatch::matching::MatchmakerOptions;
use serde_json::json;
use simulate::{Players, Population, Queue, Recording};

use super::args::{OutputChoice, OutputForm, SimulateArgs};
use super::context::Context;
use super::error::CliError;
use super::status::ExitStatus;
use super::view::simulation::{self, Played};
use super::{output, session};
use crate::ops::simulate as operation;
use crate::ops::source::TopologySource;

/// The request timeout of a rule set that no matchmaker of a topology uses.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);

/// What is played beside the players.
struct Setting {
    rule_set: TopologySource,
    options: MatchmakerOptions,
    queue: Option<Queue>,
}

/// Who plays.
enum Crowd {
    Drawn(Population),
    Recorded(Recording),
}

pub(super) fn run(args: &SimulateArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let setting = setting(args, context)?;
    let crowd = crowd(args, &setting, context)?;
    let players = match &crowd {
        Crowd::Drawn(population) => Players::Drawn(population),
        Crowd::Recorded(recording) => Players::Recorded(recording),
    };
    let mut played = vec![play(&setting, &setting.rule_set, players)?];
    if let Some(other) = &args.against {
        played.push(play(&setting, &TopologySource::read(other)?, players)?);
    }
    if let Some(path) = &args.html {
        std::fs::write(path, simulation::html(&played)).map_err(|error| {
            let message = format!("cannot write `{}`: {error}", path.display());
            CliError::new(ExitStatus::Failure, message)
        })?;
    }
    let crossed = crossed(args, &played[0]);
    match (context.output(), context.global.output) {
        (OutputForm::Json | OutputForm::Jsonl, _) => output::json(&json!({
            "format_version": 1,
            "seed": args.seed,
            "request_timeout_seconds": setting.options.request_timeout.as_secs(),
            "acceptance_timeout_seconds": setting.options.acceptance_timeout.map(|timeout| timeout.as_secs()),
            "open_slots": setting.options.additional_players,
            "queue": setting.queue.as_ref().map(|queue| &queue.name),
            "simulations": played.iter().map(|played| json!({ "rule_set": played.file, "report": played.report })).collect::<Vec<_>>(),
            "crossed": crossed,
        }))?,
        (OutputForm::Text, Some(OutputChoice::Markdown)) => {
            output::text(&simulation::markdown(&played))?;
        }
        (OutputForm::Text, _) => output::text(&simulation::text(&played))?,
    }
    if crossed.is_empty() {
        return Ok(ExitStatus::Done);
    }
    let message = format!(
        "`{}` crosses a threshold: {}",
        played[0].file,
        crossed.join("; ")
    );
    Err(CliError::new(ExitStatus::Refused, message)
        .hint("Relax the rule that blocks most players, or add an expansion step; `--html FILE` shows where time goes."))
}

/// What the matchmaker and queue of a topology say, then what the flags say.
fn setting(args: &SimulateArgs, context: &Context) -> Result<Setting, CliError> {
    let mut options = MatchmakerOptions {
        seed: args.seed,
        request_timeout: REQUEST_TIMEOUT,
        ..MatchmakerOptions::default()
    };
    let mut rule_set = args
        .rule_set
        .as_deref()
        .map(TopologySource::read)
        .transpose()?;
    let mut queue = None;
    if args.matchmaker.is_some() || args.queue.is_some() {
        let source = context.topology()?;
        let name = context.environment(&source)?;
        let environment = session::compiled(context, &source, &name)?.environment;
        let mut queue_name = args.queue.as_ref();
        if let Some(name) = &args.matchmaker {
            let matchmaker = operation::matchmaker(&environment, name)?;
            options.request_timeout = matchmaker.timeout;
            options.acceptance_timeout = matchmaker.acceptance;
            options.additional_players = matchmaker.extra_slots;
            queue_name = queue_name.or(Some(&matchmaker.queue));
            rule_set.get_or_insert_with(|| operation::rule_set(&environment, name, matchmaker));
        }
        if let Some(name) = queue_name {
            queue = Some(operation::queue(&environment, name)?);
        }
    }
    let Some(rule_set) = rule_set else {
        // Clap asks for one of the two.
        return Err(CliError::new(ExitStatus::Usage, "which rule set?")
            .hint("Name a file, or `--matchmaker NAME` of a topology."));
    };
    if let Some(timeout) = args.request_timeout {
        options.request_timeout = timeout;
    }
    options.acceptance_timeout = args.acceptance.or(options.acceptance_timeout);
    Ok(Setting {
        rule_set,
        options,
        queue,
    })
}

fn crowd(args: &SimulateArgs, setting: &Setting, context: &Context) -> Result<Crowd, CliError> {
    if let Some(path) = &args.recorded {
        let recording = operation::recording(path).map_err(|error| {
            let hint = "`liftform simulate --help` lists the columns.";
            CliError::of(ExitStatus::Refused, &error, Some(hint.to_owned()))
        })?;
        return Ok(Crowd::Recorded(recording));
    }
    let mut population = population(args)?;
    if let (Some(queue), true) = (&setting.queue, population.locations.is_empty()) {
        let unknown = population.measure(queue.places.iter().map(|place| &place.location));
        if population.locations.is_empty() {
            let message = format!(
                "no distances are known to any location of queue `{}`",
                queue.name
            );
            return Err(CliError::new(ExitStatus::Refused, message)
                .hint("Write them into `distances` of a population; `liftform simulate --help` shows how."));
        }
        if !unknown.is_empty() {
            let line = format!(
                "warning: nobody measures a latency to {}, so nobody plays there: the table has no figures; write them into `distances` of a population",
                unknown.join(", ")
            );
            output::notice(context, &line);
        }
    }
    Ok(Crowd::Drawn(population))
}

/// What the file says, then what the flags say.
fn population(args: &SimulateArgs) -> Result<Population, CliError> {
    let mut population = match &args.population {
        None => Population::default(),
        Some(path) => {
            let source = TopologySource::read(path)?;
            let text = String::from_utf8_lossy(&source.bytes);
            Population::parse(&text).map_err(|error| {
                let hint = format!(
                    "Correct `{}`; `liftform simulate --help` shows every key.",
                    source.file
                );
                CliError::of(ExitStatus::Refused, &error, Some(hint))
            })?
        }
    };
    if let Some(players) = args.players {
        population.players = players;
    }
    if let Some(duration) = args.duration {
        population.duration_seconds = duration.as_secs();
    }
    Ok(population)
}

fn play(
    setting: &Setting,
    source: &TopologySource,
    players: Players<'_>,
) -> Result<Played, CliError> {
    let options = setting.options.clone();
    let report = operation::simulate(source, players, options, setting.queue.as_ref())?;
    Ok(Played {
        file: source.file.clone(),
        report,
    })
}

/// The thresholds that the report crosses, with what it says instead.
fn crossed(args: &SimulateArgs, played: &Played) -> Vec<String> {
    let thresholds = args.fail_if.iter();
    thresholds
        .filter_map(|threshold| {
            let found = threshold.crossed(&played.report)?;
            Some(format!("{threshold} (is {found})"))
        })
        .collect()
}
