//! The `liftform` program.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// What it costs and saves stands in `docs/decisions/0012`.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    liftform::cli::main()
}
