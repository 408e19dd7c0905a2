//! Rule set to program.

use std::collections::BTreeSet;

use super::columns::{Columns, Limit};
use super::gate::Gate;
use super::measure::{Measurer, find};
use super::{
    Bounds, Measure, Program, Ranking, Reference, Rule, Scope, SortBy, SortValue, Stage, TeamSize,
    Test,
};
use crate::matching::symbols::Symbols;
use crate::model::attribute::AttributeType;
use crate::model::expression::Function;
use crate::model::rule::{
    BatchDistance, Collection, CollectionAggregation, CollectionOperation, Comparison,
    ComparisonOperation, Distance, Latency, MapKey, PartyAggregation, ReferenceValue,
    RuleStatement, Sort,
};
use crate::model::rule_set::{RuleSet, Team};
use crate::model::statement::Statement;

impl Program {
    pub(in crate::matching) fn compile(rule_set: &RuleSet, symbols: &mut Symbols) -> Self {
        let mut columns = Columns::default();
        let alone = standing_alone(rule_set);
        let stages: Vec<Stage> = rule_set
            .ages()
            .into_iter()
            .map(|from| stage(&rule_set.at_age(from), from, &alone, &mut columns, symbols))
            .collect();
        let balanced = rule_set.algorithm.balanced_attribute.as_deref();
        let balanced = balanced.and_then(|name| find(&rule_set.player_attributes, name));
        Self {
            sorts: sorts(rule_set, &mut columns),
            sort_by: batch_keys(rule_set, &mut columns),
            balance: balanced
                .filter(|(_, declared)| declared.attribute_type == AttributeType::Number)
                .map(|(attribute, _)| columns.number(attribute, PartyAggregation::Avg)),
            has_repairable_rules: stages
                .iter()
                .flat_map(|stage| &stage.rules)
                .any(|rule| rule.gate == Gate::Repairable),
            attributes: rule_set.player_attributes.clone(),
            algorithm: rule_set.algorithm.clone(),
            team_names: rule_set.teams.iter().flat_map(Team::instances).collect(),
            rule_names: alone
                .iter()
                .map(|index| rule_set.rules[*index].name.clone())
                .collect(),
            columns,
            stages,
        }
    }
}

/// Positions of the rules that a match must satisfy by themselves.
fn standing_alone(rule_set: &RuleSet) -> Vec<usize> {
    let mut combined = BTreeSet::new();
    for rule in &rule_set.rules {
        if let RuleStatement::Compound(compound) = &rule.statement {
            combined.extend(compound.statement.rules());
        }
    }
    let numbered = rule_set.rules.iter().enumerate();
    numbered
        .filter(|(_, rule)| !rule.statement.is_sort() && !combined.contains(rule.name.as_str()))
        .map(|(index, _)| index)
        .collect()
}

fn stage(
    rule_set: &RuleSet,
    from: u32,
    alone: &[usize],
    columns: &mut Columns,
    symbols: &mut Symbols,
) -> Stage {
    let mut compiler = Compiler {
        rule_set,
        columns,
        symbols,
    };
    let teams: Vec<TeamSize> = rule_set.teams.iter().flat_map(sizes).collect();
    let mut rules: Vec<Rule> = alone
        .iter()
        .enumerate()
        .map(|(index, rule)| {
            let test = compiler.test(&rule_set.rules[*rule].statement);
            Rule {
                index,
                gate: Gate::of(&test),
                teams: teams_of(&test),
                scope: scope_of(&test, teams.len()),
                test,
            }
        })
        .collect();
    // What costs least rejects first.
    rules.sort_by_key(|rule| (rule.gate, !rule.test.is_latency(), !rule.test.is_spread()));
    Stage { from, teams, rules }
}

fn sizes(team: &Team) -> impl Iterator<Item = TeamSize> + use<> {
    let size = TeamSize {
        min: team.min_players,
        max: team.max_players,
    };
    (0..team.quantity).map(move |_| size)
}

struct Compiler<'a> {
    rule_set: &'a RuleSet,
    columns: &'a mut Columns,
    symbols: &'a mut Symbols,
}

