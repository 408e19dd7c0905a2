//! Rules: one struct per type.

use super::expression::Expression;
use super::statement::Statement;
use crate::keyword::keywords;

keywords! {
    /// The eight types.
    RuleType {
        Comparison = "comparison",
        Distance = "distance",
        BatchDistance = "batchDistance",
        Collection = "collection",
        Latency = "latency",
        AbsoluteSort = "absoluteSort",
        DistanceSort = "distanceSort",
        Compound = "compound",
    }
}

keywords! {
    /// How a comparison compares.
    ComparisonOperation {
        Less = "<",
        LessOrEqual = "<=",
        Equal = "=",
        NotEqual = "!=",
        Greater = ">",
        GreaterOrEqual = ">=",
    }
}

keywords! {
    /// What a collection rule counts.
    CollectionOperation {
        Intersection = "intersection",
        Contains = "contains",
        ReferenceIntersectionCount = "reference_intersection_count",
    }
}

keywords! {
    /// How the values of one ticket's players become one value.
    PartyAggregation {
        Avg = "avg",
        Min = "min",
        Max = "max",
    }
}

keywords! {
    /// How the lists of one ticket's players become one list.
    CollectionAggregation {
        Union = "union",
        Intersection = "intersection",
    }
}

keywords! {
    /// What a latency distance is measured from.
    DistanceReference {
        Min = "min",
        Avg = "avg",
    }
}

keywords! {
    /// The direction of a sort.
    SortDirection {
        Ascending = "ascending",
        Descending = "descending",
    }
}

keywords! {
    /// Which entry of a map attribute a sort uses.
    MapKey {
        MinValue = "minValue",
        MaxValue = "maxValue",
    }
}

/// One entry of `rules`.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Unique in the rule set; appears in events and metrics.
    pub name: String,
    /// For people only.
    pub description: Option<String>,
    /// What it demands.
    pub statement: RuleStatement,
}

/// What a rule demands.
#[derive(Debug, Clone, PartialEq)]
pub enum RuleStatement {
    /// Compares values with a reference or with each other.
    Comparison(Comparison),
    /// Bounds the distance to a reference.
    Distance(Distance),
    /// Bounds the spread of one attribute over the match.
    BatchDistance(BatchDistance),
    /// Counts what lists have in common.
    Collection(Collection),
    /// Bounds the latency.
    Latency(Latency),
    /// Orders tickets by a value.
    AbsoluteSort(Sort),
    /// Orders tickets by their distance from the oldest one.
    DistanceSort(Sort),
    /// Combines other rules.
    Compound(Compound),
}

/// A `comparison`.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What is compared.
    pub measurements: Vec<Expression>,
    /// Without it, the measured values are compared with each other.
    pub reference_value: Option<ReferenceValue>,
    /// How.
    pub operation: ComparisonOperation,
    /// How a party counts.
    pub party_aggregation: PartyAggregation,
}

/// A `distance`.
#[derive(Debug, Clone, PartialEq)]
pub struct Distance {
    /// What is measured.
    pub measurements: Vec<Expression>,
    /// From where.
    pub reference_value: ReferenceValue,
    /// Inclusive.
    pub min_distance: Option<f64>,
    /// Inclusive.
    pub max_distance: Option<f64>,
    /// How a party counts.
    pub party_aggregation: PartyAggregation,
}

/// A `batchDistance`.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchDistance {
    /// An attribute's name.
    pub batch_attribute: String,
    /// Largest difference over the match; absent for string attributes, which must be equal.
    pub max_distance: Option<f64>,
    /// How a party counts.
    pub party_aggregation: PartyAggregation,
}

/// A `collection`.
#[derive(Debug, Clone, PartialEq)]
pub struct Collection {
    /// The lists.
    pub measurements: Vec<Expression>,
    /// What they are compared with.
    pub reference_value: Option<ReferenceValue>,
    /// What is counted.
    pub operation: CollectionOperation,
    /// Inclusive.
    pub min_count: Option<u32>,
    /// Inclusive.
    pub max_count: Option<u32>,
    /// How a party counts.
    pub party_aggregation: CollectionAggregation,
}

