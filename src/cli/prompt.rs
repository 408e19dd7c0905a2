//! Questions, and answers only from a terminal.

use std::io::{self, BufRead as _, Write as _};

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

fn declined() -> CliError {
    CliError::new(
        ExitStatus::NotApproved,
        "not approved, so nothing was changed",
    )
}

fn ask(context: &Context, question: &str) -> Result<String, CliError> {
    if !context.can_ask() {
        let message = "this needs an approval, and there is no terminal to ask on";
        return Err(CliError::new(ExitStatus::NotApproved, message)
            .hint("Approve it in advance with `--yes`."));
    }
    let mut err = io::stderr().lock();
    write!(err, "{question}")?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().to_owned())
}
