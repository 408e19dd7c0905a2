//! `liftform-aws-rules`: what AWS's own rules say.

use std::process::ExitCode;

fn main() -> ExitCode {
    guard::serve(guard::aws::answer)
}
