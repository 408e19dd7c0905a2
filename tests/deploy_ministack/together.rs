//! Several who change one stack.

use serde_json::{Value, json};

use crate::project::{BACKEND, GATE, MOTTO, Project};
use crate::service::element;

#[test]
fn second_run_waits_for_the_first_or_refuses() {
    let project = Project::new();
    let service = &project.service;
    project.deploy(&[], 0);
    project.own(&[MOTTO, GATE].concat(), "two");
    let first = project.deploy_to_the_gate(&[]);

    let refused = project.run(&["deploy", "--fail-if-busy"], 7);
    assert!(
        refused.stderr.contains("UPDATE_IN_PROGRESS"),
        "{}",
        refused.stderr
    );
    assert_eq!(refused.stdout, "");

    let second = project.start(&["deploy", "--output", "json"]);
    second.until_written("UPDATE_IN_PROGRESS");
    project.open_the_gate("SUCCESS", "");
    first.ends(0);
    assert_eq!(second.ends(0).result(BACKEND), "unchanged");
    assert_eq!(service.status(BACKEND).unwrap(), "UPDATE_COMPLETE");
    assert_eq!(project.motto().unwrap(), "two");
    assert_eq!(service.times(BACKEND, "UPDATE_IN_PROGRESS"), 1);
    assert_eq!(service.waiting_change_sets(BACKEND), 0);
}

#[test]
fn change_set_that_somebody_elses_update_made_stale_is_not_executed() {
    let project = Project::new();
    let service = &project.service;
    project.deploy(&[], 0);
    project.own(MOTTO, "two");
    project.run(&["diff", "--out", "game.plan"], 0);

    // Somebody sets it in the console.
    update_by_hand(&project, "three");
    assert_eq!(project.motto().unwrap(), "three");

    let refused = project.run(&["deploy", "--plan", "game.plan"], 7);
    assert_eq!(refused.stdout, "");
    assert_eq!(project.motto().unwrap(), "three");
    assert_eq!(service.times(BACKEND, "UPDATE_IN_PROGRESS"), 1);

    // A new look, a new plan.
    project.run(&["diff", "--out", "game.plan"], 0);
    project.run(&["deploy", "--plan", "game.plan"], 0);
    assert_eq!(project.motto().unwrap(), "two");
}

/// Updates the backend with its own template in which the parameter has another value.
fn update_by_hand(project: &Project, value: &str) {
    let service = &project.service;
    let name = ("StackName", BACKEND);
    let template = service.cloudformation("GetTemplate", &[name]).unwrap();
    let template = element(&template, "TemplateBody").unwrap();
    let mut template: Value = serde_json::from_str(&template).unwrap();
    template["Resources"]["Motto"]["Properties"]["Value"] = json!(value);
    let template = template.to_string();

    let state = service.cloudformation("DescribeStacks", &[name]).unwrap();
    let parameters: Vec<_> = state
        .split("<ParameterKey>")
        .skip(1)
        .filter_map(|rest| rest.split_once("</ParameterKey>"))
        .enumerate()
        .flat_map(|(index, (key, _))| {
            let member = format!("Parameters.member.{}", index + 1);
            [
                (format!("{member}.ParameterKey"), key.to_owned()),
                (format!("{member}.UsePreviousValue"), "true".to_owned()),
            ]
        })
        .collect();
    let mut input = vec![
        name,
        ("TemplateBody", template.as_str()),
        ("Capabilities.member.1", "CAPABILITY_NAMED_IAM"),
    ];
    input.extend(
        parameters
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str())),
    );
    service.cloudformation("UpdateStack", &input).unwrap();
    service.until_status(BACKEND, "UPDATE_COMPLETE");
}
