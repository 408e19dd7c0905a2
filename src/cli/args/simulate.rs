//! Arguments of `simulate`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use simulate::Threshold;

use crate::cli::duration;

/// Play players through a FlexMatch rule set: waits, fill, balance, latency, and which rule starves whom
///
/// A day of play takes seconds, and the same seed gives the same players and matches. Distances are those between cities of
/// a dated public table; what AWS doesn't say about FlexMatch is chosen as the documentation of the `flexmatch` crate says.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform simulate rules/duel.json
  liftform simulate rules/duel.json --players 100000 --html duel.html
  liftform simulate rules/new.json --against rules/duel.json --output markdown
  liftform simulate rules/duel.json --population evening.json --fail-if 'p95_wait>30s' --fail-if 'timed_out>1%'

A population file is JSON; every key may be left out:
  {\"players\": 20000, \"duration_seconds\": 86400, \"evening_peak\": 1.6, \"parties\": [0.75, 0.18, 0.07],
   \"locations\": [\"eu-central-1\", \"us-east-1\"], \"cities\": {\"london\": 2, \"washington\": 1},
   \"attributes\": {\"skill\": {\"normal\": {\"mean\": 1500, \"deviation\": 300}}, \"mode\": {\"words\": {\"coop\": 3, \"duel\": 1}},
                  \"rank\": {\"missing\": {\"share\": 0.1, \"otherwise\": {\"uniform\": {\"from\": 1, \"to\": 9}}}}}}

Thresholds: mean_, p50_, p90_, p95_, p99_ or max_ before wait (s) or latency (ms); timed_out and fill (%); with > or <.")]
pub(in crate::cli) struct SimulateArgs {
    /// File with the rule set
    pub(in crate::cli) rule_set: PathBuf,

    /// Play the same players through another rule set, too, and compare
    #[arg(long, value_name = "RULE_SET")]
    pub(in crate::cli) against: Option<PathBuf>,

    /// File that says who plays
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) population: Option<PathBuf>,

    /// Players who ask for a match [default: the population's, or 10000]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) players: Option<u32>,

    /// Time during which they come [default: the population's, or a day]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pub(in crate::cli) duration: Option<Duration>,

    /// The matchmaker's request timeout
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, default_value = "2m")]
    pub(in crate::cli) request_timeout: Duration,

    /// Decides everything that is left to chance
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(in crate::cli) seed: u64,

    /// Fail, with exit code 3, when this holds; may be repeated
    #[arg(long, value_name = "CONDITION")]
    pub(in crate::cli) fail_if: Vec<Threshold>,

    /// Write a page with charts to this file, too
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) html: Option<PathBuf>,
}
