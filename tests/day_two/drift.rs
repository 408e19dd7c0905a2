//! `drift`: what somebody changed behind CloudFormation's back.

use serde_json::json;

use crate::cloud::{ARENA, Project};

const FLEETS: [&str; 4] = ["--env", "local", "--stack", "*-fleets"];

#[test]
fn what_somebody_changed_by_hand_is_seen_and_nothing_else() {
    let project = Project::new(ARENA);
    project.liftform(
        &[
            "deploy",
            "--env",
            "local",
            "--stack",
            "liftform-artifacts,*-fleets",
        ],
        0,
    );
    let drift = |arguments: &[&str], code: i32| {
        project.liftform(
            &[&["drift", "--exit-code"], arguments, &FLEETS].concat(),
            code,
        )
    };
    let clean = drift(&[], 0).stdout;
    assert!(clean.contains("\nDrift: 0 resources"), "{clean}");
    assert!(
        clean.contains("? SpotFleet GameLift::Fleet  CloudFormation can't read ApplyCapacity"),
        "{clean}"
    );

    let outputs = project
        .liftform(&["outputs", "--env", "local", "--output", "json"], 0)
        .json();
    let fleet = &outputs["stacks"]["arena-local-fleets"]["eu-central-1"]["SpotFleetId"];
    let change = json!({ "FleetId": fleet, "MaxSize": 7 });
    project.gamelift("eu-central-1", "UpdateFleetCapacity", &change);

    let drifted = drift(&["--output", "json"], 2).json();
    let stacks = drifted["stacks"].as_array().expect("a list");
    for stack in stacks {
        let count = stack["drifted"].as_array().expect("a list").len();
        let expected = usize::from(stack["region"] == "eu-central-1");
        assert_eq!(count, expected, "{stack}");
    }
    let text = drift(&[], 2).stdout;
    for part in [
        "~ SpotFleet GameLift::Fleet",
        "2 -> 7",
        "\nDrift: 1 resources",
    ] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
}
