//! Reads `algorithm`.

use super::Item;
use super::fields::{Fields, text_list};
use crate::code;
use crate::model::algorithm::{Algorithm, BatchingPreference, Strategy};
use crate::report::Report;

const KEYS: &[&str] = &[
    "strategy",
    "batchingPreference",
    "balancedAttribute",
    "sortByAttributes",
    "expansionAgeSelection",
    "backfillPriority",
];

pub(crate) fn read(body: &Fields<'_>, report: &mut Report<'_>) -> Item<Algorithm> {
    let path = body.path.key("algorithm");
    let fields = body
        .get("algorithm")
        .and_then(|node| Fields::of(node, &path, report));
    let value = fields.map_or_else(Algorithm::default, |fields| read_fields(&fields, report));
    Item { path, value }
}

fn read_fields(fields: &Fields<'_>, report: &mut Report<'_>) -> Algorithm {
    fields.warn_of_unknown(KEYS, report);
    let default = Algorithm::default();
    let strategy = fields.word("strategy", report).unwrap_or(default.strategy);
    let preference = fields.word("batchingPreference", report);
    check_family(fields, strategy, preference, report);
    let algorithm = Algorithm {
        strategy,
        batching_preference: preference.unwrap_or(match strategy {
            Strategy::ExhaustiveSearch => BatchingPreference::Random,
            Strategy::Balanced => BatchingPreference::LargestPopulation,
        }),
        balanced_attribute: fields.text("balancedAttribute", report).map(str::to_owned),
        sort_by_attributes: sort_by_attributes(fields, report),
        expansion_age_selection: fields
            .word("expansionAgeSelection", report)
            .unwrap_or(default.expansion_age_selection),
        backfill_priority: fields
            .word("backfillPriority", report)
            .unwrap_or(default.backfill_priority),
    };
    check_sorting(fields, &algorithm, report);
    check_balancing(fields, &algorithm, report);
    algorithm
}

fn sort_by_attributes(fields: &Fields<'_>, report: &mut Report<'_>) -> Vec<String> {
    let node = fields.get("sortByAttributes");
    node.and_then(|node| text_list(node, &fields.path.key("sortByAttributes"), report))
        .unwrap_or_default()
}

fn check_family(
    fields: &Fields<'_>,
    strategy: Strategy,
    preference: Option<BatchingPreference>,
    report: &mut Report<'_>,
) {
    let Some(preference) = preference.filter(|preference| preference.strategy() != strategy) else {
        return;
    };
    let message = format!(
        "batching preference `{preference}` belongs to strategy `{}`, not to `{strategy}`",
        preference.strategy()
    );
    report.error(
        &fields.path.key("batchingPreference"),
        code::CONFLICTING_SETTINGS,
        message,
    );
}

fn check_sorting(fields: &Fields<'_>, algorithm: &Algorithm, report: &mut Report<'_>) {
    let sorted = algorithm.batching_preference == BatchingPreference::Sorted;
    if sorted && algorithm.sort_by_attributes.is_empty() {
        report
            .error(
                &fields.path.key("batchingPreference"),
                code::SORTED_WITHOUT_ATTRIBUTES,
                "batching preference `sorted` needs `sortByAttributes`",
            )
            .hint("List the attributes to sort by, most important first, or use `random`.");
    }
    if !sorted && !algorithm.sort_by_attributes.is_empty() {
        report.warning(
            &fields.path.key("sortByAttributes"),
            code::NO_EFFECT,
            "`sortByAttributes` has no effect unless the batching preference is `sorted`",
        );
    }
}

fn check_balancing(fields: &Fields<'_>, algorithm: &Algorithm, report: &mut Report<'_>) {
    if algorithm.strategy == Strategy::ExhaustiveSearch && algorithm.balanced_attribute.is_some() {
        report.warning(
            &fields.path.key("balancedAttribute"),
            code::NO_EFFECT,
            "`balancedAttribute` has no effect unless the strategy is `balanced`",
        );
    }
}
