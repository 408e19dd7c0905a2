//! One JSON line per log entry and one line of metrics per invocation (CloudWatch's embedded metric format).
//!
//! Entries name requests and tickets. They never hold credentials, request bodies, players' ids or addresses.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value, json};

use crate::answer::{Answer, Problem};
use crate::timestamp::Timestamp;

/// Takes finished lines.
pub type Sink = Box<dyn Fn(&str) + Send + Sync>;

/// What is the same for every invocation of a handler.
pub struct Telemetry {
    function: String,
    namespace: String,
    sink: Sink,
}

/// The log and the counts of one invocation.
pub struct Journal<'a> {
    telemetry: &'a Telemetry,
    request_id: String,
    counts: Mutex<BTreeMap<&'static str, u64>>,
}

impl Telemetry {
    /// Writes lines of `function` to `sink` and its metrics to `namespace`.
    pub fn new(function: &str, namespace: &str, sink: Sink) -> Self {
        Self {
            function: function.to_owned(),
            namespace: namespace.to_owned(),
            sink,
        }
    }

    /// Begins an invocation.
    pub fn journal(&self, request_id: &str) -> Journal<'_> {
        Journal {
            telemetry: self,
            request_id: request_id.to_owned(),
            counts: Mutex::default(),
        }
    }
}

impl Journal<'_> {
    /// Something worth knowing.
    pub fn info(&self, message: &str, fields: &Value) {
        self.entry("INFO", message, fields);
    }

    /// Something that another attempt or another part puts right.
    pub fn warn(&self, message: &str, fields: &Value) {
        self.entry("WARN", message, fields);
    }

    /// Something that somebody must look at.
    pub fn error(&self, message: &str, fields: &Value) {
        self.entry("ERROR", message, fields);
    }

    /// Adds to a metric.
    pub fn count(&self, metric: &'static str, by: u64) {
        *self.counts().entry(metric).or_default() += by;
    }

    /// Turns a handler's result into the answer and notes how it went.
    pub fn conclude(&self, result: Result<Answer, Problem>) -> Answer {
        match result {
            Ok(answer) => {
                self.count("Answered", 1);
                answer
            }
            Err(problem) => {
                self.count(
                    if problem.status < 500 {
                        "Refused"
                    } else {
                        "Unavailable"
                    },
                    1,
                );
                let fields =
                    json!({"status": problem.status, "code": problem.code, "cause": problem.cause});
                if problem.status < 500 {
                    self.info("request refused", &fields);
                } else {
                    self.error("request failed", &fields);
                }
                problem.into()
            }
        }
    }

    /// Writes the metrics, if anything was counted.
    pub fn finish(&self, now: Timestamp) {
        let counts = std::mem::take(&mut *self.counts());
        if counts.is_empty() {
            return;
        }
        let metrics: Vec<_> = counts
            .keys()
            .map(|name| json!({"Name": name, "Unit": "Count"}))
            .collect();
        let mut line = json!({
            "_aws": {
                "Timestamp": now.millis(),
                "CloudWatchMetrics": [{
                    "Namespace": self.telemetry.namespace, "Dimensions": [["Function"]], "Metrics": metrics
                }]
            },
            "Function": self.telemetry.function,
            "requestId": self.request_id,
        });
        for (name, count) in counts {
            line[name] = Value::from(count);
        }
        (self.telemetry.sink)(&line.to_string());
    }

    fn entry(&self, level: &str, message: &str, fields: &Value) {
        let mut line = Map::from_iter([
            ("level".to_owned(), Value::from(level)),
            ("message".to_owned(), Value::from(message)),
            (
                "requestId".to_owned(),
                Value::from(self.request_id.as_str()),
            ),
        ]);
        if let Some(fields) = fields.as_object() {
            line.extend(
                fields
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(k, v)| (k.clone(), v.clone())),
            );
        }
        (self.telemetry.sink)(&Value::Object(line).to_string());
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, BTreeMap<&'static str, u64>> {
        // Counts are valid after any panic: each is one number.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::Lines;

    #[track_caller]
    fn check(write: impl Fn(&Journal<'_>), expected: &[&str]) {
        let lines = Lines::default();
        let telemetry = lines.telemetry();
        let journal = telemetry.journal("r-1");
        write(&journal);
        journal.finish(Timestamp::from_millis(7));
        assert_eq!(lines.all(), expected);
    }

    #[test]
    fn an_entry_is_one_line_of_json() {
        check(
            |journal| {
                journal.info(
                    "ticket\nchanged",
                    &json!({"ticket_id": "t-1", "reason": null}),
                );
            },
            &[
                r#"{"level":"INFO","message":"ticket\nchanged","requestId":"r-1","ticket_id":"t-1"}"#,
            ],
        );
    }

    #[test]
    fn counts_become_one_line_of_metrics() {
        check(
            |journal| {
                journal.count("Foreign", 2);
                journal.count("Foreign", 1);
            },
            &[
                r#"{"Foreign":3,"Function":"test","_aws":{"CloudWatchMetrics":[{"Dimensions":[["Function"]],"Metrics":[{"Name":"Foreign","Unit":"Count"}],"Namespace":"Test"}],"Timestamp":7},"requestId":"r-1"}"#,
            ],
        );
    }

    #[test]
    fn nothing_counted_is_nothing_written() {
        check(|_| {}, &[]);
    }

    #[test]
    fn the_cause_of_a_failure_is_logged_and_not_sent() {
        let lines = Lines::default();
        let telemetry = lines.telemetry();
        let answer = telemetry
            .journal("r-1")
            .conclude(Err(Problem::unavailable(&"table is gone")));
        assert!(!answer.body.contains("table"));
        assert!(lines.all()[0].contains(r#""cause":"table is gone""#));
    }
}
