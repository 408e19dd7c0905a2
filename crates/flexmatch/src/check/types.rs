//! Types and nesting of expressions: numbers where numbers are needed, lists where functions take lists.
//!
//! Follows the tables of <https://docs.aws.amazon.com/gameliftservers/latest/flexmatchguide/match-rules-reference-property-expression.html>.
//! What the tables don't cover only warns.

use crate::code;
use crate::model::attribute::AttributeType;
use crate::model::expression::{Expression, Function, PropertyPath, Selection, TeamSelector};
use crate::model::rule::{ComparisonOperation, ReferenceValue, RuleStatement};
use crate::path::Path;
use crate::report::Report;
use crate::shape::Draft;

/// The type of an expression: a single value at depth 0, a list at 1, a list of lists at 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    depth: usize,
    leaf: Leaf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaf {
    Number,
    Text,
    /// A team or a player, which can only be counted.
    Thing,
    /// Reported elsewhere, or not documented.
    Unknown,
}

/// What is wrong with an expression, and whether the tables say so.
enum Flaw {
    Wrong(String),
    Undocumented(String),
}

pub(super) fn check(draft: &Draft, report: &mut Report<'_>) {
    for rule in &draft.rules {
        let statement = &rule.value.statement;
        let measurements = rule.path.key("measurements");
        for (index, expression) in statement.measurements().iter().enumerate() {
            let path = measurements.index(index);
            if let Some(shape) = check_one(expression, &path, draft, report) {
                check_measured(statement, expression, shape, &path, report);
            }
        }
        if let Some(ReferenceValue::Expression(expression)) = statement.reference_value() {
            let path = rule.path.key("referenceValue");
            if let Some(shape) = check_one(expression, &path, draft, report) {
                check_measured(statement, expression, shape, &path, report);
            }
        }
    }
}

fn check_one(
    expression: &Expression,
    path: &Path,
    draft: &Draft,
    report: &mut Report<'_>,
) -> Option<Shape> {
    match shape(expression, draft) {
        Ok(shape) => Some(shape),
        Err(Flaw::Wrong(message)) => {
            report
                .error(path, code::EXPRESSION_TYPE, message)
                .hint("`flatten(...)` joins the lists of teams; `count(...)` counts anything; other functions take lists of numbers.");
            None
        }
        Err(Flaw::Undocumented(message)) => {
            report.warning(path, code::UNDOCUMENTED, message);
            None
        }
    }
}

fn shape(expression: &Expression, draft: &Draft) -> Result<Shape, Flaw> {
    match expression {
        Expression::Path(path) => Ok(path_shape(path, draft)),
        Expression::Call { function, argument } => {
            let inner = shape(argument, draft)?;
            apply(*function, inner, expression)
        }
    }
}

fn path_shape(path: &PropertyPath, draft: &Draft) -> Shape {
    let teams = match &path.teams {
        TeamSelector::Named(names) if names.len() == 1 => 0,
        TeamSelector::Named(_) | TeamSelector::All => 1,
    };
    let (below, leaf) = match &path.selection {
        Selection::Teams => (0, Leaf::Thing),
        Selection::Players => (1, Leaf::Thing),
        Selection::PlayerIds => (1, Leaf::Text),
        Selection::Attribute(name) => match draft.declared.attributes.get(name) {
            Some(Some(AttributeType::Number)) => (1, Leaf::Number),
            Some(Some(AttributeType::String)) => (1, Leaf::Text),
            Some(Some(AttributeType::StringList)) => (2, Leaf::Text),
            Some(Some(AttributeType::StringNumberMap) | None) | None => (1, Leaf::Unknown),
        },
    };
    Shape {
        depth: teams + below,
        leaf,
    }
}

fn apply(function: Function, inner: Shape, expression: &Expression) -> Result<Shape, Flaw> {
    if inner.leaf == Leaf::Unknown {
        return Ok(inner);
    }
    match function {
        Function::Count => match inner.depth {
            0 => Err(Flaw::Wrong(format!(
                "`{expression}` counts a single value, not a list"
            ))),
            depth => Ok(Shape {
                depth: depth - 1,
                leaf: Leaf::Number,
            }),
        },
        Function::Flatten => match inner.depth {
            0 => Err(Flaw::Wrong(format!(
                "`{expression}` flattens a single value, not a list"
            ))),
            1 => Err(Flaw::Undocumented(format!(
                "`{expression}` flattens a list that holds no lists"
            ))),
            depth => Ok(Shape {
                depth: depth - 1,
                ..inner
            }),
        },
        Function::SetIntersection => match (inner.leaf, inner.depth) {
            (Leaf::Text, 2..) => Ok(Shape {
                depth: inner.depth - 1,
                ..inner
            }),
            (Leaf::Text, _) => Err(Flaw::Undocumented(format!(
                "`{expression}` intersects what isn't a list of lists"
            ))),
            _ => Err(Flaw::Wrong(format!(
                "`{expression}` intersects {}, it takes lists of strings",
                inner.leaf.plural()
            ))),
        },
        Function::Min
        | Function::Max
        | Function::Avg
        | Function::Median
        | Function::Sum
        | Function::Stddev => match (inner.leaf, inner.depth) {
            (Leaf::Number, 1..) => Ok(Shape {
                depth: inner.depth - 1,
                ..inner
            }),
            (Leaf::Number, _) => Err(Flaw::Wrong(format!(
                "`{expression}` takes a list, and its argument is a single number"
            ))),
            _ => Err(Flaw::Wrong(format!(
                "`{expression}` takes numbers, and its argument holds {}",
                inner.leaf.plural()
            ))),
        },
    }
}

/// Whether a rule can work with values of this type.
fn check_measured(
    statement: &RuleStatement,
    expression: &Expression,
    shape: Shape,
    path: &Path,
    report: &mut Report<'_>,
) {
    let wanted = match statement {
        RuleStatement::Distance(_) => Some(Leaf::Number),
        // Ordering without a reference was reported: whether numbers or equality are meant isn't known.
        RuleStatement::Comparison(rule) if rule.reference_value.is_none() => None,
        RuleStatement::Comparison(rule) => match rule.operation {
            ComparisonOperation::Equal | ComparisonOperation::NotEqual => None,
            ComparisonOperation::Less
            | ComparisonOperation::LessOrEqual
            | ComparisonOperation::Greater
            | ComparisonOperation::GreaterOrEqual => Some(Leaf::Number),
        },
        RuleStatement::Collection(_) => Some(Leaf::Text),
        RuleStatement::BatchDistance(_)
        | RuleStatement::Latency(_)
        | RuleStatement::AbsoluteSort(_)
        | RuleStatement::DistanceSort(_)
        | RuleStatement::Compound(_) => return,
    };
    let fits = match wanted {
        Some(wanted) => shape.leaf == wanted,
        None => shape.leaf != Leaf::Thing,
    };
    if fits || shape.leaf == Leaf::Unknown {
        return;
    }
    let rule_type = statement.rule_type();
    let expected = wanted.map_or("numbers or strings", Leaf::plural);
    let message = format!(
        "a `{rule_type}` rule works on {expected} here, and `{expression}` gives {}",
        shape.leaf.plural()
    );
    report.error(path, code::EXPRESSION_TYPE, message);
}

impl Leaf {
    const fn plural(self) -> &'static str {
        match self {
            Self::Number => "numbers",
            Self::Text => "strings",
            Self::Thing => "teams or players",
            Self::Unknown => "unknown values",
        }
    }
}
