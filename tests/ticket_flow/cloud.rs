//! The deployment that all scenarios share, and what they do to it behind the backend's back.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use liftform_player::Backend;
use serde_json::{Value, json};

use crate::guests::Guest;
use crate::proxy::Proxy;
use crate::support::{self, call, text};

const REGION: &str = "us-east-1";

/// The functions whose calls of DynamoDB go through the proxy.
const THROUGH_PROXY: [&str; 2] = ["match-events", "start-matchmaking"];

/// A local cloud with the stacks of `flow.yaml`.
pub(crate) struct Cloud {
    state: tempfile::TempDir,
    pub(crate) backend: Backend,
    pub(crate) proxy: Proxy,
    /// Where every service but GameLift answers.
    pub(crate) endpoint: String,
    gamelift: String,
    outputs: Value,
    /// Players of a match that the backend has not heard of.
    pub(crate) unheard: Mutex<Vec<Guest>>,
}

impl Cloud {
    /// Deploys, and puts the proxy between the handlers and DynamoDB.
    pub(crate) fn deploy() -> Self {
        let state = tempfile::tempdir().expect("a folder");
        let run = |arguments: &[&str]| json_of(command(&state, arguments));
        support::run(command(&state, &["deploy", "--yes"]), 0);
        let outputs = run(&["outputs", "--format", "json"]);
        let outputs = outputs["stacks"]["flow-local-backend"][REGION].clone();
        let status = run(&["local", "status", "--output", "json"]);
        let endpoint = text(&status["aws"]);
        let backend = Backend::new(
            &text(&outputs["ApiUrl"]),
            REGION,
            &text(&outputs["IdentityPoolId"]),
            support::now,
        )
        .with_cognito(&endpoint);
        let cloud = Self {
            state,
            backend,
            proxy: Proxy::start(&endpoint),
            endpoint,
            gamelift: text(&status["gamelift"]),
            outputs,
            unheard: Mutex::default(),
        };
        cloud.stop_schedules();
        cloud.send_through_proxy();
        cloud.set_faults();
        cloud
    }

    /// Events are late, doubled or lost by matchmaker, from the beginning to the end.
    fn set_faults(&self) {
        let faults = json!([
            { "source": "flow-local-unruly", "copies": 3, "order": "shuffled" },
            { "source": "flow-local-late", "delay_seconds": 60 },
            { "source": "flow-local-lost", "drop": ["*"] },
            { "source": "flow-local-unseen", "drop": ["MatchmakingSearching"] },
        ]);
        let url = format!("{}/_liftform/faults", self.gamelift);
        let answer = ureq::post(url).send(faults.to_string());
        answer.unwrap_or_else(|error| panic!("{error}"));
    }

    /// The reconciler runs when a scenario says so, and not once a minute.
    fn stop_schedules(&self) {
        let rules = self.aws("events", "AWSEvents.ListRules", &json!({}));
        for rule in rules["Rules"].as_array().expect("a list") {
            let name = json!({ "Name": rule["Name"] });
            self.aws("events", "AWSEvents.DisableRule", &name);
        }
    }

    fn send_through_proxy(&self) {
        for name in THROUGH_PROXY {
            let function = self.function(name);
            let path = format!("/2015-03-31/functions/{function}/configuration");
            let configuration = self.lambda("GET", &path, None);
            let mut variables = configuration["Environment"]["Variables"].clone();
            variables["AWS_ENDPOINT_URL_DYNAMODB"] = self.proxy.address().into();
            let change = json!({ "Environment": { "Variables": variables } });
            self.lambda("PUT", &path, Some(&change));
        }
    }

    /// The name of a function of the backend, which CloudFormation made up.
    pub(crate) fn function(&self, handler: &str) -> String {
        let list = self.lambda("GET", "/2015-03-31/functions/", None);
        let camel: String = handler
            .split('-')
            .map(|word| word[..1].to_uppercase() + &word[1..])
            .collect();
        let functions = list["Functions"].as_array().expect("a list");
        let mut names = functions.iter().map(|entry| text(&entry["FunctionName"]));
        names
            .find(|name| name.contains(&format!("{camel}Function")))
            .unwrap_or_else(|| panic!("no function of {handler} in {list}"))
    }

