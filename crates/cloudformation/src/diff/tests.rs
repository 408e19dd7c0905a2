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
                Cause::Condition(name) => format!("if {name}"),
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
    for rename in &diff.renames {
        let sign = if rename.is_exact { "=" } else { "~" };
        lines.push(format!("{} {sign} {}", rename.from, rename.to));
    }
    for collision in &diff.collisions {
        let names = collision.properties.join(",");
        lines.push(format!(
            "{} has the {names} of {}",
            collision.id, collision.with
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

/// Compares whole templates, with values of the new one's and the old one's parameters.
#[track_caller]
fn check_values(text: &str, old: &[(&str, &str)], new: &[(&str, &str)], expected: &str) {
    let template = Template::parse(text).unwrap();
    let side = |values: &[(&str, &str)]| Side {
        parameters: values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ..Side::new(&template)
    };
    assert_eq!(show(&compare(&side(old), &side(new))), expected);
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
        "R None\n  DeletionPolicy null -> \"Retain\" None",
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
    let (old, new) = (template(old), template(new));
    let found = security(&Side::new(&old), &Side::new(&new));
    let grant = |sign: &str, grant: &Grant| {
        format!(
            "{sign} {:?} {} {} {} {} {}",
            grant.reach,
            grant.effect,
            grant.principal,
            grant.actions.join(","),
            grant.resource,
            grant.condition
        )
    };
    let port = |sign: &str, port: &OpenPort| {
        format!("{sign} {:?} {} {}", port.reach, port.ports, port.source)
    };
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
        &["+ Broader Allow  dynamodb:PutItem !GetAtt Table.Arn"],
    );
}

#[test]
fn who_may_invoke_a_function_is_a_grant() {
    check_security(
        "  Q: { Type: 'AWS::SQS::Queue' }\n",
        "  P: { Type: 'AWS::Lambda::Permission', Properties: { Action: 'lambda:InvokeFunction', FunctionName: f,
           Principal: sns.amazonaws.com, SourceArn: !Ref Topic } }\n",
        &["+ Broader Allow sns.amazonaws.com lambda:InvokeFunction f {\"SourceArn\":\"!Ref Topic\"}"],
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
        &[
            "+ Broader UDP 7777-7877 0.0.0.0/0",
            "- Same UDP 7777 0.0.0.0/0",
        ],
    );
}

#[test]
fn condition_that_turns_lets_resources_come_and_go() {
    check_values(
        "Parameters: { Stage: { Type: String } }
Conditions:
  Live: !Equals [!Ref Stage, live]
  Quiet: !Not [{ Condition: Live }]
Resources:
  Table: { Type: 'AWS::DynamoDB::Table', Condition: Live }
  Mock: { Type: 'AWS::SQS::Queue', Condition: Quiet }
",
        &[("Stage", "live")],
        &[("Stage", "dev")],
        "Mock Create if Quiet
Table Destroy if Live
ParameterValue Stage \"live\" -> \"dev\"",
    );
}

#[test]
fn condition_on_a_later_value_leaves_it_open_whether_a_resource_stays() {
    let text = "Parameters: { Stage: { Type: String } }
Conditions: { Live: !Equals [!Ref Stage, live] }
Resources: { Table: { Type: 'AWS::DynamoDB::Table', Condition: Live } }
";
    let template = Template::parse(text).unwrap();
    let old = Side {
        parameters: BTreeMap::from([("Stage".to_owned(), "live".to_owned())]),
        ..Side::new(&template)
    };
    let new = Side {
        later: BTreeMap::from([("Stage".to_owned(), "from api".to_owned())]),
        ..Side::new(&template)
    };
    assert_eq!(
        show(&compare(&old, &new)),
        "Table MayReplace Condition
  Condition \"Live\" -> (outcome of Live) MayReplace
ParameterValue Stage \"live\" -> (from api)"
    );
}

#[test]
fn choice_by_condition_counts_where_it_arrives() {
    check_values(
        "Parameters: { Size: { Type: Number } }
Conditions: { Big: !Equals [!Ref Size, 2] }
Resources:
  Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: !If [Big, big, !Ref 'AWS::NoValue'], DelaySeconds: !If [Big, 1, 1] } }
",
        &[("Size", "1")],
        &[("Size", "2")],
        "Q Replace QueueName
  QueueName null -> \"big\" Replace
ParameterValue Size \"1\" -> \"2\"",
    );
}

