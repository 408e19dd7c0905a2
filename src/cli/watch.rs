//! `liftform watch`.

use super::args::WatchArgs;
use super::context::Context;
use super::deploy::report;
use super::error::CliError;
use super::interrupt::UserPace;
use super::session;
use super::status::ExitStatus;
use super::view;
use crate::deploy::{Operation, WhenBusy, watch};

pub(super) fn run(_args: &WatchArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let environment = context.environment(&source)?;
    let plan = session::compile(context, &source, &environment)?;
    let stacks = session::selected(context, &plan)?;
    session::block_on(async {
        let events = view::progress(context);
        let session = session::attach(context, &plan).await?;
        let options = session::deploy_options(context, plan.target, WhenBusy::Wait);
        let pace = UserPace::start();
        let api = session.stacks(&pace);
        let operation = Operation {
            stacks: &api,
            store: &session.connection,
            pace: &pace,
            options: &options,
            events: &*events,
        };
        let watching = async { Ok(pace.droppable(watch(&operation, &stacks)).await) };
        let watched = pace.listening(context, None, watching).await?;
        drop(events);
        let Some(outcome) = watched else {
            return Ok(pace.stopped().unwrap_or(ExitStatus::Interrupted));
        };
        let status = outcome.verdict().into();
        report(context, &outcome, &session, status)?;
        Ok(status)
    })
}
