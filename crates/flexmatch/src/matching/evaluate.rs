//! Whether a line-up satisfies a test.

mod extent;
mod latency;
mod value;

use super::lineup::Lineup;
use super::program::{Bounds, Measure, NumberColumn, Reference, Source, Teams, Test};
use super::symbols::{LocationSet, Symbol};
use crate::model::expression::Function;
use crate::model::rule::ComparisonOperation;
use value::Leaf;

pub(super) use extent::extent;

/// Evaluates a test. A value that doesn't exist, such as the average of nobody, satisfies any.
pub(super) fn holds(test: &Test, lineup: &Lineup<'_>) -> bool {
    match test {
        Test::Compare {
            measured,
            operation,
            reference,
        } => compares(measured, *operation, reference, lineup),
        Test::AllEqual(measured) => measured.iter().all(|measure| all_equal(measure, lineup)),
        Test::AllDifferent(measured) => measured
            .iter()
            .all(|measure| all_different(measure, lineup)),
        Test::Distance {
            measured,
            reference,
            bounds,
        } => distances(measured, reference, *bounds, lineup),
        Test::Spread { column, max } => max.is_none_or(|max| spread(*column, lineup) <= max),
        Test::Same(column) => {
            let mut texts = lineup
                .all_members()
                .flat_map(|member| &member.texts[column.0]);
            let first = texts.next();
            texts.all(|text| Some(text) == first)
        }
        Test::Common { measured, bounds } => measured.iter().all(|measure| {
            let sets = value::of(measure, lineup).into_sets();
            sets.is_empty() || bounds.hold(count(value::intersection(&sets).len()))
        }),
        Test::Contains {
            measured,
            text,
            bounds,
        } => measured
            .iter()
            .all(|measure| bounds.hold(count(occurrences(*text, measure, lineup)))),
        Test::Overlap {
            measured,
            reference,
            bounds,
        } => overlaps(measured, reference, *bounds, lineup),
        Test::Latency { limit } => {
            let within = lineup.all_members().map(|member| member.within[*limit]);
            !within.fold(LocationSet::ALL, LocationSet::and).is_empty()
        }
        Test::LatencyDistance {
            limit,
            party,
            max_distance,
            reference,
        } => latency::is_even(lineup, *limit, *party, *max_distance, *reference),
        Test::And(tests) => tests.iter().all(|test| holds(test, lineup)),
        Test::Or(tests) => tests.iter().any(|test| holds(test, lineup)),
        Test::Xor(tests) => tests.iter().filter(|test| holds(test, lineup)).count() == 1,
        Test::Not(test) => !holds(test, lineup),
        Test::Always => true,
    }
}

/// The sum of a number over a team's parties.
pub(super) fn team_sum(column: NumberColumn, team: usize, lineup: &Lineup<'_>) -> f64 {
    lineup
        .members(team)
        .iter()
        .map(|member| member.numbers[column.0])
        .sum()
}

fn compares(
    measured: &[Measure],
    operation: ComparisonOperation,
    reference: &Reference,
    lineup: &Lineup<'_>,
) -> bool {
    let references = leaves_of(reference, lineup);
    measured.iter().all(|measure| {
        all_leaves(measure, lineup, &mut |leaf| {
            references
                .iter()
                .all(|reference| compare(leaf, operation, *reference))
        })
    })
}

fn compare(leaf: Leaf, operation: ComparisonOperation, reference: Leaf) -> bool {
    match (leaf, reference) {
        (Leaf::Number(left), Leaf::Number(right)) => match operation {
            ComparisonOperation::Less => left < right,
            ComparisonOperation::LessOrEqual => left <= right,
            ComparisonOperation::Equal => same(left, right),
            ComparisonOperation::NotEqual => !same(left, right),
            ComparisonOperation::Greater => left > right,
            ComparisonOperation::GreaterOrEqual => left >= right,
        },
        _ => match operation {
            ComparisonOperation::Equal => leaf == reference,
            ComparisonOperation::NotEqual => leaf != reference,
            // Texts have no order.
            ComparisonOperation::Less
            | ComparisonOperation::LessOrEqual
            | ComparisonOperation::Greater
            | ComparisonOperation::GreaterOrEqual => false,
        },
    }
}

#[expect(clippy::float_cmp, reason = "the rule language compares for equality")]
fn same(left: f64, right: f64) -> bool {
    left == right
}

fn all_equal(measure: &Measure, lineup: &Lineup<'_>) -> bool {
    let mut first = None;
    all_leaves(measure, lineup, &mut |leaf| {
        *first.get_or_insert(leaf) == leaf
    })
}

fn all_different(measure: &Measure, lineup: &Lineup<'_>) -> bool {
    let mut seen = Vec::new();
    all_leaves(measure, lineup, &mut |leaf| {
        let is_new = !seen.contains(&leaf);
        seen.push(leaf);
        is_new
    })
}

