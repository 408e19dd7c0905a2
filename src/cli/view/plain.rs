//! One line per event, and a heartbeat: CI systems take silence for death.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{Detail, Groups, words};
use crate::cli::duration;
use crate::event::{Event, EventSink};

/// The longest silence.
const SILENCE: Duration = Duration::from_secs(30);

/// Lines on stderr.
pub(super) struct Plain {
    detail: Detail,
    /// None: the lines go to something that folds none.
    groups: Option<Rc<Groups>>,
    shared: Arc<Shared>,
    heart: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    stop: Condvar,
}

#[derive(Default)]
struct State {
    stopped: bool,
    last_line: Option<Instant>,
    /// What is being worked on, and since when.
    running: BTreeMap<String, Instant>,
}

impl Plain {
    pub(super) fn start(detail: Detail, groups: Option<Rc<Groups>>) -> Self {
        let shared = Arc::new(Shared::default());
        let beating = Arc::clone(&shared);
        Self {
            detail,
            groups,
            shared,
            heart: Some(thread::spawn(move || beat(&beating))),
        }
    }
}

impl EventSink for Plain {
    fn emit(&self, event: Event) {
        let mut state = lock(&self.shared.state);
        state.note(&event, Instant::now());
        if let Some(line) = words::line(&event, self.detail) {
            state.last_line = Some(Instant::now());
            if let Some(groups) = &self.groups {
                groups.enter(&event);
            }
            write(&line);
        }
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        lock(&self.shared.state).stopped = true;
        self.shared.stop.notify_all();
        if let Some(heart) = self.heart.take() {
            // Its own panic was reported already.
            let _ = heart.join();
        }
        if let Some(groups) = &self.groups {
            groups.leave();
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn beat(shared: &Shared) {
    let mut state = lock(&shared.state);
    while !state.stopped {
        let waited = shared.stop.wait_timeout(state, Duration::from_secs(1));
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
        let now = Instant::now();
        if let Some(line) = state.heartbeat(now) {
            state.last_line = Some(now);
            write(&line);
        }
    }
}

impl State {
    fn note(&mut self, event: &Event, now: Instant) {
        match event {
            Event::PackagesBuilding { .. } => {
                self.running.insert("building packages".to_owned(), now);
            }
            Event::ArtifactBuilt { .. } => {
                self.running.remove("building packages");
            }
            Event::StackStarted { stack, .. } | Event::StackBusy { stack, .. } => {
                self.running.remove("game sessions");
                self.running.entry(stack.to_string()).or_insert(now);
            }
            Event::StackFinished { stack, .. } | Event::StackSkipped { stack, .. } => {
                self.running.remove(&stack.to_string());
            }
            Event::SessionsRunning { .. } => {
                self.running
                    .entry("game sessions".to_owned())
                    .or_insert(now);
            }
            Event::CrateCompiled { .. }
            | Event::ArtifactUploading { .. }
            | Event::ArtifactUploaded { .. }
            | Event::ArtifactPresent { .. }
            | Event::ResourceChanged { .. }
            | Event::LocalCloud { .. }
            | Event::Warning { .. } => {}
        }
    }

    fn heartbeat(&self, now: Instant) -> Option<String> {
        let silent = now.duration_since(self.last_line?) >= SILENCE;
        if !silent || self.running.is_empty() {
            return None;
        }
        let running = self.running.iter().map(|(what, since)| {
            let elapsed = duration::show(now.duration_since(*since));
            format!("{what} {elapsed}")
        });
        Some(format!(
            "still in progress: {}",
            running.collect::<Vec<_>>().join(", ")
        ))
    }
}

fn write(line: &str) {
    // Progress that nobody can read is no reason to stop a deployment.
    let _ = writeln!(io::stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{StackAction, StackRef};

    fn state_after(events: &[Event], now: Instant) -> State {
        let mut state = State {
            last_line: Some(now),
            ..State::default()
        };
        events.iter().for_each(|event| state.note(event, now));
        state
    }

    fn started() -> Event {
        Event::StackStarted {
            stack: StackRef::new("game", "eu-west-1"),
            action: StackAction::Create,
        }
    }

    #[test]
    fn heart_beats_after_half_a_minute_of_silence() {
        let now = Instant::now();
        let state = state_after(&[started()], now);
        assert_eq!(state.heartbeat(now + Duration::from_secs(29)), None);
        assert_eq!(
            state.heartbeat(now + Duration::from_secs(65)).as_deref(),
            Some("still in progress: game (eu-west-1) 1m05s")
        );
    }

    #[test]
    fn nothing_in_progress_is_no_news() {
        let now = Instant::now();
        assert_eq!(
            state_after(&[], now).heartbeat(now + Duration::from_secs(65)),
            None
        );
    }
}
