use super::*;

/// The effects of a change, each after its resource and level.
#[track_caller]
fn check(old: &str, new: &str, expected: &[&str]) {
    let parse = |resources: &str| Template::parse(&format!("Resources:\n{resources}")).unwrap();
    let (old, new) = (parse(old), parse(new));
    let review = forecast(&Pair {
        name: "game",
        region: "eu-west-1",
        old: Some(Side::new(&old)),
        new: Some(Side::new(&new)),
    });
    let effects = review.resources.iter().flat_map(|resource| {
        let id = &resource.logical_id;
        let effects = resource.effects.iter();
        effects.map(move |effect| format!("{id} {:?}: {}", effect.level, effect.text))
    });
    assert_eq!(effects.collect::<Vec<_>>(), expected);
}

fn rule_set(id: &str, name: &str, body: &str) -> String {
    format!(
        "  {id}: {{ Type: 'AWS::GameLift::MatchmakingRuleSet', Properties: {{ Name: {name}, RuleSetBody: {body} }} }}\n"
    )
}

#[test]
fn rule_set_with_a_new_body_under_the_old_name_will_fail() {
    let lost = "R Disruption: tickets that wait in the old one are lost";
    check(
        &rule_set("R", "duel", "a"),
        &rule_set("R", "duel", "b"),
        &[
            lost,
            "R Failure: the new one is made while the old one still has the same Name, which AWS refuses; change Name, too",
        ],
    );
    check(
        &rule_set("R", "duel", "a"),
        &rule_set("R", "duel-2", "b"),
        &[lost],
    );
}

#[test]
fn renamed_table_is_told_and_that_its_name_is_taken() {
    let table = |id: &str| {
        format!("  {id}: {{ Type: 'AWS::DynamoDB::Table', Properties: {{ TableName: t }} }}\n")
    };
    check(
        &table("Old"),
        &table("New"),
        &[
            "New Disruption: looks like `Old` under another name; CloudFormation makes a new one and gives up the old one",
            "New Failure: the new one is made while `Old` still has the same TableName, which AWS refuses; change TableName, too",
            "Old Loss: all rows are lost",
        ],
    );
}

#[test]
fn alias_that_turns_to_a_new_fleet_is_told() {
    let stack = |instance: &str| {
        format!(
            "  Fleet: {{ Type: 'AWS::GameLift::Fleet', Properties: {{ Name: f, EC2InstanceType: {instance} }} }}
  Alias: {{ Type: 'AWS::GameLift::Alias', Properties: {{ Name: a, RoutingStrategy: {{ Type: SIMPLE, FleetId: !Ref Fleet }} }} }}
"
        )
    };
    check(
        &stack("c5.large"),
        &stack("c6i.large"),
        &[
            "Alias Note: new sessions go to the other fleet from then on; running ones stay where they are",
            "Fleet Disruption: a new fleet is usually 35 to 60 min away from ACTIVE; sessions on the old one end unless they are drained",
        ],
    );
}

#[test]
fn location_that_goes_ends_its_sessions() {
    let fleet = |locations: &str| {
        format!(
            "  F: {{ Type: 'AWS::GameLift::Fleet', Properties: {{ Name: f, Locations: [{locations}] }} }}\n"
        )
    };
    check(
        &fleet("{ Location: eu-west-1 }, { Location: us-east-1 }"),
        &fleet("{ Location: eu-west-1 }"),
        &["F Disruption: sessions in the location that goes end with its instances"],
    );
}

#[test]
fn protection_that_goes_is_told() {
    let table = |policy: &str| format!("  T: {{ Type: 'AWS::DynamoDB::Table'{policy} }}\n");
    check(
        &table(", DeletionPolicy: Retain"),
        &table(""),
        &["T Note: from then on it is removed with its stack, or when it is replaced"],
    );
}

#[test]
fn narrower_permission_broadens_nothing() {
    let role = |action: &str| {
        format!(
            "  R: {{ Type: 'AWS::IAM::Role', Properties: {{ Policies: [{{ PolicyDocument: {{ Statement: {{ Effect: Allow, Action: '{action}', Resource: '*' }} }} }}] }} }}\n"
        )
    };
    let (old, new) = (role("s3:*"), role("s3:GetObject"));
    let parse = |resources: &str| Template::parse(&format!("Resources:\n{resources}")).unwrap();
    let (old, new) = (parse(&old), parse(&new));
    let review = forecast(&Pair {
        name: "game",
        region: "",
        old: Some(Side::new(&old)),
        new: Some(Side::new(&new)),
    });
    assert_eq!(review.grants.len(), 2);
    assert!(review.grants.iter().all(|grant| !grant.broadening));
}
