//! A match in the making.

use super::member::Member;
use super::program::{Limit, Program, Stage, TeamSize};
use super::symbols::LocationSet;

/// Who plays in which team so far.
#[derive(Debug, Clone)]
pub(super) struct Lineup<'p> {
    program: &'p Program,
    teams: Vec<Team<'p>>,
    /// The tickets beside those that were seated from the beginning, in the order in which they were added.
    seats: Vec<Seat>,
    stage: usize,
    /// The locations that everybody who reported any can use: kept, because every candidate is held against it.
    reported: LocationSet,
}

#[derive(Debug, Clone, Default)]
struct Team<'p> {
    members: Vec<&'p Member>,
    players: u32,
}

/// A ticket's place in a line-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seat {
    /// The ticket's position among the candidates of the attempt.
    pub(super) ticket: usize,
    pub(super) team: usize,
    /// The ticket's position among the members of its team.
    pub(super) member: usize,
    /// The stage before the ticket was added.
    stage_before: usize,
    /// The common locations before the ticket was added.
    reported_before: LocationSet,
}

impl<'p> Lineup<'p> {
    pub(super) fn new(program: &'p Program, stage: usize) -> Self {
        Self {
            program,
            teams: vec![Team::default(); program.team_names.len()],
            seats: Vec::new(),
            stage,
            reported: LocationSet::ALL,
        }
    }

    /// Which requirements apply.
    pub(super) fn stage(&self) -> &'p Stage {
        &self.program.stages[self.stage]
    }

    /// A latency limit of the program.
    pub(super) fn limit(&self, limit: usize) -> Limit {
        self.program.columns.limits[limit]
    }

    pub(super) const fn stage_index(&self) -> usize {
        self.stage
    }

    /// Adds somebody who was there before the attempt.
    pub(super) fn seat(&mut self, member: &'p Member, team: usize) {
        self.reported = self.reported.and(member.reported);
        self.teams[team].push(member);
    }

    /// Adds a ticket, with which another stage may apply.
    pub(super) fn add(&mut self, ticket: usize, member: &'p Member, team: usize, stage: usize) {
        let seat = Seat {
            ticket,
            team,
            member: self.teams[team].members.len(),
            stage_before: std::mem::replace(&mut self.stage, stage),
            reported_before: self.reported,
        };
        self.seat(member, team);
        self.seats.push(seat);
    }

    /// Takes the ticket back that was added last.
    pub(super) fn undo(&mut self) {
        let Some(seat) = self.seats.pop() else { return };
        self.stage = seat.stage_before;
        self.reported = seat.reported_before;
        let team = &mut self.teams[seat.team];
        if let Some(member) = team.members.pop() {
            team.players -= member.size();
        }
    }

    /// Exchanges the teams of two tickets of one size. The same call again takes it back.
    pub(super) fn exchange(&mut self, one: usize, other: usize) {
        let (first, second) = (self.seats[one], self.seats[other]);
        let left = self.teams[first.team].members[first.member];
        let right = std::mem::replace(&mut self.teams[second.team].members[second.member], left);
        self.teams[first.team].members[first.member] = right;
        let place = |ticket: Seat, place: Seat| Seat {
            team: place.team,
            member: place.member,
            ..ticket
        };
        self.seats[one] = place(first, second);
        self.seats[other] = place(second, first);
    }

    /// Whether two tickets may change teams: they play in different ones and are of one size.
    pub(super) fn may_exchange(&self, one: usize, other: usize) -> bool {
        let size = |seat: Seat| self.teams[seat.team].members[seat.member].size();
        let (one, other) = (self.seats[one], self.seats[other]);
        one.team != other.team && size(one) == size(other)
    }

    pub(super) fn seats(&self) -> &[Seat] {
        &self.seats
    }

    pub(super) fn members(&self, team: usize) -> &[&'p Member] {
        &self.teams[team].members
    }

    pub(super) fn players(&self, team: usize) -> u32 {
        self.teams[team].players
    }

    pub(super) fn all_members(&self) -> impl Iterator<Item = &'p Member> + '_ {
        self.teams
            .iter()
            .flat_map(|team| team.members.iter().copied())
    }

    pub(super) fn total_players(&self) -> u32 {
        self.teams.iter().map(|team| team.players).sum()
    }

    /// Whether every team has its minimum and none is above its maximum.
    pub(super) fn is_complete(&self) -> bool {
        self.sizes()
            .all(|(team, size)| (size.min..=size.max).contains(&team.players))
    }

    /// Whether no team has an open slot.
    pub(super) fn is_full(&self) -> bool {
        self.sizes().all(|(team, size)| team.players >= size.max)
    }

    /// The locations that everybody who reported any can use.
    pub(super) const fn reported(&self) -> LocationSet {
        self.reported
    }

    fn sizes(&self) -> impl Iterator<Item = (&Team<'p>, &TeamSize)> {
        self.teams.iter().zip(&self.stage().teams)
    }
}

impl<'p> Team<'p> {
    fn push(&mut self, member: &'p Member) {
        self.players += member.size();
        self.members.push(member);
    }
}
