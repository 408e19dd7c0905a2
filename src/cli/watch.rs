//! `liftform watch`.

use super::args::WatchArgs;
use super::context::Context;
use super::deploy::{conclude, tell};
use super::diagnose::Ground;
use super::error::CliError;
use super::interrupt::UserPace;
use super::session;
use super::status::ExitStatus;
use super::view;
use crate::deploy::{Operation, WhenBusy, watch};
use crate::ops::compile::Compiled;

pub(super) fn run(_args: &WatchArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let environment = context.environment(&source)?;
    let Compiled {
        plan, environment, ..
    } = session::compiled(context, &source, &environment)?;
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
        let ground = Ground {
            source: &source,
            environment: &environment,
        };
        let go_on = format!("liftform deploy --env {} --resume", plan.environment);
        let failures = tell(context, ground, &session, &outcome, &go_on).await;
        conclude(context, &outcome, &session, status, &failures)?;
        Ok(status)
    })
}