    /// Runs a function, and fails when it does.
    pub(crate) fn invoke(&self, handler: &str) {
        let path = format!(
            "/2015-03-31/functions/{}/invocations",
            self.function(handler)
        );
        let answer = self.lambda("POST", &path, Some(&json!({})));
        assert_eq!(answer, Value::Null, "{handler} failed");
    }

    /// Runs liftform on this deployment.
    pub(crate) fn liftform(&self, arguments: &[&str]) -> Value {
        json_of(command(&self.state, arguments))
    }

    /// The last lines of what the services and functions wrote.
    pub(crate) fn log(&self) -> String {
        let text = self.whole_log();
        let start = text.len().saturating_sub(20_000);
        text.chars().skip(start).collect()
    }

    /// Everything that the services and functions wrote.
    pub(crate) fn whole_log(&self) -> String {
        let path: PathBuf = self.state.path().join("ministack.log");
        let bytes = std::fs::read(path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Publishes to the topic that GameLift publishes its events to.
    pub(crate) fn publish(&self, message: &str) {
        let topic = self.output("MatchEventsTopic");
        let form = format!(
            "Action=Publish&Version=2010-03-31&TopicArn={}&Message={}",
            encoded(&topic),
            encoded(message)
        );
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        call(
            &self.endpoint,
            ("POST", "/"),
            (REGION, "sns"),
            &headers,
            &form,
        );
    }

    /// How many messages are in a dead-letter queue, by the name of the output with its URL.
    pub(crate) fn letters(&self, queue: &str) -> u64 {
        let wanted = json!({
            "QueueUrl": self.output(queue),
            "AttributeNames": ["ApproximateNumberOfMessages"],
        });
        let answer = self.aws("sqs", "AmazonSQS.GetQueueAttributes", &wanted);
        let count = text(&answer["Attributes"]["ApproximateNumberOfMessages"]);
        count.parse().expect("a number")
    }

    /// A row of a table, by the name of the output with its name.
    pub(crate) fn row(&self, table: &str, key: &Value) -> Value {
        support::item(&self.endpoint, REGION, &self.output(table), key)
    }

    /// Writes a row.
    pub(crate) fn write(&self, table: &str, row: &Value) {
        let put = json!({ "TableName": self.output(table), "Item": row });
        self.aws("dynamodb", "DynamoDB_20120810.PutItem", &put);
    }

    /// What GameLift itself knows of a ticket.
    pub(crate) fn described(&self, ticket: &str) -> Value {
        let wanted = json!({ "TicketIds": [ticket] });
        self.aws("gamelift", "GameLift.DescribeMatchmaking", &wanted)["TicketList"][0].clone()
    }

    fn output(&self, name: &str) -> String {
        text(&self.outputs[name])
    }

    fn aws(&self, service: &str, target: &str, body: &Value) -> Value {
        support::aws(&self.endpoint, REGION, service, target, body)
    }

    fn lambda(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let body = body.map(Value::to_string).unwrap_or_default();
        let headers = [("content-type", "application/json")];
        call(
            &self.endpoint,
            (method, path),
            (REGION, "lambda"),
            &headers,
            &body,
        )
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        // Not `run`: a panic while another one unwinds would hide the first.
        let _ = command(&self.state, &["local", "down"]).output();
    }
}

fn command(state: &tempfile::TempDir, arguments: &[&str]) -> Command {
    let mut command = support::liftform(state.path());
    command
        .args([
            "--topology",
            "tests/ticket_flow/flow.yaml",
            "--env",
            "local",
        ])
        .args(arguments);
    command
}

#[track_caller]
fn json_of(command: Command) -> Value {
    let output = support::run(command, 0);
    serde_json::from_slice(&output.stdout).expect("JSON on stdout")
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
