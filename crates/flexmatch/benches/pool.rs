//! How long the matcher takes for a full pool: `cargo bench -p flexmatch`, or with numbers of tickets as arguments.
//!
//! Every ticket is a single player with a skill and latencies to six locations; all come at once and one tick matches them.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::time::Instant;

use flexmatch::matching::{Event, Matchmaker, MatchmakerOptions, Moment, Player, Ticket};
use flexmatch::{AttributeValue, parse};

const BODY: &str = include_str!("five_against_five.json");
const LOCATIONS: [&str; 6] = [
    "us-east-1",
    "us-west-2",
    "eu-central-1",
    "eu-west-1",
    "ap-northeast-1",
    "ap-southeast-2",
];

fn main() {
    let asked: Vec<u32> = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let sizes = if asked.is_empty() {
        vec![1_000, 10_000, 100_000]
    } else {
        asked
    };
    println!(
        "{:>9} {:>9} {:>9} {:>9} {:>11}",
        "tickets", "matches", "enqueue", "tick", "us/ticket"
    );
    for size in sizes {
        measure(size);
    }
}

fn measure(size: u32) {
    let rule_set = parse(BODY)
        .rule_set
        .expect("the rule set beside this file is valid");
    let mut matchmaker = Matchmaker::new(&rule_set, MatchmakerOptions::default());
    let mut random = fastrand::Rng::with_seed(7);
    let tickets: Vec<Ticket> = (0..size)
        .map(|number| ticket(number, &mut random))
        .collect();
    let start = Instant::now();
    for ticket in tickets {
        matchmaker
            .enqueue(ticket, Moment::default())
            .expect("the ticket is well-formed");
    }
    let enqueued = start.elapsed();
    let start = Instant::now();
    let events = matchmaker.tick(Moment::default());
    let ticked = start.elapsed();
    let matches = events
        .iter()
        .filter(|event| matches!(event, Event::Ready(_)))
        .count();
    let per_ticket = (enqueued + ticked).as_secs_f64() * 1e6 / f64::from(size);
    println!(
        "{size:>9} {matches:>9} {:>8.3}s {:>8.3}s {per_ticket:>11.2}",
        enqueued.as_secs_f64(),
        ticked.as_secs_f64()
    );
}

/// Skill about 1500 with a deviation of about 290, near to one location of six.
fn ticket(number: u32, random: &mut fastrand::Rng) -> Ticket {
    let skill: f64 = (0..3).map(|_| random.f64() * 1000.0).sum();
    let home = random.usize(..LOCATIONS.len());
    let id = format!("player-{number}");
    let mut player = Player::new(id.as_str()).with("skill", AttributeValue::Number(skill));
    for (index, location) in LOCATIONS.iter().enumerate() {
        let millis = if index == home {
            random.u32(10..60)
        } else {
            random.u32(70..250)
        };
        player = player.near(location, millis);
    }
    Ticket::new(id, vec![player])
}
