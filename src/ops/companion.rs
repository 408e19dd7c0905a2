//! Programs that stand beside `liftform` because they must not be part of it (why: `guard/Cargo.toml`): one question as JSON
//! in, one answer as JSON out.
//!
//! In: a program, a question. Out: its answer. Never: what questions mean.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{ChildStdin, Command, Stdio};
use std::thread;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A program that is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Companion {
    /// Where it is.
    pub program: PathBuf,
    /// What it does, as in `which applies policies`.
    pub task: &'static str,
    /// How to get it.
    pub origin: &'static str,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum CompanionError {
    /// The program doesn't run.
    #[error("cannot run `{}`, which {}", companion.program.display(), companion.task)]
    Run {
        /// The program.
        companion: Companion,
        /// The system's reason.
        source: io::Error,
    },
    /// It ran and has no answer, in its own words.
    #[error("{0}")]
    Failed(String),
}

impl CompanionError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Run { companion, .. } => Some(companion.origin),
            Self::Failed(_) => None,
        }
    }
}

impl Companion {
    /// Asks the program.
    ///
    /// # Errors
    ///
    /// When it doesn't run, or has no answer.
    pub fn ask<Answer: DeserializeOwned>(
        &self,
        question: &impl Serialize,
    ) -> Result<Answer, CompanionError> {
        let failed = |source| CompanionError::Run {
            companion: self.clone(),
            source,
        };
        let text = serde_json::to_vec(question).map_err(|error| failed(error.into()))?;
        let mut child = Command::new(&self.program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let stdin = child.stdin.take();
        // At the same time: a program that answers before it has read everything would wait for us, and we for it.
        let (told, output) = thread::scope(|scope| {
            let told = scope.spawn(|| tell(stdin, &text));
            let output = child.wait_with_output();
            (told.join(), output)
        });
        told.unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))
            .map_err(failed)?;
        let output = output.map_err(failed)?;
        if output.status.success() {
            return serde_json::from_slice(&output.stdout).map_err(|error| {
                let program = self.program.display();
                CompanionError::Failed(format!("no answer from `{program}`: {error}"))
            });
        }
        let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(CompanionError::Failed(match words.is_empty() {
            true => format!("`{}` ended with {}", self.program.display(), output.status),
            false => words,
        }))
    }
}

fn tell(stdin: Option<ChildStdin>, text: &[u8]) -> io::Result<()> {
    let told = stdin.map_or(Ok(()), |mut stdin| stdin.write_all(text));
    match told {
        // It ended before it had read everything; its exit status and words say why.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        told => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn companion(program: &str) -> Companion {
        Companion {
            program: PathBuf::from(program),
            task: "knows",
            origin: "Build it.",
        }
    }

    #[test]
    fn question_comes_back_as_answer() {
        let question = vec!["é".repeat(100_000)];
        let answer: Vec<String> = companion("cat").ask(&question).unwrap();
        assert_eq!(answer, question);
    }

    #[test]
    fn missing_program_says_how_to_get_it() {
        let error = companion("/nowhere/liftform-x").ask::<()>(&()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot run `/nowhere/liftform-x`, which knows"
        );
        assert_eq!(error.hint(), Some("Build it."));
    }

    #[test]
    fn program_that_fails_or_says_nothing_useful_is_an_error() {
        // `false` reads nothing, and the question is longer than what a pipe holds.
        let question = "long".repeat(100_000);
        let error = companion("false").ask::<String>(&question).unwrap_err();
        assert!(
            error.to_string().starts_with("`false` ended with"),
            "{error}"
        );
        let error = companion("true").ask::<String>(&question).unwrap_err();
        assert!(
            error.to_string().starts_with("no answer from `true`"),
            "{error}"
        );
    }
}
