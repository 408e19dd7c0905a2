//! `liftform bootstrap`.

use plan::{AccessRole, GitHub, Provider, StackPlan, access, policy_documents};
use serde_json::Value;
use topology::environment::{Environment, Target};

use super::args::{BootstrapArgs, RoleChoice};
use super::context::Context;
use super::deploy;
use super::diff::subject;
use super::error::CliError;
use super::session::{self, Start};
use super::status::ExitStatus;
use super::{output, prompt, view};
use crate::bundle::ArtifactCatalog;
use crate::deploy::{
    Everything, Method, Operation, Prepared, PreparedStep, RealPace, StackSpec, WhenBusy, discard,
    execute, prepare, settle_all,
};
use crate::ops::select::StackFilter;
use crate::ops::synth::{self, TemplateFormat};

pub(super) fn run(args: &BootstrapArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let name = context.environment(&source)?;
    let compiled = session::compiled(context, &source, &name)?;
    let environment = &compiled.environment;
    if let Some(role) = args.show_policy {
        let documents = policy_documents(role.into(), environment, &compiled.plan);
        output::json(&named(&Value::Array(documents), environment))?;
        return Ok(ExitStatus::Done);
    }
    let planned = access(environment, &compiled.plan, args.github().as_ref())
        .map_err(|error| CliError::of(ExitStatus::Refused, &error, None))?;
    if let Some(folder) = &args.out {
        let files = synth::files(&planned, &StackFilter::default(), TemplateFormat::Json);
        synth::write(folder, &files)?;
        let stacks = planned.stacks.len();
        output::text(&format!(
            "{}: {stacks} templates and {}\n",
            folder.display(),
            synth::MANIFEST
        ))?;
        return Ok(ExitStatus::Done);
    }
    if args.show_template {
        let roles = planned.stacks.last().map(|stack| stack.template.to_json());
        output::text(&roles.unwrap_or_default())?;
        return Ok(ExitStatus::Done);
    }
    session::block_on(deploy_access(context, &planned))
}

impl BootstrapArgs {
    fn github(&self) -> Option<GitHub> {
        let trusted = self.oidc.as_ref()?;
        Some(GitHub {
            repository: trusted.repository.clone(),
            reference: trusted.reference.clone(),
            provider: if self.existing_provider {
                Provider::Existing
            } else {
                Provider::Create
            },
        })
    }
}

impl From<RoleChoice> for AccessRole {
    fn from(choice: RoleChoice) -> Self {
        match choice {
            RoleChoice::Diff => Self::Diff,
            RoleChoice::Deploy => Self::Deploy,
            RoleChoice::Publish => Self::Publish,
        }
    }
}

/// The texts that a template would substitute, as they are for the environment; where no account is known, any.
fn named(policy: &Value, environment: &Environment) -> Value {
    match policy {
        Value::String(text) => {
            let account = environment.account.as_deref().unwrap_or("*");
            let text = text.replace("${AWS::Partition}", "aws");
            text.replace("${AWS::AccountId}", account).into()
        }
        Value::Array(items) => items.iter().map(|item| named(item, environment)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter();
            Value::Object(
                fields
                    .map(|(key, value)| (key.clone(), named(value, environment)))
                    .collect(),
            )
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => policy.clone(),
    }
}

async fn deploy_access(context: &Context, planned: &StackPlan) -> Result<ExitStatus, CliError> {
    let events = view::progress(context);
    let Some(session) = session::connect(context, planned, Start::IfNeeded, &*events).await? else {
        return Err(CliError::new(
            ExitStatus::Failure,
            "the local cloud is gone again",
        ));
    };
    let specs = StackSpec::from_plan(planned);
    let options = session::deploy_options(context, planned.target, WhenBusy::Wait);
    let pace = RealPace::start();
    let stacks = session.stacks(&pace);
    let operation = Operation {
        stacks: &stacks,
        store: &session.connection,
        pace: &pace,
        options: &options,
        events: &*events,
    };
    // Roles and bucket take nothing that is built.
    let catalog = ArtifactCatalog::default();
    settle_all(&operation, &specs).await?;
    let prepared = prepare(&operation, &specs, &catalog, Method::ChangeSet).await?;
    if let Err(error) = approved(context, planned, &prepared) {
        discard(&operation, &prepared).await;
        return Err(error);
    }
    let outcome = execute(&operation, &specs, &catalog, &prepared, &Everything).await;
    drop(events);
    let status = outcome.verdict().into();
    deploy::report(context, &outcome, &session, status)?;
    Ok(status)
}

fn approved(context: &Context, planned: &StackPlan, prepared: &[Prepared]) -> Result<(), CliError> {
    let review = deploy::review(subject(planned, "deployed".to_owned()), prepared)?;
    deploy::show(context, &review);
    let is_left = |stack: &Prepared| stack.step == PreparedStep::Leave;
    if planned.target == Target::Aws && !prepared.iter().all(is_left) {
        prompt::approve(context, "Deploy these?")?;
    }
    Ok(())
}
