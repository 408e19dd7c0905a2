//! `events` and `diagnose`: what happened, and why.

use crate::cloud::{GARAGE, Project};

const FLEETS: [&str; 2] = ["--stack", "*-fleets"];

fn in_environment<'text>(command: &[&'text str], environment: &'text str) -> Vec<&'text str> {
    [command, &["--env", environment], &FLEETS].concat()
}

#[test]
fn failed_creation_is_told_with_its_cause_and_the_line_it_comes_from() {
    let project = Project::new(GARAGE);
    let run = |command: &[&str], environment: &str, code: i32| {
        project.liftform(&in_environment(command, environment), code)
    };
    // Nothing runs yet, so that there is nothing to look at.
    run(&["events"], "local", 3);
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
    assert_eq!(run(&["diagnose"], "local", 0).stdout, "Nothing failed.\n");
    // The location exists once per account.
    let failed = run(&["deploy"], "twin", 4).stderr;
    for part in [
        "error[L0904]: us-east-1 garage-twin-fleets/CustomGarageLocation: create failed, ROLLBACK_COMPLETE\n  --> stacks/game.yaml:16:29",
        "\n16 |     locations: { us-east-1: [custom-garage] }\n   |                             ^^^^^^^^^^^^^^^\n",
        "first cause: CustomGarageLocation (GameLift::Location) CREATE_FAILED",
        "nothing is left of it but an empty stack, which the next deploy removes",
        "hint: Remove the cause, then `liftform deploy --env twin --resume`.",
        "garage-twin-fleets (us-east-1): failed",
    ] {
        assert!(failed.contains(part), "`{part}` is not in\n{failed}");
    }

    let told = run(&["diagnose"], "twin", 4).stdout;
    for part in [
        "garage-twin-fleets (us-east-1): create of ",
        "error[L0904]: us-east-1 garage-twin-fleets/CustomGarageLocation",
        "--> stacks/game.yaml:16:29",
        "setting: fleets.own.locations",
        "first cause: CustomGarageLocation (GameLift::Location) CREATE_FAILED",
        "already exists",
        "hint: Remove the cause, then `liftform deploy --env twin --resume`.",
    ] {
        assert!(told.contains(part), "`{part}` is not in\n{told}");
    }
    let diagnoses = run(&["diagnose", "--output", "json"], "twin", 4).json();
    let found = &diagnoses["diagnoses"][0];
    assert_eq!(found["code"], "L0904", "{diagnoses}");
    let cause = &found["cause"];
    assert_eq!(
        cause["topology"]["path"], "fleets.own.locations",
        "{diagnoses}"
    );

    failure_is_told_alike_by_whoever_meets_it(&project, found);
    history_is_complete(&project);
    bars_end_with_the_failure(&project);
}

/// In JSON, and by `watch`.
fn failure_is_told_alike_by_whoever_meets_it(project: &Project, diagnosis: &serde_json::Value) {
    let watched = project.liftform(&in_environment(&["watch", "--output", "json"], "twin"), 4);
    assert!(
        watched.stderr.contains("error[L0904]: us-east-1 "),
        "{}",
        watched.stderr
    );
    let results = watched.json();
    let results = results["results"].as_array().expect("a list");
    let failed = results.iter().find(|stack| stack["result"] == "failed");
    let failure = &failed.expect("a failure")["failure"];
    assert_eq!(failure, diagnosis);
}

fn history_is_complete(project: &Project) {
    let history = project.liftform(&in_environment(&["events", "--output", "json"], "twin"), 0);
    let operations = history.json();
    let operation = &operations["operations"][0];
    assert_eq!(operation["action"], "create");
    assert_eq!(operation["failed"], true);
    assert_eq!(operation["resources"][0]["result"], "failed", "{operation}");
    let lines = project.liftform(&in_environment(&["events", "--output", "jsonl"], "twin"), 0);
    let types: Vec<_> = lines
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["type"].clone())
        .collect();
    assert_eq!(types[0], "version");
    assert!(
        types[1..].iter().all(|kind| kind == "stack_event"),
        "{types:?}"
    );
    assert_eq!(
        types.len() - 1,
        operation["events"].as_array().expect("a list").len()
    );
}

fn bars_end_with_the_failure(project: &Project) {
    let chart = project
        .liftform(&in_environment(&["events", "--chart"], "twin"), 0)
        .stdout;
    let row = chart
        .lines()
        .find(|line| line.contains("CustomGarageLocation"));
    assert!(row.is_some_and(|row| row.contains('x')), "{chart}");
}
