//! How a running operation looks.
//!
//! Text goes to stderr: bars on a terminal, else one line per event and a heartbeat when nothing happens. JSON lines are
//! the result and go to stdout.

mod bars;
pub(super) mod chart;
mod groups;
mod json;
mod plain;
mod play;
pub(super) mod simulation;
pub(super) mod words;

pub(super) use self::groups::Groups;
pub(super) use self::play::play;

use super::args::OutputForm;
use super::context::Context;
use crate::event::{EventSink, NoEvents};

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    /// What a person waits for.
    Normal,
    /// Every event.
    Full,
}

/// Chooses the view of a command.
pub(super) fn progress(context: &Context) -> Box<dyn EventSink> {
    let detail = if context.global.verbose {
        Detail::Full
    } else {
        Detail::Normal
    };
    match context.output() {
        OutputForm::Jsonl => Box::new(json::JsonLines::start()),
        _ if context.global.quiet => Box::new(NoEvents),
        OutputForm::Text | OutputForm::Json if context.is_lively() => {
            Box::new(bars::Bars::new(detail))
        }
        OutputForm::Text | OutputForm::Json => {
            Box::new(plain::Plain::start(detail, context.groups()))
        }
    }
}
