//! `liftform redrive`.

use std::fmt::Write as _;

use serde_json::json;

use super::args::{OutputForm, RedriveArgs};
use super::context::Context;
use super::error::CliError;
use super::status::ExitStatus;
use super::{output, session};
use crate::ops::outputs::{self, Outputs};
use crate::ops::redrive::{self, Fate, Handling, PostOffice, Redriven};

/// Outputs of the backend with the URLs of dead-letter queues.
const QUEUES: [&str; 2] = ["UndeliveredEvents", "FailedInvocations"];

pub(super) fn run(args: &RedriveArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let environment = context.environment(&source)?;
    let plan = session::compile(context, &source, &environment)?;
    let handling = if args.dry_run {
        Handling::Look
    } else {
        Handling::Redrive
    };
    let done = session::block_on(async {
        let session = session::attach(context, &plan).await?;
        let specs = session::specs(context, &plan)?;
        let values = outputs::read(&session.connection, &specs).await?;
        let office = post_office(&values, &plan.home).ok_or_else(|| {
            let message = format!("the backend of `{environment}` is not deployed");
            CliError::new(ExitStatus::Refused, message)
                .hint(format!("Run `liftform deploy --env {environment}`."))
        })?;
        Ok(redrive::redrive(&session.connection, &office, handling, context.now()).await?)
    })?;
    match context.output() {
        OutputForm::Text => output::text(&show(&done))?,
        OutputForm::Json | OutputForm::Jsonl => {
            output::json(&json!({ "format_version": 1, "messages": done }))?;
        }
    }
    Ok(ExitStatus::Done)
}

fn post_office(values: &Outputs, home: &str) -> Option<PostOffice> {
    let value = |key: &str| {
        let row = values
            .rows()
            .find(|row| row.key == key && row.region == home);
        row.map(|row| row.value.to_owned())
    };
    Some(PostOffice {
        region: home.to_owned(),
        queues: QUEUES.into_iter().map(value).collect::<Option<_>>()?,
        topic: value("MatchEventsTopic")?,
    })
}

fn show(done: &[Redriven]) -> String {
    if done.is_empty() {
        return "There is nothing to bring back.\n".to_owned();
    }
    let mut text = String::new();
    for message in done {
        let queue = message.queue.rsplit('/').next().unwrap_or_default();
        let fate = match message.fate {
            Fate::Published => "published again",
            Fate::Publishable => "can be published",
            Fate::Kept => "kept: holds no event",
        };
        let events = message.events.join(", ");
        // Writing to a string can't fail.
        let _ = writeln!(text, "{queue}  {}  {fate}  {events}", message.message);
    }
    text
}
