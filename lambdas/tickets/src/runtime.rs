//! The Lambda loop: variables, clock and standard output in, handlers called, exit code out.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lambda_events::apigw::ApiGatewayProxyRequest;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::{Value, json};

use crate::answer::{Answer, Problem};
use crate::api::ApiCall;
use crate::settings::{SettingsError, Variables};
use crate::telemetry::{Journal, Telemetry};
use crate::timestamp::Timestamp;

pub use lambda_runtime::Error;

/// The process's environment variables.
pub const fn variables() -> Variables<'static> {
    Variables::new(&lookup)
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is where handlers read their environment"
)]
fn lookup(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The current time.
#[expect(
    clippy::disallowed_methods,
    reason = "this is where handlers read the clock"
)]
pub fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Lines on standard output under the function's name.
pub fn telemetry(variables: &Variables<'_>) -> Result<Telemetry, SettingsError> {
    let function = variables.text("AWS_LAMBDA_FUNCTION_NAME")?;
    let namespace = variables.text("METRICS_NAMESPACE")?;
    Ok(Telemetry::new(&function, &namespace, Box::new(write_line)))
}

/// Serves requests of API Gateway until Lambda ends the process.
pub async fn serve_api<F>(telemetry: &Telemetry, handler: F) -> Result<(), Error>
where
    F: AsyncFn(ApiCall, &Journal<'_>) -> Result<Answer, Problem>,
{
    let handler = &handler;
    let serve = async move |event: LambdaEvent<ApiGatewayProxyRequest>| {
        let journal = telemetry.journal(&event.context.request_id);
        // Boxed: the compiler gives up on the layout of SDK futures nested in the loop's own.
        let answer = journal.conclude(Box::pin(handler(event.payload.into(), &journal)).await);
        journal.finish(now());
        Ok::<_, Error>(answer)
    };
    lambda_runtime::run(service_fn(serve)).await
}

/// Serves any other events until Lambda ends the process. The handler gets the time at which Lambda would stop it.
pub async fn serve_events<F, E>(telemetry: &Telemetry, handler: F) -> Result<(), Error>
where
    F: AsyncFn(Value, Timestamp, &Journal<'_>) -> Result<(), E>,
    E: std::error::Error,
{
    let handler = &handler;
    let serve = async move |event: LambdaEvent<Value>| {
        let journal = telemetry.journal(&event.context.request_id);
        let deadline =
            Timestamp::from_millis(i64::try_from(event.context.deadline).unwrap_or(i64::MAX));
        let result = Box::pin(handler(event.payload, deadline, &journal)).await;
        if let Err(error) = &result {
            journal.error("invocation failed", &json!({"cause": error.to_string()}));
            journal.count("Failed", 1);
        }
        journal.finish(now());
        result.map(|()| Value::Null).map_err(|error| Diagnostic {
            error_type: std::any::type_name::<E>().to_owned(),
            error_message: error.to_string(),
        })
    };
    lambda_runtime::run(service_fn(serve)).await
}

/// The end of `main`: says why the handler could not start.
pub fn exit(result: Result<(), Error>) -> ExitCode {
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    let line = json!({"level": "ERROR", "message": error.to_string(), "causes": causes});
    write_line(&line.to_string());
    ExitCode::FAILURE
}

/// One write per line, so that lines stay whole. A log that cannot be written must not stop a match.
fn write_line(line: &str) {
    let mut text = String::with_capacity(line.len() + 1);
    text.push_str(line);
    text.push('\n');
    drop(std::io::stdout().lock().write_all(text.as_bytes()));
}
