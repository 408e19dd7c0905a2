//! What a simulation found.

use std::collections::BTreeMap;

use serde::Serialize;

/// The result of a simulation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Players who asked for a match.
    pub players: usize,
    /// Players who got one.
    pub matched_players: usize,
    /// Players whose ticket ran out of time.
    pub timed_out_players: usize,
    /// Players who didn't accept a match, or whose party didn't.
    pub declined_players: usize,
    /// Players who asked again, in another ticket, before they had a match.
    pub replaced_players: usize,
    /// Matches formed, and accepted where players are asked.
    pub matches: usize,
    /// Seconds from request to match, of matched players.
    pub wait_seconds: Percentiles,
    /// The same as a histogram.
    pub waits: Vec<WaitBucket>,
    /// Players of a match against the most that it holds, mean, 0 to 1.
    pub fill: f64,
    /// Milliseconds to the match's location: where the queue places it, or else where FlexMatch suggests.
    pub latency_millis: Percentiles,
    /// Matches by that location.
    pub locations: Vec<Share>,
    /// How equal matches are, by number attribute.
    pub quality: Vec<AttributeQuality>,
    /// How far matches use up what each rule allows.
    pub rules: Vec<RuleQuality>,
    /// Why players ran out of time, most frequent first.
    pub blocked: Vec<Blocked>,
    /// Matches by the expansion step whose requirements they satisfy.
    pub steps: Vec<StepShare>,
    /// What each expansion step did, in the order of the rule set.
    pub expansions: Vec<StepEffect>,
    /// What players answered; `None` when the matchmaker doesn't ask.
    pub acceptance: Option<Asked>,
    /// What the queue did; `None` when no queue was played.
    pub placement: Option<Placement>,
}

/// A distribution in six numbers; all 0 without values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Percentiles {
    /// Arithmetic mean.
    pub mean: f64,
    /// Half of the values are at most this.
    pub p50: f64,
    /// Nine of ten.
    pub p90: f64,
    /// Nineteen of twenty.
    pub p95: f64,
    /// Ninety-nine of a hundred.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

/// Players who waited so long.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WaitBucket {
    /// Seconds, inclusive.
    pub from: u64,
    /// Seconds, exclusive; `None` for no end.
    pub to: Option<u64>,
    /// How many.
    pub players: usize,
}

/// A part of all matches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Share {
    /// Of what.
    pub name: String,
    /// How many matches.
    pub matches: usize,
    /// Of all matches, 0 to 1.
    pub share: f64,
}

/// How equal matches are in one attribute.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttributeQuality {
    /// Its name.
    pub attribute: String,
    /// Largest minus smallest value in a match.
    pub spread: Percentiles,
    /// Largest minus smallest team average in a match.
    pub team_gap: Percentiles,
}

/// What one rule limits, over all matches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleQuality {
    /// The rule.
    pub rule: String,
    /// What is measured: `distance`, `latency` in milliseconds, or `count`.
    pub quantity: &'static str,
    /// The value nearest to breaking the rule, by match.
    pub value: Percentiles,
}

/// What one expansion step did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepEffect {
    /// What it replaces, as in the rule set.
    pub target: String,
    /// The step's wait in seconds.
    pub from_seconds: u32,
    /// The value from then on.
    pub value: String,
    /// Players who were still waiting at that time.
    pub waiting_players: usize,
    /// Matches that the target allows from this step on only.
    pub matches: usize,
    /// Their players.
    pub players: usize,
    /// Of all players, 0 to 1.
    pub share: f64,
}

/// What players answered to proposed matches.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Asked {
    /// Matches that were proposed.
    pub proposed: usize,
    /// Those that somebody rejected.
    pub rejected: usize,
    /// Those that somebody didn't answer in time.
    pub timed_out: usize,
}

/// What a queue did with matches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Placement {
    /// The queue.
    pub queue: String,
    /// Matches that got a place.
    pub placed_matches: usize,
    /// Matches that no place would do for until the queue gave up.
    pub unplaced_matches: usize,
    /// Their players.
    pub unplaced_players: usize,
    /// Matches without a place, of all matches, 0 to 1.
    pub unplaced_share: f64,
    /// Seconds that placed matches spent in the queue.
    pub wait_seconds: Percentiles,
    /// Placed matches by fleet.
    pub fleets: Vec<Share>,
    /// Placed matches by the latency policy that let them pass; empty without policies.
    pub policies: Vec<PolicyShare>,
}

/// Matches that one latency policy let pass.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PolicyShare {
    /// Seconds in the queue from which it applies.
    pub from_seconds: f64,
    /// The most milliseconds of a player.
    pub at_most_millis: f64,
    /// How many matches.
    pub matches: usize,
    /// Of all matches, 0 to 1.
    pub share: f64,
}

/// Players who ran out of time for one reason.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Blocked {
    /// The rule that failed most often; `None` when none failed, so that players or attributes were missing.
    pub rule: Option<String>,
    /// How many players.
    pub players: usize,
    /// Of all players, 0 to 1.
    pub share: f64,
    /// Where they live, or their groups in a recording, the hardest hit first.
    pub cities: Vec<Affected>,
}

/// A city whose players are blocked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Affected {
    /// Its name.
    pub city: String,
    /// Blocked players.
    pub players: usize,
    /// Of the city's players, 0 to 1.
    pub share: f64,
}

/// Matches that needed an expansion step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepShare {
    /// The step's wait in seconds; 0 for the requirements before any step.
    pub from_seconds: u32,
    /// How many matches.
    pub matches: usize,
    /// Of all matches, 0 to 1.
    pub share: f64,
}

impl Percentiles {
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let Some(max) = values.last().copied() else {
            return Self::default();
        };
        let at = |percent: usize| {
            // The nearest rank: the smallest value with that share of values up to it.
            let rank = (values.len() * percent).div_ceil(100).max(1);
            values[rank - 1]
        };
        Self {
            mean: values.iter().sum::<f64>() / count(values.len()),
            p50: at(50),
            p90: at(90),
            p95: at(95),
            p99: at(99),
            max,
        }
    }
}

impl Report {
    /// Players who ran out of time, of all players, 0 to 1.
    #[must_use]
    pub fn timed_out_share(&self) -> f64 {
        ratio(self.timed_out_players, self.players)
    }

    /// Whether some match's latency is known.
    #[must_use]
    pub fn knows_latency(&self) -> bool {
        self.latency_millis.max > 0.0
    }
}

/// Counts as shares, the largest first.
pub(crate) fn shares(counts: BTreeMap<String, usize>, matches: usize) -> Vec<Share> {
    let mut shares: Vec<Share> = counts
        .into_iter()
        .map(|(name, found)| Share {
            name,
            matches: found,
            share: ratio(found, matches),
        })
        .collect();
    shares.sort_by_key(|share| std::cmp::Reverse(share.matches));
    shares
}

/// A share; 0 of nothing.
pub(crate) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        count(part) / count(whole)
    }
}

pub(crate) fn count(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::Percentiles;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let found = Percentiles::of((1..=200).rev().map(f64::from).collect());
        assert_eq!(
            [found.p50, found.p90, found.p95, found.p99, found.max],
            [100.0, 180.0, 190.0, 198.0, 200.0]
        );
    }

    #[test]
    fn nothing_has_no_percentiles() {
        assert_eq!(Percentiles::of(vec![]), Percentiles::default());
    }
}
