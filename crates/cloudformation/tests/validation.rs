//! One planted fault per kind is found where it is, and correct templates have no finding.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use cloudformation::{Template, ValidateOptions, validate};

/// Reads a template in YAML and compares its findings, one per line: `code path: message (hint)`.
fn check(text: &str, expected: &[&str]) {
    let findings = validate(&Template::parse(text).unwrap(), &ValidateOptions::default());
    let found: Vec<String> = findings
        .iter()
        .map(|finding| format!("{} {finding}", finding.kind.name()))
        .collect();
    assert_eq!(found, expected, "{text}");
}

/// The same, for the properties of one resource; paths are below its `Properties`.
fn check_properties(kind: &str, properties: &str, expected: &[&str]) {
    let text = format!("Resources: {{It: {{Type: 'AWS::{kind}', Properties: {properties}}}}}");
    let expected: Vec<String> = expected
        .iter()
        .map(|line| {
            let (code, rest) = line.split_once(' ').unwrap();
            let slash = if rest.starts_with(':') { "" } else { "/" };
            format!("{code} Resources/It/Properties{slash}{rest}")
        })
        .collect();
    check(
        &text,
        &expected.iter().map(String::as_str).collect::<Vec<_>>(),
    );
}

const KEYS: &str = "KeySchema: [{AttributeName: id, KeyType: HASH}], AttributeDefinitions: [{AttributeName: id, AttributeType: S}]";

fn check_table(more: &str, expected: &[&str]) {
    let billing = if more.contains("BillingMode") {
        ""
    } else {
        "BillingMode: PAY_PER_REQUEST,"
    };
    check_properties(
        "DynamoDB::Table",
        &format!("{{{KEYS}, {billing} {more}}}"),
        expected,
    );
}

#[test]
fn correct_table_has_no_finding() {
    check_table(
        "BillingMode: PAY_PER_REQUEST, PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: 'true'}",
        &[],
    );
}

#[test]
fn wrong_type_is_found() {
    check_table(
        "TableName: [a]",
        &["wrong-type TableName: text is expected here, not a list"],
    );
    check_table(
        "DeletionProtectionEnabled: perhaps",
        &["wrong-type DeletionProtectionEnabled: true or false is expected here, not text"],
    );
    check_table(
        "TableName: null",
        &["wrong-type TableName: null is not allowed in a template"],
    );
}

#[test]
fn text_stands_for_numbers_and_booleans() {
    check_table(
        "BillingMode: PROVISIONED, ProvisionedThroughput: {ReadCapacityUnits: '5', WriteCapacityUnits: 5}, DeletionProtectionEnabled: 'True'",
        &[],
    );
}

#[test]
fn missing_property_is_found() {
    check_properties(
        "DynamoDB::Table",
        "{BillingMode: PAY_PER_REQUEST}",
        &["missing-property : `KeySchema` is required"],
    );
    check_properties(
        "SNS::Subscription",
        "{Protocol: !Ref AWS::NoValue, TopicArn: a}",
        &["missing-property : `Protocol` is required"],
    );
}

#[test]
fn throughput_goes_with_the_billing_mode() {
    check_properties(
        "DynamoDB::Table",
        &format!("{{{KEYS}}}"),
        &["missing-property : `ProvisionedThroughput` is required"],
    );
    check_table(
        "BillingMode: PAY_PER_REQUEST, ProvisionedThroughput: {ReadCapacityUnits: 0, WriteCapacityUnits: 5}",
        &["not-allowed ProvisionedThroughput/WriteCapacityUnits: `5` is not allowed, only 0"],
    );
}

#[test]
fn unknown_property_is_found_with_a_suggestion() {
    check_table(
        "TabelName: x",
        &[
            "unknown-property TabelName: `TabelName` is not a property here (did you mean `TableName`?)",
        ],
    );
}

#[test]
fn read_only_property_is_found() {
    check_table(
        "Arn: x",
        &["read-only-property Arn: `Arn` is set by AWS and can't be given"],
    );
}

#[test]
fn value_outside_of_its_enum_is_found_where_it_is() {
    check_properties(
        "DynamoDB::Table",
        "{KeySchema: [{AttributeName: id, KeyType: HASHH}], BillingMode: PAY_PER_REQUEST}",
        &[
            "not-allowed KeySchema/0/KeyType: `HASHH` is not allowed, only HASH (did you mean `HASH`?)",
        ],
    );
    check_table(
        "TableClass: GOLD",
        &[
            "not-allowed TableClass: `GOLD` is not allowed, only STANDARD, STANDARD_INFREQUENT_ACCESS",
        ],
    );
}

#[test]
fn text_against_its_pattern_is_found() {
    check_properties(
        "GameLift::MatchmakingRuleSet",
        "{Name: 'a b', RuleSetBody: '{}'}",
        &["pattern Name: `a b` does not match the pattern ^[a-zA-Z0-9-\\.]*$"],
    );
}

const CONFIGURATION: &str = "AcceptanceRequired: false, Name: a, RuleSetName: b";

