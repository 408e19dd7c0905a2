//! Questions, and answers only from a terminal.

use std::io::{self, BufRead as _, Write as _};
use std::thread;

use tokio::sync::oneshot;

use super::context::Context;
use super::error::CliError;
use super::status::ExitStatus;

/// Asks for a yes.
pub(super) fn approve(context: &Context, question: &str) -> Result<(), CliError> {
    if context.global.yes {
        return Ok(());
    }
    let answer = ask(context, &format!("{question} [y/N] "))?;
    if ["y", "yes"].contains(&answer.to_lowercase().as_str()) {
        Ok(())
    } else {
        Err(declined())
    }
}

/// Asks for a word to be typed.
pub(super) fn confirm_by_typing(
    context: &Context,
    question: &str,
    word: &str,
) -> Result<(), CliError> {
    if context.global.yes {
        return Ok(());
    }
    let answer = ask(context, &format!("{question} Type `{word}` to confirm: "))?;
    if answer == word {
        Ok(())
    } else {
        Err(declined())
    }
}

pub(super) fn declined() -> CliError {
    CliError::new(
        ExitStatus::NotApproved,
        "not approved, so nothing was changed",
    )
}

/// Asks, and lets signals through while it waits: reading a terminal can't be cancelled, so it has a thread of its own.
pub(super) async fn ask_interruptibly(
    context: &Context,
    question: &str,
) -> Result<String, CliError> {
    refuse_without_terminal(context)?;
    let (sender, answer) = oneshot::channel();
    let question = question.to_owned();
    thread::spawn(move || {
        // Nobody waits for the answer any more when the program was stopped first.
        let _ = sender.send(read(&question));
    });
    answer.await.unwrap_or_else(|_| Err(declined()))
}

/// Asks.
pub(super) fn ask(context: &Context, question: &str) -> Result<String, CliError> {
    refuse_without_terminal(context)?;
    read(question)
}

fn refuse_without_terminal(context: &Context) -> Result<(), CliError> {
    if context.can_ask() {
        return Ok(());
    }
    let message = "this needs an approval, and there is no terminal to ask on";
    Err(CliError::new(ExitStatus::NotApproved, message).hint("Approve it in advance with `--yes`."))
}

fn read(question: &str) -> Result<String, CliError> {
    let mut err = io::stderr().lock();
    write!(err, "{question}")?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().to_owned())
}
