//! Groups of progress lines, which GitHub Actions folds: the plan, warnings, failures and the result stay in sight between them.
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>

use std::cell::Cell;
use std::io::{self, Write as _};

use crate::event::Event;

/// The group that is open. Who writes something else leaves it first.
#[derive(Debug, Default)]
pub(in crate::cli) struct Groups {
    open: Cell<Option<&'static str>>,
}

impl Groups {
    /// Opens the group that an event belongs to, unless it is open.
    pub(super) fn enter(&self, event: &Event) {
        self.turn(title(event));
    }

    /// Closes the open group.
    pub(in crate::cli) fn leave(&self) {
        self.turn(None);
    }

    fn turn(&self, next: Option<&'static str>) {
        for command in commands(self.open.replace(next), next) {
            // Progress that nobody can read is no reason to stop a deployment.
            let _ = writeln!(io::stderr(), "{command}");
        }
    }
}

/// What turns one open group into another; groups can't be nested.
fn commands(open: Option<&str>, next: Option<&str>) -> Vec<String> {
    if open == next {
        return Vec::new();
    }
    let end = open.map(|_| "::endgroup::".to_owned());
    let begin = next.map(|title| format!("::group::{title}"));
    end.into_iter().chain(begin).collect()
}

/// The group of an event; none: it must not be folded away.
fn title(event: &Event) -> Option<&'static str> {
    match event {
        Event::PackagesBuilding { .. }
        | Event::CrateCompiled { .. }
        | Event::ArtifactBuilt { .. } => Some("Build"),
        Event::LocalCloud { .. } => Some("Local cloud"),
        Event::ArtifactUploading { .. }
        | Event::ArtifactUploaded { .. }
        | Event::ArtifactPresent { .. }
        | Event::StackStarted { .. }
        | Event::StackBusy { .. }
        | Event::ResourceChanged { .. }
        | Event::StackSkipped { .. }
        | Event::StackFinished { .. }
        | Event::SessionsRunning { .. } => Some("Stacks"),
        Event::Warning { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_ends_before_another_begins() {
        assert_eq!(commands(None, Some("Build")), ["::group::Build"]);
        assert_eq!(
            commands(Some("Build"), Some("Stacks")),
            ["::endgroup::", "::group::Stacks"]
        );
        assert_eq!(commands(Some("Stacks"), None), ["::endgroup::"]);
    }

    #[test]
    fn group_that_is_open_stays_open() {
        assert!(commands(Some("Build"), Some("Build")).is_empty());
        assert!(commands(None, None).is_empty());
    }

    #[test]
    fn warnings_are_not_folded_away() {
        let message = String::new();
        assert_eq!(title(&Event::Warning { message }), None);
    }
}
