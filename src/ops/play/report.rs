//! How it went: per player, and in sum.

use std::collections::BTreeMap;

use liftform_player::{Outcome, Player, Protocol};
use serde::Serialize;

/// How it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlayReport {
    format_version: u32,
    /// The matchmaker.
    pub matchmaker: String,
    /// All together.
    pub summary: Summary,
    /// Each player.
    pub players: Vec<PlayerReport>,
}

/// How it went for one player.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlayerReport {
    /// From 1.
    pub player: u32,
    /// The Cognito identity.
    pub identity: Option<String>,
    /// The ticket; members of a party share it.
    pub ticket: Option<String>,
    /// How it ended.
    pub ending: Ending,
    /// From the ticket to the match, milliseconds.
    pub waited_ms: Option<u64>,
    /// The game server's address.
    pub server: Option<String>,
    /// The protocols over which the server named the player by the player's own identity.
    pub validated: Vec<Protocol>,
    /// Why the player got no farther.
    pub failure: Option<String>,
    /// The same, to count by.
    #[serde(skip)]
    pub kind: Option<String>,
}

/// How a player's way ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// In the game.
    Played,
    /// Was to decline the match, and got none.
    Declined,
    /// Anything else.
    Failed,
}

/// All together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Players who got into the game.
    pub played: usize,
    /// Players who declined, as they were to.
    pub declined: usize,
    /// Players who got neither.
    pub failed: usize,
    /// From the ticket to the match, milliseconds; none without a match.
    pub time_to_match_ms: Option<Percentiles>,
    /// The matches by their servers.
    pub servers: Vec<Server>,
    /// How many players failed of what.
    pub failures: BTreeMap<String, usize>,
}

/// A game server that hosted players.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Server {
    /// Its address.
    pub address: String,
    /// How many players it let in.
    pub players: usize,
}

/// Waiting times, milliseconds: that many per cent of the players waited no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Percentiles {
    /// Half of them.
    pub p50: u64,
    /// Nine of ten.
    pub p90: u64,
    /// All but one of twenty.
    pub p95: u64,
    /// All.
    pub max: u64,
}

impl PlayReport {
    pub(super) fn new(matchmaker: &str, players: Vec<PlayerReport>) -> Self {
        Self {
            format_version: 1,
            matchmaker: matchmaker.to_owned(),
            summary: Summary::of(&players),
            players,
        }
    }
}

impl PlayerReport {
    pub(super) fn matched(player: u32, who: &Player, ticket: String, outcome: &Outcome) -> Self {
        let welcomes = outcome.visit.welcomes.iter();
        let (own, others): (Vec<_>, Vec<_>) = welcomes.partition(|(_, name)| *name == who.identity);
        let failure = others.first().map(|(protocol, name)| {
            format!("the server took the player for `{name}` over {protocol}")
        });
        Self {
            player,
            identity: Some(who.identity.clone()),
            ticket: Some(ticket),
            ending: match failure {
                None => Ending::Played,
                Some(_) => Ending::Failed,
            },
            waited_ms: Some(u64::try_from(outcome.waited.as_millis()).unwrap_or(u64::MAX)),
            server: Some(outcome.visit.address.to_string()),
            validated: own.into_iter().map(|(protocol, _)| *protocol).collect(),
            kind: failure
                .as_ref()
                .map(|_| "taken for somebody else".to_owned()),
            failure,
        }
    }
}

impl Summary {
    fn of(players: &[PlayerReport]) -> Self {
        let ended = |ending| players.iter().filter(|one| one.ending == ending).count();
        let mut servers: BTreeMap<&str, usize> = BTreeMap::new();
        let mut failures: BTreeMap<String, usize> = BTreeMap::new();
        for player in players {
            if let Some(server) = &player.server {
                *servers.entry(server).or_default() += 1;
            }
            if let (Ending::Failed, Some(kind)) = (player.ending, &player.kind) {
                *failures.entry(kind.clone()).or_default() += 1;
            }
        }
        Self {
            played: ended(Ending::Played),
            declined: ended(Ending::Declined),
            failed: ended(Ending::Failed),
            time_to_match_ms: Percentiles::of(players.iter().filter_map(|one| one.waited_ms)),
            servers: servers
                .into_iter()
                .map(|(address, players)| Server {
                    address: address.to_owned(),
                    players,
                })
                .collect(),
            failures,
        }
    }
}

impl Percentiles {
    /// By nearest rank.
    fn of(values: impl Iterator<Item = u64>) -> Option<Self> {
        let mut sorted: Vec<_> = values.collect();
        sorted.sort_unstable();
        let rank = |percent: usize| {
            let index = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
            sorted.get(index).copied()
        };
        Some(Self {
            p50: rank(50)?,
            p90: rank(90)?,
            p95: rank(95)?,
            max: rank(100)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn player(ending: Ending, waited_ms: Option<u64>, server: Option<&str>) -> PlayerReport {
        PlayerReport {
            player: 1,
            identity: None,
            ticket: None,
            ending,
            waited_ms,
            server: server.map(str::to_owned),
            validated: Vec::new(),
            failure: None,
            kind: (ending != Ending::Played).then(|| "ticket timed out".to_owned()),
        }
    }

    #[test]
    fn percentiles_are_values_that_somebody_waited() {
        let percentiles = Percentiles::of((1..=20).rev()).unwrap();
        let Percentiles { p50, p90, p95, max } = percentiles;
        assert_eq!((p50, p90, p95, max), (10, 18, 19, 20));
        assert_eq!(Percentiles::of([7].into_iter()).unwrap().p50, 7);
        assert_eq!(Percentiles::of(std::iter::empty()), None);
    }

    #[test]
    fn declining_is_no_failure_where_it_was_asked_for() {
        let summary = Summary::of(&[
            player(Ending::Played, Some(5), Some("127.0.0.1:7777")),
            player(Ending::Played, Some(9), Some("127.0.0.1:7777")),
            player(Ending::Declined, None, None),
            player(Ending::Failed, None, None),
        ]);
        assert_eq!(
            (summary.played, summary.declined, summary.failed),
            (2, 1, 1)
        );
        assert_eq!(summary.servers.len(), 1);
        assert_eq!(summary.servers[0].players, 2);
        assert_eq!(summary.failures["ticket timed out"], 1);
    }
}
