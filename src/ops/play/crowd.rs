//! The players, each on a thread.

use std::collections::BTreeMap;
use std::io;
use std::thread::{self, Builder, Scope, ScopedJoinHandle};
use std::time::Duration;

use liftform_player::tickets::Location;
use liftform_player::{Journey, Player, PlayerError, Reply, Step, Ticket, Wish};

use super::report::{Ending, PlayReport, PlayerReport};
use super::{Moment, PlayEvent, PlayOptions};

/// Enough for a request and its answer; a thousand players take 256 MiB of address space.
const STACK: usize = 256 * 1024;

/// Looking costs nothing here, and waiting times are only as exact as looks are frequent.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Tells an event. Called by many threads at once.
type Listener<'a> = &'a (dyn Fn(PlayEvent) + Sync);

/// Lets everybody play, and waits for all of them.
///
/// # Errors
///
/// When the system gives no more threads.
pub fn play(options: &PlayOptions, listener: Listener<'_>) -> io::Result<PlayReport> {
    let numbers: Vec<u32> = (1..=options.players).collect();
    let parties = numbers.chunks(options.party.max(1) as usize);
    let players = thread::scope(|scope| {
        let running = parties
            .map(|members| spawn(scope, move || party(members, options, listener)))
            .collect::<io::Result<Vec<_>>>()?;
        let mut players = Vec::new();
        for party in running {
            players.extend(joined(party)??);
        }
        Ok::<_, io::Error>(players)
    })?;
    Ok(PlayReport::new(&options.matchmaker, players))
}

fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> io::Result<ScopedJoinHandle<'scope, T>> {
    Builder::new().stack_size(STACK).spawn_scoped(scope, work)
}

fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> io::Result<T> {
    thread
        .join()
        .map_err(|_| io::Error::other("a player's thread has panicked"))
}

/// One ticket: everybody enters, the first one asks for a match, and each follows the ticket on their own.
fn party(
    members: &[u32],
    options: &PlayOptions,
    listener: Listener<'_>,
) -> io::Result<Vec<PlayerReport>> {
    let started = enter(members, options, listener)
        .and_then(|players| Ok((start(&players, options)?, players)));
    let (ticket, players) = match started {
        Ok(started) => started,
        Err(error) => {
            let stopped = members
                .iter()
                .map(|&number| stopped(number, None, &error, Ending::Failed, listener));
            return Ok(stopped.collect());
        }
    };
    thread::scope(|scope| {
        let running = members
            .iter()
            .zip(&players)
            .map(|(&number, player)| {
                let ticket = ticket.clone();
                spawn(scope, move || {
                    follow(number, player, ticket, options, listener)
                })
            })
            .collect::<io::Result<Vec<_>>>()?;
        running.into_iter().map(joined).collect()
    })
}

fn enter(
    members: &[u32],
    options: &PlayOptions,
    listener: Listener<'_>,
) -> Result<Vec<Player>, PlayerError> {
    members
        .iter()
        .map(|&player| {
            let entered = Player::enter(&options.backend)?;
            let moment = Moment::Entered;
            listener(PlayEvent { player, moment });
            Ok(entered)
        })
        .collect()
}

fn start(players: &[Player], options: &PlayOptions) -> Result<Ticket, PlayerError> {
    let Some((leader, others)) = players.split_first() else {
        return Err(PlayerError::Incomplete("players"));
    };
    for member in others {
        options
            .players_table
            .follow(&member.identity, &leader.identity)?;
    }
    leader.start(&Wish {
        matchmaker: options.matchmaker.clone(),
        latency: distances(
            &leader.locations()?,
            &leader.identity,
            &options.backend.region,
        ),
        attributes: BTreeMap::new(),
        party: others.iter().map(|one| one.identity.clone()).collect(),
    })
}

/// Made-up distances: near the backend's region and farther from others, different for each player and the same for the
/// same one. Beacons in AWS would tell how far this machine is, not where the players of a test should be.
fn distances(locations: &[Location], identity: &str, home: &str) -> BTreeMap<String, u32> {
    let spread = identity.bytes().map(u32::from).sum::<u32>() % 30;
    let distance = |location: &Location| {
        let base = if location.region == home { 20 } else { 90 };
        (location.region.clone(), base + spread)
    };
    locations.iter().map(distance).collect()
}

fn reply(number: u32, options: &PlayOptions) -> Reply {
    if number <= options.rejecting {
        Reply::Reject
    } else if number <= options.rejecting.saturating_add(options.silent) {
        Reply::Silence
    } else {
        Reply::Accept
    }
}

fn follow(
    number: u32,
    player: &Player,
    ticket: Ticket,
    options: &PlayOptions,
    listener: Listener<'_>,
) -> PlayerReport {
    let journey = Journey {
        reply: reply(number, options),
        protocols: options.protocols.clone(),
        patience: options.patience,
        longest_pause: Some(LONGEST_PAUSE),
    };
    let mut report = |step| {
        let moment = match step {
            Step::Status(status) => Moment::Ticket(status),
            Step::Replied(reply) => Moment::Replied(reply),
            Step::Matched(_) => return,
        };
        listener(PlayEvent {
            player: number,
            moment,
        });
    };
    let id = ticket.ticket_id.clone();
    match journey.run(player, ticket, &mut report) {
        Ok(outcome) => {
            let report = PlayerReport::matched(number, player, id, &outcome);
            if let Some(server) = &report.server {
                let moment = Moment::Joined {
                    server: server.clone(),
                };
                listener(PlayEvent {
                    player: number,
                    moment,
                });
            }
            thread::sleep(options.stay);
            report
        }
        Err(error) => {
            if matches!(error, PlayerError::Impatient(_)) {
                // Too late is as good as done: either way nothing stays open.
                let _ = player.cancel(&id);
            }
            let ending = match (journey.reply, &error) {
                (Reply::Reject | Reply::Silence, PlayerError::NoMatch { .. }) => Ending::Declined,
                _ => Ending::Failed,
            };
            stopped(number, Some((player, id)), &error, ending, listener)
        }
    }
}

fn stopped(
    number: u32,
    known: Option<(&Player, String)>,
    error: &PlayerError,
    ending: Ending,
    listener: Listener<'_>,
) -> PlayerReport {
    let reason = error.to_string();
    let moment = Moment::Stopped {
        reason: reason.clone(),
    };
    listener(PlayEvent {
        player: number,
        moment,
    });
    let (identity, ticket) = known
        .map(|(player, ticket)| (player.identity.clone(), ticket))
        .unzip();
    PlayerReport {
        player: number,
        identity,
        ticket,
        ending,
        waited_ms: None,
        server: None,
        validated: Vec::new(),
        failure: Some(reason),
        kind: Some(error.kind()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(region: &str) -> Location {
        Location {
            region: region.to_owned(),
            beacon: String::new(),
        }
    }

    #[test]
    fn everybody_is_near_the_backend_and_farther_from_elsewhere() {
        let locations = [location("us-east-1"), location("eu-central-1")];
        for identity in ["us-east-1:0", "us-east-1:ffff"] {
            let distances = distances(&locations, identity, "us-east-1");
            assert!((20..50).contains(&distances["us-east-1"]), "{distances:?}");
            assert!(
                (90..120).contains(&distances["eu-central-1"]),
                "{distances:?}"
            );
        }
    }
}
