use super::*;

/// A change per line: resources with impact and causes, below them their properties; then entries.
fn show(diff: &TemplateDiff) -> String {
    let mut lines = Vec::new();
    for (id, change) in &diff.resources {
        let causes: Vec<String> = change
            .causes
            .iter()
            .map(|cause| match cause {
                Cause::Property(path) => path.clone(),
                Cause::Kind => "type".to_owned(),
            })
            .collect();
        lines.push(
            format!("{id} {:?} {}", change.impact, causes.join(","))
                .trim()
                .to_owned(),
        );
        for property in &change.properties {
            lines.push(format!(
                "  {} {} -> {} {:?}",
                property.path,
                property.before.as_ref().unwrap_or(&Json::Null),
                after(&property.after),
                property.impact
            ));
        }
    }
    for entry in &diff.entries {
        let before = entry.before.as_ref().unwrap_or(&Json::Null);
        lines.push(format!(
            "{:?} {} {before} -> {}",
            entry.section,
            entry.name,
            after(&entry.after)
        ));
    }
    lines.join("\n")
}

fn after(after: &After) -> String {
    match after {
        After::Gone => "null".to_owned(),
        After::Value(value) => value.to_string(),
        After::Later(why) => format!("({why})"),
    }
}

fn template(resources: &str) -> Template {
    Template::parse(&format!("Resources:\n{resources}")).unwrap()
}

#[track_caller]
fn check(old: &str, new: &str, expected: &str) {
    let (old, new) = (template(old), template(new));
    let diff = compare(&Side::new(&old), &Side::new(&new));
    assert_eq!(show(&diff), expected);
}

/// Compares the properties of one resource.
#[track_caller]
fn check_properties(kind: &str, old: &str, new: &str, expected: &str) {
    let text = |properties: &str| format!("  R: {{ Type: '{kind}', Properties: {properties} }}\n");
    check(&text(old), &text(new), expected);
}

const QUEUE: &str = "AWS::SQS::Queue";

#[test]
fn equal_templates_do_not_differ() {
    check_properties(QUEUE, "{ DelaySeconds: 5 }", "{ DelaySeconds: 5 }", "");
}

#[test]
fn numbers_and_booleans_may_be_texts() {
    check_properties(
        QUEUE,
        "{ DelaySeconds: 5, FifoQueue: true }",
        "{ DelaySeconds: '5', FifoQueue: 'true' }",
        "",
    );
}

#[test]
fn changed_property_is_an_update() {
    check_properties(
        QUEUE,
        "{ DelaySeconds: 5 }",
        "{ DelaySeconds: 6 }",
        "R Update\n  DelaySeconds 5 -> 6 Update",
    );
}

#[test]
fn create_only_property_replaces_and_is_to_blame() {
    check_properties(
        QUEUE,
        "{ QueueName: a }",
        "{ QueueName: b }",
        "R Replace QueueName\n  QueueName \"a\" -> \"b\" Replace",
    );
}

#[test]
fn empty_object_that_appears_is_a_change() {
    check_properties(
        "AWS::Lambda::Function",
        "{}",
        "{ Environment: {} }",
        "R Update\n  Environment null -> {} Update",
    );
}

#[test]
fn documents_in_texts_differ_where_their_content_does() {
    check_properties(
        "AWS::CloudWatch::Dashboard",
        r#"{ DashboardBody: '{"a": 1, "b": [1]}' }"#,
        r#"{ DashboardBody: '{"b":[2],"a":1}' }"#,
        "R Update\n  DashboardBody.b[0] 1 -> 2 Update",
    );
}

#[test]
fn order_and_spelling_of_policies_mean_nothing() {
    check_properties(
        "AWS::IAM::Role",
        "{ Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
           { Effect: Allow, Action: [b, a], Resource: '*' }, { Effect: Deny, Action: c, Resource: [y, x] }] } }] }",
        "{ Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
           { Effect: Deny, Action: [c], Resource: [x, y] }, { Effect: Allow, Action: [a, b], Resource: ['*'] }] } }] }",
        "",
    );
}

