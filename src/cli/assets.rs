//! `liftform assets`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use plan::{StackPlan, StackRole};
use serde_json::{Value, json};

use super::args::{AssetsArgs, AssetsCommand, AssetsGcArgs, OutputForm};
use super::context::Context;
use super::error::CliError;
use super::session::{self, Session};
use super::status::ExitStatus;
use super::view::words::bytes;
use super::{output, prompt};
use crate::deploy::{BUCKET_OUTPUT, StackApi as _};
use crate::event::StackRef;
use crate::ops::assets::{self, AssetApi as _, Holdings, Reason, Sweep};

/// A bucket of one region with what lies in it.
struct Bucket {
    region: String,
    name: String,
    holdings: Holdings,
}

pub(super) fn run(args: &AssetsArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let environment = context.environment(&source)?;
    let plan = session::compile(context, &source, &environment)?;
    session::block_on(async {
        let session = session::attach(context, &plan).await?;
        let buckets = buckets(context, &plan, &session).await?;
        match &args.command {
            AssetsCommand::Ls => list(context, &buckets),
            AssetsCommand::Gc(args) => sweep(args, context, &session, &buckets).await,
        }
    })
}

/// The artifact buckets of the environment's regions; a region without one is left out.
async fn buckets(
    context: &Context,
    plan: &StackPlan,
    session: &Session,
) -> Result<Vec<Bucket>, CliError> {
    let filter = context.filter();
    let stacks: BTreeSet<StackRef> = plan
        .stacks
        .iter()
        .filter(|stack| stack.role == StackRole::Artifacts)
        .filter(|stack| filter.regions.is_empty() || filter.regions.contains(&stack.region))
        .map(|stack| StackRef::new(&stack.name, &stack.region))
        .collect();
    let mut buckets = Vec::new();
    for stack in stacks {
        let state = session.connection.describe(&stack).await?;
        let Some(name) = state.and_then(|state| state.outputs.get(BUCKET_OUTPUT).cloned()) else {
            continue;
        };
        let max_parallel = session::max_parallel(context);
        let holdings =
            assets::survey(&session.connection, &stack.region, &name, max_parallel).await?;
        buckets.push(Bucket {
            region: stack.region,
            name,
            holdings,
        });
    }
    Ok(buckets)
}

fn list(context: &Context, buckets: &[Bucket]) -> Result<ExitStatus, CliError> {
    match context.output() {
        OutputForm::Text => output::text(&table(buckets))?,
        OutputForm::Json | OutputForm::Jsonl => {
            let buckets: Vec<_> = buckets
                .iter()
                .map(|bucket| {
                    let objects = bucket.holdings.objects.iter().map(|object| {
                        let mut value = json!(object);
                        value["used_by"] = json!(bucket.holdings.users(&object.key));
                        value
                    });
                    json!({ "region": bucket.region, "bucket": bucket.name, "objects": objects.collect::<Vec<_>>() })
                })
                .collect();
            output::json(&json!({ "format_version": 1, "buckets": buckets }))?;
        }
    }
    Ok(ExitStatus::Done)
}

fn table(buckets: &[Bucket]) -> String {
    let mut text = String::new();
    for bucket in buckets {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{} ({})", bucket.name, bucket.region);
        for object in &bucket.holdings.objects {
            let users = match bucket.holdings.users(&object.key).join(", ") {
                users if users.is_empty() => "unused".to_owned(),
                users => users,
            };
            let size = bytes(object.size);
            let _ = writeln!(
                text,
                "  {}  {size:>9}  {}  {users}",
                object.modified, object.key
            );
        }
    }
    text
}

async fn sweep(
    args: &AssetsGcArgs,
    context: &Context,
    session: &Session,
    buckets: &[Bucket],
) -> Result<ExitStatus, CliError> {
    if let Some(busy) = buckets
        .iter()
        .find_map(|bucket| bucket.holdings.busy.first())
    {
        let message =
            format!("somebody is working on stack {busy}, which may be about to name an archive");
        return Err(CliError::new(ExitStatus::Conflict, message).hint("Try again when it is done."));
    }
    let now = context.now();
    let sweeps: Vec<_> = buckets
        .iter()
        .map(|bucket| (bucket, bucket.holdings.sweep(now, args.min_age)))
        .collect();
    let count: usize = sweeps.iter().map(|(_, sweep)| sweep.remove.len()).sum();
    if context.output() == OutputForm::Text {
        output::text(&show(&sweeps))?;
    }
    if !args.dry_run && count > 0 {
        prompt::approve(context, &format!("Remove {count} objects?"))?;
        for (bucket, sweep) in &sweeps {
            let keys: Vec<_> = sweep
                .remove
                .iter()
                .map(|object| object.key.clone())
                .collect();
            session
                .connection
                .remove(&bucket.region, &bucket.name, &keys)
                .await?;
        }
    }
    if context.output() != OutputForm::Text {
        let buckets: Vec<_> = sweeps
            .iter()
            .map(|(bucket, sweep)| whole(bucket, sweep))
            .collect();
        output::json(&json!({ "format_version": 1, "dry_run": args.dry_run, "buckets": buckets }))?;
    }
    Ok(ExitStatus::Done)
}

fn show(sweeps: &[(&Bucket, Sweep)]) -> String {
    let mut text = String::new();
    for (bucket, sweep) in sweeps {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{} ({})", bucket.name, bucket.region);
        for object in &sweep.remove {
            let _ = writeln!(
                text,
                "  - {}  {}  {}",
                object.modified,
                object.key,
                bytes(object.size)
            );
        }
    }
    let removed: Vec<_> = sweeps.iter().flat_map(|(_, sweep)| &sweep.remove).collect();
    let kept: usize = sweeps.iter().map(|(_, sweep)| sweep.keep.len()).sum();
    let size = bytes(removed.iter().map(|object| object.size).sum());
    let _ = writeln!(
        text,
        "{} to remove ({size}), {kept} to keep.",
        removed.len()
    );
    text
}

fn whole(bucket: &Bucket, sweep: &Sweep) -> Value {
    let kept = sweep.keep.iter().map(|(object, reason)| {
        let (reason, users) = match reason {
            Reason::Used(users) => ("used", users.clone()),
            Reason::Previous => ("previous", Vec::new()),
            Reason::Young => ("young", Vec::new()),
            Reason::Foreign => ("foreign", Vec::new()),
        };
        json!({ "key": object.key, "reason": reason, "used_by": users })
    });
    json!({
        "region": bucket.region,
        "bucket": bucket.name,
        "removed": sweep.remove,
        "kept": kept.collect::<Vec<_>>(),
    })
}
