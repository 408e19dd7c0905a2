//! A rule set resolved to indices, once per set of requirements that a ticket's age selects.
//!
//! In: a checked rule set. Out: a [`Program`] that names nothing any more: teams, attributes and rules are positions.

mod columns;
mod compile;
mod gate;
mod measure;

use crate::model::algorithm::Algorithm;
use crate::model::attribute::PlayerAttribute;
use crate::model::expression::Function;
use crate::model::rule::{
    ComparisonOperation, DistanceReference, MapKey, PartyAggregation, SortDirection,
};

pub(super) use columns::{Columns, Limit, ListColumn, MapColumn, NumberColumn, TextColumn};
pub(super) use gate::Gate;

use super::symbols::Symbol;

/// The resolved rule set.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) attributes: Vec<PlayerAttribute>,
    pub(super) algorithm: Algorithm,
    /// Every team of a match, entries with a quantity written out.
    pub(super) team_names: Vec<String>,
    /// Every rule that a match must satisfy by itself: no sort rule, and none that a compound rule takes over.
    pub(super) rule_names: Vec<String>,
    /// What parties prepare once, so that evaluating reads an array.
    pub(super) columns: Columns,
    /// In the order of age; the first applies from age 0.
    pub(super) stages: Vec<Stage>,
    pub(super) sorts: Vec<SortBy>,
    /// What the pool is sorted by before it is cut into batches.
    pub(super) sort_by: Vec<SortValue>,
    /// The attribute that the `balanced` strategy evens out.
    pub(super) balance: Option<NumberColumn>,
    /// Whether some rule can be broken and repaired while a match grows.
    pub(super) has_repairable_rules: bool,
}

/// The requirements from an age on.
#[derive(Debug)]
pub(super) struct Stage {
    /// Seconds.
    pub(super) from: u32,
    pub(super) teams: Vec<TeamSize>,
    pub(super) rules: Vec<Rule>,
}

/// How many players a team takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct TeamSize {
    pub(super) min: u32,
    pub(super) max: u32,
}

/// A rule that stands alone.
#[derive(Debug)]
pub(super) struct Rule {
    /// Position in [`Program::rule_names`].
    pub(super) index: usize,
    pub(super) gate: Gate,
    /// The teams whose players it looks at.
    pub(super) teams: Vec<usize>,
    pub(super) scope: Scope,
    pub(super) test: Test,
}

/// What a broken rule says about a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// The ticket fits into no team of the match.
    Match,
    /// It may fit into another team.
    Teams,
}

/// What a rule demands.
#[derive(Debug)]
pub(super) enum Test {
    /// Every measured value compares so with every reference value.
    Compare {
        measured: Vec<Measure>,
        operation: ComparisonOperation,
        reference: Reference,
    },
    /// The values of each measurement are all equal.
    AllEqual(Vec<Measure>),
    /// The values of each measurement are pairwise different.
    AllDifferent(Vec<Measure>),
    /// Every measured value lies that far from the reference.
    Distance {
        measured: Vec<Measure>,
        reference: Reference,
        bounds: Bounds,
    },
    /// Largest minus smallest value over all parties.
    Spread {
        column: NumberColumn,
        max: Option<f64>,
    },
    /// All players have one text.
    Same(TextColumn),
    /// What all measured lists have in common.
    Common {
        measured: Vec<Measure>,
        bounds: Bounds,
    },
    /// How often a text occurs.
    Contains {
        measured: Vec<Measure>,
        text: Symbol,
        bounds: Bounds,
    },
    /// What each measured list shares with the reference.
    Overlap {
        measured: Vec<Measure>,
        reference: Reference,
        bounds: Bounds,
    },
    /// One location is near enough for all.
    Latency {
        limit: usize,
    },
    /// One location is near enough for all, and equally near.
    LatencyDistance {
        limit: usize,
        party: PartyAggregation,
        max_distance: f64,
        reference: DistanceReference,
    },
    And(Vec<Self>),
    Or(Vec<Self>),
    /// Exactly one holds.
    Xor(Vec<Self>),
    Not(Box<Self>),
    /// A rule without meaning here: a sort, or an unknown one.
    Always,
}

/// Inclusive bounds of a count or distance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
}

/// What measured values are compared with.
#[derive(Debug)]
pub(super) enum Reference {
    Number(f64),
    /// Literal texts.
    Texts(Box<[Symbol]>),
    Measured(Measure),
}

/// A resolved expression.
#[derive(Debug)]
pub(super) enum Measure {
    /// One number from all parties' values in some teams, as `avg(flatten(...))`: the form that most rules use.
    Fold {
        function: Function,
        teams: Vec<usize>,
        column: NumberColumn,
    },
    Call {
        function: Function,
        argument: Box<Self>,
    },
    Path {
        teams: Teams,
        source: Source,
    },
}

/// The teams that an expression reads.
#[derive(Debug)]
pub(super) enum Teams {
    /// One name: their players as one list.
    Joined(Vec<usize>),
    /// `*` or several names: a list per team.
    Each(Vec<usize>),
}

/// What an expression reads of each team.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    Team,
    Players,
    PlayerIds,
    Number(NumberColumn),
    Text(TextColumn),
    List(ListColumn),
    /// An attribute that has no value in expressions.
    Absent,
}

/// A sort rule.
#[derive(Debug)]
pub(super) struct SortBy {
    pub(super) ranking: Ranking,
    pub(super) direction: SortDirection,
    pub(super) value: SortValue,
}

/// What is sorted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ranking {
    /// The value itself.
    Absolute,
    /// The value's distance from the anchor's.
    Distance,
}

/// Where a sort finds its value.
#[derive(Debug)]
pub(super) enum SortValue {
    Number(NumberColumn),
    Map(MapColumn, MapKey),
    /// A position in [`Columns::sort_texts`].
    Text(usize),
}

impl Test {
    /// The latency limit of a latency rule.
    pub(super) const fn latency_limit(&self) -> Option<usize> {
        if let Self::Latency { limit } | Self::LatencyDistance { limit, .. } = self {
            return Some(*limit);
        }
        None
    }

    const fn is_latency(&self) -> bool {
        matches!(self, Self::Latency { .. })
    }

    const fn is_spread(&self) -> bool {
        matches!(self, Self::Spread { .. } | Self::Same(_))
    }
}

impl Teams {
    pub(super) fn indices(&self) -> &[usize] {
        match self {
            Self::Joined(teams) | Self::Each(teams) => teams,
        }
    }
}

impl Bounds {
    pub(super) fn hold(self, value: f64) -> bool {
        self.min.is_none_or(|min| value >= min) && self.max.is_none_or(|max| value <= max)
    }
}

impl Program {
    /// The position of the stage that applies at an age.
    pub(super) fn stage_at(&self, age: std::time::Duration) -> usize {
        let reached = self
            .stages
            .partition_point(|stage| u64::from(stage.from) <= age.as_secs());
        reached.saturating_sub(1)
    }
}
