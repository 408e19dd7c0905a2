//! The GameLift API as a local service: what a GameLift client sends comes in over HTTP, what GameLift would
//! answer goes out.
//!
//! Fleets, aliases, queues, matchmakers and tickets are kept in memory, per region, and are gone with the
//! process. Time and identifiers come from the [`Config`], so that two services fed alike answer alike. This
//! crate never calls AWS, starts no game server and reads no file.
//!
//! ```text
//! server    one port                        protocol   JSON 1.1 and rpc-v2-CBOR to one value and back
//! model     the API's shapes and bounds     operations one file per family of resources
//! world     what exists, per region         lifecycle  which state a fleet is in after how long
//! ```

mod clock;
mod config;
mod control;
mod error;
mod input;
mod lifecycle;
mod model;
mod operations;
mod page;
mod protocol;
mod server;
mod service;
mod world;

pub use clock::{Clock, ManualClock, SystemClock};
pub use config::{Config, FASTER_THAN_AWS};
pub use server::{ServeError, Stopped};
pub use service::GameLiftLocal;
