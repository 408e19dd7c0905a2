//! Deployments through the real binary to a second CloudFormation, moto's: nothing depends on one emulator.
//!
//! moto knows no outputs of a stack that a change set made, no verdict on replacements, and takes types that it doesn't know
//! for made. So the stacks here need no output of another, and what is looked at are roles, which it does make.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up must stop"
)]

mod server;

#[path = "../support/service.rs"]
#[allow(dead_code, reason = "the local cloud's tests look at more")]
mod service;

#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "players are for the end-to-end test")]
mod support;

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

use self::server::Server;
use self::service::{Service, element};

const ARTIFACTS: &str = "liftform-artifacts";
const FLEETS: &str = "market-prod-fleets";

/// A container fleet needs no build, so that no stack takes an output of another.
const TOPOLOGY: &str = "\
name: market
home: us-east-1
identity: { guests: true }
queues:
  main: { timeout: 60s, destinations: [stall] }
fleets:
  stall:
    container: { image: \"123456789012.dkr.ecr.us-east-1.amazonaws.com/stall:1.4.2\", memory: 1GiB, vcpu: 1, sdk: 5.3.0 }
    instance: c6i.large
    ports: [udp 7000-7009]
    capacity: { min: 1, desired: 1, max: 4, keep_available: 30% }
    regions: [us-east-1]
environments:
  prod: { account: \"123456789012\" }
";

struct Project {
    folder: tempfile::TempDir,
    server: Server,
    service: Service,
}

impl Project {
    fn new() -> Self {
        let server = Server::start();
        let project = Self {
            folder: tempfile::tempdir().unwrap(),
            service: Service::new(&server.endpoint),
            server,
        };
        fs::create_dir(project.folder.path().join("stacks")).unwrap();
        project.topology(TOPOLOGY);
        project
    }

    fn topology(&self, text: &str) {
        fs::write(self.folder.path().join("stacks/market.yaml"), text).unwrap();
    }

    #[track_caller]
    fn run(&self, arguments: &[&str], expected: i32) -> Output {
        support::run(self.command(arguments), expected)
    }

    /// Runs a command on the stacks that need no handlers.
    #[track_caller]
    fn json(&self, arguments: &[&str], expected: i32) -> Value {
        let stacks = ["--stack", "liftform-artifacts,*-fleets", "--output", "json"];
        let output = self.run(&[arguments, &stacks].concat(), expected);
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = support::liftform(&self.folder.path().join("cloud"));
        command
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .env("AWS_ENDPOINT_URL", &self.server.endpoint)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .args(["--env", "prod"])
            .args(arguments);
        command
    }

    fn status(&self, stack: &str) -> Option<String> {
        self.service.status(stack)
    }

    /// Whether IAM has the role that the stack calls so.
    fn has_role(&self, role: &str) -> bool {
        let about = [("RoleName", role)];
        let answer = self.service.query("iam", "2010-05-08", "GetRole", &about);
        answer.is_ok_and(|answer| element(&answer, "RoleName").as_deref() == Some(role))
    }
}

fn became<'result>(results: &'result Value, stack: &str) -> &'result str {
    let results = results["results"].as_array().unwrap();
    let found = results.iter().find(|result| result["name"] == stack);
    found.unwrap()["result"].as_str().unwrap()
}

#[test]
fn stacks_are_shown_created_updated_and_deleted() {
    let project = Project::new();

    let shown = project.json(&["diff", "--exit-code"], 2);
    assert_eq!(shown["reviews"][0]["stacks"][1]["method"], "changeset");
    assert_eq!(
        project.status(FLEETS),
        None,
        "only the change set was there"
    );

    let created = project.json(&["deploy", "--yes"], 0);
    assert_eq!(became(&created, ARTIFACTS), "created");
    assert_eq!(became(&created, FLEETS), "created");
    assert_eq!(project.status(ARTIFACTS).unwrap(), "CREATE_COMPLETE");
    assert_eq!(project.status(FLEETS).unwrap(), "CREATE_COMPLETE");
    let role = project.service.physical_id(FLEETS, "StallFleetRole");
    let role = role.unwrap();
    assert!(project.has_role(&role));

    let again = project.json(&["deploy", "--yes"], 0);
    assert_eq!(became(&again, FLEETS), "unchanged");
    assert_eq!(project.status(FLEETS).unwrap(), "CREATE_COMPLETE");

    let second = an_approved_plan_is_executed(&project);

    project.topology(TOPOLOGY);
    project.json(&["deploy", "--yes", "--allow-replace", "BoothFleet"], 0);
    assert_eq!(project.status(FLEETS).unwrap(), "UPDATE_COMPLETE");
    assert!(!project.has_role(&second) && project.has_role(&role));
    assert_eq!(
        project.service.physical_id(FLEETS, "StallFleetRole"),
        Some(role.clone())
    );

    project.run(&["destroy", "--yes"], 0);
    assert_eq!(project.status(FLEETS), None);
    assert_eq!(project.status(ARTIFACTS), None);
    assert!(!project.has_role(&role));
}

/// There is a second fleet from now on. Gives its role.
fn an_approved_plan_is_executed(project: &Project) -> String {
    let changed = TOPOLOGY
        .replace(
            "\nenvironments:",
            "\n  booth: { like: stall, spot: true }\nenvironments:",
        )
        .replace("[stall]", "[stall, booth]");
    project.topology(&changed);
    let shown = project.json(&["diff", "--out", "market.plan"], 0);
    assert_eq!(
        shown["reviews"][0]["stacks"][1]["action"], "update",
        "{shown}"
    );
    assert_eq!(project.status(FLEETS).unwrap(), "CREATE_COMPLETE");
    assert_eq!(project.service.waiting_change_sets(FLEETS), 1);

    let updated = project.json(&["deploy", "--plan", "market.plan"], 0);
    assert_eq!(became(&updated, FLEETS), "updated");
    assert_eq!(project.status(FLEETS).unwrap(), "UPDATE_COMPLETE");
    let second = project.service.physical_id(FLEETS, "BoothFleetRole");
    let second = second.unwrap();
    assert!(project.has_role(&second));
    assert_eq!(project.service.waiting_change_sets(FLEETS), 0);

    // It was executed once; it is no plan for what is there now.
    project.run(
        &[
            "deploy",
            "--plan",
            "market.plan",
            "--stack",
            "liftform-artifacts,*-fleets",
        ],
        7,
    );
    second
}
