//! A crowd of players at work: a table that changes on a terminal, else a line per event.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::sync::{Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use liftform_player::Reply;
use serde_json::json;

use crate::cli::args::OutputForm;
use crate::cli::context::Context;
use crate::ops::play::{Moment, PlayEvent};

/// More rows than that don't fit on a screen; then only the sums are shown.
const MOST_ROWS: u32 = 20;

/// How a crowd is shown.
pub(in crate::cli) enum PlayView {
    /// On a terminal.
    Table(Box<Table>),
    /// A line per event on stderr.
    Lines,
    /// A JSON value per event on stdout.
    JsonLines,
    /// Not at all.
    Quiet,
}

/// Rows that change.
pub(in crate::cli) struct Table {
    rows: Vec<ProgressBar>,
    sums: ProgressBar,
    known: Mutex<BTreeMap<u32, &'static str>>,
}

/// Chooses the view.
pub(in crate::cli) fn play(context: &Context, players: u32) -> PlayView {
    match context.output() {
        OutputForm::Jsonl => PlayView::JsonLines,
        OutputForm::Text | OutputForm::Json if context.global.quiet => PlayView::Quiet,
        OutputForm::Text | OutputForm::Json if context.is_lively() => {
            PlayView::Table(Box::new(Table::new(players)))
        }
        OutputForm::Text | OutputForm::Json => PlayView::Lines,
    }
}

impl PlayView {
    /// Shows what a player did or met.
    pub(in crate::cli) fn show(&self, event: &PlayEvent) {
        let PlayEvent { player, moment } = event;
        // Who can't read about progress is no reason to stop.
        let _ = match self {
            Self::Table(table) => {
                table.show(event);
                Ok(())
            }
            Self::Lines => writeln!(io::stderr(), "player {player}: {}", words(moment)),
            Self::JsonLines => {
                let line = json!({ "type": "player", "player": player, "state": state(moment), "detail": words(moment) });
                writeln!(io::stdout(), "{line}")
            }
            Self::Quiet => Ok(()),
        };
    }
}

impl Table {
    fn new(players: u32) -> Self {
        let all = MultiProgress::new();
        let style = ProgressStyle::with_template("{prefix:>10}  {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let row = |prefix: String| {
            let bar = all.add(ProgressBar::new_spinner());
            bar.set_style(style.clone());
            bar.set_prefix(prefix);
            bar.tick();
            bar
        };
        let shown = if players > MOST_ROWS { 0 } else { players };
        Self {
            rows: (1..=shown)
                .map(|number| row(format!("player {number}")))
                .collect(),
            sums: row("together".to_owned()),
            known: Mutex::default(),
        }
    }

    fn show(&self, event: &PlayEvent) {
        let index = event.player.saturating_sub(1) as usize;
        if let Some(row) = self.rows.get(index) {
            row.set_message(words(&event.moment));
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(event.player, state(&event.moment));
        let mut sums: BTreeMap<&str, u32> = BTreeMap::new();
        for state in known.values() {
            *sums.entry(state).or_default() += 1;
        }
        let sums: Vec<_> = sums
            .iter()
            .map(|(state, players)| format!("{players} {state}"))
            .collect();
        self.sums.set_message(sums.join(", "));
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        for row in self.rows.iter().chain([&self.sums]) {
            row.finish_and_clear();
        }
    }
}

/// One word of a closed list.
const fn state(moment: &Moment) -> &'static str {
    use liftform_player::Status;
    match moment {
        Moment::Entered => "entered",
        Moment::Ticket(Status::Queued | Status::Searching) => "searching",
        Moment::Ticket(Status::RequiresAcceptance) | Moment::Replied(_) => "proposed",
        Moment::Ticket(Status::Placing) => "placing",
        Moment::Ticket(Status::Succeeded) => "matched",
        Moment::Joined { .. } => "playing",
        Moment::Ticket(Status::TimedOut | Status::Cancelled | Status::Failed)
        | Moment::Stopped { .. } => "stopped",
    }
}

fn words(moment: &Moment) -> String {
    match moment {
        Moment::Entered => "has an identity".to_owned(),
        Moment::Ticket(status) => format!("ticket {status}"),
        Moment::Replied(Reply::Accept) => "accepts the match".to_owned(),
        Moment::Replied(Reply::Reject) => "rejects the match".to_owned(),
        Moment::Replied(Reply::Silence) => "lets the match pass".to_owned(),
        Moment::Joined { server } => format!("plays on {server}"),
        Moment::Stopped { reason } => reason.clone(),
    }
}