/// A `latency`.
#[derive(Debug, Clone, PartialEq)]
pub struct Latency {
    /// Milliseconds, inclusive.
    pub max_latency: Option<f64>,
    /// Milliseconds from the reference.
    pub max_distance: Option<f64>,
    /// What the distance is measured from.
    pub distance_reference: Option<DistanceReference>,
    /// How a party counts.
    pub party_aggregation: PartyAggregation,
}

/// An `absoluteSort` or `distanceSort`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// Which way.
    pub direction: SortDirection,
    /// An attribute's name.
    pub attribute: String,
    /// Which entry of a map attribute.
    pub map_key: Option<MapKey>,
    /// How a party counts.
    pub party_aggregation: PartyAggregation,
}

/// A `compound`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compound {
    /// The combination; its rules are no longer demanded by themselves.
    pub statement: Statement,
}

/// What measurements are compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum ReferenceValue {
    /// A number.
    Number(f64),
    /// A literal text.
    Text(String),
    /// A literal list.
    TextList(Vec<String>),
    /// Computed from the match.
    Expression(Expression),
}

impl RuleType {
    /// The properties that rules of this type have beside name, description and type.
    pub(crate) const fn properties(self) -> &'static [&'static str] {
        match self {
            Self::Comparison => &[
                "measurements",
                "referenceValue",
                "operation",
                "partyAggregation",
            ],
            Self::Distance => &[
                "measurements",
                "referenceValue",
                "minDistance",
                "maxDistance",
                "partyAggregation",
            ],
            Self::BatchDistance => &["batchAttribute", "maxDistance", "partyAggregation"],
            Self::Collection => &[
                "measurements",
                "referenceValue",
                "operation",
                "minCount",
                "maxCount",
                "partyAggregation",
            ],
            Self::Latency => &[
                "maxLatency",
                "maxDistance",
                "distanceReference",
                "partyAggregation",
            ],
            Self::AbsoluteSort | Self::DistanceSort => &[
                "sortDirection",
                "sortAttribute",
                "mapKey",
                "partyAggregation",
            ],
            Self::Compound => &["statement"],
        }
    }

    /// Whether matches above 40 players can have it.
    pub(crate) const fn fits_large_matches(self) -> bool {
        matches!(self, Self::Latency | Self::BatchDistance)
    }

    /// Whether a compound statement is documented to combine it.
    pub(crate) const fn is_documented_operand(self) -> bool {
        matches!(
            self,
            Self::Comparison | Self::Distance | Self::Collection | Self::Latency
        )
    }
}

impl RuleStatement {
    /// The type that the rule was declared with.
    pub const fn rule_type(&self) -> RuleType {
        match self {
            Self::Comparison(_) => RuleType::Comparison,
            Self::Distance(_) => RuleType::Distance,
            Self::BatchDistance(_) => RuleType::BatchDistance,
            Self::Collection(_) => RuleType::Collection,
            Self::Latency(_) => RuleType::Latency,
            Self::AbsoluteSort(_) => RuleType::AbsoluteSort,
            Self::DistanceSort(_) => RuleType::DistanceSort,
            Self::Compound(_) => RuleType::Compound,
        }
    }

    /// Whether it orders tickets rather than demanding something.
    pub const fn is_sort(&self) -> bool {
        matches!(self, Self::AbsoluteSort(_) | Self::DistanceSort(_))
    }

    /// The measured expressions; empty for types that measure none.
    pub fn measurements(&self) -> &[Expression] {
        match self {
            Self::Comparison(comparison) => &comparison.measurements,
            Self::Distance(distance) => &distance.measurements,
            Self::Collection(collection) => &collection.measurements,
            Self::BatchDistance(_)
            | Self::Latency(_)
            | Self::AbsoluteSort(_)
            | Self::DistanceSort(_)
            | Self::Compound(_) => &[],
        }
    }

    /// The value that measurements are compared with, if there is one.
    pub const fn reference_value(&self) -> Option<&ReferenceValue> {
        match self {
            Self::Comparison(comparison) => comparison.reference_value.as_ref(),
            Self::Distance(distance) => Some(&distance.reference_value),
            Self::Collection(collection) => collection.reference_value.as_ref(),
            Self::BatchDistance(_)
            | Self::Latency(_)
            | Self::AbsoluteSort(_)
            | Self::DistanceSort(_)
            | Self::Compound(_) => None,
        }
    }
}