#[test]
fn mapping_and_text_functions_are_worked_out() {
    let text = |days: u32| {
        format!(
            "Parameters: {{ Stage: {{ Type: String, Default: live }} }}
Mappings: {{ Days: {{ live: {{ Keep: {days} }} }} }}
Resources:
  Q: {{ Type: 'AWS::SQS::Queue', Properties: {{ MessageRetentionPeriod: !FindInMap [Days, !Ref Stage, Keep],
        QueueName: !Join ['-', [!Ref Stage, !Select [1, !Split [',', 'a,b']]]] }} }}
"
        )
    };
    let (old, new) = (
        Template::parse(&text(60)).unwrap(),
        Template::parse(&text(90)).unwrap(),
    );
    assert_eq!(
        show(&compare(&Side::new(&old), &Side::new(&new))),
        "Q Update
  MessageRetentionPeriod 60 -> 90 Update
Mapping Days {\"live\":{\"Keep\":60}} -> {\"live\":{\"Keep\":90}}"
    );
}

#[test]
fn joined_and_substituted_texts_are_one_when_they_say_the_same() {
    check_properties(
        QUEUE,
        "{ QueueName: !Join ['', [!Ref 'AWS::StackName', '-', !GetAtt R.Name, '-x']] }",
        "{ QueueName: !Sub ['${Stack}-${R.Name}-${Last}', { Stack: !Ref 'AWS::StackName', Last: x }] }",
        "",
    );
    check_properties(
        QUEUE,
        "{ QueueName: !Sub '${!Literal}' }",
        "{ QueueName: '${Literal}' }",
        "",
    );
}

#[test]
fn reference_that_stands_for_a_kept_name_does_not_move() {
    let text = |key: &str| {
        format!(
            "  T: {{ Type: 'AWS::DynamoDB::Table', Properties: {{ TableName: t, BillingMode: PAY_PER_REQUEST, KeySchema: {key} }} }}
  F: {{ Type: 'AWS::Lambda::Function', Properties: {{ Environment: {{ Variables: {{ A: !Ref T, B: !GetAtt T.StreamArn }} }} }} }}
"
        )
    };
    check(
        &text("[{ AttributeName: a, KeyType: HASH }]"),
        &text("[{ AttributeName: b, KeyType: HASH }]"),
        "F Update
  Environment.Variables.B {\"Fn::GetAtt\":[\"T\",\"StreamArn\"]} -> (new T) Update
T MayReplace KeySchema[0].AttributeName
  KeySchema[0].AttributeName \"a\" -> \"b\" MayReplace
T has the TableName of T",
    );
}

#[test]
fn attribute_that_changes_in_place_is_followed() {
    let text = |value: &str| {
        format!(
            "  P: {{ Type: 'AWS::SSM::Parameter', Properties: {{ Name: p, Type: String, Value: {value} }} }}
  Q: {{ Type: 'AWS::SQS::Queue', Properties: {{ QueueName: !GetAtt P.Value, KmsMasterKeyId: !GetAtt P.Type }} }}
"
        )
    };
    check(
        &text("a"),
        &text("b"),
        "P Update
  Value \"a\" -> \"b\" Update
Q Replace QueueName
  QueueName {\"Fn::GetAtt\":[\"P\",\"Value\"]} -> (new P.Value) Replace",
    );
}

#[test]
fn reference_in_a_reordered_tag_is_found() {
    let text = |name: &str, tags: &str| {
        format!(
            "  B: {{ Type: 'AWS::SQS::Queue', Properties: {{ QueueName: {name} }} }}
  Q: {{ Type: 'AWS::SQS::Queue', Properties: {{ Tags: {tags} }} }}
"
        )
    };
    check(
        &text("a", "[{ Key: x, Value: 1 }, { Key: b, Value: !Ref B }]"),
        &text("z", "[{ Key: b, Value: !Ref B }, { Key: x, Value: 1 }]"),
        "B Replace QueueName
  QueueName \"a\" -> \"z\" Replace
Q Update
  Tags[b].Value {\"Ref\":\"B\"} -> (new B) Update",
    );
}

#[test]
fn renamed_resources_are_recognised() {
    let queue = |id: &str, delay: u32| {
        format!(
            "  {id}: {{ Type: 'AWS::SQS::Queue', Properties: {{ DelaySeconds: {delay}, FifoQueue: true, VisibilityTimeout: 9, MaximumMessageSize: 1024 }} }}\n"
        )
    };
    check(
        &queue("Old", 1),
        &queue("New", 1),
        "New Create\nOld Destroy\nOld = New",
    );
    let both = |one: &str, other: &str| format!("{}{}", queue(one, 1), queue(other, 2));
    check(
        &both("A", "B"),
        &both("C", "D"),
        "A Destroy\nB Destroy\nC Create\nD Create\nA = C\nB = D",
    );
    check(
        &queue("Old", 1),
        "  New: { Type: 'AWS::SNS::Topic' }\n",
        "New Create\nOld Destroy",
    );
}

#[test]
fn databases_leave_a_snapshot_unless_told_otherwise() {
    let other = "  Q: { Type: 'AWS::SQS::Queue' }\n";
    let check = |resource: &str, expected: &str| {
        check(&format!("  R: {resource}\n{other}"), other, expected);
    };
    check("{ Type: 'AWS::RDS::DBCluster' }", "R Snapshot");
    check("{ Type: 'AWS::RDS::DBInstance' }", "R Snapshot");
    check(
        "{ Type: 'AWS::RDS::DBInstance', Properties: { DBClusterIdentifier: c } }",
        "R Destroy",
    );
    check(
        "{ Type: 'AWS::RDS::DBCluster', DeletionPolicy: Delete }",
        "R Destroy",
    );
}

#[test]
fn metadata_reach_the_resource_and_policies_do_not() {
    check(
        "  R: { Type: 'AWS::SQS::Queue' }\n",
        "  R: { Type: 'AWS::SQS::Queue', Metadata: { a: 1 } }\n",
        "R Update\n  Metadata null -> {\"a\":1} Update",
    );
}

#[test]
fn uncertain_replacement_drags_uncertain_ones() {
    let text = |size: u32| {
        format!(
            "  C: {{ Type: 'Custom::Id', Properties: {{ Size: {size} }} }}
  Q: {{ Type: 'AWS::SQS::Queue', Properties: {{ QueueName: !Ref C }} }}
"
        )
    };
    check(
        &text(1),
        &text(2),
        "C MayReplace Size
  Size 1 -> 2 MayReplace
Q MayReplace QueueName
  QueueName {\"Ref\":\"C\"} -> (new C) MayReplace",
    );
}

#[test]
fn circle_of_references_ends() {
    let text = |name: &str| {
        format!(
            "  A: {{ Type: 'AWS::SQS::Queue', Properties: {{ QueueName: {name}, KmsMasterKeyId: !Ref B }} }}
  B: {{ Type: 'AWS::SQS::Queue', Properties: {{ QueueName: !Ref A }} }}
"
        )
    };
    check(
        &text("a"),
        &text("b"),
        "A Replace QueueName
  QueueName \"a\" -> \"b\" Replace
  KmsMasterKeyId {\"Ref\":\"B\"} -> (new B) Update
B Replace QueueName
  QueueName {\"Ref\":\"A\"} -> (new A) Replace",
    );
}

#[test]
fn sections_beside_resources_are_compared() {
    let text = |to: &str| {
        format!(
            "Description: {to}
Parameters: {{ P: {{ Type: String, Default: {to}, Description: d }} }}
Conditions: {{ C: !Equals [{to}, x] }}
Resources: {{ Q: {{ Type: 'AWS::SQS::Queue' }} }}
Outputs: {{ O: {{ Value: {to} }}, E: {{ Value: v, Export: {{ Name: {to} }} }} }}
"
        )
    };
    let (old, new) = (
        Template::parse(&text("a")).unwrap(),
        Template::parse(&text("b")).unwrap(),
    );
    let diff = compare(&Side::new(&old), &Side::new(&new));
    let found: Vec<_> = diff
        .entries
        .iter()
        .map(|it| (it.section, it.name.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (Section::Parameter, "P"),
            (Section::Condition, "C"),
            (Section::Output, "E"),
            (Section::Output, "O"),
            (Section::Template, "Description"),
            (Section::ParameterValue, "P"),
        ]
    );
    assert_eq!(apply(&old, &diff).unwrap(), new);
}

fn role(statement: &str) -> String {
    format!(
        "  Role: {{ Type: 'AWS::IAM::Role', Properties: {{ Policies: [{{ PolicyDocument: {{ Statement: [{statement}] }} }}] }} }}\n"
    )
}

#[test]
fn narrower_wildcard_broadens_nothing() {
    check_security(
        &role("{ Effect: Allow, Action: 's3:*', Resource: '*' }"),
        &role("{ Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }"),
        &[
            "+ Same Allow  s3:GetObject arn:aws:s3:::b/*",
            "- Narrower Allow  s3:* *",
        ],
    );
}

#[test]
fn wider_resource_broadens_and_lost_condition_too() {
    check_security(
        &role("{ Effect: Allow, Action: a, Resource: r, Condition: { Bool: { x: 'true' } } }"),
        &role("{ Effect: Allow, Action: a, Resource: r }"),
        &[
            "+ Broader Allow  a r",
            "- Same Allow  a r {\"Bool\":{\"x\":\"true\"}}",
        ],
    );
}

#[test]
fn denial_that_goes_broadens_and_one_that_comes_narrows() {
    let deny = role("{ Effect: Deny, Action: a, Resource: '*' }");
    let nothing = role("{ Effect: Deny, Action: b, Resource: '*' }");
    check_security(
        &deny,
        &nothing,
        &["+ Narrower Deny  b *", "- Broader Deny  a *"],
    );
}

#[test]
fn policy_that_is_attached_to_another_role_is_a_grant_to_it() {
    let policy = |role: &str| {
        format!(
            "  P: {{ Type: 'AWS::IAM::Policy', Properties: {{ Roles: [{role}], PolicyDocument: {{ Statement: {{ Effect: Allow, Action: a, Resource: r }} }} }} }}\n"
        )
    };
    check_security(
        &policy("!Ref One"),
        &policy("!Ref Other"),
        &[
            "+ Broader Allow !Ref Other a r",
            "- Narrower Allow !Ref One a r",
        ],
    );
}

#[test]
fn boundary_that_goes_broadens() {
    let role = |boundary: &str| {
        format!("  R: {{ Type: 'AWS::IAM::Role', Properties: {{ {boundary} }} }}\n")
    };
    check_security(
        &role("PermissionsBoundary: b"),
        &role(""),
        &["- Broader Deny  all but policy b"],
    );
}

#[test]
fn api_method_without_security_is_open_to_all() {
    let api = |security: &str| {
        format!(
            "  Api: {{ Type: 'AWS::ApiGateway::RestApi', Properties: {{ Body: {{ paths: {{ /tickets: {{ post: {{ security: {security} }} }} }} }} }} }}\n"
        )
    };
    check_security(
        &api("[{ sigv4: [] }]"),
        &api("[]"),
        &["+ Broader Allow * execute-api:Invoke POST /tickets"],
    );
}

#[test]
fn range_of_addresses_may_hold_another() {
    let group = |rules: &str| {
        format!(
            "  G: {{ Type: 'AWS::EC2::SecurityGroup', Properties: {{ SecurityGroupIngress: [{rules}] }} }}\n"
        )
    };
    check_security(
        &group("{ IpProtocol: udp, FromPort: 1, ToPort: 9, CidrIp: 10.0.0.0/8 }"),
        &group(
            "{ IpProtocol: udp, FromPort: 2, ToPort: 3, CidrIp: 10.1.0.0/16 }, { IpProtocol: -1, CidrIpv6: '::/0' }",
        ),
        &[
            "+ Broader all ::/0",
            "+ Same UDP 2-3 10.1.0.0/16",
            "- Narrower UDP 1-9 10.0.0.0/8",
        ],
    );
}

#[test]
fn permissions_of_resources_that_a_condition_keeps_out_do_not_count() {
    let text = "Parameters: { On: { Type: String, Default: 'no' } }
Conditions: { C: !Equals [!Ref On, 'yes'] }
Resources:
  P: { Type: 'AWS::Lambda::Permission', Condition: C, Properties: { Action: a, FunctionName: f, Principal: p } }
";
    let template = Template::parse(text).unwrap();
    let on = Side {
        parameters: BTreeMap::from([("On".to_owned(), "yes".to_owned())]),
        ..Side::new(&template)
    };
    assert_eq!(security(&Side::new(&template), &on).granted.len(), 1);
}

#[test]
fn other_text_with_the_same_outcome_is_kept_but_not_felt() {
    let text = |name: &str| {
        format!(
            "Parameters: {{ P: {{ Type: String, Default: a }} }}
Resources: {{ Q: {{ Type: 'AWS::SQS::Queue', Properties: {{ QueueName: {name} }} }} }}
"
        )
    };
    let (old, new) = (
        Template::parse(&text("!Ref P")).unwrap(),
        Template::parse(&text("a")).unwrap(),
    );
    let diff = compare(&Side::new(&old), &Side::new(&new));
    assert_eq!(show(&diff), "Q None");
    assert!(!diff.resources["Q"].is_felt());
    assert_eq!(apply(&old, &diff).unwrap(), new);
}

#[test]
fn rule_set_with_a_new_body_under_its_old_name_is_refused() {
    let rule_set = |id: &str, name: &str, body: &str| {
        format!(
            "  {id}: {{ Type: 'AWS::GameLift::MatchmakingRuleSet', Properties: {{ Name: {name}, RuleSetBody: {body} }} }}\n"
        )
    };
    check(
        &rule_set("R", "duel", "a"),
        &rule_set("R", "duel", "b"),
        "R Replace RuleSetBody
  RuleSetBody \"a\" -> \"b\" Replace
R has the Name of R",
    );
    check(
        &rule_set("Old", "duel", "a"),
        &rule_set("New", "duel", "b"),
        "New Create\nOld Destroy\nNew has the Name of Old",
    );
    check(
        &rule_set("Old", "duel-a", "a"),
        &rule_set("New", "duel-b", "b"),
        "New Create\nOld Destroy",
    );
}

#[test]
fn name_from_a_parameter_counts_by_its_value() {
    check_values(
        "Parameters: { P: { Type: String } }
Resources: { R: { Type: 'AWS::GameLift::MatchmakingRuleSet', Properties: { Name: !Sub 'duel-${P}', RuleSetBody: !Ref P } } }
",
        &[("P", "a")],
        &[("P", "b")],
        "R Replace Name,RuleSetBody
  Name \"duel-a\" -> \"duel-b\" Replace
  RuleSetBody \"a\" -> \"b\" Replace
ParameterValue P \"a\" -> \"b\"",
    );
}

#[test]
fn items_that_go_by_a_name_change_within() {
    let policies = |actions: &str, last: &str| {
        format!(
            "{{ Policies: [{{ PolicyName: p, PolicyDocument: {{ Statement: [
               {{ Effect: Allow, Action: {actions}, Resource: r }}, {{ Effect: Deny, Action: z, Resource: r }}] }} }}{last}] }}"
        )
    };
    check_properties(
        "AWS::IAM::Role",
        &policies("[a, b]", ""),
        &policies("[b, c]", ", { PolicyName: q, PolicyDocument: {} }"),
        "R Update
  Policies[0].PolicyDocument.Statement[0].Action[1] \"a\" -> \"c\" Update
  Policies[1] null -> {\"PolicyDocument\":{},\"PolicyName\":\"q\"} Update",
    );
}

