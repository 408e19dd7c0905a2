//! `liftform simulate`.

use std::path::Path;

use flexmatch::matching::MatchmakerOptions;
use serde_json::json;
use simulate::Population;

use super::args::{OutputChoice, OutputForm, SimulateArgs};
use super::context::Context;
use super::error::CliError;
use super::output;
use super::status::ExitStatus;
use super::view::simulation::{self, Played};
use crate::ops::simulate::simulate;
use crate::ops::source::TopologySource;

pub(super) fn run(args: &SimulateArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let population = population(args)?;
    let mut played = vec![play(&args.rule_set, args, &population)?];
    if let Some(other) = &args.against {
        played.push(play(other, args, &population)?);
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

fn play(path: &Path, args: &SimulateArgs, population: &Population) -> Result<Played, CliError> {
    let source = TopologySource::read(path)?;
    let options = MatchmakerOptions {
        seed: args.seed,
        request_timeout: args.request_timeout,
        ..MatchmakerOptions::default()
    };
    let report = simulate(&source, population, options)?;
    Ok(Played {
        file: source.file,
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
