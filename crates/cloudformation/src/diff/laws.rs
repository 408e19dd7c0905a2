//! What holds for any two templates.

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::*;
use crate::template::{DeletionPolicy, Output, Parameter, ParameterType};

const KINDS: [&str; 6] = [
    "AWS::DynamoDB::Table",
    "AWS::GameLift::Fleet",
    "AWS::GameLift::GameSessionQueue",
    "AWS::IAM::Role",
    "AWS::SQS::Queue",
    "Custom::Thing",
];

const NAMES: [&str; 8] = [
    "BuildId",
    "Destinations",
    "Name",
    "Policies",
    "PolicyDocument",
    "Statement",
    "QueueName",
    "Tags",
];

fn id() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["A", "B", "C", "D"]).prop_map(str::to_owned)
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(NAMES.to_vec()).prop_map(str::to_owned)
}

fn function() -> impl Strategy<Value = Json> {
    prop_oneof![
        id().prop_map(|id| json!({ "Ref": id })),
        id().prop_map(|id| json!({ "Fn::GetAtt": [id, "Arn"] })),
        id().prop_map(|id| json!({ "Fn::Sub": format!("x-${{{id}.Name}}-${{P}}") })),
        Just(json!({ "Fn::Join": ["-", [{ "Ref": "P" }, "x"]] })),
        Just(json!({ "Fn::If": ["Yes", "x", { "Ref": "AWS::NoValue" }] })),
        Just(json!({ "Fn::Sub": ["${", 1] })),
        Just(json!({ "Fn::Select": [7, ["x"]] })),
    ]
}

fn leaf() -> impl Strategy<Value = Json> {
    prop_oneof![
        "[a-c*$]{0,2}".prop_map(Json::from),
        (0..3).prop_map(Json::from),
        any::<bool>().prop_map(Json::from),
        Just(json!({ "Effect": "Allow", "Action": ["a", "b"], "Resource": "*" })),
        Just(json!(r#"{"Statement": [{"Effect": "Deny"}]}"#)),
        Just(json!({ "Key": "a", "Value": 1 })),
        function(),
    ]
}

fn value() -> impl Strategy<Value = Json> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            prop::collection::btree_map(name(), inner, 0..3).prop_map(|map| json!(map)),
        ]
    })
}

fn properties() -> impl Strategy<Value = Map<String, Json>> {
    prop::collection::btree_map(name(), value(), 0..4).prop_map(|map| map.into_iter().collect())
}

fn resource() -> impl Strategy<Value = Resource> {
    let policy = prop::option::of(prop::sample::select(vec![
        DeletionPolicy::Delete,
        DeletionPolicy::Retain,
        DeletionPolicy::Snapshot,
    ]));
    let condition = prop::option::of(prop::sample::select(vec!["Yes", "Open", "Nowhere"]));
    let kind = prop::sample::select(KINDS.to_vec());
    (kind, properties(), policy, condition).prop_map(|(kind, properties, policy, condition)| {
        let mut resource = Resource::new(kind, properties);
        resource.deletion_policy = policy;
        resource.condition = condition.map(str::to_owned);
        resource
    })
}

prop_compose! {
    fn template()(
        resources in prop::collection::btree_map(id(), resource(), 0..4),
        outputs in prop::collection::btree_map(id(), value(), 0..2),
        default in prop::option::of("[a-c]{1,2}"),
        condition in prop_oneof![Just(json!({ "Fn::Equals": [{ "Ref": "P" }, "a"] })), value()],
        description in prop::option::of("[a-c]"),
    ) -> Template {
        let mut template = Template { resources, description, ..Template::default() };
        let mut parameter = Parameter::new(ParameterType::String);
        parameter.default = default.map(Json::from);
        template.parameters.insert("P".to_owned(), parameter);
        template.outputs.extend(outputs.into_iter().map(|(id, value)| (id, Output::new(value))));
        template.conditions.insert("Yes".to_owned(), condition);
        template.conditions.insert("Open".to_owned(), json!({ "Fn::Equals": [{ "Ref": "AWS::Region" }, "r"] }));
        template
    }
}

fn difference(old: &Template, new: &Template) -> TemplateDiff {
    compare(&Side::new(old), &Side::new(new))
}

