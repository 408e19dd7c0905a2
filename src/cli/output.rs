//! Writes results to stdout, and notices to stderr.

use std::io::{self, Write as _};

use serde::Serialize;
use serde_json::json;

use super::context::Context;
use super::error::CliError;
use super::github;
use crate::ops::compile::{Diagnostic, Severity};

/// Writes text.
pub(super) fn text(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Writes one JSON document.
pub(super) fn json(value: &impl Serialize) -> Result<(), CliError> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// Writes one line of JSON lines.
pub(super) fn json_line(value: &impl Serialize) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, value).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// Writes the first line of JSON lines, which says how to read the others.
pub(super) fn version_line() -> Result<(), CliError> {
    json_line(
        &json!({ "type": "version", "format_version": 1, "liftform": env!("CARGO_PKG_VERSION") }),
    )
}

/// Writes a line to stderr unless the user wants quiet.
pub(super) fn notice(context: &Context, line: &str) {
    if !context.global.quiet {
        context.leave_group();
        // A notice that nobody can read is no reason to stop.
        let _ = writeln!(io::stderr(), "{line}");
    }
}

/// Writes an error to stderr, even when the user wants quiet.
pub(super) fn error(context: &Context, text: &str) {
    coded_error(context, None, text);
}

/// Writes an error with the code that `explain` knows more about.
pub(super) fn coded_error(context: &Context, code: Option<&str>, text: &str) {
    context.leave_group();
    let code = code.map(|code| format!("[{code}]")).unwrap_or_default();
    let label = if context.colours() {
        format!("\x1b[1;31merror{code}\x1b[0m")
    } else {
        format!("error{code}")
    };
    // As above: the exit status still tells.
    let _ = writeln!(io::stderr(), "{label}: {text}");
}

/// Writes drawn diagnostics to stderr; warnings not when the user wants quiet.
pub(super) fn diagnostics(context: &Context, diagnostics: &[Diagnostic]) {
    context.leave_group();
    let mut err = io::stderr().lock();
    for diagnostic in diagnostics {
        if diagnostic.severity == Severity::Error || !context.global.quiet {
            // As above.
            let _ = writeln!(err, "{}", diagnostic.drawing.trim_end());
        }
    }
    drop(err);
    if context.github().is_some() {
        github::annotate(diagnostics);
    }
}
