//! The server processes of managed fleets, run on this machine: one set per location, as the runtime configuration says.
//!
//! What should run is asked of the world; here it is installed, started, started anew with back-off, and stopped.

mod guard;
mod install;
mod running;
mod script;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::hosting::{Launch, Slot};
use crate::service::GameLiftLocal;
use crate::surroundings::Surroundings;
use running::Running;

const TICK: Duration = Duration::from_millis(100);

/// Runs server processes below a directory.
pub(crate) struct Servers {
    service: GameLiftLocal,
    directory: PathBuf,
    surroundings: Arc<dyn Surroundings>,
    running: BTreeMap<Slot, Running>,
    /// Installing takes as long as a build's script does, and must not hold up what runs already.
    installing: JoinSet<()>,
}

impl Servers {
    pub(crate) fn new(
        service: GameLiftLocal,
        directory: PathBuf,
        surroundings: Arc<dyn Surroundings>,
    ) -> Self {
        Self {
            service,
            directory,
            surroundings,
            running: BTreeMap::new(),
            installing: JoinSet::new(),
        }
    }

    /// Keeps running what should run; never ends.
    pub(crate) async fn keep(&mut self) {
        loop {
            self.install();
            let (wanted, connected) = self
                .service
                .with_world(|world, _| (world.launches(), world.process_ids()));
            self.stop_unwanted(&wanted);
            for launch in wanted {
                let folder = self.folder(&launch.slot.fleet);
                let running = self.running.entry(launch.slot.clone()).or_default();
                running.look_after(&self.service, &launch, &connected, &folder);
            }
            tokio::time::sleep(TICK).await;
        }
    }

    /// Stops all processes and waits for them.
    pub(crate) async fn stop(mut self) {
        self.installing.shutdown().await;
        for running in self.running.values_mut() {
            running.stop();
        }
        for running in self.running.values_mut() {
            running.ended().await;
        }
    }

    fn install(&mut self) {
        while self.installing.try_join_next().is_some() {}
        for order in self.service.with_world(|world, _| world.take_orders()) {
            let folder = self.folder(&order.fleet);
            let (service, surroundings) = (self.service.clone(), self.surroundings.clone());
            self.installing.spawn(async move {
                let outcome = install::install(&order, &folder, surroundings.as_ref()).await;
                service.with_world(|world, now| world.installed(&order, outcome, now));
            });
        }
    }

    /// Processes of locations that are gone get the time to end that all get; they are not waited for.
    fn stop_unwanted(&mut self, wanted: &[Launch]) {
        self.running.retain(|slot, running| {
            let keep = wanted.iter().any(|launch| launch.slot == *slot);
            if !keep {
                running.stop();
            }
            keep || running.is_there()
        });
    }

    fn folder(&self, fleet: &str) -> PathBuf {
        self.directory.join(fleet)
    }
}

/// The directory of what a fleet's processes print: beside the build, which may hold files of any name.
fn logs(folder: &Path) -> PathBuf {
    PathBuf::from(format!("{}.logs", folder.display()))
}
