//! Events in words, one line each.

use super::Detail;
use crate::cli::duration;
use crate::event::{Event, ResourceProgress, SkipReason, StackAction, StackEnding};

/// The line of an event; none: not worth one at this detail.
pub(super) fn line(event: &Event, detail: Detail) -> Option<String> {
    let full = detail == Detail::Full;
    Some(match event {
        Event::PackagesBuilding { packages } => format!(
            "building {} packages: {}",
            packages.len(),
            packages.join(", ")
        ),
        Event::CrateCompiled { package } => return full.then(|| format!("compiled {package}")),
        Event::ArtifactBuilt { key, size } => format!("packed {key} ({})", bytes(*size)),
        Event::ArtifactUploading { key, region, size } => {
            format!("{region}: uploading {key} ({})", bytes(*size))
        }
        Event::ArtifactUploaded { key, region } => {
            return full.then(|| format!("{region}: uploaded {key}"));
        }
        Event::ArtifactPresent { key, region } => {
            return full.then(|| format!("{region}: {key} is there already"));
        }
        Event::StackStarted { stack, action } => format!("{stack}: {}", doing(*action)),
        Event::StackBusy { stack, status } => {
            format!("{stack}: waiting for another operation ({status})")
        }
        Event::ResourceChanged { stack, resource } => {
            let worth_it = full || is_outcome(resource);
            return worth_it.then(|| format!("{stack}: {}", progress(resource)));
        }
        Event::StackSkipped { stack, reason } => format!("{stack}: {}", skipped(*reason)),
        Event::StackFinished {
            stack,
            ending,
            took,
        } => {
            format!("{stack}: {} in {}", ended(*ending), duration::show(*took))
        }
        Event::SessionsRunning {
            sessions,
            players,
            patience,
        } => format!(
            "waiting at most {} for {sessions} game {} with {players} {} to end",
            duration::show(*patience),
            if *sessions == 1 {
                "session"
            } else {
                "sessions"
            },
            if *players == 1 { "player" } else { "players" },
        ),
        Event::LocalCloud { step } => format!("local cloud: {step}"),
        Event::Warning { message } => format!("warning: {message}"),
    })
}

/// Beginnings are noise once the end is known.
fn is_outcome(resource: &ResourceProgress) -> bool {
    !resource.status.ends_with("_IN_PROGRESS")
}

pub(super) fn progress(resource: &ResourceProgress) -> String {
    let kind = resource
        .kind
        .strip_prefix("AWS::")
        .unwrap_or(&resource.kind);
    let failed = resource.status.ends_with("_FAILED");
    let reason = resource
        .reason
        .as_ref()
        .filter(|_| failed)
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default();
    format!("{} {} {kind}{reason}", resource.status, resource.logical_id)
}

fn doing(action: StackAction) -> &'static str {
    match action {
        StackAction::Create => "creating",
        StackAction::Update => "updating",
        StackAction::Recreate => "removing what a failed creation left, then creating",
        StackAction::Delete => "deleting",
        StackAction::Rollback => "taking back",
    }
}

pub(super) fn ended(ending: StackEnding) -> &'static str {
    match ending {
        StackEnding::Created => "created",
        StackEnding::Updated => "updated",
        StackEnding::Unchanged => "unchanged",
        StackEnding::Deleted => "deleted",
        StackEnding::RolledBack => "rolled back",
        StackEnding::Failed => "failed",
        StackEnding::Unfinished => "not finished when waiting ended",
    }
}

pub(in crate::cli) fn skipped(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Unchanged => "unchanged",
        SkipReason::Absent => "not there",
        SkipReason::NotSelected => "left alone, not asked for",
        SkipReason::EarlierFailure => "skipped, because a stack it needs failed",
        SkipReason::InUse => "kept, because other environments need it",
        SkipReason::Interrupted => "not started, because of the interruption",
        SkipReason::Unfinished => "not started, because a stack it needs isn't done",
    }
}

pub(in crate::cli) fn bytes(size: u64) -> String {
    match size {
        0..1024 => format!("{size} B"),
        1024..1_048_576 => format!("{} KiB", size / 1024),
        _ => format!(
            "{}.{} MiB",
            size / 1_048_576,
            size % 1_048_576 * 10 / 1_048_576
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::StackRef;

    fn changed(status: &str, reason: Option<&str>) -> Event {
        Event::ResourceChanged {
            stack: StackRef::new("game", "eu-west-1"),
            resource: ResourceProgress {
                logical_id: "Queue".to_owned(),
                kind: "AWS::GameLift::GameSessionQueue".to_owned(),
                status: status.to_owned(),
                reason: reason.map(str::to_owned),
            },
        }
    }

    #[test]
    fn failed_resource_says_why() {
        assert_eq!(
            line(&changed("CREATE_FAILED", Some("no fleet")), Detail::Normal).as_deref(),
            Some("game (eu-west-1): CREATE_FAILED Queue GameLift::GameSessionQueue: no fleet")
        );
    }

    #[test]
    fn beginnings_are_told_in_full_detail_only() {
        let event = changed("CREATE_IN_PROGRESS", Some("Resource creation Initiated"));
        assert_eq!(line(&event, Detail::Normal), None);
        assert!(line(&event, Detail::Full).is_some());
    }

    #[test]
    fn sizes_are_rounded_down() {
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(2048), "2 KiB");
        assert_eq!(bytes(1_572_864), "1.5 MiB");
    }
}
