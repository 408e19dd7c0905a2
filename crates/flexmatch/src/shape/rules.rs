//! Reads `rules`: one function per type.

mod bounds;
mod reference;

use super::fields::Fields;
use super::{Item, check_unique};
use crate::code;
use crate::keyword::Keyword;
use crate::model::rule::{
    BatchDistance, Collection, CollectionAggregation, CollectionOperation, Comparison,
    ComparisonOperation, Compound, Distance, Latency, PartyAggregation, Rule, RuleStatement,
    RuleType, Sort,
};
use crate::report::Report;
use crate::suggest;

const COMMON_KEYS: &[&str] = &["name", "description", "type"];

pub(crate) fn read(body: &Fields<'_>, report: &mut Report<'_>) -> Vec<Item<Rule>> {
    let mut rules = Vec::new();
    for (path, node) in body.items("rules", report) {
        let value = Fields::of(node, &path, report).and_then(|fields| read_one(&fields, report));
        rules.extend(value.map(|value| Item { path, value }));
    }
    check_unique(&rules, |rule| &rule.name, "rule", report);
    rules
}

fn read_one(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Rule> {
    let name = fields.name(report);
    let description = fields.text("description", report).map(str::to_owned);
    let rule_type = read_type(fields, report)?;
    fields.warn_of_unknown(
        &[COMMON_KEYS, rule_type.properties(), untaken(rule_type)].concat(),
        report,
    );
    check_untaken(rule_type, fields, report);
    let statement = match rule_type {
        RuleType::Comparison => comparison(fields, report).map(RuleStatement::Comparison),
        RuleType::Distance => distance(fields, report).map(RuleStatement::Distance),
        RuleType::BatchDistance => batch_distance(fields, report).map(RuleStatement::BatchDistance),
        RuleType::Collection => collection(fields, report).map(RuleStatement::Collection),
        RuleType::Latency => Some(RuleStatement::Latency(latency(fields, report))),
        RuleType::AbsoluteSort => sort(fields, report).map(RuleStatement::AbsoluteSort),
        RuleType::DistanceSort => sort(fields, report).map(RuleStatement::DistanceSort),
        RuleType::Compound => compound(fields, report).map(RuleStatement::Compound),
    };
    Some(Rule {
        name: name?,
        description,
        statement: statement?,
    })
}

fn read_type(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<RuleType> {
    let word = fields.required_text("type", report)?;
    let rule_type = RuleType::from_word(word);
    if rule_type.is_none() {
        let known = RuleType::ALL.iter().map(|(known, _)| *known);
        let message = format!("rule type `{word}` doesn't exist");
        report
            .error(&fields.path.key("type"), code::UNKNOWN_RULE_TYPE, message)
            .hint = suggest::hint(word, known);
    }
    rule_type
}

/// Properties that look right on a type, and that GameLift refuses there.
const fn untaken(rule_type: RuleType) -> &'static [&'static str] {
    match rule_type {
        RuleType::BatchDistance => &["minDistance"],
        RuleType::Comparison
        | RuleType::Distance
        | RuleType::Collection
        | RuleType::Latency
        | RuleType::AbsoluteSort
        | RuleType::DistanceSort
        | RuleType::Compound => &[],
    }
}

fn check_untaken(rule_type: RuleType, fields: &Fields<'_>, report: &mut Report<'_>) {
    for key in untaken(rule_type)
        .iter()
        .filter(|key| fields.get(key).is_some())
    {
        report.error(
            &fields.path.key(*key),
            code::CONFLICTING_SETTINGS,
            format!("a `{rule_type}` rule doesn't take `{key}`"),
        );
    }
}

fn party(fields: &Fields<'_>, report: &mut Report<'_>) -> PartyAggregation {
    fields
        .word("partyAggregation", report)
        .unwrap_or(PartyAggregation::Avg)
}

fn comparison(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Comparison> {
    let measurements = reference::measurements(fields, report);
    let reference_value = reference::optional(fields, report);
    let party_aggregation = party(fields, report);
    fields.required("operation", report);
    let operation = fields.word("operation", report)?;
    let compares_players = matches!(
        operation,
        ComparisonOperation::Equal | ComparisonOperation::NotEqual
    );
    if !compares_players && fields.get("referenceValue").is_none() {
        report
            .error(
                &fields.path.key("operation"),
                code::MISSING_REFERENCE,
                format!("operation `{operation}` needs a `referenceValue`"),
            )
            .hint("Without a reference value players are compared with each other, by `=` or `!=` only.");
    }
    Some(Comparison {
        measurements: measurements?,
        reference_value,
        operation,
        party_aggregation,
    })
}

fn distance(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Distance> {
    let measurements = reference::measurements(fields, report);
    let reference_value = reference::numeric(fields, report);
    let min_distance = fields.bound("minDistance", report);
    let max_distance = fields.bound("maxDistance", report);
    bounds::check(
        fields,
        ["minDistance", "maxDistance"],
        [min_distance, max_distance],
        report,
    );
    let party_aggregation = party(fields, report);
    Some(Distance {
        measurements: measurements?,
        reference_value: reference_value?,
        min_distance,
        max_distance,
        party_aggregation,
    })
}

fn batch_distance(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<BatchDistance> {
    let batch_attribute = fields
        .required_text("batchAttribute", report)
        .map(str::to_owned);
    let max_distance = fields.bound("maxDistance", report);
    let party_aggregation = party(fields, report);
    Some(BatchDistance {
        batch_attribute: batch_attribute?,
        max_distance,
        party_aggregation,
    })
}

fn collection(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Collection> {
    let measurements = reference::measurements(fields, report);
    let reference_value = reference::optional(fields, report);
    let min_count = fields.count("minCount", 0, report);
    let max_count = fields.count("maxCount", 0, report);
    bounds::check(
        fields,
        ["minCount", "maxCount"],
        [min_count, max_count].map(|count| count.map(f64::from)),
        report,
    );
    let party_aggregation = fields
        .word("partyAggregation", report)
        .unwrap_or(CollectionAggregation::Union);
    fields.required("operation", report);
    let operation = fields.word("operation", report)?;
    reference::check_collection(fields, operation, report);
    Some(Collection {
        measurements: measurements?,
        reference_value: match operation {
            CollectionOperation::Intersection => None,
            CollectionOperation::Contains | CollectionOperation::ReferenceIntersectionCount => {
                reference_value
            }
        },
        operation,
        min_count,
        max_count,
        party_aggregation,
    })
}

fn latency(fields: &Fields<'_>, report: &mut Report<'_>) -> Latency {
    let latency = Latency {
        max_latency: fields.bound("maxLatency", report),
        max_distance: fields.bound("maxDistance", report),
        distance_reference: fields.word("distanceReference", report),
        party_aggregation: party(fields, report),
    };
    bounds::check_latency(fields, report);
    latency
}

fn sort(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Sort> {
    fields.required("sortDirection", report);
    let direction = fields.word("sortDirection", report);
    let attribute = fields
        .required_text("sortAttribute", report)
        .map(str::to_owned);
    let map_key = fields.word("mapKey", report);
    let party_aggregation = party(fields, report);
    Some(Sort {
        direction: direction?,
        attribute: attribute?,
        map_key,
        party_aggregation,
    })
}

fn compound(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Compound> {
    let text = fields.required_text("statement", report)?;
    match text.parse() {
        Ok(statement) => Some(Compound { statement }),
        Err(error) => {
            report.error(
                &fields.path.key("statement"),
                code::STATEMENT,
                format!("the statement doesn't parse: {error}"),
            );
            None
        }
    }
}
