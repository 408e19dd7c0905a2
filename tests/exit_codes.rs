//! Every exit code that scripts may meet, from the real process; stdout holds nothing but results.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up must stop"
)]

#[allow(dead_code, reason = "players are for the end-to-end test")]
mod support;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

const TOPOLOGY: &str = "\
name: garage
home: us-east-1
identity: { guests: true }
queues:
  main: { timeout: 60s, destinations: [own] }
fleets:
  own:
    anywhere: { cost: \"10.0\" }
    regions: [us-east-1]
    locations: { us-east-1: [custom-garage] }
environments:
  local: { target: local }
  twin: { target: local }
  prod: {}
";

/// Only stacks without handlers are used: building those takes minutes.
const STACKS: [&str; 2] = ["--stack", "liftform-artifacts,*-fleets"];

struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("stacks")).unwrap();
        let project = Self { folder };
        project.topology(TOPOLOGY);
        project
    }

    fn topology(&self, text: &str) {
        fs::write(self.path().join("stacks/game.yaml"), text).unwrap();
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = support::liftform(&self.path().join("cloud"));
        command
            .current_dir(self.path())
            .env("HOME", self.path())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null())
            .args(arguments);
        command
    }

    #[track_caller]
    fn run(&self, arguments: &[&str], expected: i32) -> Output {
        support::run(self.command(arguments), expected)
    }

    #[track_caller]
    fn local(&self, arguments: &[&str], environment: &str, expected: i32) -> String {
        let arguments = [arguments, &["--env", environment], &STACKS].concat();
        let output = self.run(&arguments, expected);
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = self.command(&["local", "down"]).output();
    }
}

/// Refusals say nothing on stdout, so that a pipe gets no half results.
#[track_caller]
fn check(arguments: &[&str], expected: i32) {
    let output = Project::new().run(arguments, expected);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{arguments:?}");
    assert!(!output.stderr.is_empty(), "{arguments:?}");
}

#[test]
fn folder_that_can_not_be_written_is_1() {
    check(
        &[
            "synth",
            "--env",
            "prod",
            "--stack",
            "*-fleets",
            "--out",
            "/dev/null/x",
        ],
        1,
    );
}

#[test]
fn missing_plan_is_3() {
    let project = Project::new();
    project.local(&["deploy", "--plan", "nothing"], "local", 3);
}

#[test]
fn missing_credentials_are_6() {
    check(&["watch", "--env", "prod"], 6);
}

#[test]
fn approval_that_nobody_can_give_is_9() {
    check(&["deploy", "--env", "prod"], 9);
}

#[test]
fn unknown_flag_is_64() {
    check(&["deploy", "--fast"], 64);
}

#[test]
fn wave_without_a_stack_is_64() {
    check(&["deploy", "--env", "prod", "--waves", "mars"], 64);
}

#[test]
fn bug_is_70_and_one_line_that_says_where_to_report_it() {
    for arguments in [
        &["validate"][..],
        &["deploy", "--env", "local", "--output", "json"],
    ] {
        let project = Project::new();
        let mut command = project.command(arguments);
        command.env("LIFTFORM_PANIC", "no such\nstate");
        let output = support::run(command, 70);
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(told.lines().count(), 1, "{told}");
        for part in [
            "bug in liftform",
            "src/cli/mod.rs",
            "no such state",
            "report it",
            "issue",
        ] {
            assert!(told.contains(part), "`{part}` is not in {told}");
        }
    }
}

#[test]
fn life_of_a_deployment_has_its_codes() {
    let project = Project::new();
    let outputs = project.local(&["deploy"], "local", 0);
    assert!(outputs.contains("OwnFleetId"), "{outputs}");
    project.local(&["deploy", "--output", "json"], "local", 0);
    project.local(&["watch"], "local", 0);

    // The account has only one location by a name.
    assert_eq!(project.local(&["deploy"], "twin", 4), project.outputs());
    assert_eq!(project.local(&["watch"], "twin", 4), project.outputs());

    project.topology(&TOPOLOGY.replace("10.0", "11.0"));
    project.local(&["diff", "--exit-code"], "local", 2);
    project.local(&["diff", "--out", "first.plan"], "local", 0);
    project.local(&["diff", "--out", "second.plan"], "local", 0);
    project.local(&["deploy", "--plan", "first.plan"], "local", 0);
    project.local(&["deploy", "--plan", "second.plan"], "local", 7);

    project.topology(&TOPOLOGY.replace("10.0", "12.0"));
    project.local(&["deploy", "--timeout", "0s"], "local", 8);
    project.local(&["deploy", "--detach"], "local", 0);
    project.local(&["deploy", "--resume"], "local", 0);
    let last = project.local(&["deploy", "--output", "json"], "local", 0);
    let last: serde_json::Value = serde_json::from_str(&last).unwrap();
    let results = last["results"].as_array().unwrap();
    let unchanged = results
        .iter()
        .filter(|stack| stack["result"] == "unchanged");
    assert_eq!(unchanged.count(), 2, "{last}");
}

impl Project {
    /// What the artifact stack puts out: the only outputs there are when the fleets failed.
    fn outputs(&self) -> String {
        let output = self.run(
            &["outputs", "--env", "local", "--stack", "liftform-artifacts"],
            0,
        );
        String::from_utf8(output.stdout).unwrap()
    }
}

#[test]
fn failure_beside_a_success_is_5() {
    let project = Project::new();
    project.run(&["local", "up", "--detach"], 0);
    let status = project.run(&["local", "status", "--output", "json"], 0);
    let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    let request = ureq::post(status["aws"].as_str().unwrap())
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", "GameLift.CreateLocation")
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=test/20200101/us-east-1/gamelift/aws4_request, \
             SignedHeaders=host, Signature=0",
        );
    request
        .send(r#"{"LocationName": "custom-garage"}"#)
        .unwrap();
    project.local(&["deploy"], "local", 5);
}

/// Answers who is calling, and nothing else ever: an AWS in which every stack takes for ever.
fn silent_aws() -> (String, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, asked) = mpsc::channel();
    thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = vec![0; 16_384];
            let mut read = 0;
            while !String::from_utf8_lossy(&request[..read]).contains("Action=") {
                match stream.read(&mut request[read..]) {
                    Ok(0) | Err(_) => break,
                    Ok(more) => read += more,
                }
            }
            if String::from_utf8_lossy(&request[..read]).contains("GetCallerIdentity") {
                let body = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
                    <GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/ci</Arn><UserId>U</UserId>\
                    <Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
                );
                stream
                    .write_all(format!("{head}{body}").as_bytes())
                    .unwrap();
            } else {
                held.push(stream);
                let _ = sender.send(());
            }
        }
    });
    (address, asked)
}

#[track_caller]
fn check_signal(signal: &str, expected: i32) {
    let project = Project::new();
    let (address, asked) = silent_aws();
    let mut child: Child = project
        .command(&["watch", "--env", "prod"])
        .env("AWS_ENDPOINT_URL", address)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    asked.recv_timeout(Duration::from_secs(60)).unwrap();
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    assert_eq!(child.wait().unwrap().code(), Some(expected));
}

#[test]
fn interrupt_is_130() {
    check_signal("-INT", 130);
}

#[test]
fn termination_is_143() {
    check_signal("-TERM", 143);
}
