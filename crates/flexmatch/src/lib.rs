//! The FlexMatch rule-set language, version 1.0.
//!
//! In: the text of a rule set. Out: a typed [`RuleSet`], the same body without comments, and every problem found, each
//! with its line and column. This crate never reads a file, never looks at a clock and never panics on what it is given.
//!
//! | module | holds |
//! |---|---|
//! | `json` | JSON with comments and positions; the only place that sees `jsonc-parser` |
//! | `model` | the typed rule set, expressions and compound statements |
//! | `shape` | JSON to model: types, required properties, words of an enumeration |
//! | `check` | what needs more than one item: references, team sizes, large matches |
//! | `code` | the stable code of every problem |
//! | [`matching`] | forms matches by a rule set: pool, search, acceptance, backfill |
//!
//! Where the published documentation contradicts itself, or a sample that is known to deploy contradicts it, the check
//! warns instead of failing.

mod check;
pub mod code;
mod json;
mod keyword;
pub mod matching;
mod model;
mod path;
mod position;
mod problem;
mod report;
mod shape;
mod suggest;

pub use model::algorithm::{
    Algorithm, BackfillPriority, BatchingPreference, ExpansionAgeSelection, Strategy,
};
pub use model::attribute::{AttributeType, AttributeValue, PlayerAttribute};
pub use model::expansion::{Expansion, ExpansionStep, ExpansionTarget, ExpansionValue};
pub use model::expression::{
    Expression, ExpressionError, Function, PropertyPath, Selection, TeamSelector,
};
pub use model::rule::{
    BatchDistance, Collection, CollectionAggregation, CollectionOperation, Comparison,
    ComparisonOperation, Compound, Distance, DistanceReference, Latency, MapKey, PartyAggregation,
    ReferenceValue, Rule, RuleStatement, RuleType, Sort, SortDirection,
};
pub use model::rule_set::{RuleSet, SizeClass, Team};
pub use model::statement::{Statement, StatementError};
pub use problem::{Problem, Severity};

use report::Report;

/// Longest body that the GameLift API takes, in characters.
/// <https://docs.aws.amazon.com/gamelift/latest/apireference/API_CreateMatchmakingRuleSet.html>
pub const MAX_BODY_CHARACTERS: usize = 65_535;

/// What [`parse`] found.
#[derive(Debug, Clone)]
#[must_use]
pub struct Parsed {
    /// The rule set; `None` when `problems` holds an error.
    pub rule_set: Option<RuleSet>,
    /// The body as plain JSON, without comments; `None` when the text isn't JSON or repeats a key.
    pub canonical: Option<serde_json::Value>,
    /// Everything that is wrong or doubtful, in the order of the text.
    pub problems: Vec<Problem>,
}

impl Parsed {
    /// Whether GameLift would refuse this rule set.
    pub fn has_errors(&self) -> bool {
        problem::has_errors(&self.problems)
    }
}

/// Reads a rule set and checks its shape. Finds every problem rather than the first.
pub fn parse(text: &str) -> Parsed {
    let mut report = Report::new(text);
    check_length(text, &mut report);
    let Some(root) = json::read(text, &mut report) else {
        return Parsed {
            rule_set: None,
            canonical: None,
            problems: report.finish(),
        };
    };
    let canonical = (!report.has_errors_with(code::DUPLICATE_KEY)).then(|| root.to_json());
    report.set_root(&root);
    let draft = shape::read(&root, &mut report);
    if let Some(draft) = &draft {
        check::check(draft, &mut report);
    }
    let problems = report.finish();
    let rule_set = draft
        .filter(|_| !problem::has_errors(&problems))
        .map(shape::Draft::into_rule_set);
    Parsed {
        rule_set,
        canonical,
        problems,
    }
}

fn check_length(text: &str, report: &mut Report<'_>) {
    let length = text.chars().count();
    if length > MAX_BODY_CHARACTERS {
        report
            .error_at(0..0, code::BODY_TOO_LONG, format!("the body has {length} characters, the limit is {MAX_BODY_CHARACTERS}"))
            .hint("Shorten descriptions, or move settings that don't decide a match out of the rule set.");
    }
}
