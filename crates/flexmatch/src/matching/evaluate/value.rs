//! Values of expressions in general: lists in lists, as the language has them.

use std::borrow::Cow;

use super::{Lineup, Measure, Source, Symbol, Teams, count};
use crate::model::expression::Function;

/// A single value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Leaf {
    Number(f64),
    Text(Symbol),
}

/// A value of an expression.
#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    /// The result of a function that has none here.
    Nothing,
    /// A team or a player, good for counting only.
    Thing,
    Number(f64),
    Text(Symbol),
    /// A party's list of texts.
    Texts(Cow<'a, [Symbol]>),
    List(Vec<Self>),
}

/// Evaluates a measure.
pub(super) fn of<'a>(measure: &Measure, lineup: &'a Lineup<'_>) -> Value<'a> {
    match measure {
        Measure::Fold {
            function,
            teams,
            column,
        } => super::fold(*function, teams, *column, lineup).map_or(Value::Nothing, Value::Number),
        Measure::Call { function, argument } => call(*function, of(argument, lineup)),
        Measure::Path {
            teams: Teams::Joined(_),
            source: Source::Team,
        } => Value::Thing,
        Measure::Path {
            teams: Teams::Each(teams),
            source: Source::Team,
        } => Value::List(vec![Value::Thing; teams.len()]),
        Measure::Path {
            teams: Teams::Joined(teams),
            source,
        } => Value::List(
            teams
                .iter()
                .flat_map(|team| team_values(*source, *team, lineup))
                .collect(),
        ),
        Measure::Path {
            teams: Teams::Each(teams),
            source,
        } => {
            let lists = teams
                .iter()
                .map(|team| Value::List(team_values(*source, *team, lineup)));
            Value::List(lists.collect())
        }
    }
}

fn team_values<'a>(source: Source, team: usize, lineup: &'a Lineup<'_>) -> Vec<Value<'a>> {
    let members = lineup.members(team);
    match source {
        Source::Team | Source::Absent => Vec::new(),
        Source::Players => {
            let players = members.iter().flat_map(|member| &member.players);
            players.map(|_| Value::Thing).collect()
        }
        Source::PlayerIds => {
            let ids = members.iter().flat_map(|member| &member.ids);
            ids.copied().map(Value::Text).collect()
        }
        Source::Number(column) => {
            let numbers = members.iter().map(|member| member.numbers[column.0]);
            numbers.map(Value::Number).collect()
        }
        Source::Text(column) => {
            let texts = members.iter().flat_map(|member| &member.texts[column.0]);
            texts.copied().map(Value::Text).collect()
        }
        Source::List(column) => {
            let lists = members.iter().map(|member| &*member.lists[column.0]);
            lists
                .map(|list| Value::Texts(Cow::Borrowed(list)))
                .collect()
        }
    }
}

