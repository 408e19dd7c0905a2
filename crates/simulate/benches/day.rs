//! How long a day of play takes: `cargo bench -p liftform-simulate`, or with numbers of players as arguments.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::time::{Duration, Instant};

use flexmatch::matching::MatchmakerOptions;
use simulate::{Players, Population, Scenario, simulate};

const BODY: &str = include_str!("../../flexmatch/benches/five_against_five.json");

fn main() {
    let asked: Vec<u32> = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let sizes = if asked.is_empty() {
        vec![10_000, 100_000]
    } else {
        asked
    };
    println!(
        "{:>9} {:>9} {:>9} {:>9}",
        "players", "matches", "p95 wait", "seconds"
    );
    for players in sizes {
        let rule_set = flexmatch::parse(BODY)
            .rule_set
            .expect("the rule set of the matcher's benchmark is valid");
        let population = Population {
            players,
            ..Population::default()
        };
        let scenario = Scenario {
            rule_set: &rule_set,
            matchmaker: MatchmakerOptions {
                request_timeout: Duration::from_secs(120),
                ..MatchmakerOptions::default()
            },
            players: Players::Drawn(&population),
            queue: None,
        };
        let start = Instant::now();
        let report = simulate(&scenario).expect("the population fits the rule set");
        let took = start.elapsed().as_secs_f64();
        println!(
            "{players:>9} {:>9} {:>8.1}s {took:>9.2}",
            report.matches, report.wait_seconds.p95
        );
    }
}