impl Compiler<'_> {
    fn test(&mut self, statement: &RuleStatement) -> Test {
        match statement {
            RuleStatement::Comparison(rule) => self.comparison(rule),
            RuleStatement::Distance(rule) => self.distance(rule),
            RuleStatement::BatchDistance(rule) => self.batch_distance(rule),
            RuleStatement::Collection(rule) => self.collection(rule),
            RuleStatement::Latency(rule) => self.latency(rule),
            RuleStatement::Compound(rule) => self.compound(&rule.statement),
            RuleStatement::AbsoluteSort(_) | RuleStatement::DistanceSort(_) => Test::Always,
        }
    }

    fn measurer(
        &mut self,
        numbers: PartyAggregation,
        lists: CollectionAggregation,
    ) -> Measurer<'_> {
        Measurer {
            rule_set: self.rule_set,
            columns: self.columns,
            numbers,
            lists,
        }
    }

    fn comparison(&mut self, rule: &Comparison) -> Test {
        let mut measurer = self.measurer(rule.party_aggregation, CollectionAggregation::Union);
        let measured = rule
            .measurements
            .iter()
            .map(|m| measurer.measure(m))
            .collect();
        match (&rule.reference_value, rule.operation) {
            (Some(reference), operation) => Test::Compare {
                measured,
                operation,
                reference: self.reference(
                    reference,
                    rule.party_aggregation,
                    CollectionAggregation::Union,
                ),
            },
            (None, ComparisonOperation::NotEqual) => Test::AllDifferent(measured),
            // Ordering without a reference isn't a valid rule.
            (None, _) => Test::AllEqual(measured),
        }
    }

    fn distance(&mut self, rule: &Distance) -> Test {
        let party = rule.party_aggregation;
        let mut measurer = self.measurer(party, CollectionAggregation::Union);
        Test::Distance {
            measured: rule
                .measurements
                .iter()
                .map(|m| measurer.measure(m))
                .collect(),
            reference: self.reference(&rule.reference_value, party, CollectionAggregation::Union),
            bounds: Bounds {
                min: rule.min_distance,
                max: rule.max_distance,
            },
        }
    }

    fn batch_distance(&mut self, rule: &BatchDistance) -> Test {
        let Some((attribute, declared)) =
            find(&self.rule_set.player_attributes, &rule.batch_attribute)
        else {
            return Test::Always;
        };
        match declared.attribute_type {
            AttributeType::Number => Test::Spread {
                column: self.columns.number(attribute, rule.party_aggregation),
                max: rule.max_distance,
            },
            AttributeType::String => Test::Same(self.columns.text(attribute)),
            AttributeType::StringList | AttributeType::StringNumberMap => Test::Always,
        }
    }

    fn collection(&mut self, rule: &Collection) -> Test {
        let lists = rule.party_aggregation;
        let mut measurer = self.measurer(PartyAggregation::Avg, lists);
        let measured: Vec<Measure> = rule
            .measurements
            .iter()
            .map(|m| measurer.measure(m))
            .collect();
        let reference = rule
            .reference_value
            .as_ref()
            .map(|reference| self.reference(reference, PartyAggregation::Avg, lists));
        let bounds = Bounds {
            min: rule.min_count.map(f64::from),
            max: rule.max_count.map(f64::from),
        };
        match (rule.operation, reference) {
            (CollectionOperation::Intersection, _) => Test::Common {
                measured,
                bounds: bounds.or_at_least_one(),
            },
            (CollectionOperation::Contains, Some(Reference::Texts(texts))) if !texts.is_empty() => {
                Test::Contains {
                    measured,
                    text: texts[0],
                    bounds: bounds.or_at_least_one(),
                }
            }
            (CollectionOperation::ReferenceIntersectionCount, Some(reference)) => Test::Overlap {
                measured,
                reference,
                bounds,
            },
            // Counting against nothing, or for a value that isn't a text, isn't a valid rule.
            (
                CollectionOperation::Contains | CollectionOperation::ReferenceIntersectionCount,
                _,
            ) => Test::Always,
        }
    }

    fn latency(&mut self, rule: &Latency) -> Test {
        let party = rule.party_aggregation;
        let limit = self.columns.limit(Limit {
            max: rule.max_latency,
            party,
        });
        match (rule.max_distance, rule.distance_reference) {
            (Some(max_distance), Some(reference)) => Test::LatencyDistance {
                limit,
                party,
                max_distance,
                reference,
            },
            _ => Test::Latency { limit },
        }
    }

    fn compound(&mut self, statement: &Statement) -> Test {
        let mut all = |operands: &[Statement]| -> Vec<Test> {
            operands
                .iter()
                .map(|operand| self.compound(operand))
                .collect()
        };
        match statement {
            Statement::And(operands) => Test::And(all(operands)),
            Statement::Or(operands) => Test::Or(all(operands)),
            Statement::Xor(operands) => Test::Xor(all(operands)),
            Statement::Not(operand) => Test::Not(Box::new(self.compound(operand))),
            Statement::Rule(name) => {
                let mut rules = self.rule_set.rules.iter();
                match rules
                    .find(|rule| rule.name == *name)
                    .map(|rule| &rule.statement)
                {
                    // Only single rules can be combined, so this ends.
                    None | Some(RuleStatement::Compound(_)) => Test::Always,
                    Some(statement) => self.test(statement),
                }
            }
        }
    }

    fn reference(
        &mut self,
        reference: &ReferenceValue,
        numbers: PartyAggregation,
        lists: CollectionAggregation,
    ) -> Reference {
        match reference {
            ReferenceValue::Number(number) => Reference::Number(*number),
            ReferenceValue::Text(text) => {
                Reference::Texts(self.symbols.set_of(std::slice::from_ref(text)))
            }
            ReferenceValue::TextList(texts) => Reference::Texts(self.symbols.set_of(texts)),
            ReferenceValue::Expression(expression) => {
                Reference::Measured(self.measurer(numbers, lists).measure(expression))
            }
        }
    }
}

