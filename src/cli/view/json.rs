//! Events as JSON lines on stdout. `type` is one of a closed list; words for people are not among the fields.

use std::io::{self, Write as _};

use serde_json::{Value, json};

use super::words;
use crate::event::{Event, EventSink, SkipReason, StackAction, StackEnding, StackRef};

/// JSON lines.
pub(super) struct JsonLines;

impl JsonLines {
    pub(super) fn start() -> Self {
        write(
            &json!({ "type": "version", "format_version": 1, "liftform": env!("CARGO_PKG_VERSION") }),
        );
        Self
    }
}

impl EventSink for JsonLines {
    fn emit(&self, event: Event) {
        write(&value(&event));
    }
}

fn write(value: &Value) {
    // A reader that is gone is no reason to stop a deployment.
    let _ = writeln!(io::stdout(), "{value}");
}

fn value(event: &Event) -> Value {
    match event {
        Event::PackagesBuilding { packages } => {
            json!({ "type": "packages_building", "packages": packages })
        }
        Event::CrateCompiled { package } => json!({ "type": "crate_compiled", "package": package }),
        Event::ArtifactBuilt { key, size } => {
            json!({ "type": "artifact_built", "key": key, "size": size })
        }
        Event::ArtifactUploading { key, region, size } => {
            json!({ "type": "artifact_uploading", "key": key, "region": region, "size": size })
        }
        Event::ArtifactUploaded { key, region } => {
            json!({ "type": "artifact_uploaded", "key": key, "region": region })
        }
        Event::ArtifactPresent { key, region } => {
            json!({ "type": "artifact_present", "key": key, "region": region })
        }
        Event::StackStarted { stack, action } => {
            about(stack, "stack_started", json!({ "action": name(*action) }))
        }
        Event::SessionsRunning {
            sessions,
            players,
            patience,
        } => json!({
            "type": "sessions_running", "sessions": sessions, "players": players, "patience_seconds": patience.as_secs(),
        }),
        Event::StackBusy { stack, status } => {
            about(stack, "stack_busy", json!({ "status": status }))
        }
        Event::ResourceChanged { stack, resource } => about(
            stack,
            "resource",
            json!({
                "logical_id": resource.logical_id,
                "resource_type": resource.kind,
                "status": resource.status,
                "reason": resource.reason,
            }),
        ),
        Event::StackSkipped { stack, reason } => {
            about(stack, "stack_skipped", json!({ "reason": why(*reason) }))
        }
        Event::StackFinished {
            stack,
            ending,
            took,
        } => {
            let unfinished = *ending == StackEnding::Unfinished;
            let ending = if unfinished {
                "unfinished"
            } else {
                words::ended(*ending)
            };
            about(
                stack,
                "stack_finished",
                json!({ "ending": ending, "seconds": took.as_secs() }),
            )
        }
        Event::LocalCloud { step } => json!({ "type": "local_cloud", "message": step }),
        Event::Warning { message } => json!({ "type": "warning", "message": message }),
    }
}

fn about(stack: &StackRef, kind: &str, mut fields: Value) -> Value {
    fields["type"] = kind.into();
    fields["stack"] = stack.name.as_str().into();
    fields["region"] = stack.region.as_str().into();
    fields
}

fn name(action: StackAction) -> &'static str {
    match action {
        StackAction::Create => "create",
        StackAction::Update => "update",
        StackAction::Recreate => "recreate",
        StackAction::Delete => "delete",
        StackAction::Rollback => "rollback",
    }
}

fn why(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Unchanged => "unchanged",
        SkipReason::Absent => "absent",
        SkipReason::NotSelected => "not_selected",
        SkipReason::EarlierFailure => "earlier_failure",
        SkipReason::InUse => "in_use",
        SkipReason::Interrupted => "interrupted",
        SkipReason::Unfinished => "unfinished",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stack_events_name_stack_and_region() {
        let event = Event::StackSkipped {
            stack: StackRef::new("game", "eu-west-1"),
            reason: SkipReason::Unchanged,
        };
        assert_eq!(
            value(&event),
            json!({ "type": "stack_skipped", "stack": "game", "region": "eu-west-1", "reason": "unchanged" })
        );
    }
}
