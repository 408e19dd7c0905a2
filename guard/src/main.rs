//! Reads a question on stdin and writes the answer to stdout, both as JSON; what goes wrong goes to stderr.

use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Whoever doesn't listen sees the exit code.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let answer = guard::answer(&serde_json::from_str(&text)?)?;
    serde_json::to_writer(io::stdout().lock(), &answer)?;
    Ok(())
}
