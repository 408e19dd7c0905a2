//! What several commands do before their own work: compile, build, connect.

use std::collections::BTreeSet;

use plan::{Artifact, ParameterSource, StackPlan};
use topology::environment::Target;

use super::context::Context;
use super::error::CliError;
use super::local;
use super::output;
use super::status::ExitStatus;
use crate::aws::{CallerIdentity, Connection, ConnectionOptions};
use crate::bundle::{Architecture, BundleOptions};
use crate::deploy::{
    CallRate, DeployOptions, Pace, PollPolicy, Reliable, Selection, StackSpec, WhenBusy,
};
use crate::event::{EventSink, NoEvents, StackRef};
use crate::ops::compile::{Compiled, Refusal, Severity};
use crate::ops::source::TopologySource;

/// Stacks at once unless the user says otherwise.
const MAX_PARALLEL: u16 = 16;

/// Plans an environment, shows the warnings, and refuses templates with errors.
pub(super) fn compile(
    context: &Context,
    source: &TopologySource,
    environment: &str,
) -> Result<StackPlan, CliError> {
    Ok(compiled(context, source, environment)?.plan)
}

/// As [`compile`], with the environment that was planned.
pub(super) fn compiled(
    context: &Context,
    source: &TopologySource,
    environment: &str,
) -> Result<Compiled, CliError> {
    let compiled = context
        .compiler()
        .compile(source, environment, &context.global.set)?;
    output::diagnostics(context, &compiled.warnings);
    let stacks = compiled.plan.stacks.iter();
    let found: Vec<_> = stacks
        .flat_map(|stack| {
            context
                .compiler()
                .check_template(stack, &compiled.environment)
        })
        .collect();
    if found
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error)
    {
        return Err(Refusal(found).into());
    }
    output::diagnostics(context, &found);
    Ok(compiled)
}

/// The stacks of a plan, with what the user asked for marked.
pub(super) fn specs(context: &Context, plan: &StackPlan) -> Result<Vec<StackSpec>, CliError> {
    let filter = context.filter();
    let mut specs = StackSpec::from_plan(plan);
    for spec in &mut specs {
        if !filter.includes(&spec.stack.name, &spec.stack.region) {
            spec.selection = Selection::ReadOutputs;
        }
    }
    if specs
        .iter()
        .all(|spec| spec.selection == Selection::ReadOutputs)
    {
        let names: Vec<_> = specs.iter().map(|spec| spec.stack.to_string()).collect();
        let message = "no stack is in these regions with such a name";
        return Err(CliError::new(ExitStatus::Usage, message)
            .hint(format!("There are {}.", names.join(", "))));
    }
    Ok(specs)
}

/// The artifacts that the chosen stacks need.
pub(super) fn artifacts(specs: &[StackSpec]) -> BTreeSet<Artifact> {
    specs
        .iter()
        .filter(|spec| spec.selection == Selection::Deploy)
        .flat_map(|spec| spec.parameters.values())
        .filter_map(|source| match source {
            ParameterSource::Artifact(artifact) => Some(artifact.clone()),
            ParameterSource::Output { .. } => None,
        })
        .collect()
}

pub(super) fn bundle_options(
    context: &Context,
    source: &TopologySource,
    architecture: Architecture,
) -> Result<BundleOptions, CliError> {
    Ok(BundleOptions {
        folder: source.folder.clone(),
        caches: context.cache_folder()?,
        architecture,
        cargo: context.cargo(),
        cargo_home: context.cargo_home(),
        target_directory: None,
        out: None,
    })
}

/// How many stacks are worked on at once.
pub(super) fn max_parallel(context: &Context) -> usize {
    context.global.max_parallel.unwrap_or(MAX_PARALLEL).into()
}

pub(super) fn deploy_options(
    context: &Context,
    target: Target,
    when_busy: WhenBusy,
) -> DeployOptions {
    let polling = match target {
        Target::Aws => PollPolicy::AWS,
        Target::Local => PollPolicy::LOCAL,
    };
    DeployOptions {
        timeout: context.global.timeout,
        when_busy,
        ..DeployOptions::new(context.run_id(), max_parallel(context), polling)
    }
}

/// Runs what waits for the network. Commands that don't never start it.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime
        .map_err(|error| CliError::new(ExitStatus::Failure, format!("cannot start: {error}")))?;
    runtime.block_on(work)
}

/// A connection, and the address of the local cloud when it leads there.
pub(super) struct Session {
    pub(super) connection: Connection,
    pub(super) local: Option<String>,
    /// The connection of what repeats calls itself.
    single: Connection,
}

impl Session {
    /// CloudFormation for an operation over many stacks: one rate limiter per region, calls repeated under their tokens.
    pub(super) fn stacks<'run, Clock: Pace>(
        &'run self,
        pace: &'run Clock,
    ) -> Reliable<'run, Connection, Clock> {
        let rate = match self.local {
            None => CallRate::AWS,
            Some(_) => CallRate::LOCAL,
        };
        Reliable::new(&self.single, pace, rate)
    }
}

/// Whether a local cloud that isn't running is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    IfNeeded,
    Never,
}

/// Connects to where the environment lives, and makes sure that it is the right account.
pub(super) async fn connect(
    context: &Context,
    plan: &StackPlan,
    start: Start,
    events: &dyn EventSink,
) -> Result<Option<Session>, CliError> {
    let local = match (plan.target, start) {
        (Target::Aws, _) => None,
        (Target::Local, Start::IfNeeded) => Some(local::ensure_running(context, events).await?),
        (Target::Local, Start::Never) => match local::running(context).await? {
            None => return Ok(None),
            running => running,
        },
    };
    let connection = Connection::open(&ConnectionOptions {
        region: plan.home.clone(),
        profile: context.global.profile.clone(),
        role: context.global.role_arn.clone(),
        local: local.clone(),
    })
    .await;
    if plan.target == Target::Aws {
        check_account(context, plan, &connection).await?;
    }
    let single = connection.without_retries();
    Ok(Some(Session {
        connection,
        local,
        single,
    }))
}

/// Connects to where an environment is deployed; a local cloud that doesn't run holds nothing to look at.
pub(super) async fn attach(context: &Context, plan: &StackPlan) -> Result<Session, CliError> {
    connect(context, plan, Start::Never, &NoEvents)
        .await?
        .ok_or_else(|| {
            CliError::new(ExitStatus::Refused, "the local cloud isn't running")
                .hint(format!("Run `liftform deploy --env {}`.", plan.environment))
        })
}

/// The stacks that the user asked for.
pub(super) fn selected(context: &Context, plan: &StackPlan) -> Result<Vec<StackRef>, CliError> {
    let specs = specs(context, plan)?.into_iter();
    Ok(specs
        .filter(|spec| spec.selection == Selection::Deploy)
        .map(|spec| spec.stack)
        .collect())
}

/// Deploying to the wrong account is the worst that can happen, so it is looked at before anything else.
pub(super) async fn check_account(
    context: &Context,
    plan: &StackPlan,
    connection: &Connection,
) -> Result<CallerIdentity, CliError> {
    let caller = connection.caller().await?;
    let wanted = [
        ("--account", &context.global.account),
        ("the topology", &plan.account),
    ];
    for (place, account) in wanted {
        if let Some(account) = account
            && *account != caller.account
        {
            let message = format!(
                "the credentials are of account {} ({}), and {place} says {account}",
                caller.account, caller.arn
            );
            return Err(
                CliError::new(ExitStatus::Identity, message).hint("Choose another `--profile`.")
            );
        }
    }
    Ok(caller)
}
