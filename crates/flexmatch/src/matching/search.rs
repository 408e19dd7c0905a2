//! One match, built around its oldest ticket.

use std::cmp::Reverse;

use super::batch::Candidate;
use super::choices::EXCHANGES;
use super::evaluate::{holds, team_sum};
use super::lineup::Lineup;
use super::member::Member;
use super::pool::Request;
use super::program::{Gate, Program, Rule, Scope};
use super::tally::Tally;
use crate::model::algorithm::ExpansionAgeSelection;

/// What attempts share.
pub(super) struct Search<'a, 'p> {
    pub(super) program: &'p Program,
    pub(super) candidates: &'a [Candidate<'p>],
    /// The evaluations that each candidate took part in.
    pub(super) tallies: &'a mut [Tally],
    /// Slots that a match leaves open.
    pub(super) open_slots: u32,
}

/// How strict an attempt is about rules that further players could repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// They hold at every step.
    Strict,
    /// They hold in the end.
    Lenient,
}

struct Attempt<'s, 'a, 'p> {
    search: &'s mut Search<'a, 'p>,
    pass: Pass,
    anchor: usize,
    /// Which team comes first when nothing else tells them apart, by team.
    lots: &'s [u64],
    evaluations: Tally,
    exchanges_left: u32,
    /// The teams that a ticket may join, most needy first.
    teams: Vec<usize>,
    /// For which stage and size of a ticket they were ranked; none once the line-up has changed.
    ranked: Option<(usize, u32)>,
}

impl<'p> Search<'_, 'p> {
    /// The best match around `anchor` with some of `others`, tried in their order.
    pub(super) fn around(
        &mut self,
        anchor: usize,
        others: &[usize],
        lots: &[u64],
    ) -> Option<(Lineup<'p>, Tally)> {
        let passes: &[Pass] = if self.program.has_repairable_rules {
            &[Pass::Strict, Pass::Lenient]
        } else {
            &[Pass::Strict]
        };
        passes.iter().find_map(|pass| {
            let mut attempt = Attempt {
                pass: *pass,
                anchor,
                lots,
                evaluations: Tally::new(self.program.rule_names.len()),
                exchanges_left: EXCHANGES,
                teams: Vec::new(),
                ranked: None,
                search: self,
            };
            let found = attempt.run(others);
            let evaluations = attempt.evaluations;
            self.tallies[anchor].add(&evaluations);
            found.map(|lineup| (lineup, evaluations))
        })
    }
}

