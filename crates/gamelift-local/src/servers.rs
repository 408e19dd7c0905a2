//! The server processes of managed fleets, run on this machine: one set per location, as the runtime configuration says.
//!
//! What should run is asked of the world; here it is installed, started, started anew with back-off, and stopped. A
//! build's `install.sh` is not run: it is written for an instance of its own, usually as root.

mod guard;
mod install;
mod running;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

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
        }
    }

    /// Keeps running what should run; never ends.
    pub(crate) async fn keep(&mut self) {
        loop {
            self.install().await;
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
        for running in self.running.values_mut() {
            running.stop();
        }
        for running in self.running.values_mut() {
            running.ended().await;
        }
    }

    async fn install(&self) {
        for order in self.service.with_world(|world, _| world.take_orders()) {
            let folder = self.folder(&order.fleet);
            let outcome = install::install(&order, folder, self.surroundings.as_ref()).await;
            self.service
                .with_world(|world, now| world.installed(&order, outcome, now));
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
