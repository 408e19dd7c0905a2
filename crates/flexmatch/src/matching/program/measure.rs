//! Expressions to measures.

use super::columns::Columns;
use super::{Measure, NumberColumn, Source, Teams};
use crate::model::attribute::{AttributeType, PlayerAttribute};
use crate::model::expression::{Expression, Function, PropertyPath, Selection, TeamSelector};
use crate::model::rule::{CollectionAggregation, PartyAggregation};
use crate::model::rule_set::RuleSet;

/// Resolves the expressions of one rule.
pub(super) struct Measurer<'a> {
    pub(super) rule_set: &'a RuleSet,
    pub(super) columns: &'a mut Columns,
    pub(super) numbers: PartyAggregation,
    pub(super) lists: CollectionAggregation,
}

impl Measurer<'_> {
    pub(super) fn measure(&mut self, expression: &Expression) -> Measure {
        match expression {
            Expression::Path(path) => Measure::Path {
                teams: teams(self.rule_set, &path.teams),
                source: self.source(path),
            },
            Expression::Call { function, argument } => {
                let argument = self.measure(argument);
                fold(*function, &argument).unwrap_or_else(|| Measure::Call {
                    function: *function,
                    argument: Box::new(argument),
                })
            }
        }
    }

    fn source(&mut self, path: &PropertyPath) -> Source {
        match &path.selection {
            Selection::Teams => Source::Team,
            Selection::Players => Source::Players,
            Selection::PlayerIds => Source::PlayerIds,
            Selection::Attribute(name) => {
                let Some((attribute, declared)) = find(&self.rule_set.player_attributes, name)
                else {
                    return Source::Absent;
                };
                match declared.attribute_type {
                    AttributeType::Number => {
                        Source::Number(self.columns.number(attribute, self.numbers))
                    }
                    AttributeType::String => Source::Text(self.columns.text(attribute)),
                    AttributeType::StringList => {
                        Source::List(self.columns.list(attribute, self.lists))
                    }
                    AttributeType::StringNumberMap => Source::Absent,
                }
            }
        }
    }
}

/// The declared attribute of that name with its position.
pub(super) fn find<'a>(
    attributes: &'a [PlayerAttribute],
    name: &str,
) -> Option<(usize, &'a PlayerAttribute)> {
    let mut numbered = attributes.iter().enumerate();
    numbered.find(|(_, attribute)| attribute.name == name)
}

/// Recognises one number from one list of numbers.
fn fold(function: Function, argument: &Measure) -> Option<Measure> {
    if matches!(
        function,
        Function::Count | Function::Flatten | Function::SetIntersection
    ) {
        return None;
    }
    let (teams, column) = argument.number_list()?;
    Some(Measure::Fold {
        function,
        teams: teams.to_vec(),
        column,
    })
}

impl Measure {
    /// The teams and the column of an expression that is one list of the parties' numbers.
    fn number_list(&self) -> Option<(&[usize], NumberColumn)> {
        match self {
            Self::Path {
                teams: Teams::Joined(teams),
                source: Source::Number(column),
            } => Some((teams, *column)),
            Self::Call {
                function: Function::Flatten,
                argument,
            } => match &**argument {
                Self::Path {
                    teams: Teams::Each(teams),
                    source: Source::Number(column),
                } => Some((teams, *column)),
                Self::Path { .. } | Self::Call { .. } | Self::Fold { .. } => None,
            },
            Self::Path { .. } | Self::Call { .. } | Self::Fold { .. } => None,
        }
    }
}

fn teams(rule_set: &RuleSet, selector: &TeamSelector) -> Teams {
    match selector {
        TeamSelector::All => Teams::Each((0..instances(rule_set).count()).collect()),
        TeamSelector::Named(names) => {
            let named = names
                .iter()
                .flat_map(|name| named(rule_set, name))
                .collect();
            match names.len() {
                1 => Teams::Joined(named),
                _ => Teams::Each(named),
            }
        }
    }
}

/// Every team of a match as (entry's name, team's name).
fn instances(rule_set: &RuleSet) -> impl Iterator<Item = (&str, String)> {
    let entries = rule_set.teams.iter();
    entries.flat_map(|team| {
        team.instances()
            .map(|instance| (team.name.as_str(), instance))
    })
}

fn named(rule_set: &RuleSet, name: &str) -> Vec<usize> {
    let numbered = instances(rule_set).enumerate();
    numbered
        .filter(|(_, (entry, instance))| *entry == name || instance == name)
        .map(|(index, _)| index)
        .collect()
}
