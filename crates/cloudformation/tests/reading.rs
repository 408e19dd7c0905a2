//! Template text read back: positions, short forms, errors, and the law `parse(emit(x)) == x`.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use cloudformation::{
    DeletionPolicy, Output, Parameter, ParseError, Position, Resource, Template, read,
};
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

fn resource(text: &str) -> Resource {
    Template::parse(text)
        .unwrap()
        .resources
        .remove("Box")
        .unwrap()
}

fn check_yaml(properties: &str, expected: &Json) {
    let text = format!(
        "Resources:\n  Box:\n    Type: AWS::S3::Bucket\n    Properties:\n      Value: {properties}\n"
    );
    assert_eq!(resource(&text).properties["Value"], *expected, "{text}");
}

fn check_error(text: &str, expected: &str) {
    let error: ParseError = Template::parse(text).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn short_forms_become_long_forms() {
    check_yaml("!Ref Name", &json!({"Ref": "Name"}));
    check_yaml("!GetAtt Box.Arn", &json!({"Fn::GetAtt": ["Box", "Arn"]}));
    check_yaml("!GetAtt [Box, Arn]", &json!({"Fn::GetAtt": ["Box", "Arn"]}));
    check_yaml(
        "!GetAtt Nested.Outputs.Name",
        &json!({"Fn::GetAtt": ["Nested", "Outputs.Name"]}),
    );
    check_yaml("!Sub '${A}-x'", &json!({"Fn::Sub": "${A}-x"}));
    check_yaml(
        "!If [Live, 1, !Ref AWS::NoValue]",
        &json!({"Fn::If": ["Live", 1, {"Ref": "AWS::NoValue"}]}),
    );
    check_yaml(
        "!Join ['-', [a, !Select [0, !GetAZs '']]]",
        &json!({"Fn::Join": ["-", ["a", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}]]}),
    );
    check_yaml(
        "!And [!Condition A, !Not [!Equals [a, b]]]",
        &json!({"Fn::And": [{"Condition": "A"}, {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}]}),
    );
    check_yaml(
        "!Base64\n        Fn::ImportValue: x",
        &json!({"Fn::Base64": {"Fn::ImportValue": "x"}}),
    );
}

#[test]
fn quoted_scalars_stay_text() {
    check_yaml("'5'", &json!("5"));
    check_yaml("5", &json!(5));
    check_yaml("!!str 5", &json!("5"));
    check_yaml("|\n        a\n        b", &json!("a\nb\n"));
}

#[test]
fn anchors_are_copied() {
    check_yaml("[&a {x: 1}, *a]", &json!([{"x": 1}, {"x": 1}]));
}

#[test]
fn aliases_that_explode_are_refused() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    let error = Template::parse(&text).unwrap_err();
    assert_eq!(error.problem, read::ParseProblem::TooLarge);
}

#[test]
fn deep_nesting_is_an_error_not_a_crash() {
    for text in [
        "[".repeat(100_000),
        "{\"a\":".repeat(100_000),
        "- ".repeat(10_000),
    ] {
        Template::parse(&text).unwrap_err();
    }
}

#[test]
fn errors_say_where() {
    check_error(
        "Resources:\n  A: {Type: x}\n  A: {Type: y}\n",
        "line 3, column 3: `A` is given twice",
    );
    check_error(
        "{\"Resources\": {},\n \"Resources\": {}}",
        "line 2, column 12: `Resources` is given twice",
    );
    check_error(
        "Resources:\n  A:\n    Type: x\n    Kind: y\n",
        "line 4, column 5: `Resources/A/Kind` is not known there",
    );
    check_error(
        "Resources:\n  A: 5\n",
        "line 2, column 3: `Resources/A` should be a mapping",
    );
    check_error(
        "A: !Reff x\n",
        "line 1, column 4: `!Reff` is no intrinsic function",
    );
    check_error("{\"Resources\": }", "line 1, column 15: expected value");
    check_error(
        "a: 1\n---\nb: 2\n",
        "line 3, column 1: a second document in the same text",
    );
    check_error("", "line 1, column 1: `` should be a mapping of sections");
}