fn distances(
    measured: &[Measure],
    reference: &Reference,
    bounds: Bounds,
    lineup: &Lineup<'_>,
) -> bool {
    let references = leaves_of(reference, lineup);
    measured.iter().all(|measure| {
        all_leaves(measure, lineup, &mut |leaf| {
            references.iter().all(|reference| match (leaf, *reference) {
                (Leaf::Number(left), Leaf::Number(right)) => bounds.hold((left - right).abs()),
                (Leaf::Text(_), _) | (_, Leaf::Text(_)) => true,
            })
        })
    })
}

fn spread(column: NumberColumn, lineup: &Lineup<'_>) -> f64 {
    let numbers = lineup.all_members().map(|member| member.numbers[column.0]);
    let (low, high) = numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| {
        (low.min(number), high.max(number))
    });
    high - low
}

fn occurrences(text: Symbol, measure: &Measure, lineup: &Lineup<'_>) -> usize {
    let mut found = 0;
    all_leaves(measure, lineup, &mut |leaf| {
        found += usize::from(leaf == Leaf::Text(text));
        true
    });
    found
}

fn overlaps(
    measured: &[Measure],
    reference: &Reference,
    bounds: Bounds,
    lineup: &Lineup<'_>,
) -> bool {
    let wanted = texts_of(reference, lineup);
    measured.iter().all(|measure| {
        let sets = value::of(measure, lineup).into_sets();
        sets.iter()
            .all(|set| bounds.hold(count(shared(set, &wanted))))
    })
}

/// The texts of a reference, sorted.
fn texts_of(reference: &Reference, lineup: &Lineup<'_>) -> Vec<Symbol> {
    let mut texts: Vec<Symbol> = leaves_of(reference, lineup)
        .into_iter()
        .filter_map(|leaf| match leaf {
            Leaf::Text(text) => Some(text),
            Leaf::Number(_) => None,
        })
        .collect();
    texts.sort_unstable();
    texts
}

/// How many texts of a set are among the sorted ones.
fn shared(set: &[Symbol], wanted: &[Symbol]) -> usize {
    let shared = set.iter().filter(|text| wanted.binary_search(text).is_ok());
    shared.count()
}

fn leaves_of(reference: &Reference, lineup: &Lineup<'_>) -> Vec<Leaf> {
    match reference {
        Reference::Number(number) => vec![Leaf::Number(*number)],
        Reference::Texts(texts) => texts.iter().copied().map(Leaf::Text).collect(),
        Reference::Measured(measure) => {
            let mut leaves = Vec::new();
            all_leaves(measure, lineup, &mut |leaf| {
                leaves.push(leaf);
                true
            });
            leaves
        }
    }
}

/// Whether all single values of a measure satisfy `wanted`.
fn all_leaves(
    measure: &Measure,
    lineup: &Lineup<'_>,
    wanted: &mut dyn FnMut(Leaf) -> bool,
) -> bool {
    match measure {
        Measure::Fold {
            function,
            teams,
            column,
        } => fold(*function, teams, *column, lineup)
            .is_none_or(|number| wanted(Leaf::Number(number))),
        Measure::Path {
            teams: Teams::Joined(teams) | Teams::Each(teams),
            source: Source::Number(column),
        } => numbers(teams, *column, lineup).all(|number| wanted(Leaf::Number(number))),
        Measure::Call {
            function: Function::Flatten,
            argument,
        } => all_leaves(argument, lineup, wanted),
        Measure::Call { .. } | Measure::Path { .. } => {
            value::of(measure, lineup).all_leaves(wanted)
        }
    }
}

fn numbers(
    teams: &[usize],
    column: NumberColumn,
    lineup: &Lineup<'_>,
) -> impl Iterator<Item = f64> {
    let members = teams.iter().flat_map(|team| lineup.members(*team));
    members.map(move |member| member.numbers[column.0])
}

fn fold(
    function: Function,
    teams: &[usize],
    column: NumberColumn,
    lineup: &Lineup<'_>,
) -> Option<f64> {
    let numbers = numbers(teams, column, lineup);
    match function {
        Function::Min => numbers.reduce(f64::min),
        Function::Max => numbers.reduce(f64::max),
        Function::Sum => Some(numbers.sum()),
        Function::Avg => {
            let (sum, found) = numbers.fold((0.0, 0_u32), |(sum, found), number| {
                (sum + number, found + 1)
            });
            (found > 0).then(|| sum / f64::from(found))
        }
        Function::Median
        | Function::Stddev
        | Function::Count
        | Function::Flatten
        | Function::SetIntersection => value::numeric(function, numbers.collect()),
    }
}

fn count(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
