//! `liftform version`.

use serde_json::json;

use super::args::{OutputForm, VersionArgs};
use super::context::Context;
use super::error::CliError;
use super::output;
use super::status::ExitStatus;

const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) fn run(_args: &VersionArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let os = std::env::consts::OS;
    let processor = std::env::consts::ARCH;
    match context.output() {
        OutputForm::Text => output::text(&format!("liftform {VERSION} ({os}, {processor})\n"))?,
        OutputForm::Json | OutputForm::Jsonl => output::json(&json!({
            "format_version": 1,
            "version": VERSION,
            "os": os,
            "architecture": processor,
        }))?,
    }
    Ok(ExitStatus::Done)
}
