//! liftform.
