//! `liftform doctor`.

use std::path::Path;

use plan::{StackPlan, StackRole, access};
use serde_json::json;
use topology::environment::{Environment, Target};

use super::args::{DoctorArgs, OutputForm};
use super::context::Context;
use super::error::CliError;
use super::status::ExitStatus;
use super::{local, output, session};
use crate::aws::{Connection, ConnectionOptions};
use crate::event::StackRef;
use crate::local::suitable_python;
use crate::ops::compile::Compiled;
use crate::ops::doctor::{self, Check, State, is_healthy, program};
use crate::ops::source::TopologySource;

pub(super) fn run(_args: &DoctorArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let mut checks = Vec::new();
    let source = topology(context, &mut checks);
    let compiled = source
        .as_ref()
        .and_then(|source| environment(context, source, &mut checks));
    checks.extend(toolchain(context, source.as_ref()));
    session::block_on(async {
        let target = compiled.as_ref().map(|compiled| compiled.plan.target);
        checks.extend(local_cloud(context, target).await);
        if let (Some(compiled), Some(Target::Aws)) = (&compiled, target) {
            checks.extend(account(context, &compiled.environment, &compiled.plan).await);
        }
        Ok(())
    })?;
    show(context, &checks)?;
    Ok(if is_healthy(&checks) {
        ExitStatus::Done
    } else {
        ExitStatus::Failure
    })
}

fn topology(context: &Context, checks: &mut Vec<Check>) -> Option<TopologySource> {
    const SUBJECT: &str = "topology";
    match context.topology() {
        Ok(source) => {
            checks.push(Check::new(SUBJECT, State::Fine, &source.file));
            Some(source)
        }
        // Who asked for none may be anywhere.
        Err(error) if context.global.topology.is_none() && context.global.env.is_empty() => {
            checks.push(told(SUBJECT, State::Note, error));
            None
        }
        Err(error) => {
            checks.push(told(SUBJECT, State::Missing, error));
            None
        }
    }
}

/// None: no environment was asked for, or it is wrong.
fn environment(
    context: &Context,
    source: &TopologySource,
    checks: &mut Vec<Check>,
) -> Option<Compiled> {
    const SUBJECT: &str = "environment";
    if context.global.env.is_empty() {
        let known = context.compiler().environments(source);
        let known = known.unwrap_or_default().join(", ");
        let check = Check::new(SUBJECT, State::Note, "none asked for");
        checks.push(check.hint(format!(
            "`--env NAME` also looks at credentials and regions. There are: {known}."
        )));
        return None;
    }
    let compiled = context
        .environment(source)
        .and_then(|name| session::compiled(context, source, &name));
    match compiled {
        Ok(compiled) => {
            let plan = &compiled.plan;
            let detail = format!("{}, {} stacks", plan.environment, plan.stacks.len());
            checks.push(Check::new(SUBJECT, State::Fine, detail));
            Some(compiled)
        }
        Err(error) => {
            checks.push(told(SUBJECT, State::Missing, error));
            None
        }
    }
}

/// What handlers and game servers are built with.
fn toolchain(context: &Context, source: Option<&TopologySource>) -> Vec<Check> {
    // The folder may pin a toolchain of its own.
    let folder = source
        .map(|source| source.folder.as_path())
        .filter(|folder| folder.is_dir())
        .unwrap_or_else(|| Path::new("."));
    let cargo = program("cargo", &context.cargo(), folder);
    let compiler = program("C compiler", Path::new("cc"), folder);
    vec![
        advised(
            cargo,
            "Install Rust with https://rustup.rs: handlers and game servers are built with it.",
        ),
        advised(
            compiler,
            "Install one, on Debian and Ubuntu with `apt-get install build-essential`: crates link with it.",
        ),
    ]
}

fn advised(check: Check, hint: &str) -> Check {
    match check.state {
        State::Missing => check.hint(hint),
        State::Fine | State::Note => check,
    }
}