impl Bounds {
    const fn or_at_least_one(self) -> Self {
        match self {
            Self {
                min: None,
                max: None,
            } => Self {
                min: Some(1.0),
                max: None,
            },
            given => given,
        }
    }
}

/// The teams whose players a test looks at.
fn teams_of(test: &Test) -> Vec<usize> {
    let mut teams: Vec<usize> = measures_of(test)
        .into_iter()
        .flat_map(|measure| measure.teams().iter().copied())
        .collect();
    teams.sort_unstable();
    teams.dedup();
    teams
}

/// Whether a test looks at all players of the match without asking for their teams.
fn scope_of(test: &Test, teams: usize) -> Scope {
    let is_blind = |measure: &&Measure| match measure {
        Measure::Fold { .. } => true,
        Measure::Call {
            function: Function::Flatten,
            argument,
        } => matches!(**argument, Measure::Path { .. }),
        Measure::Call { .. } | Measure::Path { .. } => false,
    };
    let measures = measures_of(test);
    if measures
        .iter()
        .all(|measure| is_blind(measure) && measure.teams().len() == teams)
    {
        Scope::Match
    } else {
        Scope::Teams
    }
}

fn measures_of(test: &Test) -> Vec<&Measure> {
    match test {
        Test::Compare {
            measured,
            reference,
            ..
        }
        | Test::Distance {
            measured,
            reference,
            ..
        }
        | Test::Overlap {
            measured,
            reference,
            ..
        } => measured.iter().chain(reference.measure()).collect(),
        Test::AllEqual(measured)
        | Test::AllDifferent(measured)
        | Test::Common { measured, .. }
        | Test::Contains { measured, .. } => measured.iter().collect(),
        Test::And(tests) | Test::Or(tests) | Test::Xor(tests) => {
            tests.iter().flat_map(measures_of).collect()
        }
        Test::Not(test) => measures_of(test),
        Test::Spread { .. }
        | Test::Same(_)
        | Test::Latency { .. }
        | Test::LatencyDistance { .. }
        | Test::Always => Vec::new(),
    }
}

impl Reference {
    const fn measure(&self) -> Option<&Measure> {
        match self {
            Self::Measured(measure) => Some(measure),
            Self::Number(_) | Self::Texts(_) => None,
        }
    }
}

impl Measure {
    fn teams(&self) -> &[usize] {
        match self {
            Self::Fold { teams, .. } => teams,
            Self::Call { argument, .. } => argument.teams(),
            Self::Path { teams, .. } => teams.indices(),
        }
    }
}

fn sorts(rule_set: &RuleSet, columns: &mut Columns) -> Vec<SortBy> {
    let mut sorts = Vec::new();
    for rule in &rule_set.rules {
        if let RuleStatement::AbsoluteSort(sort) = &rule.statement {
            sorts.extend(sort_by(Ranking::Absolute, sort, rule_set, columns));
        } else if let RuleStatement::DistanceSort(sort) = &rule.statement {
            sorts.extend(sort_by(Ranking::Distance, sort, rule_set, columns));
        }
    }
    sorts
}

fn batch_keys(rule_set: &RuleSet, columns: &mut Columns) -> Vec<SortValue> {
    let names = rule_set.algorithm.sort_by_attributes.iter();
    let declared = names.filter_map(|name| find(&rule_set.player_attributes, name));
    declared
        .filter_map(|(attribute, declared)| match declared.attribute_type {
            AttributeType::Number => Some(SortValue::Number(
                columns.number(attribute, PartyAggregation::Avg),
            )),
            AttributeType::String => Some(SortValue::Text(columns.sort_text(attribute))),
            // Nothing says how lists and maps rank.
            AttributeType::StringList | AttributeType::StringNumberMap => None,
        })
        .collect()
}

fn sort_by(
    ranking: Ranking,
    sort: &Sort,
    rule_set: &RuleSet,
    columns: &mut Columns,
) -> Option<SortBy> {
    let (attribute, declared) = find(&rule_set.player_attributes, &sort.attribute)?;
    let value = match declared.attribute_type {
        AttributeType::Number => {
            SortValue::Number(columns.number(attribute, sort.party_aggregation))
        }
        AttributeType::StringNumberMap => SortValue::Map(
            columns.map(attribute, sort.party_aggregation),
            sort.map_key.unwrap_or(MapKey::MaxValue),
        ),
        // Nothing says how texts and lists rank.
        AttributeType::String | AttributeType::StringList => return None,
    };
    Some(SortBy {
        ranking,
        direction: sort.direction,
        value,
    })
}
