//! `liftform deploy`.

mod approve;
mod detached;
mod failure;
mod report;
mod waves;

use std::fs;
use std::path::Path;

use plan::StackPlan;
use review::model::Subject;
use review::{Need, PlanFile, UpTo};
use topology::environment::{Environment, Target};

use super::args::DeployArgs;
use super::context::Context;
use super::diagnose::Ground;
use super::diff::{scope, subject};
use super::error::CliError;
use super::interrupt::UserPace;
use super::output;
use super::session::{self, Session, Start};
use super::status::ExitStatus;
use super::view;
use crate::aws::Connection;
use crate::bundle::{ArtifactCatalog, bundle};
use crate::deploy::{
    DeployOptions, DeployOutcome, Everything, Leftover, Method, Operation, Prepared, PreparedStep,
    Reliable, StackSpec, WhenBusy, discard, execute, prepare, settle_all, sweep, sweep_earlier,
    watch,
};
use crate::event::EventSink;
use crate::ops::compile::Compiled;
use crate::ops::plan_file;
use crate::ops::source::TopologySource;

pub(super) use self::approve::{allowance, approve, review, show};
pub(super) use self::failure::{Failures, tell};
pub(super) use self::report::{conclude, report, report_failures, result, summary};

/// The operation of a deployment.
type Running<'run> = Operation<'run, Reliable<'run, Connection, UserPace>, Connection, UserPace>;

pub(super) fn run(args: &DeployArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let environment = context.environment(&source)?;
    let Compiled {
        plan, environment, ..
    } = session::compiled(context, &source, &environment)?;
    let mut specs = session::specs(context, &plan)?;
    if let Some(waves) = &args.waves {
        let applied = waves.apply(&mut specs);
        applied.map_err(|error| CliError::of(ExitStatus::Usage, &error, None))?;
    }
    let specs = specs;
    refuse_without_approval(args, context, &plan)?;
    let events = view::progress(context);
    let options = session::bundle_options(context, &source, plan.architecture)?;
    let catalog = bundle(&session::artifacts(&specs), &options, &*events)?;
    let deployment = Deployment {
        args,
        context,
        source: &source,
        environment: &environment,
        plan: &plan,
        specs: &specs,
        catalog: &catalog,
    };
    session::block_on(deployment.connect_and_run(events))
}

/// Nobody will be there to approve it in ten minutes, either, so the build needn't be waited for.
fn refuse_without_approval(
    args: &DeployArgs,
    context: &Context,
    plan: &StackPlan,
) -> Result<(), CliError> {
    let asks = args.plan.is_none() && allowance(args, context).up_to == UpTo::Never;
    if plan.target == Target::Aws && asks && !context.can_ask() {
        let message = format!(
            "deploying `{}` needs an approval, and there is no terminal to ask on",
            plan.environment
        );
        return Err(CliError::new(ExitStatus::NotApproved, message)
            .hint("Approve it in advance with `--yes` or `--approve`, or deploy a `--plan`."));
    }
    Ok(())
}

/// One call of the command.
struct Deployment<'run> {
    args: &'run DeployArgs,
    context: &'run Context,
    source: &'run TopologySource,
    environment: &'run Environment,
    plan: &'run StackPlan,
    specs: &'run [StackSpec],
    catalog: &'run ArtifactCatalog,
}

/// What is executed, and what was approved of it.
struct Approved {
    prepared: Vec<Prepared>,
    need: Need,
}