#[test]
fn number_out_of_bounds_is_found() {
    check_properties(
        "GameLift::MatchmakingConfiguration",
        &format!("{{{CONFIGURATION}, RequestTimeoutSeconds: 0}}"),
        &["out-of-range RequestTimeoutSeconds: 0 is below the minimum of 1"],
    );
    check_properties(
        "GameLift::MatchmakingConfiguration",
        &format!("{{{CONFIGURATION}, RequestTimeoutSeconds: '43201'}}"),
        &["out-of-range RequestTimeoutSeconds: 43201 is above the maximum of 43200"],
    );
}

#[test]
fn text_of_wrong_length_is_found() {
    check_table(
        "GlobalSecondaryIndexes: [{IndexName: x, KeySchema: [{AttributeName: id, KeyType: HASH}], Projection: {}}]",
        &["length GlobalSecondaryIndexes/0/IndexName: 1 characters, at least 3 are required"],
    );
}

#[test]
fn item_counts_and_duplicates_are_found() {
    check_properties(
        "DynamoDB::Table",
        "{KeySchema: [], BillingMode: PAY_PER_REQUEST}",
        &["item-count KeySchema: 0 items, at least 1 are required"],
    );
    check_properties(
        "Lambda::Function",
        "{Code: {S3Bucket: abc, S3Key: b}, Role: 'arn:aws:iam::123456789012:role/a', Architectures: [arm64, arm64]}",
        &[
            "item-count Architectures: 2 items, at most 1 are allowed",
            "duplicate-item Architectures/1: the list already has this item",
        ],
    );
}

#[test]
fn forms_and_combinations_are_checked() {
    check_properties(
        "GameLift::Alias",
        "{Name: a, RoutingStrategy: {Type: SIMPLE}}",
        &["no-alternative RoutingStrategy: one of FleetId, Message is required"],
    );
    check_properties(
        "Events::Rule",
        "{Name: a}",
        &["property-combination : one of EventPattern, ScheduleExpression is required"],
    );
    check_table(
        "SSESpecification: {SSEEnabled: true, KMSMasterKeyId: a}",
        &["property-combination SSESpecification: `KMSMasterKeyId` needs `SSEType` beside it"],
    );
}

#[test]
fn both_branches_of_a_condition_are_checked() {
    check(
        &format!(
            "Parameters: {{P: {{Type: String}}}}\nConditions: {{C: !Equals [!Ref P, x]}}\nResources:\n  It:\n    Type: AWS::DynamoDB::Table\n    Properties: {{{KEYS}, BillingMode: !If [C, PAY_PER_REQUEST, NONE], TableName: !If [C, abc, !Ref AWS::NoValue]}}\n"
        ),
        &[
            "not-allowed Resources/It/Properties/BillingMode/Fn::If/2: `NONE` is not allowed, only PAY_PER_REQUEST, PROVISIONED",
        ],
    );
}

#[test]
fn functions_of_the_wrong_shape_are_found() {
    check_table(
        "TableName: !Split [',', 'a,b']",
        &["wrong-type TableName: `Fn::Split` gives a list here, but text is expected"],
    );
    check_table(
        "Tags: !Sub 'a'",
        &["wrong-type Tags: `Fn::Sub` gives text here, but a list is expected"],
    );
    check_table("TableName: '{{resolve:ssm:name}}'", &[]);
}

#[test]
fn names_that_nothing_has_are_found() {
    check(
        "Resources: {Players: {Type: 'AWS::SNS::Topic', DependsOn: Player, Properties: {TopicName: !Ref Playerz, DisplayName: !Sub '${AWS::Regio}-${Q.Arn}-${!X}'}}}",
        &[
            "unresolved-reference Resources/Players/Properties/DisplayName/Fn::Sub: there is no parameter or resource called `AWS::Regio` (did you mean `AWS::Region`?)",
            "unresolved-reference Resources/Players/Properties/DisplayName/Fn::Sub: there is no resource called `Q`",
            "unresolved-reference Resources/Players/Properties/TopicName/Ref: there is no parameter or resource called `Playerz` (did you mean `Players`?)",
            "unresolved-reference Resources/Players/DependsOn/0: there is no resource called `Player` (did you mean `Players`?)",
        ],
    );
}

#[test]
fn attribute_that_the_type_lacks_is_found() {
    let text = format!(
        "Resources: {{T: {{Type: 'AWS::DynamoDB::Table', Properties: {{{KEYS}, BillingMode: PAY_PER_REQUEST}}}}}}\nOutputs: {{O: {{Value: !GetAtt T.Arm}}, P: {{Value: !GetAtt T.StreamArn}}}}"
    );
    check(
        &text,
        &[
            "unknown-attribute Outputs/O/Value/Fn::GetAtt: `T` is of type AWS::DynamoDB::Table, which has no attribute `Arm` (did you mean `Arn`?)",
        ],
    );
}