#[test]
fn positions_of_json_and_yaml_are_found_by_path() {
    let yaml = "Resources:\n  Box:\n    Type: T\n    Properties:\n      Name: !If\n        - Live\n        - a\n";
    let json = "{\"Resources\":\n  {\"Box\": {\n    \"Type\": \"T\",\n    \"Properties\": {\"Na\\u006de\": [1,\n 2]}}}}";
    let find = |text: &str, path: &str| read::parse(text).unwrap().positions.find(path).unwrap();
    let place = |line, column| Position { line, column };
    assert_eq!(find(yaml, "Resources/Box/Properties/Name"), place(5, 7));
    assert_eq!(
        find(yaml, "Resources/Box/Properties/Name/Fn::If/1"),
        place(7, 11)
    );
    assert_eq!(find(yaml, "Resources/Box/Properties/Other/0"), place(4, 5));
    assert_eq!(find(json, "Resources/Box/Properties/Name"), place(4, 20));
    assert_eq!(find(json, "Resources/Box/Properties/Name/1"), place(5, 2));
    assert_eq!(find(json, "Nowhere"), place(1, 1));
}

#[test]
fn template_is_written_as_yaml() {
    let mut template = Template::default();
    let properties = json!({"A": {"Ref": "B"}, "C": ["yes", "x: y", "1", {"D": 1, "E": []}], "F": "one\ntwo\n", "G": {}});
    template
        .add(
            "Box",
            Resource::new("AWS::S3::Bucket", properties.as_object().unwrap().clone()),
        )
        .unwrap();
    let expected = "\
AWSTemplateFormatVersion: \"2010-09-09\"
Resources:
  Box:
    Properties:
      A:
        Ref: B
      C:
        - \"yes\"
        - \"x: y\"
        - \"1\"
        - D: 1
          E: []
      F: |
        one
        two
      G: {}
    Type: AWS::S3::Bucket
";
    assert_eq!(template.to_yaml(), expected);
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>()
            .prop_filter("finite", |number| number.is_finite())
            .prop_map(Json::from),
        any::<String>().prop_map(Json::from),
        "[a-z:#&*!|>%@`'\" \n\t-]{0,12}".prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|object| Json::Object(object.into_iter().collect())),
        ]
    })
}

fn object() -> impl Strategy<Value = Map<String, Json>> {
    prop::collection::btree_map("[A-Za-z:]{1,8}", json(), 0..4)
        .prop_map(|object| object.into_iter().collect())
}

prop_compose! {
    fn any_resource()(kind in "[A-Z][a-z:]{1,8}", properties in object(), ids in prop::collection::vec("[A-Z]{1,2}", 0..3), policy in any::<bool>(), metadata in object(), condition in prop::option::of("[A-Z]{1,3}")) -> Resource {
        let resource = Resource { kind, properties, metadata, condition, ..Resource::default() };
        let resource = ids.into_iter().fold(resource, Resource::depends_on);
        if policy { resource.deletion_policy(DeletionPolicy::Retain) } else { resource }
    }
}

prop_compose! {
    fn any_template()(
        description in prop::option::of(any::<String>()),
        metadata in object(),
        resources in prop::collection::btree_map("[A-Za-z0-9]{1,8}", any_resource(), 0..4),
        conditions in prop::collection::btree_map("[A-Za-z0-9]{1,8}", json(), 0..3),
        default in json(),
        output in json(),
        bound in any::<i32>(),
    ) -> Template {
        let mut template = Template { description, metadata, resources, conditions, ..Template::default() };
        template.parameter("Size", Parameter::number().default(default).range(f64::from(bound), 0.5).no_echo()).unwrap();
        template.output("Out", Output::new(output).export("x").description("y")).unwrap();
        template
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn written_json_reads_back_the_same(template in any_template()) {
        prop_assert_eq!(&Template::parse(&template.to_json()).unwrap(), &template);
        prop_assert_eq!(&Template::parse(&template.to_json_compact()).unwrap(), &template);
    }

    #[test]
    fn written_yaml_reads_back_the_same(template in any_template()) {
        let text = template.to_yaml();
        match Template::parse(&text) {
            Ok(read) => prop_assert_eq!(&read, &template, "{}", text),
            Err(error) => prop_assert!(false, "{}\n{}", error, text),
        }
    }
}
