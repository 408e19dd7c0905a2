//! What fails is taken back, and nothing of it is left.

use crate::project::{BACKEND, GATE, MOTTO, Project};

#[test]
fn failed_creation_and_failed_update_are_taken_back() {
    let project = Project::new();
    let service = &project.service;
    let gated = [MOTTO, GATE].concat();

    project.own(&gated, "one");
    let running = project.deploy_to_the_gate(&[]);
    project.open_the_gate("FAILURE", "no licence");
    // The artifacts are there, the backend isn't.
    let failed = running.ends(5).stderr;
    assert!(failed.contains("no licence"), "{failed}");
    assert_eq!(service.status(BACKEND).unwrap(), "ROLLBACK_COMPLETE");
    assert_eq!(project.motto(), None);

    // What is left of it can't be updated, and is removed on the way.
    project.own(MOTTO, "one");
    let again = project.deploy(&["--resume"], 0);
    assert_eq!(again.result(BACKEND), "created");
    assert_eq!(service.status(BACKEND).unwrap(), "CREATE_COMPLETE");
    assert_eq!(project.motto().unwrap(), "one");

    // The parameter changes before the gate, and changes back.
    project.own(&gated, "two");
    let running = project.deploy_to_the_gate(&[]);
    assert_eq!(project.motto().unwrap(), "two");
    project.open_the_gate("FAILURE", "no licence");
    let failed = running.ends(4).stderr;
    assert!(failed.contains("no licence"), "{failed}");
    assert_eq!(service.status(BACKEND).unwrap(), "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(project.motto().unwrap(), "one");
    assert_eq!(service.physical_id(BACKEND, "Gate"), None);
    assert_eq!(service.waiting_change_sets(BACKEND), 0);

    // From there it goes on like from any other state.
    project.own(MOTTO, "three");
    assert_eq!(project.deploy(&["--resume"], 0).result(BACKEND), "updated");
    assert_eq!(service.status(BACKEND).unwrap(), "UPDATE_COMPLETE");
    assert_eq!(project.motto().unwrap(), "three");
}
