//! The rule set as a whole.

use super::algorithm::Algorithm;
use super::attribute::PlayerAttribute;
use super::expansion::Expansion;
use super::rule::Rule;

/// Most players that a match without the `balanced` algorithm can have.
pub(crate) const SMALL_MATCH_PLAYERS: u64 = 40;

/// Most players that any match can have; a game session has no more player sessions either.
pub(crate) const MAX_MATCH_PLAYERS: u64 = 200;

/// A rule set without a known error.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSet {
    /// A label; no resource's name.
    pub name: Option<String>,
    /// The attributes that tickets are expected to send.
    pub player_attributes: Vec<PlayerAttribute>,
    /// How tickets are batched and ordered.
    pub algorithm: Algorithm,
    /// At least one.
    pub teams: Vec<Team>,
    /// In order: compound rules look back, and sort rules apply in turn.
    pub rules: Vec<Rule>,
    /// How requirements relax with a ticket's age.
    pub expansions: Vec<Expansion>,
}

/// One entry of `teams`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Unique in the rule set.
    pub name: String,
    /// Fewest players that it starts with.
    pub min_players: u32,
    /// Most players that it takes.
    pub max_players: u32,
    /// How many identical teams this entry stands for.
    pub quantity: u32,
}

/// Which of the two sets of constraints applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeClass {
    /// Up to 40 players: every rule type, any algorithm.
    Small,
    /// 41 to 200 players: `balanced` only, latency and batch-distance rules only.
    Large,
}

impl RuleSet {
    /// The declared attributes, in the order of the body.
    pub fn attributes(&self) -> &[PlayerAttribute] {
        &self.player_attributes
    }

    /// Most players that one match can hold.
    pub fn max_players(&self) -> u64 {
        max_players(&self.teams)
    }

    /// Fewest players that one match starts with, before any expansion.
    pub fn min_players(&self) -> u64 {
        self.teams
            .iter()
            .map(|team| u64::from(team.min_players) * u64::from(team.quantity))
            .sum()
    }

    /// Which set of constraints applies.
    pub fn size_class(&self) -> SizeClass {
        size_class(self.max_players())
    }

    /// The latest expansion step in seconds. A matchmaker whose request timeout is shorter never reaches it.
    pub fn longest_expansion(&self) -> Option<u32> {
        let steps = self
            .expansions
            .iter()
            .flat_map(|expansion| &expansion.steps);
        steps.map(|step| step.wait_time_seconds).max()
    }
}

impl Team {
    /// The names of the teams in a match: `red`, or `red_1`, `red_2` when the entry stands for several.
    pub fn instances(&self) -> impl Iterator<Item = String> + '_ {
        (1..=self.quantity).map(|number| match self.quantity {
            1 => self.name.clone(),
            _ => format!("{}_{number}", self.name),
        })
    }
}

pub(crate) fn max_players(teams: &[Team]) -> u64 {
    teams
        .iter()
        .map(|team| u64::from(team.max_players) * u64::from(team.quantity))
        .sum()
}

pub(crate) fn size_class(max_players: u64) -> SizeClass {
    if max_players > SMALL_MATCH_PLAYERS {
        SizeClass::Large
    } else {
        SizeClass::Small
    }
}

#[cfg(test)]
mod tests {
    use super::Team;

    #[track_caller]
    fn check(quantity: u32, expected: &[&str]) {
        let team = Team {
            name: "red".to_owned(),
            min_players: 1,
            max_players: 2,
            quantity,
        };
        assert_eq!(team.instances().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn one_team_keeps_its_name() {
        check(1, &["red"]);
    }

    #[test]
    fn several_teams_are_numbered() {
        check(2, &["red_1", "red_2"]);
    }
}
