//! Game sessions on server processes: who hosts what, what becomes of it, and where queues place new ones.
//!
//! Works on the [`World`] alone. What has to leave it (a frame to a server process, an event) is noted as an
//! [`Effect`](crate::world::Effect).

mod builds;
mod computes;
mod placements;
mod processes;
mod sessions;

pub(crate) use builds::{InstallFailure, Launch, Order, Slot};
pub(crate) use computes::compute_key;
pub(crate) use placements::{Guest, Placed, Placement, PlacementStatus, Purpose};
pub(crate) use processes::{Departure, Hello, Proof};
pub(crate) use sessions::frame_of_update;

use crate::world::World;

impl World {
    /// Brings computes, processes, sessions and placements of all regions up to `now`.
    pub(crate) fn advance_hosting(&mut self, now: f64) {
        for region in self.region_names() {
            self.advance_computes(&region, now);
            self.advance_processes(&region, now);
            self.advance_sessions(&region, now);
        }
        for region in self.region_names() {
            self.advance_placements(&region, now);
        }
    }
}
