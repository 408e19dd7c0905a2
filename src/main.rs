//! The `liftform` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    liftform::cli::main()
}
