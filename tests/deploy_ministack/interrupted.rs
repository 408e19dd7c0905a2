//! A deployment whose process ends before the stacks do.

use crate::project::{BACKEND, GATE, MOTTO, Project};

/// A resource that comes after the gate.
const BEHIND: &str = "  Behind:
    Type: AWS::SNS::Topic
    DependsOn: Gate
";

/// A project with a deployed backend, and the gate in what comes next.
fn before_the_gate() -> Project {
    let project = Project::new();
    project.deploy(&[], 0);
    project.own(&[MOTTO, GATE].concat(), "two");
    project
}

#[test]
fn killed_deployment_is_followed_and_finished_by_the_next_one() {
    let project = before_the_gate();
    let service = &project.service;
    project.deploy_to_the_gate(&[]).kill();
    assert_eq!(service.status(BACKEND).unwrap(), "UPDATE_IN_PROGRESS");

    // In the meantime somebody wants something else.
    project.own(&[MOTTO, GATE].concat(), "three");
    let resumed = project.start(&["deploy", "--resume", "--output", "json"]);
    resumed.until_written(BACKEND);
    project.open_the_gate("SUCCESS", "");
    assert_eq!(resumed.ends(0).result(BACKEND), "updated");
    assert_eq!(service.status(BACKEND).unwrap(), "UPDATE_COMPLETE");
    assert_eq!(project.motto().unwrap(), "three");
    // The one that was killed, and the one that followed: no operation was begun twice.
    assert_eq!(service.times(BACKEND, "UPDATE_IN_PROGRESS"), 2);
    assert_eq!(service.waiting_change_sets(BACKEND), 0);
}

#[test]
fn interrupted_deployment_goes_on_without_liftform() {
    let project = before_the_gate();
    let service = &project.service;
    let running = project.deploy_to_the_gate(&[]);
    running.signal("-INT");
    let left = running.ends(130);
    assert!(left.stderr.contains("liftform watch"), "{}", left.stderr);
    assert_eq!(service.status(BACKEND).unwrap(), "UPDATE_IN_PROGRESS");

    project.open_the_gate("SUCCESS", "");
    project.run(&["watch", "--stack", BACKEND], 0);
    assert_eq!(service.status(BACKEND).unwrap(), "UPDATE_COMPLETE");
    assert_eq!(
        project.deploy(&["--resume"], 0).result(BACKEND),
        "unchanged"
    );
    assert_eq!(service.times(BACKEND, "UPDATE_IN_PROGRESS"), 1);
}

#[test]
fn terminated_deployment_is_taken_back_when_that_was_asked_for() {
    let project = before_the_gate();
    project.own(&[MOTTO, GATE, BEHIND].concat(), "two");
    let running = project.deploy_to_the_gate(&["--on-interrupt", "cancel"]);
    running.signal("-TERM");
    running.until_written("taking back");
    // AWS would leave the gate at once; MiniStack goes back before the next resource.
    project.open_the_gate("SUCCESS", "");
    running.ends(143);
    let status = project.service.status(BACKEND).unwrap();
    assert_eq!(status, "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(project.motto().unwrap(), "one");
}
