//! The API of an emulator, called behind liftform's back: the true state is what it says, not what liftform says.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// More than anything takes on a machine that does three other things at once.
const PATIENCE: Duration = Duration::from_secs(120);

const REGION: &str = "us-east-1";

/// Asks until there is an answer.
#[track_caller]
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// An emulator's endpoint.
pub(crate) struct Service {
    endpoint: String,
}

impl Service {
    pub(crate) fn new(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
        }
    }

    /// Calls CloudFormation; the error is its answer.
    pub(crate) fn cloudformation(
        &self,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<String, String> {
        self.query("cloudformation", "2010-05-15", action, parameters)
    }

    /// Calls a service that takes forms; the error is its answer.
    pub(crate) fn query(
        &self,
        service: &str,
        version: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<String, String> {
        let known = [("Action", action), ("Version", version)];
        let form = known.iter().chain(parameters).copied();
        let answer = agent()
            .post(&self.endpoint)
            .header("authorization", root(service))
            .send_form(form);
        read(answer)
    }

    /// Calls a service that takes JSON; the error is its answer.
    pub(crate) fn json(&self, service: &str, target: &str, input: &Value) -> Result<Value, String> {
        let answer = agent()
            .post(&self.endpoint)
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", target)
            .header("authorization", root(service))
            .send(input.to_string());
        read(answer).map(|body| serde_json::from_str(&body).unwrap_or(Value::String(body)))
    }

    /// The status of a stack; none: there is no such stack.
    pub(crate) fn status(&self, stack: &str) -> Option<String> {
        let answer = self.cloudformation("DescribeStacks", &[("StackName", stack)]);
        element(&answer.ok()?, "StackStatus")
    }

    /// Waits for a stack's status.
    #[track_caller]
    pub(crate) fn until_status(&self, stack: &str, wanted: &str) {
        until(&format!("{stack} to be {wanted}"), || {
            (self.status(stack)? == wanted).then_some(())
        });
    }

    /// The physical id of a resource that a stack has. Stacks here have less than a page of them. moto fails to describe
    /// a single resource beside one that it doesn't know.
    pub(crate) fn physical_id(&self, stack: &str, logical_id: &str) -> Option<String> {
        let about = [("StackName", stack)];
        let answer = self.cloudformation("ListStackResources", &about).ok()?;
        let mut resources = answer.split("<member>");
        let found = resources.find(|resource| {
            element(resource, "LogicalResourceId").as_deref() == Some(logical_id)
                && element(resource, "ResourceStatus").as_deref() != Some("DELETE_COMPLETE")
        })?;
        element(found, "PhysicalResourceId")
    }

    /// How often a status of the stack itself is in its history.
    pub(crate) fn times(&self, stack: &str, status: &str) -> usize {
        let (mut found, mut next) = (0, None);
        loop {
            let mut about = vec![("StackName", stack)];
            about.extend(next.as_deref().map(|token| ("NextToken", token)));
            let page = self
                .cloudformation("DescribeStackEvents", &about)
                .expect("events of a stack");
            found += page
                .split("<member>")
                .filter(|event| {
                    element(event, "LogicalResourceId").as_deref() == Some(stack)
                        && element(event, "ResourceStatus").as_deref() == Some(status)
                })
                .count();
            next = element(&page, "NextToken");
            if next.is_none() {
                return found;
            }
        }
    }

    /// How many change sets of a stack wait to be executed.
    pub(crate) fn waiting_change_sets(&self, stack: &str) -> usize {
        let answer = self
            .cloudformation("ListChangeSets", &[("StackName", stack)])
            .expect("change sets of a stack");
        answer
            .matches("<ExecutionStatus>AVAILABLE</ExecutionStatus>")
            .count()
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .build()
        .into()
}

/// Emulators never verify the signature of their root key; the region is read from it.
fn root(service: &str) -> String {
    let scope = format!("Credential=test/20200101/{REGION}/{service}/aws4_request");
    format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0")
}

fn read(answer: Result<http::Response<ureq::Body>, ureq::Error>) -> Result<String, String> {
    let mut answer = answer.map_err(|error| error.to_string())?;
    let body = answer
        .body_mut()
        .read_to_string()
        .map_err(|error| error.to_string())?;
    if answer.status().is_success() {
        Ok(body)
    } else {
        Err(body)
    }
}

/// The text of the first element of that name. Answers of CloudFormation are flat enough for it.
pub(crate) fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let escapes = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ];
    Some(
        escapes
            .iter()
            .fold(text.to_owned(), |text, (escape, letter)| {
                text.replace(escape, letter)
            }),
    )
}