#[test]
fn undefined_condition_is_found() {
    check(
        "Conditions: {Live: !Equals [a, b], Both: !And [!Condition Live, !Condition Life]}\nResources: {T: {Type: 'AWS::SNS::Topic', Condition: Lives}}",
        &[
            "undefined-condition Conditions/Both/Fn::And/1: condition `Life` is not defined (did you mean `Live`?)",
            "undefined-condition Resources/T/Condition: condition `Lives` is not defined (did you mean `Live`?)",
        ],
    );
}

#[test]
fn malformed_functions_are_found() {
    check(
        "Resources: {T: {Type: 'AWS::SNS::Topic', Properties: {TopicName: {'Fn::Jion': ['', []]}, DisplayName: !Join [a]}}}",
        &[
            "malformed-function Resources/T/Properties/DisplayName/Fn::Join: `Fn::Join` takes two arguments",
            "malformed-function Resources/T/Properties/TopicName/Fn::Jion: there is no intrinsic function `Fn::Jion` (did you mean `Fn::Join`?)",
        ],
    );
}

#[test]
fn missing_mapping_and_key_are_found() {
    check(
        "Mappings: {Sizes: {small: {ram: 1}}}\nResources: {T: {Type: 'AWS::SNS::Topic', Properties: {TopicName: !FindInMap [Sizes, small, rom], DisplayName: !FindInMap [Size, a, b]}}}",
        &[
            "unresolved-reference Resources/T/Properties/DisplayName/Fn::FindInMap/0: there is no mapping called `Size` (did you mean `Sizes`?)",
            "unresolved-reference Resources/T/Properties/TopicName/Fn::FindInMap/2: there is no key of the mapping called `rom`",
        ],
    );
}

#[test]
fn cycle_is_found_and_named() {
    check(
        "Resources:\n  A: {Type: 'Custom::X', Properties: {V: !GetAtt B.V}}\n  B: {Type: 'Custom::X', Properties: {V: !Sub '${C}'}}\n  C: {Type: 'Custom::X', DependsOn: A}\n",
        &["cycle Resources/A: circular dependency: `A` -> `B` -> `C` -> `A`"],
    );
    check(
        "Conditions: {A: !Not [!Condition A]}\nResources: {T: {Type: 'AWS::SNS::Topic'}}",
        &["cycle Conditions/A: circular dependency: `A` -> `A`"],
    );
}

#[test]
fn parameters_that_contradict_themselves_are_found() {
    check(
        "Parameters:\n  A: {Type: String, Default: x, AllowedValues: [y]}\n  B: {Type: Number, Default: 5, MaxValue: 4}\n  C: {Type: Strong}\n  D: {Type: String, Default: ab, AllowedPattern: '[a]+'}\n  E: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /x, AllowedPattern: y}\nResources: {T: {Type: 'AWS::SNS::Topic'}}",
        &[
            "parameter Parameters/A: the default `x` is none of the allowed values",
            "parameter Parameters/B: the default 5 is out of bounds",
            "parameter Parameters/C: there is no parameter type `Strong`",
            "parameter Parameters/D: the default `ab` does not match the pattern [a]+",
        ],
    );
}

#[test]
fn names_outputs_and_limits_are_checked() {
    check(
        "Parameters: {T: {Type: String}}\nResources: {T: {Type: 'AWS::SNS::Topic'}, a-b: {Type: 'AWS::SNS::Topic'}}\nOutputs: {O: {Value: [x], Export: {Name: e}}, P: {Value: x, Export: {Name: e}}}",
        &[
            "name Resources/a-b: `-` in logical id `a-b`: only letters and digits are allowed",
            "name Parameters/T: `T` is a parameter and a resource",
            "output Outputs/O/Value: an output shows text",
            "output Outputs/P/Export: output `O` is exported under the same name",
        ],
    );
    check(
        "Resources: {}",
        &["limit Resources: a template needs at least one resource"],
    );
    let many: String = (0..501)
        .map(|number| format!("  R{number}: {{Type: 'AWS::SNS::Topic'}}\n"))
        .collect();
    check(
        &format!("Resources:\n{many}"),
        &["limit Resources: 501 entries, at most 500 are allowed"],
    );
}

#[test]
fn type_that_the_region_lacks_is_found() {
    let template =
        Template::parse("Resources: {S: {Type: 'AWS::GameLift::ContainerFleet', Properties: {}}}")
            .unwrap();
    let regions = ["us-east-1", "eu-south-1"];
    let found = regions.map(|region| {
        let options = ValidateOptions {
            region: Some(region.to_owned()),
        };
        validate(&template, &options)
            .iter()
            .any(|finding| finding.kind.name() == "region")
    });
    assert_eq!(found, [false, true]);
}

#[test]
fn unknown_types_are_checked_for_references_only() {
    check(
        "Resources: {T: {Type: 'Custom::Thing', Properties: {Anything: [!Ref Nobody]}}}",
        &[
            "unresolved-reference Resources/T/Properties/Anything/0/Ref: there is no parameter or resource called `Nobody`",
        ],
    );
}

#[test]
fn macros_may_add_what_is_missing() {
    check(
        "Transform: AWS::Serverless-2016-10-31\nResources: {T: {Type: 'AWS::SNS::Topic', Properties: {TopicName: !Ref Later}}}",
        &[],
    );
}