impl<'p> Attempt<'_, '_, 'p> {
    fn run(&mut self, others: &[usize]) -> Option<Lineup<'p>> {
        let mut lineup = self.start()?;
        let mut best = self.is_match(&mut lineup).then(|| lineup.clone());
        for ticket in others {
            if lineup.is_full() || self.is_filled(&lineup) {
                break;
            }
            let Some(member) = self.search.candidates[*ticket].open() else {
                continue;
            };
            if !self.admit(&mut lineup, *ticket, member) {
                continue;
            }
            if self.is_match(&mut lineup) {
                best = Some(lineup.clone());
            } else if lineup.is_full() {
                // The next ticket gets its chance to be the one that fits.
                lineup.undo();
            }
        }
        best
    }

    fn start(&mut self) -> Option<Lineup<'p>> {
        let anchor = &self.search.candidates[self.anchor];
        let mut lineup = Lineup::new(self.search.program, anchor.stage);
        match &anchor.record.request {
            Request::Open(member) => {
                let anchor = self.anchor;
                self.admit(&mut lineup, anchor, member).then_some(lineup)
            }
            Request::Backfill { seated, .. } => {
                seated
                    .iter()
                    .for_each(|(team, member)| lineup.seat(member, *team));
                Some(lineup)
            }
            Request::Unmatchable => None,
        }
    }

    /// Whether the match has as many players as it may have.
    fn is_filled(&self, lineup: &Lineup<'_>) -> bool {
        let slots: u32 = lineup.stage().teams.iter().map(|team| team.max).sum();
        lineup.is_complete()
            && lineup.total_players() >= slots.saturating_sub(self.search.open_slots)
    }

    /// Whether this is a match: somebody new plays, all minima are met and all rules hold.
    fn is_match(&mut self, lineup: &mut Lineup<'p>) -> bool {
        if lineup.seats().is_empty() || !lineup.is_complete() {
            return false;
        }
        let pending = |rule: &&Rule| match self.pass {
            Pass::Strict => rule.gate == Gate::Complete,
            Pass::Lenient => rule.gate != Gate::Final,
        };
        let mut holding = true;
        for rule in lineup.stage().rules.iter().filter(pending) {
            let passed = holds(&rule.test, lineup);
            self.evaluations.record(rule.index, passed);
            holding &= passed;
        }
        holding || (self.pass == Pass::Lenient && self.exchange(lineup))
    }

    /// Looks for two tickets that satisfy the rules in each other's team.
    fn exchange(&mut self, lineup: &mut Lineup<'p>) -> bool {
        let tickets = lineup.seats().len();
        for one in 0..tickets {
            for other in one + 1..tickets {
                if !lineup.may_exchange(one, other) {
                    continue;
                }
                if self.exchanges_left == 0 {
                    return false;
                }
                self.exchanges_left -= 1;
                lineup.exchange(one, other);
                if lineup
                    .stage()
                    .rules
                    .iter()
                    .all(|rule| holds(&rule.test, lineup))
                {
                    return true;
                }
                lineup.exchange(one, other);
            }
        }
        false
    }

    /// Adds a ticket to the first team in which it breaks no rule.
    fn admit(&mut self, lineup: &mut Lineup<'p>, ticket: usize, member: &'p Member) -> bool {
        if lineup.reported().and(member.reported).is_empty() {
            return false;
        }
        let own = self.search.candidates[ticket].stage;
        let stage = match self.search.program.algorithm.expansion_age_selection {
            _ if lineup.total_players() == 0 => own,
            ExpansionAgeSelection::Newest => own.min(lineup.stage_index()),
            ExpansionAgeSelection::Oldest => own.max(lineup.stage_index()),
        };
        let mut teams = std::mem::take(&mut self.teams);
        let wanted = Some((stage, member.size()));
        // Most candidates are refused, and leave the line-up as it was.
        if self.ranked != wanted {
            self.rank_teams(lineup, stage, member.size(), &mut teams);
            self.ranked = wanted;
        }
        let mut admitted = false;
        for team in &teams {
            lineup.add(ticket, member, *team, stage);
            match self.broken(lineup, ticket) {
                None => {
                    admitted = true;
                    self.ranked = None;
                    break;
                }
                Some(Scope::Teams) => lineup.undo(),
                Some(Scope::Match) => {
                    lineup.undo();
                    break;
                }
            }
        }
        self.teams = teams;
        admitted
    }

    /// The scope of the first rule that a line-up breaks for good.
    fn broken(&mut self, lineup: &Lineup<'p>, ticket: usize) -> Option<Scope> {
        let decided = |rule: &&Rule| match rule.gate {
            Gate::Final => true,
            Gate::Repairable => {
                self.pass == Pass::Strict && rule.teams.iter().all(|team| lineup.players(*team) > 0)
            }
            Gate::Complete => false,
        };
        for rule in lineup.stage().rules.iter().filter(decided) {
            let passed = holds(&rule.test, lineup);
            self.evaluations.record(rule.index, passed);
            if ticket != self.anchor {
                self.search.tallies[ticket].record(rule.index, passed);
            }
            if !passed {
                return Some(rule.scope);
            }
        }
        None
    }

    /// The teams with enough open slots, the most needy first.
    fn rank_teams(&self, lineup: &Lineup<'p>, stage: usize, size: u32, ranked: &mut Vec<usize>) {
        let program = self.search.program;
        let sizes = &program.stages[stage].teams;
        ranked.clear();
        ranked.extend(
            (0..sizes.len()).filter(|team| lineup.players(*team) + size <= sizes[*team].max),
        );
        let sum = |team: usize| {
            program
                .balance
                .map_or(0.0, |column| team_sum(column, team, lineup))
        };
        ranked.sort_by(|left, right| {
            let need = |team: usize| {
                let players = lineup.players(team);
                (
                    players >= sizes[team].min,
                    Reverse(sizes[team].max - players),
                )
            };
            need(*left)
                .cmp(&need(*right))
                .then_with(|| sum(*left).total_cmp(&sum(*right)))
                .then_with(|| self.lots[*left].cmp(&self.lots[*right]))
        });
    }
}
