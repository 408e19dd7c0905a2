//! A stack from its creation to its end.

use serde_json::json;

use crate::project::{BACKEND, MOTTO, Project};
use crate::support::text;

/// A queue with a name, which can't be changed in place.
const QUEUE: &str = "  Mail:
    Type: AWS::SQS::Queue
    Properties: { QueueName: mail-VALUE, VisibilityTimeout: 30 }
";

impl Project {
    /// Whether there is a queue of that name.
    fn has_queue(&self, name: &str) -> bool {
        let wanted = json!({ "QueueName": name });
        self.service
            .json("sqs", "AmazonSQS.GetQueueUrl", &wanted)
            .is_ok()
    }

    /// The key of a table; none: there is no such table.
    fn table_key(&self, name: &str) -> Option<String> {
        let wanted = json!({ "TableName": name });
        let answer = self
            .service
            .json("dynamodb", "DynamoDB_20120810.DescribeTable", &wanted)
            .ok()?;
        Some(text(&answer["Table"]["KeySchema"][0]["AttributeName"]))
    }
}

#[test]
fn stack_is_created_changed_replaced_in_parts_and_deleted() {
    let project = Project::new();
    let service = &project.service;
    let with_queue = [MOTTO, QUEUE].concat();

    project.own(&with_queue, "one");
    assert_eq!(project.deploy(&[], 0).result(BACKEND), "created");
    assert_eq!(service.status(BACKEND).unwrap(), "CREATE_COMPLETE");
    assert_eq!(project.motto().unwrap(), "one");
    assert!(project.has_queue("mail-one"));

    // No change: CloudFormation is asked for nothing.
    assert_eq!(project.deploy(&[], 0).result(BACKEND), "unchanged");
    assert_eq!(service.times(BACKEND, "UPDATE_IN_PROGRESS"), 0);
    assert_eq!(service.waiting_change_sets(BACKEND), 0);

    // In place: the same resources with another value.
    let before = service.physical_id(BACKEND, "Mail").unwrap();
    project.own(&with_queue.replace("mail-VALUE", "mail-one"), "two");
    assert_eq!(project.deploy(&[], 0).result(BACKEND), "updated");
    assert_eq!(service.status(BACKEND).unwrap(), "UPDATE_COMPLETE");
    assert_eq!(project.motto().unwrap(), "two");
    assert_eq!(service.physical_id(BACKEND, "Mail").unwrap(), before);

    // Replaced: another resource, and the old one is gone.
    project.own(&with_queue, "two");
    assert_eq!(project.deploy(&[], 0).result(BACKEND), "updated");
    assert_ne!(service.physical_id(BACKEND, "Mail").unwrap(), before);
    assert!(project.has_queue("mail-two") && !project.has_queue("mail-one"));

    // Removed from the topology.
    project.own(MOTTO, "two");
    project.deploy(&[], 0);
    assert_eq!(service.physical_id(BACKEND, "Mail"), None);
    assert!(!project.has_queue("mail-two"));

    project.run(&["destroy", "--yes"], 0);
    assert_eq!(service.status(BACKEND), None);
    assert_eq!(service.status("liftform-artifacts"), None);
    assert_eq!(project.motto(), None);
}

/// MiniStack loses the table when its key changes, which AWS would not, so it is the other way out of a stack that is shown.
#[test]
fn protected_table_that_leaves_the_topology_is_retained_with_its_rows() {
    let project = Project::new();
    let service = &project.service;
    project.topology(protected);
    project.deploy(&[], 0);
    let table = service.physical_id(BACKEND, "LoadoutsTable").unwrap();
    let row = json!({ "TableName": table, "Item": { "player_id": { "S": "p1" }, "hat": { "S": "red" } } });
    service
        .json("dynamodb", "DynamoDB_20120810.PutItem", &row)
        .unwrap();

    project.topology(|text| {
        protected(text).replace("  loadouts: { key: player_id }", "  hats: { key: hat }")
    });
    project.deploy(&[], 0);
    assert_eq!(service.status(BACKEND).unwrap(), "UPDATE_COMPLETE");
    assert_eq!(service.physical_id(BACKEND, "LoadoutsTable"), None);
    let other = service.physical_id(BACKEND, "HatsTable").unwrap();
    assert_eq!(project.table_key(&other).as_deref(), Some("hat"));

    assert_eq!(project.table_key(&table).as_deref(), Some("player_id"));
    let wanted = json!({ "TableName": table, "Key": { "player_id": { "S": "p1" } } });
    let found = service
        .json("dynamodb", "DynamoDB_20120810.GetItem", &wanted)
        .unwrap();
    assert_eq!(found["Item"]["hat"]["S"], "red");
}

/// The topology with everything that has state protected.
fn protected(text: String) -> String {
    text.replace("target: local }", "target: local, protect: [tables] }")
}

#[test]
fn protected_stack_is_deleted_by_nobody_until_the_topology_lets_it_go() {
    let project = Project::new();
    let service = &project.service;
    let delete = [("StackName", BACKEND)];
    project.topology(protected);
    project.deploy(&[], 0);
    let table = service.physical_id(BACKEND, "LoadoutsTable").unwrap();

    let refused = service.cloudformation("DeleteStack", &delete).unwrap_err();
    assert!(refused.contains("TerminationProtection"), "{refused}");
    let refused = project.run(&["destroy", "--yes"], 3);
    assert!(
        refused.stderr.contains("termination protection") && refused.stdout.is_empty(),
        "{}",
        refused.stderr
    );
    assert_eq!(service.status(BACKEND).unwrap(), "CREATE_COMPLETE");

    // Only the protection is taken off: that is no update of the stack's resources.
    project.topology(|text| text);
    project.deploy(&[], 0);
    assert_eq!(
        service.physical_id(BACKEND, "LoadoutsTable").unwrap(),
        table
    );
    project.run(&["destroy", "--yes"], 0);
    assert_eq!(service.status(BACKEND), None);
    assert_eq!(project.table_key(&table), None);
}
