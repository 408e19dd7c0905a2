//! Cuts an answer to its operation's output shape.
//!
//! What a record holds beyond the shape stays inside, so operations may answer with whole records. For CBOR the
//! shape also says which numbers are times and which are fractions, which JSON does not tell apart.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ciborium::Value as Cbor;
use serde_json::Value;

use super::{Model, Shape, ShapeKind};

const EPOCH_TAG: u64 = 1;

impl Model {
    /// The answer as JSON.
    pub(crate) fn json_output(&self, operation: &str, answer: Value) -> Value {
        match self.output(operation) {
            Some(shape) => self
                .json(shape, answer)
                .unwrap_or_else(|| Value::Object(serde_json::Map::new())),
            None => Value::Object(serde_json::Map::new()),
        }
    }

    /// The answer as CBOR.
    pub(crate) fn cbor_output(&self, operation: &str, answer: Value) -> Cbor {
        let answer = self.json_output(operation, answer);
        self.output(operation)
            .map_or(Cbor::Map(Vec::new()), |shape| self.cbor(shape, answer))
    }

    fn json(&self, shape: &Shape, value: Value) -> Option<Value> {
        match value {
            Value::Null => None,
            Value::Object(members) if shape.kind == ShapeKind::Structure => {
                let kept = members.into_iter().filter_map(|(name, member)| {
                    let member_shape = self.shape(shape.members.get(&name)?)?;
                    Some((name, self.json(member_shape, member)?))
                });
                Some(Value::Object(kept.collect()))
            }
            Value::Array(items) => {
                let item_shape = self.shape(shape.item.as_deref()?)?;
                Some(Value::Array(
                    items
                        .into_iter()
                        .filter_map(|item| self.json(item_shape, item))
                        .collect(),
                ))
            }
            value @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
                Some(value)
            }
        }
    }

    fn cbor(&self, shape: &Shape, value: Value) -> Cbor {
        match value {
            Value::Null => Cbor::Null,
            Value::Bool(value) => Cbor::Bool(value),
            Value::Number(number) => cbor_number(shape.kind, &number),
            Value::String(text) if shape.kind == ShapeKind::Blob => {
                Cbor::Bytes(STANDARD.decode(&text).unwrap_or_else(|_| text.into_bytes()))
            }
            Value::String(text) => Cbor::Text(text),
            Value::Array(items) => match shape.item.as_deref().and_then(|name| self.shape(name)) {
                Some(item_shape) => Cbor::Array(
                    items
                        .into_iter()
                        .map(|item| self.cbor(item_shape, item))
                        .collect(),
                ),
                None => Cbor::Array(Vec::new()),
            },
            Value::Object(members) => Cbor::Map(
                members
                    .into_iter()
                    .filter_map(|(name, member)| {
                        let member_shape = shape.members.get(&name).or(shape.item.as_ref())?;
                        Some((
                            Cbor::Text(name),
                            self.cbor(self.shape(member_shape)?, member),
                        ))
                    })
                    .collect(),
            ),
        }
    }
}

fn cbor_number(kind: ShapeKind, number: &serde_json::Number) -> Cbor {
    let float = || Cbor::Float(number.as_f64().unwrap_or_default());
    match kind {
        ShapeKind::Timestamp => Cbor::Tag(EPOCH_TAG, Box::new(float())),
        ShapeKind::Float | ShapeKind::Double => float(),
        ShapeKind::Structure
        | ShapeKind::List
        | ShapeKind::Map
        | ShapeKind::String
        | ShapeKind::Integer
        | ShapeKind::Long
        | ShapeKind::Boolean
        | ShapeKind::Blob => match number.as_i64() {
            Some(whole) => Cbor::Integer(whole.into()),
            // 60.0, as a client with doubles only sent it.
            None => Cbor::Integer((number.as_f64().unwrap_or_default() as i64).into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_outside_the_shape_stay_inside() {
        let answer = json!({"RuleSet": {"RuleSetName": "duel", "Tags": [], "RuleSetBody": null}});
        assert_eq!(
            Model::load().json_output("CreateMatchmakingRuleSet", answer),
            json!({"RuleSet": {"RuleSetName": "duel"}})
        );
    }

    #[test]
    fn times_are_tagged_and_whole_numbers_are_integers() {
        let answer = json!({"Build": {"CreationTime": 5, "SizeOnDisk": 7.0}});
        let Cbor::Map(output) = Model::load().cbor_output("DescribeBuild", answer) else {
            panic!("a map")
        };
        let time = Cbor::Tag(EPOCH_TAG, Box::new(Cbor::Float(5.0)));
        let expected = vec![
            (Cbor::Text("CreationTime".to_owned()), time),
            (Cbor::Text("SizeOnDisk".to_owned()), Cbor::Integer(7.into())),
        ];
        assert_eq!(
            output,
            vec![(Cbor::Text("Build".to_owned()), Cbor::Map(expected))]
        );
    }
}