fn call(function: Function, value: Value<'_>) -> Value<'_> {
    let Value::List(items) = value else {
        return match (function, value) {
            (Function::Count, Value::Texts(texts)) => Value::Number(count(texts.len())),
            (Function::Flatten | Function::SetIntersection, value) => value,
            _ => Value::Nothing,
        };
    };
    match function {
        Function::Flatten => Value::List(items.into_iter().flat_map(Value::into_items).collect()),
        Function::SetIntersection if !items.iter().any(Value::holds_lists) => {
            let sets: Vec<Cow<'_, [Symbol]>> =
                items.into_iter().flat_map(Value::into_sets).collect();
            Value::Texts(Cow::Owned(intersection(&sets)))
        }
        _ if items.iter().any(Value::is_list) => {
            Value::List(items.into_iter().map(|item| call(function, item)).collect())
        }
        Function::Count => Value::Number(count(items.len())),
        Function::SetIntersection
        | Function::Min
        | Function::Max
        | Function::Avg
        | Function::Median
        | Function::Sum
        | Function::Stddev => {
            let numbers = items.iter().filter_map(Value::number).collect();
            numeric(function, numbers).map_or(Value::Nothing, Value::Number)
        }
    }
}

/// A number of numbers; `None` when there is none, and for functions of other values.
pub(super) fn numeric(function: Function, mut numbers: Vec<f64>) -> Option<f64> {
    if numbers.is_empty() && function != Function::Sum {
        return None;
    }
    let sum: f64 = numbers.iter().sum();
    let length = count(numbers.len());
    match function {
        Function::Min => numbers.into_iter().reduce(f64::min),
        Function::Max => numbers.into_iter().reduce(f64::max),
        Function::Sum => Some(sum),
        Function::Avg => Some(sum / length),
        Function::Median => {
            numbers.sort_by(f64::total_cmp);
            let middle = numbers.len() / 2;
            let upper = numbers[middle];
            Some(if numbers.len().is_multiple_of(2) {
                f64::midpoint(numbers[middle - 1], upper)
            } else {
                upper
            })
        }
        Function::Stddev => {
            let mean = sum / length;
            let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
            Some((squares / length).sqrt())
        }
        Function::Count | Function::Flatten | Function::SetIntersection => None,
    }
}

/// What all sets share; nothing when there is no set.
pub(super) fn intersection(sets: &[Cow<'_, [Symbol]>]) -> Vec<Symbol> {
    let Some((first, others)) = sets.split_first() else {
        return Vec::new();
    };
    let shared = first
        .iter()
        .filter(|text| others.iter().all(|set| set.contains(text)));
    shared.copied().collect()
}

impl<'a> Value<'a> {
    const fn is_list(&self) -> bool {
        matches!(self, Self::List(_))
    }

    /// Whether this is a list whose items are lists themselves.
    fn holds_lists(&self) -> bool {
        match self {
            Self::List(items) => items
                .iter()
                .any(|item| matches!(item, Self::List(_) | Self::Texts(_))),
            Self::Nothing | Self::Thing | Self::Number(_) | Self::Text(_) | Self::Texts(_) => false,
        }
    }

    const fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Nothing | Self::Thing | Self::Text(_) | Self::Texts(_) | Self::List(_) => None,
        }
    }

    const fn text(&self) -> Option<Symbol> {
        match self {
            Self::Text(text) => Some(*text),
            Self::Nothing | Self::Thing | Self::Number(_) | Self::Texts(_) | Self::List(_) => None,
        }
    }

    fn into_items(self) -> Vec<Self> {
        match self {
            Self::List(items) => items,
            Self::Texts(texts) => texts.iter().copied().map(Self::Text).collect(),
            Self::Nothing | Self::Thing | Self::Number(_) | Self::Text(_) => vec![self],
        }
    }

    /// The innermost lists of texts.
    pub(super) fn into_sets(self) -> Vec<Cow<'a, [Symbol]>> {
        match self {
            Self::Texts(texts) => vec![texts],
            Self::Text(text) => vec![Cow::Owned(vec![text])],
            Self::Nothing | Self::Thing | Self::Number(_) => Vec::new(),
            Self::List(items)
                if items.iter().all(|item| item.text().is_some()) && !items.is_empty() =>
            {
                vec![items.iter().filter_map(Self::text).collect()]
            }
            Self::List(items) => items.into_iter().flat_map(Self::into_sets).collect(),
        }
    }

    pub(super) fn all_leaves(&self, wanted: &mut dyn FnMut(Leaf) -> bool) -> bool {
        match self {
            Self::Nothing | Self::Thing => true,
            Self::Number(number) => wanted(Leaf::Number(*number)),
            Self::Text(text) => wanted(Leaf::Text(*text)),
            Self::Texts(texts) => texts.iter().all(|text| wanted(Leaf::Text(*text))),
            Self::List(items) => items.iter().all(|item| item.all_leaves(wanted)),
        }
    }
}