/// The template with every value in its form, where spellings don't count.
fn form(template: &Template) -> Json {
    fn deep(value: &Json) -> Json {
        canonical::form(&evaluate::Evaluator::without_template().value(value))
    }
    let mut value = template.to_value();
    let resources = value["Resources"].as_object_mut().into_iter().flatten();
    for (id, resource) in resources {
        let schema = crate::schema::resource_type(&template.resources[id].kind);
        let properties = resource["Properties"].as_object_mut().into_iter().flatten();
        for (path, value) in properties {
            *value = canonical::value(&deep(value), canonical::Place { schema, path });
        }
    }
    deep(&value)
}

/// The same value with everything turned around whose order means nothing: tags, and statements of policies.
fn shuffled(name: &str, value: &Json, within: &Map<String, Json>) -> Json {
    match value {
        Json::Object(object) => Json::Object(
            object
                .iter()
                .map(|(name, value)| (name.clone(), shuffled(name, value, object)))
                .collect(),
        ),
        Json::Array(items) => {
            let nothing = Map::new();
            let items = items.iter().map(|item| shuffled("", item, &nothing));
            let is_set = name == "Tags" || name == "Statement" && policy::is_policy(within);
            if is_set {
                items.rev().collect()
            } else {
                items.collect()
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => value.clone(),
    }
}

fn worst(diff: &TemplateDiff, id: &str) -> Option<Impact> {
    diff.resources.get(id).map(|change| change.impact)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn template_against_itself_is_empty(template in template()) {
        prop_assert_eq!(difference(&template, &template), TemplateDiff::default());
    }

    #[test]
    fn order_of_sets_means_nothing(template in template()) {
        let mut other = template.clone();
        for resource in other.resources.values_mut() {
            for (name, value) in &mut resource.properties {
                *value = shuffled(name, value, &Map::new());
            }
        }
        prop_assert_eq!(difference(&template, &other), TemplateDiff::default());
    }

    #[test]
    fn difference_applied_to_the_old_template_gives_the_new_one(old in template(), new in template()) {
        let applied = apply(&old, &difference(&old, &new)).unwrap();
        prop_assert_eq!(form(&applied), form(&new));
        prop_assert!(difference(&applied, &new).is_empty());
    }

    #[test]
    fn difference_is_empty_only_when_nothing_differs(old in template(), new in template()) {
        if difference(&old, &new).is_empty() {
            prop_assert_eq!(form(&old), form(&new));
        }
    }

    #[test]
    fn another_changed_property_never_lowers_the_impact(
        old in template(),
        id in id(),
        one in name(),
        other in name(),
        values in (value(), value()),
    ) {
        let mut new = old.clone();
        let Some(resource) = new.resources.get_mut(&id) else { return Ok(()) };
        resource.properties.insert(one.clone(), values.0);
        let before = worst(&difference(&old, &new), &id);
        if one != other {
            let Some(resource) = new.resources.get_mut(&id) else { return Ok(()) };
            resource.properties.insert(other, values.1);
        }
        prop_assert!(worst(&difference(&old, &new), &id) >= before);
    }

    #[test]
    fn impact_is_at_least_that_of_each_property(old in template(), new in template()) {
        for change in difference(&old, &new).resources.values() {
            for property in &change.properties {
                prop_assert!(change.impact >= property.impact);
            }
        }
    }

    #[test]
    fn permissions_that_stay_are_no_difference(old in template(), new in template()) {
        prop_assert_eq!(security(&Side::new(&old), &Side::new(&old)), SecurityDiff::default());
        let (there, back) = (
            security(&Side::new(&old), &Side::new(&new)),
            security(&Side::new(&new), &Side::new(&old)),
        );
        prop_assert_eq!(there.granted.len() + there.opened.len(), back.revoked.len() + back.closed.len());
    }

    #[test]
    fn value_that_is_known_later_is_told(old in template(), new in template()) {
        let later = Side {
            later: BTreeMap::from([("P".to_owned(), "later".to_owned())]),
            ..Side::new(&new)
        };
        let found = compare(&Side::new(&old), &later);
        prop_assert!(found.entries.iter().any(|entry| entry.section == Section::ParameterValue));
    }
}
