//! A Lambda function with its role, log group, and the queue for what it fails on.

use std::collections::BTreeMap;

use cloudformation::intrinsic::{get_att, reference};
use cloudformation::lambda::function::{
    Architecture, Code, Environment as Variables, LogFormat, LoggingConfig, Mode, TracingConfig,
};
use cloudformation::{iam, lambda, logs};
use serde_json::Value as Json;
use topology::environment;

use crate::stack::StackBuilder;
use crate::{Artifact, policy};

/// What a function needs.
pub(crate) struct Function {
    /// Prefix of its logical ids, `StartMatchmaking`.
    pub(crate) id: String,
    /// Cargo package of the handler.
    pub(crate) package: String,
    pub(crate) memory_mib: u32,
    pub(crate) timeout_seconds: u64,
    /// Environment variables; strings or intrinsic functions.
    pub(crate) variables: BTreeMap<String, Json>,
    /// What it may do beside logging and tracing.
    pub(crate) statements: Vec<Json>,
    /// How it is called.
    pub(crate) invocation: Invocation,
}

/// How a function is called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Invocation {
    /// The caller waits, and sees the error.
    Synchronous,
    /// Nobody waits: Lambda tries again, then keeps the event in a queue.
    Asynchronous,
}

impl Function {
    pub(crate) fn logical_id(&self, part: &str) -> String {
        format!("{}{part}", self.id)
    }
}

/// Lambda tries a failing asynchronous invocation this often again.
const RETRIES: i64 = 2;
/// It gives up on an event of this age, seconds: older matchmaking news is the reconciler's business.
const MAX_EVENT_AGE: i64 = 3600;

pub(crate) fn add(stack: &mut StackBuilder<'_>, function: &Function) {
    let (logs, role, id) = (
        function.logical_id("Logs"),
        function.logical_id("Role"),
        function.logical_id("Function"),
    );
    let artifact = Artifact::Handler {
        package: function.package.clone(),
    };
    let key = stack.takes_artifact(
        &function.logical_id("Code"),
        &format!("Key of the archive of {}", function.package),
        artifact,
    );
    let bucket = stack.takes_artifact_bucket();
    stack.add(
        &logs,
        logs::LogGroup::new()
            .retention_in_days(i64::from(stack.environment.monitoring.log_retention_days)),
    );
    stack.add(&role, role_of(function, &logs));
    stack.add(
        &id,
        resource(
            function,
            stack.environment.architecture,
            &role,
            &logs,
            Code::new().s3_bucket(bucket).s3_key(key),
        ),
    );
    if function.invocation == Invocation::Asynchronous {
        use lambda::event_invoke_config::{DestinationConfig, OnFailure};
        let on_failure = OnFailure::new(get_att("FailedInvocations", "Arn"));
        let retries = lambda::EventInvokeConfig::new(reference(&id), "$LATEST")
            .maximum_retry_attempts(RETRIES)
            .maximum_event_age_in_seconds(MAX_EVENT_AGE)
            .destination_config(DestinationConfig::new().on_failure(on_failure));
        stack.add(&function.logical_id("Retries"), retries);
    }
}

fn role_of(function: &Function, logs: &str) -> iam::Role {
    let mut statements = vec![
        policy::allow(
            &["logs:CreateLogStream", "logs:PutLogEvents"],
            &[get_att(logs, "Arn").into()],
        ),
        // X-Ray has no resources to name.
        policy::allow(
            &["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
            &["*".into()],
        ),
    ];
    statements.extend(function.statements.iter().cloned());
    if function.invocation == Invocation::Asynchronous {
        statements.push(policy::allow(
            &["sqs:SendMessage"],
            &[get_att("FailedInvocations", "Arn").into()],
        ));
    }
    iam::Role::new(policy::trusts("lambda.amazonaws.com")).policies(vec![iam::role::Policy::new(
        policy::document(&statements),
        function.package.as_str(),
    )])
}

fn resource(
    function: &Function,
    architecture: environment::Architecture,
    role: &str,
    logs: &str,
    code: Code,
) -> lambda::Function {
    let variables: serde_json::Map<_, _> = function.variables.clone().into_iter().collect();
    lambda::Function::new(code, get_att(role, "Arn"))
        .runtime("provided.al2023")
        .handler("bootstrap")
        .architectures(vec![match architecture {
            environment::Architecture::X86_64 => Architecture::X8664,
            environment::Architecture::Arm64 => Architecture::Arm64,
        }])
        .memory_size(i64::from(function.memory_mib))
        .timeout(i64::try_from(function.timeout_seconds).unwrap_or(i64::MAX))
        .environment(Variables::new().variables(variables))
        .logging_config(
            LoggingConfig::new()
                .log_format(LogFormat::Json)
                .log_group(reference(logs)),
        )
        .tracing_config(TracingConfig::new().mode(Mode::Active))
}
