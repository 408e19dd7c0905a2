//! When a rule is evaluated while a match grows.

use super::{Bounds, Measure, Reference, Source, Test};
use crate::model::expression::Function;
use crate::model::rule::{ComparisonOperation, DistanceReference};

/// When a rule can reject a ticket. Ordered by how late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::matching) enum Gate {
    /// Once broken, further tickets can't repair it: at every ticket.
    Final,
    /// Further tickets can repair it: at every ticket in the strict pass, at complete line-ups otherwise.
    Repairable,
    /// A few players can't satisfy it yet: at complete line-ups only.
    Complete,
}

impl Gate {
    pub(super) fn of(test: &Test) -> Self {
        match test {
            Test::Always
            | Test::Spread { .. }
            | Test::Same(_)
            | Test::Latency { .. }
            | Test::LatencyDistance {
                reference: DistanceReference::Min,
                ..
            } => Self::Final,
            Test::LatencyDistance {
                reference: DistanceReference::Avg,
                ..
            } => Self::Repairable,
            Test::Compare {
                measured,
                operation,
                reference,
            } => worst(measured, |measure| compare(measure, *operation, reference)),
            Test::AllEqual(measured) | Test::AllDifferent(measured) => worst(measured, |measure| {
                if is_raw(measure) {
                    Self::Final
                } else {
                    repairable(measure)
                }
            }),
            Test::Distance {
                measured,
                reference,
                bounds,
            } => worst(measured, |measure| distance(measure, reference, *bounds)),
            Test::Common { bounds, .. } => shrinking(*bounds),
            Test::Contains { bounds, .. } => growing(*bounds),
            Test::Overlap {
                reference, bounds, ..
            } => overlap(reference, *bounds),
            Test::And(tests) | Test::Or(tests) => {
                tests.iter().map(Self::of).max().unwrap_or(Self::Final)
            }
            Test::Xor(_) | Test::Not(_) => Self::Complete,
        }
    }
}

fn worst(measured: &[Measure], gate: impl Fn(&Measure) -> Gate) -> Gate {
    measured.iter().map(gate).max().unwrap_or(Gate::Final)
}

fn compare(measure: &Measure, operation: ComparisonOperation, reference: &Reference) -> Gate {
    let extreme = match operation {
        ComparisonOperation::Less | ComparisonOperation::LessOrEqual => Some(Function::Max),
        ComparisonOperation::Greater | ComparisonOperation::GreaterOrEqual => Some(Function::Min),
        ComparisonOperation::Equal | ComparisonOperation::NotEqual => None,
    };
    // An extreme of a growing list moves one way: towards breaking the comparison.
    let is_final =
        is_raw(measure) || fold_of(measure).is_some_and(|(fold, ..)| Some(fold) == extreme);
    match reference {
        Reference::Number(_) | Reference::Texts(_) if is_final => Gate::Final,
        Reference::Number(_) | Reference::Texts(_) => repairable(measure),
        Reference::Measured(reference) => repairable(measure).max(repairable(reference)),
    }
}

fn distance(measure: &Measure, reference: &Reference, bounds: Bounds) -> Gate {
    match reference {
        Reference::Number(_) | Reference::Texts(_) if is_raw(measure) => Gate::Final,
        Reference::Number(_) | Reference::Texts(_) => repairable(measure),
        _ if bounds.min.is_some() => Gate::Complete,
        Reference::Measured(reference) if is_range(measure, reference) => Gate::Final,
        Reference::Measured(reference) => repairable(measure).max(repairable(reference)),
    }
}

/// Counts that only fall as players are added.
fn shrinking(bounds: Bounds) -> Gate {
    if bounds.max.is_some() {
        Gate::Complete
    } else {
        Gate::Final
    }
}

/// Counts that only rise as players are added.
fn growing(bounds: Bounds) -> Gate {
    if bounds.min.is_some() {
        Gate::Complete
    } else {
        Gate::Final
    }
}

fn overlap(reference: &Reference, bounds: Bounds) -> Gate {
    match reference {
        Reference::Number(_) | Reference::Texts(_) => Gate::Final,
        Reference::Measured(Measure::Call {
            function: Function::SetIntersection,
            ..
        }) => shrinking(bounds),
        Reference::Measured(measure) if is_raw(measure) => growing(bounds),
        Reference::Measured(_) => Gate::Repairable,
    }
}

/// Largest minus smallest value of one growing list.
fn is_range(measure: &Measure, reference: &Measure) -> bool {
    let (Some((one, teams, column)), Some((other, other_teams, other_column))) =
        (fold_of(measure), fold_of(reference))
    else {
        return false;
    };
    let ends = matches!(
        (one, other),
        (Function::Max, Function::Min) | (Function::Min, Function::Max)
    );
    ends && teams == other_teams && column == other_column
}

fn fold_of(measure: &Measure) -> Option<(Function, &[usize], super::NumberColumn)> {
    match measure {
        Measure::Fold {
            function,
            teams,
            column,
        } => Some((*function, teams, *column)),
        Measure::Call { .. } | Measure::Path { .. } => None,
    }
}

/// Whether a measure lists the players' own values, so that it only grows.
fn is_raw(measure: &Measure) -> bool {
    match measure {
        Measure::Path { .. } => true,
        Measure::Call {
            function: Function::Flatten,
            argument,
        } => is_raw(argument),
        Measure::Call { .. } | Measure::Fold { .. } => false,
    }
}

/// The gate of a value that can move both ways: counts and sums mean nothing before the teams are there.
fn repairable(measure: &Measure) -> Gate {
    match measure {
        Measure::Fold { function, .. } => by_function(*function),
        Measure::Call { function, argument } => by_function(*function).max(repairable(argument)),
        Measure::Path {
            source: Source::Team | Source::Players,
            ..
        } => Gate::Complete,
        Measure::Path { .. } => Gate::Repairable,
    }
}

fn by_function(function: Function) -> Gate {
    match function {
        Function::Count | Function::Sum => Gate::Complete,
        Function::Min
        | Function::Max
        | Function::Avg
        | Function::Median
        | Function::Stddev
        | Function::Flatten
        | Function::SetIntersection => Gate::Repairable,
    }
}
