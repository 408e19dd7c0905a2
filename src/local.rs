//! The local cloud: a backend's AWS services on this machine, without an account and without Docker.
//!
//! [`up`] runs MiniStack (a Python program, in a virtual environment that liftform owns) and liftform's own
//! GameLift service until it is told to stop. [`ensure_running`], [`status`], [`reset`] and [`down`] work on one
//! that runs elsewhere. Nothing here prints, reads environment variables or calls AWS.
//!
//! | file | what |
//! |---|---|
//! | `<cache_dir>/venv-<key>/` | Python environment, by requirements and Python version |
//! | `<cache_dir>/venv-<key>.lock` | held while that environment is made |
//! | `<state_dir>/local.json` | who runs and where; there exactly while the local cloud is ready |
//! | `<state_dir>/local.lock` | held by the running [`up`]; freed by the system however it ends |
//! | `<state_dir>/local.log`, `ministack.log` | output of a detached liftform, and of MiniStack |
//! | `<state_dir>/saved/` | what is deployed, between two runs of a local cloud that keeps it |
//! | `<state_dir>/run/` | scripts, temporary files and home of MiniStack; made anew at every start |
//! | `<state_dir>/run/fleets/` | builds of managed fleets, and beside each the output of its server processes |

mod attach;
mod error;
mod files;
mod http;
mod lock;
mod ministack;
mod options;
mod python;
mod saved;
mod state;
mod supervise;
mod surroundings;
mod venv;

pub use attach::{Stopped, down, ensure_running, reset, status};
pub use error::LocalError;
pub use options::{LocalEvent, LocalOptions, Logs, Memory};
pub use python::suitable_python;
pub use state::Endpoints;
pub use supervise::up;
