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
/// With `--matchmaker` or `--queue`, matches are placed as a queue of the topology would while every location has room.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  liftform simulate rules/duel.json
  liftform simulate rules/duel.json --players 100000 --html duel.html
  liftform simulate rules/new.json --against rules/duel.json --output markdown
  liftform simulate rules/duel.json --population evening.json --fail-if 'p95_wait>30s' --fail-if 'timed_out>1%'
  liftform simulate --matchmaker duel --env prod --fail-if 'unplaced>0%'
  liftform simulate rules/new.json --matchmaker duel --env prod --recorded tickets.csv

A population file is JSON; every key may be left out:
  {\"players\": 20000, \"duration_seconds\": 86400, \"evening_peak\": 1.6, \"parties\": [0.75, 0.18, 0.07],
   \"locations\": [\"eu-central-1\", \"us-east-1\"], \"cities\": {\"london\": 2, \"washington\": 1},
   \"attributes\": {\"skill\": {\"normal\": {\"mean\": 1500, \"deviation\": 300}}, \"mode\": {\"words\": {\"coop\": 3, \"duel\": 1}},
                  \"rank\": {\"missing\": {\"share\": 0.1, \"otherwise\": {\"uniform\": {\"from\": 1, \"to\": 9}}}},
   \"distances\": {\"eu-north-1\": {\"london\": 35, \"frankfurt\": 25}},
   \"acceptance\": {\"rejects\": 0.02, \"ignores\": 0.03, \"seconds\": 8}}
  `hours`, 24 weights from local midnight on, takes the place of `evening_peak`; `distances` (ms) that of the table.

Recorded tickets are CSV, one row per player, in any order; the first row names the columns:
  time                seconds, or a time like 2025-01-31T12:00:00.676Z
  player              who
  ticket              rows with the same one are a party; without it every row is a ticket
  city                a group that the report tells apart; without it, the location that is nearest
  attribute:NAME      empty: none; a list is a;b, a map a=1;b=2
  latency:LOCATION    milliseconds; empty: not measured

Thresholds: mean_, p50_, p90_, p95_, p99_ or max_ before wait (s) or latency (ms); timed_out, unplaced (matches) and
fill (%); with > or <. A figure that there is none of, as when nobody got a match, counts as crossed.")]
pub(in crate::cli) struct SimulateArgs {
    /// File with the rule set [default: the matchmaker's]
    #[arg(required_unless_present = "matchmaker")]
    pub(in crate::cli) rule_set: Option<PathBuf>,

    /// Play with the timeouts, open slots and queue of this matchmaker of the topology
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) matchmaker: Option<String>,

    /// Place matches through this queue of the topology
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) queue: Option<String>,

    /// Play the same players through another rule set, too, and compare
    #[arg(long, value_name = "RULE_SET")]
    pub(in crate::cli) against: Option<PathBuf>,

    /// File that says who plays
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) population: Option<PathBuf>,

    /// CSV file with recorded tickets, instead of a population
    #[arg(long, value_name = "FILE", conflicts_with_all = ["population", "players", "duration"])]
    pub(in crate::cli) recorded: Option<PathBuf>,

    /// Players who ask for a match [default: the population's, or 10000]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) players: Option<u32>,

    /// Time during which they come [default: the population's, or a day]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pub(in crate::cli) duration: Option<Duration>,

    /// How long a ticket may wait [default: the matchmaker's, or 2m]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pub(in crate::cli) request_timeout: Option<Duration>,

    /// Ask players whether they accept a match, and wait so long for their answers [default: the matchmaker's, or not]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pub(in crate::cli) acceptance: Option<Duration>,

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
