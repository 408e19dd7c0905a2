//! Templates that other tools and people write: what is legal there is no finding, and nothing gets lost.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use cloudformation::{Template, ValidateOptions, read, validate};

/// Reads a template and compares its findings, one per line.
fn check(text: &str, expected: &[&str]) {
    let template = Template::parse(text).unwrap();
    let findings = validate(&template, &ValidateOptions::default());
    let found: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "{text}");
    let written = Template::parse(&template.to_json()).unwrap();
    assert_eq!(written, template, "written and read again");
}

const EXTENSIONS: &str = "Transform: AWS::LanguageExtensions\n";

#[test]
fn spaces_around_a_substituted_name_mean_nothing() {
    check(
        "Resources:\n  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub 'a ${ AWS::Region } ${ !Kept }'}}\nOutputs:\n  O: {Value: !Sub '${ Topic.TopicName}'}\n",
        &[],
    );
}

#[test]
fn loop_over_known_items_is_written_out() {
    let text = format!(
        "{EXTENSIONS}Resources:\n  Fn::ForEach::Topics:\n    - Name\n    - [a-1, b]\n    - Topic&{{Name}}:\n        Type: AWS::SNS::Topic\n        Properties: {{TopicName: !Sub 'x-${{Name}}', DisplayName: !Ref Name, FifoTopik: true}}\nOutputs:\n  O: {{Value: !Ref Topica1}}\n"
    );
    let hint = "(did you mean `FifoTopic`?)";
    check(
        &text,
        &[
            &format!(
                "Resources/Topica1/Properties/FifoTopik: `FifoTopik` is not a property here {hint}"
            ),
            &format!(
                "Resources/Topicb/Properties/FifoTopik: `FifoTopik` is not a property here {hint}"
            ),
        ],
    );
    let source = read::parse(&text).unwrap();
    let topic = &source.template.resources["Topica1"].properties;
    assert_eq!(topic["TopicName"]["Fn::Sub"], "x-a-1");
    assert_eq!(topic["DisplayName"], "a-1");
    let place = source
        .positions
        .find("Resources/Topicb/Properties/FifoTopik")
        .unwrap();
    assert_eq!(place.line, 3, "where the loop stands");
}

#[test]
fn loop_over_a_parameter_takes_its_default() {
    check(
        &format!(
            "{EXTENSIONS}Parameters: {{Names: {{Type: CommaDelimitedList, Default: 'A, B'}}}}\nResources:\n  Fn::ForEach::Topics:\n    - Name\n    - !Ref Names\n    - 'Topic${{Name}}': {{Type: AWS::SNS::Topic}}\nOutputs: {{O: {{Value: !Ref TopicC}}}}"
        ),
        &[
            "Outputs/O/Value/Ref: there is no parameter or resource called `TopicC` (did you mean `TopicA`?)",
        ],
    );
}

#[test]
fn loop_over_what_only_the_deployment_knows_stays_and_leaves_names_open() {
    check(
        &format!(
            "{EXTENSIONS}Parameters: {{Names: {{Type: CommaDelimitedList}}}}\nResources:\n  Fn::ForEach::Topics:\n    - Name\n    - !Ref Names\n    - 'Topic${{Name}}': {{Type: AWS::SNS::Topic}}\nOutputs: {{O: {{Value: !Ref TopicC}}}}"
        ),
        &[],
    );
}

#[test]
fn loops_within_loops_are_written_out_up_to_a_limit() {
    let level = |inner: &str, name: &str| {
        format!(
            "{{'Fn::ForEach::{name}': [{name}, [{}], {inner}]}}",
            ["x"; 60].join(",")
        )
    };
    let deep = (0..6).fold(
        "{'T${a0}': {Type: 'AWS::SNS::Topic'}}".to_owned(),
        |inner, depth| level(&inner, &format!("a{depth}")),
    );
    let template = Template::parse(&format!("{EXTENSIONS}Resources: {deep}")).unwrap();
    assert!(template.has_unknown_resources() || template.resources.len() < 500);
}

#[test]
fn functions_may_give_policies() {
    check(
        &format!(
            "{EXTENSIONS}Conditions: {{Keep: !Equals [!Ref AWS::Region, a]}}\nResources:\n  T:\n    Type: AWS::SNS::Topic\n    DeletionPolicy: !If [Keep, Retain, Delete]\n    UpdateReplacePolicy: !If [Kept, Retain, Delete]\n"
        ),
        &[
            "Resources/T/UpdateReplacePolicy/Fn::If/0: condition `Kept` is not defined (did you mean `Keep`?)",
        ],
    );
}

#[test]
fn sections_of_sam_and_of_deployments_are_known() {
    check(
        "Transform: [AWS::Serverless-2016-10-31]\nGlobals: {Function: {Timeout: 3}}\nHooks: {H: {Type: 'AWS::CodeDeploy::BlueGreen'}}\nRules: {R: {Assertions: [{Assert: !Equals [a, a]}]}}\nResources: {F: {Type: AWS::Serverless::Function, Connectors: {C: {Properties: {}}}, Properties: {Anything: 1}}}\nOutputs: {Role: {Value: !GetAtt FRole.Arn}}",
        &[],
    );
}

#[test]
fn function_and_its_alarm_may_name_each_other_in_sam() {
    check(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Function, Properties: {DeploymentPreference: {Alarms: [!Ref A]}}}\n  A: {Type: AWS::CloudWatch::Alarm, Properties: {MetricName: Errors, Namespace: AWS/Lambda, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, Threshold: 0, Statistic: Sum, Period: 60, Dimensions: [{Name: FunctionName, Value: !Ref F}]}}\n",
        &[],
    );
}

#[test]
fn local_code_waits_for_packaging() {
    check(
        "Resources: {F: {Type: AWS::Lambda::Function, Properties: {Role: !Sub 'arn:aws:iam::${AWS::AccountId}:role/r', Code: ./dist, Handler: a.b, Runtime: nodejs22.x}}}",
        &[],
    );
}

#[test]
fn included_mapping_has_unknown_keys() {
    check(
        "Mappings: {M: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://a/b}}}}\nResources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: !FindInMap [M, a, b]}}}",
        &[],
    );
}

#[test]
fn properties_may_be_one_function() {
    check(
        "Resources: {T: {Type: AWS::SNS::Topic, Properties: !Ref AWS::NoValue}}",
        &[],
    );
}