#[test]
fn tags_are_a_map() {
    check_properties(
        QUEUE,
        "{ Tags: [{ Key: a, Value: 1 }, { Key: b, Value: 2 }] }",
        "{ Tags: [{ Key: b, Value: 3 }, { Key: a, Value: 1 }] }",
        "R Update\n  Tags[b].Value 2 -> 3 Update",
    );
}

#[test]
fn spellings_of_functions_are_one() {
    check_properties(
        QUEUE,
        "{ KmsMasterKeyId: { 'Fn::GetAtt': [R, Arn] }, QueueName: !Sub '${R}' }",
        "{ KmsMasterKeyId: !GetAtt R.Arn, QueueName: !Ref R }",
        "",
    );
}

#[test]
fn replacement_drags_along_what_refers_to_it() {
    let fleet = |build: &str| {
        format!(
            "  Build: {{ Type: 'AWS::GameLift::Build', Properties: {{ OperatingSystem: {build} }} }}
  Fleet: {{ Type: 'AWS::GameLift::Fleet', Properties: {{ Name: f, BuildId: !Ref Build }} }}
  Alias: {{ Type: 'AWS::GameLift::Alias', Properties: {{ Name: a, RoutingStrategy: {{ Type: SIMPLE, FleetId: !Ref Fleet }} }} }}
"
        )
    };
    check(
        &fleet("WINDOWS_2016"),
        &fleet("AMAZON_LINUX_2023"),
        "Alias Update
  RoutingStrategy.FleetId {\"Ref\":\"Fleet\"} -> (new Fleet) Update
Build Replace OperatingSystem
  OperatingSystem \"WINDOWS_2016\" -> \"AMAZON_LINUX_2023\" Replace
Fleet Replace BuildId
  BuildId {\"Ref\":\"Build\"} -> (new Build) Replace",
    );
}

#[test]
fn parameter_value_is_followed_to_what_it_replaces() {
    let text = "Parameters: { Key: { Type: String }, Size: { Type: Number, Default: 1 } }
Resources:
  Build: { Type: 'AWS::GameLift::Build', Properties: { StorageLocation: { Bucket: b, Key: !Ref Key } } }
  Queue: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: !Ref Size } }
";
    let template = Template::parse(text).unwrap();
    let with = |key: &str| Side {
        parameters: BTreeMap::from([("Key".to_owned(), key.to_owned())]),
        ..Side::new(&template)
    };
    assert_eq!(show(&compare(&with("a"), &with("a"))), "");
    assert_eq!(
        show(&compare(&with("a"), &with("b"))),
        "Build Replace StorageLocation.Key
  StorageLocation.Key \"a\" -> \"b\" Replace
ParameterValue Key \"a\" -> \"b\""
    );
    let later = Side {
        later: BTreeMap::from([("Key".to_owned(), "new archive".to_owned())]),
        ..Side::new(&template)
    };
    assert_eq!(
        show(&compare(&with("a"), &later)),
        "Build Replace StorageLocation.Key
  StorageLocation.Key \"a\" -> (new archive) Replace
ParameterValue Key \"a\" -> (new archive)"
    );
}

#[test]
fn removed_resources_end_as_their_policy_says() {
    let table = |policy: &str| format!("  T: {{ Type: 'AWS::DynamoDB::Table'{policy} }}\n");
    let other = "  Q: { Type: 'AWS::SQS::Queue' }\n";
    let check = |policy: &str, expected: &str| {
        check(&format!("{}{other}", table(policy)), other, expected);
    };
    check("", "T Destroy");
    check(", DeletionPolicy: Delete", "T Destroy");
    check(", DeletionPolicy: Retain", "T Orphan");
    check(", DeletionPolicy: RetainExceptOnCreate", "T Orphan");
    check(", DeletionPolicy: Snapshot", "T Snapshot");
}

#[test]
fn other_type_under_the_same_name_is_a_replacement() {
    check(
        "  R: { Type: 'AWS::SQS::Queue' }\n",
        "  R: { Type: 'AWS::SNS::Topic' }\n",
        "R Replace type",
    );
}

#[test]
fn type_without_a_schema_may_be_replaced() {
    check_properties(
        "Custom::Thing",
        "{ A: 1 }",
        "{ A: 2 }",
        "R MayReplace A\n  A 1 -> 2 MayReplace",
    );
}

