//! What fails is taken back, and nothing of it is left.

use crate::project::{BACKEND, GATE, MOTTO, Project};
use crate::service::element;

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
    let head = "error[L0901]: us-east-1 plain-local-backend/Gate: create failed, ROLLBACK_COMPLETE";
    assert!(failed.contains(head), "{failed}");
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

/// A network, which can't be deleted while anything is in it.
const NETWORK: &str = "  Network:
    Type: AWS::EC2::VPC
    Properties: { CidrBlock: 10.1.0.0/16 }
";

#[test]
fn failed_deletion_is_told_with_its_cause_and_goes_on_later() {
    let project = Project::new();
    let service = &project.service;
    project.own(&[MOTTO, NETWORK].concat(), "one");
    project.deploy(&[], 0);
    let network = service.physical_id(BACKEND, "Network").unwrap();
    let about = [("VpcId", network.as_str()), ("CidrBlock", "10.1.1.0/24")];
    let subnet = service.query("ec2", "2016-11-15", "CreateSubnet", &about);
    let subnet = element(&subnet.unwrap(), "subnetId").unwrap();

    let failed = project.run(&["destroy", "--yes", "--output", "json"], 4);
    assert_eq!(service.status(BACKEND).unwrap(), "DELETE_FAILED");
    for part in [
        "error[L0901]: us-east-1 plain-local-backend/Network: delete failed, DELETE_FAILED",
        "first cause: Network (EC2::VPC) DELETE_FAILED",
        "hint: Remove the cause, then `liftform destroy --env local`.",
    ] {
        assert!(
            failed.stderr.contains(part),
            "`{part}` is not in\n{}",
            failed.stderr
        );
    }
    let failure = failed.failure(BACKEND);
    assert_eq!(failure["code"], "L0901", "{failure}");
    assert_eq!(failure["cause"]["logical_id"], "Network", "{failure}");

    let about = [("SubnetId", subnet.as_str())];
    let removed = service.query("ec2", "2016-11-15", "DeleteSubnet", &about);
    removed.unwrap();
    project.run(&["destroy", "--yes"], 0);
    assert_eq!(service.status(BACKEND), None);
}
