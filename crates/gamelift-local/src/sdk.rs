//! The server SDK 5: what server processes send over their websocket, and what they are told.
//!
//! Frames and their fields follow the Go SDK, Apache-2.0:
//! <https://github.com/amazon-gamelift/amazon-gamelift-servers-go-server-sdk>.

mod act;
mod frame;
mod hello;
mod socket;

pub(crate) use socket::{Sockets, upgrade};
