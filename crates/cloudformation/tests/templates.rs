//! Templates built from typed resources, and what they look like as text.

use cloudformation::dynamodb::{Table, table};
use cloudformation::{
    DeletionPolicy, Output, Parameter, Resource, Template, Value, gamelift, iam, intrinsic, lambda,
};
use serde_json::{Value as Json, json};

fn players() -> Table {
    Table::new([table::KeySchema::new("player_id", table::KeyType::Hash)])
        .attribute_definitions(vec![table::AttributeDefinition::new(
            "player_id",
            table::AttributeType::S,
        )])
        .billing_mode(table::BillingMode::PayPerRequest)
        .table_name(Value::sub("${AWS::StackName}-players"))
        .point_in_time_recovery_specification(
            table::PointInTimeRecoverySpecification::new().point_in_time_recovery_enabled(true),
        )
        .sse_specification(intrinsic::no_value())
}

fn check(resource: impl Into<Resource>, properties: &Json) {
    assert_eq!(Json::Object(resource.into().properties), *properties);
}

#[test]
fn typed_resource_becomes_properties() {
    check(
        players(),
        &json!({
            "KeySchema": [{"KeyType": "HASH", "AttributeName": "player_id"}],
            "AttributeDefinitions": [{"AttributeName": "player_id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
            "TableName": {"Fn::Sub": "${AWS::StackName}-players"},
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true},
            "SSESpecification": {"Ref": "AWS::NoValue"},
        }),
    );
}

#[test]
fn intrinsics_nest_in_documents() {
    let document = json!({"Statement": [{"Resource": intrinsic::get_att("Players", "Arn")}]});
    check(
        iam::ManagedPolicy::new(document),
        &json!({"PolicyDocument": {"Statement": [{"Resource": {"Fn::GetAtt": ["Players", "Arn"]}}]}}),
    );
}

#[test]
fn numbers_maps_and_conditions_are_values() {
    let code = lambda::function::Code::new()
        .s3_bucket(Value::reference("Bucket"))
        .s3_key(intrinsic::if_("Live", "a.zip", "b.zip"));
    let variables = [("TABLE", intrinsic::reference("Players"))]
        .into_iter()
        .collect::<std::collections::BTreeMap<_, _>>();
    check(
        lambda::Function::new(code, Value::get_att("Role", "Arn"))
            .memory_size(256)
            .architectures([lambda::function::Architecture::Arm64])
            .environment(lambda::function::Environment::new().variables(variables)),
        &json!({
            "Code": {"S3Bucket": {"Ref": "Bucket"}, "S3Key": {"Fn::If": ["Live", "a.zip", "b.zip"]}},
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "MemorySize": 256,
            "Architectures": ["arm64"],
            "Environment": {"Variables": {"TABLE": {"Ref": "Players"}}},
        }),
    );
}

#[test]
fn acronyms_make_readable_names() {
    let fleet = gamelift::Fleet::new("arena")
        .ec2_instance_type("c6g.large")
        .instance_role_arn(intrinsic::get_att("Role", "Arn"));
    check(
        fleet,
        &json!({"Name": "arena", "EC2InstanceType": "c6g.large", "InstanceRoleARN": {"Fn::GetAtt": ["Role", "Arn"]}}),
    );
}

#[test]
fn names_come_before_values_in_every_constructor() {
    check(
        Table::new(intrinsic::no_value()).tags([table::Tag::new("a", "b")]),
        &json!({"Tags": [{"Key": "a", "Value": "b"}], "KeySchema": {"Ref": "AWS::NoValue"}}),
    );
}

#[test]
fn whole_floats_are_written_without_fraction() {
    check(
        cloudformation::cloudwatch::Alarm::new()
            .threshold(5.0)
            .datapoints_to_alarm(2),
        &json!({"Threshold": 5, "DatapointsToAlarm": 2}),
    );
}

#[test]
fn second_resource_with_an_id_is_refused() {
    let mut template = Template::default();
    template.add("Players", players()).unwrap();
    let error = template.add("Players", players()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the template already has a resource called `Players`"
    );
}

#[test]
fn sections_come_in_customary_order() {
    let mut template = Template {
        description: Some("Player data".to_owned()),
        ..Template::default()
    };
    template
        .output(
            "Arn",
            Output::new(intrinsic::get_att("Players", "Arn")).export("players"),
        )
        .unwrap();
    template
        .parameter(
            "Stage",
            Parameter::string()
                .default("dev")
                .allowed_values(["dev", "live"]),
        )
        .unwrap();
    template
        .condition(
            "Live",
            intrinsic::equals(intrinsic::reference("Stage"), "live"),
        )
        .unwrap();
    let players = Resource::from(Table::new(intrinsic::no_value()))
        .deletion_policy(DeletionPolicy::Retain)
        .depends_on("B")
        .depends_on("A");
    template.add("Players", players).unwrap();
    let expected = r#"{
  "AWSTemplateFormatVersion": "2010-09-09",
  "Description": "Player data",
  "Parameters": {
    "Stage": {
      "AllowedValues": [
        "dev",
        "live"
      ],
      "Default": "dev",
      "Type": "String"
    }
  },
  "Conditions": {
    "Live": {
      "Fn::Equals": [
        {
          "Ref": "Stage"
        },
        "live"
      ]
    }
  },
  "Resources": {
    "Players": {
      "DeletionPolicy": "Retain",
      "DependsOn": [
        "A",
        "B"
      ],
      "Properties": {
        "KeySchema": {
          "Ref": "AWS::NoValue"
        }
      },
      "Type": "AWS::DynamoDB::Table"
    }
  },
  "Outputs": {
    "Arn": {
      "Export": {
        "Name": "players"
      },
      "Value": {
        "Fn::GetAtt": [
          "Players",
          "Arn"
        ]
      }
    }
  }
}
"#;
    assert_eq!(template.to_json(), expected);
    let compact: Json = serde_json::from_str(&template.to_json_compact()).unwrap();
    assert_eq!(compact, serde_json::from_str::<Json>(expected).unwrap());
}