#[test]
fn items_without_a_name_come_and_go_whole() {
    check_properties(
        "AWS::IAM::Role",
        "{ ManagedPolicyArns: [a, b, c] }",
        "{ ManagedPolicyArns: [d, c] }",
        "R Update
  ManagedPolicyArns[0] \"a\" -> null Update
  ManagedPolicyArns[1] \"b\" -> null Update
  ManagedPolicyArns[0] null -> \"d\" Update",
    );
}

/// Paths of a resource's changes that nobody can read back.
#[track_caller]
fn check_write_only(kind: &str, old: &str, new: &str, expected: &[&str]) {
    let resource = |properties| {
        template(&format!(
            "  R: {{ Type: '{kind}', Properties: {{ {properties} }} }}"
        ))
    };
    let (old, new) = (resource(old), resource(new));
    let diff = compare(&Side::new(&old), &Side::new(&new));
    let changes = &diff.resources["R"].properties;
    let found = changes.iter().filter(|change| change.write_only);
    let paths: Vec<&str> = found.map(|change| change.path.as_str()).collect();
    assert_eq!(paths, expected);
    for change in changes {
        assert_eq!(is_write_only(kind, &change.path), change.write_only);
    }
}

#[test]
fn what_can_not_be_read_back_is_marked_and_what_holds_it_is_not() {
    check_write_only(
        "AWS::Lambda::Function",
        "MemorySize: 1, Code: { S3Bucket: b, S3Key: one }",
        "MemorySize: 2, Code: { S3Bucket: b, S3Key: two }",
        &["Code.S3Key"],
    );
    check_write_only(
        "AWS::GameLift::Build",
        "StorageLocation: { Bucket: b, Key: one }",
        "StorageLocation: { Bucket: b, Key: two }",
        &["StorageLocation.Key"],
    );
    check_write_only(
        "AWS::Lambda::Function",
        "Role: r",
        "Role: r, Code: { S3Key: k }",
        &[],
    );
    check_write_only("Custom::Thing", "Key: one", "Key: two", &[]);
}
