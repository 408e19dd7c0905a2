//! IAM policy documents.

use cloudformation::intrinsic;
use serde_json::{Value, json};

/// The policy language's version; the only one with variables.
const VERSION: &str = "2012-10-17";

/// A policy document of some statements.
pub(crate) fn document(statements: &[Value]) -> Value {
    json!({ "Version": VERSION, "Statement": statements })
}

/// A trust policy for an AWS service.
pub(crate) fn trusts(service: &str) -> Value {
    document(&[
        json!({ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }),
    ])
}

/// A statement that allows some actions on some resources.
pub(crate) fn allow(actions: &[&str], resources: &[Value]) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": resources })
}

/// An ARN in this partition, region and account, or whatever else `Fn::Sub` makes of the text.
pub(crate) fn sub(text: &str) -> Value {
    intrinsic::sub(text).into()
}
