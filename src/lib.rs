//! liftform.

pub mod local;