impl Deployment<'_> {
    async fn connect_and_run(&self, events: Box<dyn EventSink>) -> Result<ExitStatus, CliError> {
        let context = self.context;
        let connected = session::connect(context, self.plan, Start::IfNeeded, &*events).await?;
        let session = connected
            .ok_or_else(|| CliError::new(ExitStatus::Failure, "the local cloud is gone again"))?;
        let options = self.options();
        let pace = UserPace::start();
        let stacks = session.stacks(&pace);
        let operation = Operation {
            stacks: &stacks,
            store: &session.connection,
            pace: &pace,
            options: &options,
            events: &*events,
        };
        let work = self.deploy(&operation, &session);
        let ended = pace
            .listening(context, self.args.on_interrupt, work)
            .await?;
        let Some(outcome) = ended else {
            // Stopped before anything was executed.
            return Ok(pace.stopped().unwrap_or(ExitStatus::Interrupted));
        };
        drop(events);
        let status = pace.stopped().unwrap_or_else(|| outcome.verdict().into());
        let environment = &self.plan.environment;
        let go_on = format!("liftform deploy --env {environment} --resume");
        let failures = failure::tell(context, self.ground(), &session, &outcome, &go_on).await;
        detached::tell(context, &outcome, environment);
        report::conclude(context, &outcome, &session, status, &failures)?;
        Ok(status)
    }

    fn ground(&self) -> Ground<'_> {
        Ground {
            source: self.source,
            environment: self.environment,
        }
    }

    fn options(&self) -> DeployOptions {
        let when_busy = if self.args.fail_if_busy {
            WhenBusy::Refuse
        } else {
            WhenBusy::Wait
        };
        DeployOptions {
            on_failure: self.args.on_failure.into(),
            detach: self.args.detach,
            allow_replace: self.args.allow_replace.iter().cloned().collect(),
            ..session::deploy_options(self.context, self.plan.target, when_busy)
        }
    }

    /// None: somebody stopped it before anything was executed.
    async fn deploy(
        &self,
        operation: &Running<'_>,
        session: &Session,
    ) -> Result<Option<DeployOutcome>, CliError> {
        let subject = subject(self.plan, "deployed".to_owned());
        let preparing = self.prepare(operation, session, &subject);
        let Some(approved) = operation.pace.droppable(preparing).await else {
            output::notice(self.context, "Removing the change sets that were made.");
            sweep(operation, self.specs).await;
            return Ok(None);
        };
        let Approved { prepared, need } = approved?;
        let allowance = allowance(self.args, self.context);
        let approver = approve::Approver {
            context: self.context,
            allowance: &allowance,
            approved: &need,
            subject: &subject,
        };
        let (specs, catalog) = (self.specs, self.catalog);
        let outcome = match self.plan.target {
            Target::Aws => execute(operation, specs, catalog, &prepared, &approver).await,
            Target::Local => execute(operation, specs, catalog, &prepared, &Everything).await,
        };
        Ok(Some(outcome))
    }

    /// Prepares, shows and gets an approval; what was made is taken away when there is none.
    async fn prepare(
        &self,
        operation: &Running<'_>,
        session: &Session,
        subject: &Subject,
    ) -> Result<Approved, CliError> {
        if let Some(path) = &self.args.plan {
            return self.planned(operation, session, path).await;
        }
        if self.args.resume {
            let stacks: Vec<_> = self.specs.iter().map(|spec| spec.stack.clone()).collect();
            // How earlier operations ended shows in what is prepared next.
            let _ = watch(operation, &stacks).await;
            let pinned = sweep_earlier(operation, self.specs).await;
            self.tell_pinned(&pinned);
        }
        settle_all(operation, self.specs).await?;
        let prepared = prepare(operation, self.specs, self.catalog, Method::ChangeSet).await?;
        let approved = self.approved(&prepared, subject).await;
        if approved.is_err() {
            discard(operation, &prepared).await;
        }
        let need = approved?;
        Ok(Approved { prepared, need })
    }

    /// Shows the order, if the user asked for one.
    fn show_waves(&self, prepared: &[Prepared]) {
        if self.args.waves.is_some()
            && let Some(text) = waves::text(prepared)
        {
            output::notice(self.context, &text);
        }
    }

    /// Change sets of plans stay: somebody may be about to execute one.
    fn tell_pinned(&self, pinned: &[Leftover]) {
        if pinned.is_empty() {
            return;
        }
        let message = format!(
            "{} change sets of plan files are left alone. `liftform diff --env {} --discard all` removes them.",
            pinned.len(),
            self.plan.environment
        );
        output::notice(self.context, &message);
    }

    async fn approved(&self, prepared: &[Prepared], subject: &Subject) -> Result<Need, CliError> {
        let review = review(subject.clone(), prepared)?;
        show(self.context, &review);
        self.show_waves(prepared);
        let is_blocked = |stack: &Prepared| stack.step == PreparedStep::Blocked;
        if self.plan.target == Target::Aws && !prepared.iter().any(is_blocked) {
            approve(self.context, &allowance(self.args, self.context), &review).await?;
        }
        Ok(review.approval)
    }

    /// What a plan file pins, if it still holds. Whoever hands it over has approved what it shows, but for what needs an
    /// allowance by name.
    async fn planned(
        &self,
        operation: &Running<'_>,
        session: &Session,
        path: &Path,
    ) -> Result<Approved, CliError> {
        let file = read_plan(path)?;
        let scope = scope(self.plan, &session.connection).await?;
        let (specs, catalog) = (self.specs, self.catalog);
        let current = plan_file::current(operation, scope, specs, catalog, &file).await?;
        file.verify(&current).map_err(|stale| {
            CliError::of(ExitStatus::Conflict, &stale, None)
                .hint(format!(
                    "Make a new plan with `liftform diff --out` and have it approved. `liftform diff --env {} --discard {}` \
                     removes the change sets of this one.",
                    self.plan.environment,
                    path.display()
                ))
        })?;
        show(self.context, &file.review);
        if self.plan.target == Target::Aws {
            let mut allowance = allowance(self.args, self.context);
            allowance.up_to = UpTo::Any;
            approve(self.context, &allowance, &file.review).await?;
        }
        let prepared = plan_file::prepared(operation, specs, catalog, &file).await?;
        self.show_waves(&prepared);
        Ok(Approved {
            prepared,
            need: file.review.approval,
        })
    }
}

pub(super) fn read_plan(path: &Path) -> Result<PlanFile, CliError> {
    let text = fs::read_to_string(path).map_err(|error| {
        let message = format!("cannot read the plan `{}`: {error}", path.display());
        CliError::new(ExitStatus::Refused, message)
    })?;
    PlanFile::parse(&text).map_err(|error| {
        CliError::of(ExitStatus::Refused, &error, None)
            .hint("Write one with `liftform diff --out FILE`.")
    })
}