#[test]
fn attributes_count_and_order_of_dependencies_does_not() {
    check(
        "  R: { Type: 'AWS::SQS::Queue', DependsOn: [A, B] }\n",
        "  R: { Type: 'AWS::SQS::Queue', DependsOn: [B, A], DeletionPolicy: Retain }\n",
        "R Update\n  DeletionPolicy null -> \"Retain\" Update",
    );
}

#[test]
fn list_that_grows_shows_what_came() {
    check_properties(
        "AWS::GameLift::GameSessionQueue",
        "{ Name: q, Destinations: [{ DestinationArn: a }] }",
        "{ Name: q, Destinations: [{ DestinationArn: b }, { DestinationArn: a }] }",
        "R Update\n  Destinations[0] null -> {\"DestinationArn\":\"b\"} Update",
    );
}

#[test]
fn output_changes_with_what_it_reads() {
    let text = |name: &str| {
        format!(
            "Resources:
  Q: {{ Type: 'AWS::SQS::Queue', Properties: {{ QueueName: {name} }} }}
  T: {{ Type: 'AWS::SNS::Topic' }}
Outputs: {{ Url: {{ Value: !Ref Q }}, Topic: {{ Value: !Sub 'x-${{T}}' }} }}
"
        )
    };
    let (old, new) = (text("a"), text("b"));
    let (old, new) = (
        Template::parse(&old).unwrap(),
        Template::parse(&new).unwrap(),
    );
    let diff = compare(&Side::new(&old), &Side::new(&new));
    assert_eq!(diff.outputs, BTreeSet::from(["Url".to_owned()]));
}

#[track_caller]
fn check_security(old: &str, new: &str, expected: &[&str]) {
    let found = security(&template(old), &template(new));
    let grant = |sign: &str, grant: &Grant| {
        format!(
            "{sign} {} {} {} {} {}",
            grant.effect,
            grant.principal,
            grant.actions.join(","),
            grant.resource,
            grant.condition
        )
    };
    let port = |sign: &str, port: &OpenPort| format!("{sign} {} {}", port.ports, port.source);
    let mut lines: Vec<String> = found.granted.iter().map(|it| grant("+", it)).collect();
    lines.extend(found.revoked.iter().map(|it| grant("-", it)));
    lines.extend(found.opened.iter().map(|it| port("+", it)));
    lines.extend(found.closed.iter().map(|it| port("-", it)));
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    assert_eq!(lines, expected);
}

#[test]
fn only_the_action_that_came_is_a_grant() {
    let role = |actions: &str| {
        format!(
            "  Role: {{ Type: 'AWS::IAM::Role', Properties: {{ Policies: [{{ PolicyDocument: {{ Statement: [{{
              Effect: Allow, Action: {actions}, Resource: !GetAtt Table.Arn }}] }} }}] }} }}\n"
        )
    };
    check_security(
        &role("dynamodb:GetItem"),
        &role("[dynamodb:GetItem, dynamodb:PutItem]"),
        &["+ Allow  dynamodb:PutItem !GetAtt Table.Arn"],
    );
}

#[test]
fn who_may_invoke_a_function_is_a_grant() {
    check_security(
        "  Q: { Type: 'AWS::SQS::Queue' }\n",
        "  P: { Type: 'AWS::Lambda::Permission', Properties: { Action: 'lambda:InvokeFunction', FunctionName: f,
           Principal: sns.amazonaws.com, SourceArn: !Ref Topic } }\n",
        &["+ Allow sns.amazonaws.com lambda:InvokeFunction f {\"SourceArn\":\"!Ref Topic\"}"],
    );
}

#[test]
fn ports_of_fleets_open_and_close() {
    let fleet = |port: &str| {
        format!(
            "  F: {{ Type: 'AWS::GameLift::Fleet', Properties: {{ EC2InboundPermissions: [{{
              FromPort: 7777, ToPort: {port}, IpRange: 0.0.0.0/0, Protocol: UDP }}] }} }}\n"
        )
    };
    check_security(
        &fleet("7777"),
        &fleet("7877"),
        &["+ UDP 7777-7877 0.0.0.0/0", "- UDP 7777 0.0.0.0/0"],
    );
}
