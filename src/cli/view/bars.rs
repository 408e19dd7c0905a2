//! One moving line per stack in progress on a terminal; what is done scrolls up.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::{Detail, words};
use crate::event::{Event, EventSink};

/// The line of everything that belongs to no stack.
const BUILD: &str = "handlers";

/// Bars on stderr.
pub(super) struct Bars {
    detail: Detail,
    all: MultiProgress,
    running: Mutex<BTreeMap<String, ProgressBar>>,
}

impl Bars {
    pub(super) fn new(detail: Detail) -> Self {
        Self {
            detail,
            all: MultiProgress::new(),
            running: Mutex::default(),
        }
    }

    fn show(&self, what: &str, message: String) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = running.entry(what.to_owned()).or_insert_with(|| {
            let bar = self.all.add(ProgressBar::new_spinner());
            // A template of our own text that fails would be found by the first test on a terminal; the default is
            // only less pretty.
            if let Ok(style) =
                ProgressStyle::with_template("{spinner} {prefix} {wide_msg} {elapsed}")
            {
                bar.set_style(style);
            }
            bar.set_prefix(what.to_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        bar.set_message(message);
    }

    fn finish(&self, what: &str) {
        let bar = self
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(what);
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
    }

    fn print(&self, event: &Event) {
        if let Some(line) = words::line(event, self.detail) {
            // Progress that nobody can read is no reason to stop a deployment.
            let _ = self.all.println(line);
        }
    }
}

impl EventSink for Bars {
    fn emit(&self, event: Event) {
        match &event {
            Event::PackagesBuilding { packages } => {
                self.show(BUILD, format!("building {}", packages.join(", ")));
            }
            Event::CrateCompiled { package } => self.show(BUILD, format!("compiled {package}")),
            Event::StackStarted { stack, .. } => {
                self.show(
                    &stack.to_string(),
                    words::line(&event, self.detail).unwrap_or_default(),
                );
            }
            Event::StackBusy { stack, status } => {
                self.show(
                    &stack.to_string(),
                    format!("waiting for another operation ({status})"),
                );
            }
            Event::ResourceChanged { stack, resource } => {
                self.show(&stack.to_string(), words::progress(resource));
                if self.detail == Detail::Full || resource.status.ends_with("_FAILED") {
                    self.print(&event);
                }
            }
            Event::StackFinished { stack, .. } | Event::StackSkipped { stack, .. } => {
                self.finish(&stack.to_string());
                self.print(&event);
            }
            Event::ArtifactBuilt { .. } => {
                self.finish(BUILD);
                self.print(&event);
            }
            Event::ArtifactUploading { .. }
            | Event::ArtifactUploaded { .. }
            | Event::ArtifactPresent { .. }
            | Event::SessionsRunning { .. }
            | Event::LocalCloud { .. }
            | Event::Warning { .. } => self.print(&event),
        }
    }
}
