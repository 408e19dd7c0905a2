//! A program that answers one question: JSON on stdin, JSON on stdout; what goes wrong goes to stderr.

use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads the question, answers it, and says how that went.
pub fn serve<Question, Answer, Failure>(
    answer: impl FnOnce(&Question) -> Result<Answer, Failure>,
) -> ExitCode
where
    Question: DeserializeOwned,
    Answer: Serialize,
    Failure: Error + 'static,
{
    match run(answer) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Whoever doesn't listen sees the exit code.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run<Question, Answer, Failure>(
    answer: impl FnOnce(&Question) -> Result<Answer, Failure>,
) -> Result<(), Box<dyn Error>>
where
    Question: DeserializeOwned,
    Answer: Serialize,
    Failure: Error + 'static,
{
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let answer = answer(&serde_json::from_str(&text)?)?;
    serde_json::to_writer(io::stdout().lock(), &answer)?;
    Ok(())
}
