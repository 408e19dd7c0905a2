//! Comparisons with what is deployed.

use std::fs;
use std::path::Path;

use plan::StackPlan;
use review::plan_file::Scope;
use review::{Review, Secrets};
use topology::environment::Target;

use super::super::args::{DiffArgs, MethodChoice};
use super::super::context::Context;
use super::super::error::CliError;
use super::super::session::{self, Session, Start};
use super::super::status::ExitStatus;
use super::super::{output, view};
use super::offline::subject;
use crate::aws::Connection;
use crate::bundle::{ArtifactCatalog, bundle};
use crate::deploy::{
    DeployOptions, Lifetime, Method, Operation, Prepared, RealPace, Reliable, StackSpec, WhenBusy,
    discard, prepare, sweep,
};
use crate::event::Event;
use crate::ops::diff::deployed;
use crate::ops::plan_file;
use crate::ops::source::TopologySource;

type Deployment<'run> = Operation<'run, Reliable<'run, Connection, RealPace>, Connection, RealPace>;

/// An environment and its deployed stacks.
pub(super) fn review(
    args: &DiffArgs,
    context: &Context,
    source: &TopologySource,
    environment: &str,
) -> Result<Review, CliError> {
    let plan = session::compile(context, source, environment)?;
    let specs = session::specs(context, &plan)?;
    let events = view::progress(context);
    let options = session::bundle_options(context, source, plan.architecture)?;
    let catalog = bundle(&session::artifacts(&specs), &options, &*events)?;
    session::block_on(async {
        let Some(session) = session::connect(context, &plan, Start::Never, &*events).await? else {
            let message = "the local cloud isn't running, so there is nothing to compare with";
            return Err(CliError::new(ExitStatus::Refused, message)
                .hint("Start it with `liftform local up --detach`."));
        };
        let lifetime = match args.out {
            Some(_) => Lifetime::Plan,
            None => Lifetime::Run,
        };
        let options = DeployOptions {
            lifetime,
            ..session::deploy_options(context, plan.target, WhenBusy::Refuse)
        };
        let pace = RealPace::start();
        let stacks = session.stacks(&pace);
        let operation = Operation {
            stacks: &stacks,
            store: &session.connection,
            pace: &pace,
            options: &options,
            events: &*events,
        };
        let run = Run {
            args,
            context,
            plan: &plan,
            specs: &specs,
            catalog: &catalog,
            session: &session,
        };
        tokio::select! {
            reviewed = run.review(&operation) => reviewed,
            _ = tokio::signal::ctrl_c() => {
                output::notice(context, "removing the change sets that were made");
                sweep(&operation, &specs).await;
                Err(CliError::silent(ExitStatus::Interrupted))
            }
        }
    })
}

struct Run<'run> {
    args: &'run DiffArgs,
    context: &'run Context,
    plan: &'run StackPlan,
    specs: &'run [StackSpec],
    catalog: &'run ArtifactCatalog,
    session: &'run Session,
}

impl Run<'_> {
    async fn review(&self, operation: &Deployment<'_>) -> Result<Review, CliError> {
        let method = match self.args.method {
            Some(MethodChoice::Template) => Method::Template,
            Some(MethodChoice::Changeset) | None => Method::ChangeSet,
        };
        let prepared = prepare(operation, self.specs, self.catalog, method).await?;
        let reviewed = self.reviewed(operation, &prepared).await;
        let Some(path) = &self.args.out else {
            discard(operation, &prepared).await;
            return reviewed;
        };
        let kept = match reviewed {
            Ok(review) => self.keep(operation, &prepared, review, path).await,
            Err(error) => Err(error),
        };
        if kept.is_err() {
            discard(operation, &prepared).await;
        }
        kept
    }

    async fn reviewed(
        &self,
        operation: &Deployment<'_>,
        prepared: &[Prepared],
    ) -> Result<Review, CliError> {
        let mut secrets = Secrets::default();
        let mut stacks = deployed::review_all(prepared, &mut secrets)?;
        for error in deployed::add_running_sessions(&self.session.connection, &mut stacks).await {
            let message =
                format!("how many sessions run on a fleet that goes is not known: {error}");
            operation.events.emit(Event::Warning { message });
        }
        let subject = subject(self.plan, "deployed".to_owned());
        Ok(super::reviewed(self.context, subject, stacks, &secrets))
    }

    /// Writes the plan; the change sets stay for it.
    async fn keep(
        &self,
        operation: &Deployment<'_>,
        prepared: &[Prepared],
        review: Review,
        path: &Path,
    ) -> Result<Review, CliError> {
        let scope = scope(self.plan, &self.session.connection).await?;
        let pinned = plan_file::pin(operation.stacks, scope, prepared, review.clone()).await?;
        fs::write(path, pinned.to_text()).map_err(|error| {
            let message = format!("cannot write the plan `{}`: {error}", path.display());
            CliError::new(ExitStatus::Failure, message)
        })?;
        let (environment, path) = (&self.plan.environment, path.display());
        output::notice(
            self.context,
            &format!(
                "The change sets of this plan wait in CloudFormation. `liftform deploy --env {environment} --plan {path}` executes \
                 them, `liftform diff --env {environment} --discard {path}` removes them."
            ),
        );
        Ok(review)
    }
}

/// What a plan of this environment is for.
pub(in super::super) async fn scope(
    plan: &StackPlan,
    connection: &Connection,
) -> Result<Scope, CliError> {
    let account = match plan.target {
        Target::Aws => Some(connection.caller().await?.account),
        Target::Local => None,
    };
    Ok(Scope {
        liftform: env!("CARGO_PKG_VERSION").to_owned(),
        topology: plan.topology.clone(),
        environment: plan.environment.clone(),
        account,
    })
}
