//! The ticket flow through deployed stacks in the local cloud: what players may do to their tickets, and what the cloud may
//! do to their events, tables and handlers.
//!
//! One deployment for all of it. Each scenario has a matchmaker of its own, so none waits for another one's players, and
//! those that have to wait for real time do so side by side. Within a scenario everything is in sequence: each step waits
//! until the ticket shows what the step before has done.

#![cfg(target_os = "linux")]
#![expect(
    clippy::print_stderr,
    reason = "shown with `--nocapture`, and when the test fails"
)]

mod acceptance;
mod backfill;
mod cancelling;
mod cloud;
mod ending;
mod faults;
mod guests;
mod parties;
mod proxy;
mod strangers;
#[allow(dead_code, reason = "not all tests look at all services")]
#[path = "../support/mod.rs"]
mod support;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Instant;

use cloud::Cloud;

type Scenario = fn(&Cloud);

/// Those that wait for half a minute and longer; they begin first.
const SLOW: [(&str, Scenario); 3] = [
    ("events that come a minute late", faults::late),
    ("tables that fail for half a minute", faults::outage),
    ("players who keep silent", acceptance::silence),
];

const QUICK: [(&str, Scenario); 15] = [
    ("a match that one player rejects", acceptance::rejection),
    ("parties", parties::play),
    ("a party that is none", parties::refused),
    ("cancelling a ticket that is queued", cancelling::queued),
    ("cancelling a ticket that searches", cancelling::searching),
    ("cancelling a proposed match", cancelling::proposed),
    ("cancelling a match that is placed", cancelling::placing),
    ("time running out", ending::timed_out),
    ("bodies that are none", strangers::bodies),
    ("strangers", strangers::strangers),
    ("a player for a session with free seats", backfill::joins),
    ("events that never come", faults::lost),
    ("an event before the row", faults::early),
    ("a handler killed in the middle of a write", faults::killed),
    ("events three times in any order", faults::unruly),
];

/// Those that touch tickets or queues of the others.
const LAST: [(&str, Scenario); 2] = [
    (
        "reconciling tickets whose events never came",
        faults::reconciled,
    ),
    ("an event that nobody can read", faults::poison),
];

#[test]
fn every_ticket_ends_as_it_should() {
    let cloud = Cloud::deploy();
    let failures = thread::scope(|scope| {
        let cloud = &cloud;
        let slow: Vec<_> = SLOW
            .iter()
            .map(|scenario| scope.spawn(move || play(scenario, cloud)))
            .collect();
        let quick: Vec<_> = QUICK
            .iter()
            .filter_map(|scenario| play(scenario, cloud))
            .collect();
        let slow = slow
            .into_iter()
            .filter_map(|running| running.join().expect("its panic is caught"));
        slow.chain(quick).collect::<Vec<_>>()
    });
    let last = LAST.iter().filter_map(|scenario| play(scenario, &cloud));
    let failures: Vec<_> = failures.into_iter().chain(last).collect();
    assert!(
        failures.is_empty(),
        "{}\n--- {}",
        failures.join("\n"),
        cloud.log()
    );
}

/// What went wrong, in words; a scenario that fails doesn't stop the others.
fn play((name, scenario): &(&str, Scenario), cloud: &Cloud) -> Option<String> {
    let start = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| scenario(cloud)));
    let seconds = start.elapsed().as_secs_f64();
    match outcome {
        Ok(()) => {
            eprintln!("{name}: {seconds:.1} s");
            None
        }
        Err(panic) => Some(format!("{name}: {}", words(panic.as_ref()))),
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic without words".to_owned())
}
