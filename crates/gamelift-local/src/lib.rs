//! The GameLift API as a local service: what a GameLift client sends comes in over HTTP, what GameLift would
//! answer goes out.
//!
//! Fleets, queues, game sessions, matchmakers and tickets are kept in memory, per region. Time and identifiers come
//! from the [`Config`], so that two services fed alike answer alike. Server processes connect to the same port, over a
//! websocket. Everything else that happens outside goes through [`Surroundings`]: this crate never calls AWS.
//!
//! ```text
//! server    one port                        protocol   JSON 1.1 and rpc-v2-CBOR to one value and back
//! model     the API's shapes and bounds     operations one file per family of resources
//! world     what exists, per region         lifecycle  which state a fleet is in after how long
//! hosting   who hosts which session         sdk        what server processes say over their websocket
//! matchmaking  tickets, matches, backfill
//! events    shapes of events                delivery   takes them away, with the faults that are set
//! servers   runs the processes of managed fleets
//! ```

mod clock;
mod config;
mod control;
mod delivery;
mod error;
mod events;
mod faults;
mod hosting;
mod input;
mod lifecycle;
mod matchmaking;
mod model;
mod operations;
mod page;
mod protocol;
mod sdk;
mod server;
mod servers;
mod service;
mod surroundings;
mod throttle;
mod world;

pub use clock::{Clock, ManualClock, SystemClock};
pub use config::{Config, FASTER_THAN_AWS};
pub use events::Notification;
pub use server::{ServeError, Stopped};
pub use service::{GameLiftLocal, RestoreError};
pub use surroundings::{Pending, StoredObject, Surroundings};
