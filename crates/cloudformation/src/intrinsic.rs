//! Intrinsic functions and pseudo parameters, in their long form.
//!
//! Every function returns an [`Intrinsic`], which goes wherever a [`Value`](crate::Value) is asked for and, being
//! serializable, into `serde_json::json!` documents as well.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::{Value as Json, json};

/// A call of an intrinsic function.
#[derive(Clone, Debug, PartialEq)]
pub struct Intrinsic(Json);

impl Intrinsic {
    fn call(function: &str, argument: impl Into<Json>) -> Self {
        Self(Json::Object(
            [(function.to_owned(), argument.into())]
                .into_iter()
                .collect(),
        ))
    }

    /// The JSON that stands in a template.
    #[must_use]
    pub fn as_json(&self) -> &Json {
        &self.0
    }
}

impl From<Intrinsic> for Json {
    fn from(function: Intrinsic) -> Self {
        function.0
    }
}

impl Serialize for Intrinsic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// `Ref`: a parameter's value or a resource's primary identifier.
#[must_use]
pub fn reference(id: impl Into<String>) -> Intrinsic {
    Intrinsic::call("Ref", id.into())
}

/// `Fn::GetAtt`: an attribute of a resource.
#[must_use]
pub fn get_att(id: impl Into<String>, attribute: impl Into<String>) -> Intrinsic {
    Intrinsic::call("Fn::GetAtt", vec![id.into(), attribute.into()])
}

/// `Fn::Sub`: text with `${Name}` and `${Resource.Attribute}` in it.
#[must_use]
pub fn sub(text: impl Into<String>) -> Intrinsic {
    Intrinsic::call("Fn::Sub", text.into())
}

/// `Fn::Sub` with names of its own.
#[must_use]
pub fn sub_with<K: Into<String>, V: Into<Json>>(
    text: impl Into<String>,
    variables: impl IntoIterator<Item = (K, V)>,
) -> Intrinsic {
    let variables: BTreeMap<String, Json> = variables
        .into_iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    Intrinsic::call("Fn::Sub", json!([text.into(), variables]))
}

/// `Fn::Join`: a list as one text.
#[must_use]
pub fn join(separator: impl Into<String>, items: impl Into<Json>) -> Intrinsic {
    Intrinsic::call(
        "Fn::Join",
        vec![Json::String(separator.into()), items.into()],
    )
}

/// `Fn::Split`: a text as a list.
#[must_use]
pub fn split(separator: impl Into<String>, text: impl Into<Json>) -> Intrinsic {
    Intrinsic::call(
        "Fn::Split",
        vec![Json::String(separator.into()), text.into()],
    )
}

/// `Fn::Select`: one item of a list.
#[must_use]
pub fn select(index: impl Into<Json>, items: impl Into<Json>) -> Intrinsic {
    Intrinsic::call("Fn::Select", vec![index.into(), items.into()])
}

/// `Fn::If`: one of two values, by a condition.
#[must_use]
pub fn if_(
    condition: impl Into<String>,
    then: impl Into<Json>,
    otherwise: impl Into<Json>,
) -> Intrinsic {
    Intrinsic::call(
        "Fn::If",
        vec![
            Json::String(condition.into()),
            then.into(),
            otherwise.into(),
        ],
    )
}

/// `Fn::ImportValue`: another stack's export.
#[must_use]
pub fn import_value(name: impl Into<Json>) -> Intrinsic {
    Intrinsic::call("Fn::ImportValue", name)
}

/// `Fn::FindInMap`: a value of a mapping.
#[must_use]
pub fn find_in_map(
    map: impl Into<Json>,
    top_key: impl Into<Json>,
    second_key: impl Into<Json>,
) -> Intrinsic {
    Intrinsic::call(
        "Fn::FindInMap",
        vec![map.into(), top_key.into(), second_key.into()],
    )
}

/// `Fn::Base64`: the encoded text.
#[must_use]
pub fn base64(text: impl Into<Json>) -> Intrinsic {
    Intrinsic::call("Fn::Base64", text)
}

/// `Fn::GetAZs`: the Availability Zones of a Region; an empty text means the stack's own.
#[must_use]
pub fn get_azs(region: impl Into<Json>) -> Intrinsic {
    Intrinsic::call("Fn::GetAZs", region)
}

/// `Fn::Cidr`: address blocks within a block.
#[must_use]
pub fn cidr(block: impl Into<Json>, count: impl Into<Json>, bits: impl Into<Json>) -> Intrinsic {
    Intrinsic::call("Fn::Cidr", vec![block.into(), count.into(), bits.into()])
}

/// `Fn::Equals`: whether two values are the same.
#[must_use]
pub fn equals(left: impl Into<Json>, right: impl Into<Json>) -> Intrinsic {
    Intrinsic::call("Fn::Equals", vec![left.into(), right.into()])
}

/// `Fn::Not`: the opposite.
#[must_use]
pub fn not(condition: impl Into<Json>) -> Intrinsic {
    Intrinsic::call("Fn::Not", vec![condition.into()])
}

/// `Fn::And`: all of two to ten conditions.
#[must_use]
pub fn and(conditions: impl IntoIterator<Item = Intrinsic>) -> Intrinsic {
    Intrinsic::call(
        "Fn::And",
        conditions
            .into_iter()
            .map(|condition| condition.0)
            .collect::<Vec<_>>(),
    )
}

/// `Fn::Or`: any of two to ten conditions.
#[must_use]
pub fn or(conditions: impl IntoIterator<Item = Intrinsic>) -> Intrinsic {
    Intrinsic::call(
        "Fn::Or",
        conditions
            .into_iter()
            .map(|condition| condition.0)
            .collect::<Vec<_>>(),
    )
}

/// `Condition`: a condition defined elsewhere in the template.
#[must_use]
pub fn condition(name: impl Into<String>) -> Intrinsic {
    Intrinsic::call("Condition", name.into())
}

/// `AWS::NoValue`: removes the property it stands for.
#[must_use]
pub fn no_value() -> Intrinsic {
    reference("AWS::NoValue")
}

/// `AWS::AccountId`.
#[must_use]
pub fn account_id() -> Intrinsic {
    reference("AWS::AccountId")
}

/// `AWS::Region`.
#[must_use]
pub fn region() -> Intrinsic {
    reference("AWS::Region")
}

/// `AWS::Partition`: `aws`, `aws-cn`, `aws-us-gov`.
#[must_use]
pub fn partition() -> Intrinsic {
    reference("AWS::Partition")
}

/// `AWS::StackName`.
#[must_use]
pub fn stack_name() -> Intrinsic {
    reference("AWS::StackName")
}

/// `AWS::StackId`.
#[must_use]
pub fn stack_id() -> Intrinsic {
    reference("AWS::StackId")
}

/// `AWS::URLSuffix`: `amazonaws.com` in most partitions.
#[must_use]
pub fn url_suffix() -> Intrinsic {
    reference("AWS::URLSuffix")
}
