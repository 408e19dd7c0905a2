//! `liftform-guard`: which policies don't hold.

use std::process::ExitCode;

fn main() -> ExitCode {
    guard::serve(guard::answer)
}