/// What the local cloud runs with. Who looks at an environment in AWS needs none.
async fn local_cloud(context: &Context, target: Option<Target>) -> Vec<Check> {
    let missing = match target {
        Some(Target::Aws) => State::Note,
        Some(Target::Local) | None => State::Missing,
    };
    let python = match local::options(context) {
        Err(error) => told("Python", missing, error),
        Ok(options) => match suitable_python(&options).await {
            Ok((path, version)) => {
                let detail = format!("{version} ({})", path.display());
                Check::new("Python", State::Fine, detail)
            }
            Err(error) => told("Python", missing, error.into()),
        },
    };
    let cloud = match local::running(context).await {
        Ok(Some(address)) => {
            Check::new("local cloud", State::Fine, format!("running at {address}"))
        }
        Ok(None) => Check::new("local cloud", State::Note, "not running")
            .hint("`liftform deploy` to an environment with `target: local` starts it."),
        Err(error) => told("local cloud", missing, error),
    };
    vec![python, cloud]
}

/// Who is calling, and what is prepared where.
async fn account(context: &Context, environment: &Environment, plan: &StackPlan) -> Vec<Check> {
    let connection = Connection::open(&ConnectionOptions {
        region: plan.home.clone(),
        profile: context.global.profile.clone(),
        role: context.global.role_arn.clone(),
        local: None,
    })
    .await;
    let caller = match session::check_account(context, plan, &connection).await {
        Ok(caller) => caller,
        // Nothing can be looked at without.
        Err(error) => return vec![told("credentials", State::Missing, error)],
    };
    let detail = format!("account {} as {}", caller.account, caller.arn);
    let mut checks = vec![Check::new("credentials", State::Fine, detail)];
    let filter = context.filter();
    let stacks = plan.stacks.iter();
    let artifacts = stacks.filter(|stack| {
        stack.role == StackRole::Artifacts && filter.includes(&stack.name, &stack.region)
    });
    for stack in artifacts {
        let stack = StackRef::new(&stack.name, &stack.region);
        checks.push(doctor::region(&connection, &stack, &plan.environment).await);
    }
    let planned = access(environment, plan, None).ok();
    if let Some(roles) = planned.as_ref().and_then(|planned| planned.stacks.last()) {
        let stack = StackRef::new(&roles.name, &roles.region);
        checks.push(doctor::roles(&connection, &stack, &plan.environment).await);
    }
    checks
}

fn told(subject: &str, state: State, error: CliError) -> Check {
    let (detail, hint) = error.told();
    let check = Check::new(subject, state, detail);
    match hint {
        Some(hint) => check.hint(hint),
        None => check,
    }
}

fn show(context: &Context, checks: &[Check]) -> Result<(), CliError> {
    match context.output() {
        OutputForm::Text => output::text(&table(checks)),
        OutputForm::Json | OutputForm::Jsonl => {
            let list: Vec<_> = checks
                .iter()
                .map(|check| {
                    json!({
                        "check": check.subject,
                        "state": word(check.state),
                        "detail": check.detail,
                        "hint": check.hint,
                    })
                })
                .collect();
            output::json(
                &json!({ "format_version": 1, "healthy": is_healthy(checks), "checks": list }),
            )
        }
    }
}

fn table(checks: &[Check]) -> String {
    let width = checks.iter().map(|check| check.subject.len()).max();
    let width = width.unwrap_or_default();
    let line = |check: &Check| {
        let hint = check
            .hint
            .as_ref()
            .map(|hint| format!("{:9}hint: {hint}\n", ""))
            .unwrap_or_default();
        format!(
            "{:<8} {:<width$}  {}\n{hint}",
            word(check.state),
            check.subject,
            check.detail
        )
    };
    checks.iter().map(line).collect()
}

fn word(state: State) -> &'static str {
    match state {
        State::Fine => "ok",
        State::Note => "note",
        State::Missing => "missing",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_is_a_line_and_its_hint_another() {
        let checks = [
            Check::new("cargo", State::Fine, "cargo 1.95.0"),
            Check::new("local cloud", State::Note, "not running").hint("start it"),
        ];
        assert_eq!(
            table(&checks),
            "ok       cargo        cargo 1.95.0\nnote     local cloud  not running\n         hint: start it\n"
        );
    }
}
