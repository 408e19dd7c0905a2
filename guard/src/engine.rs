//! Calls cfn-guard. Not by its `run_checks`: that loses all but the last 8 KiB of a report.

use std::io::Cursor;

use cfn_guard::commands::Executable as _;
use cfn_guard::commands::validate::{OutputFormatType, ShowSummaryType};
use cfn_guard::utils::reader::{ReadBuffer, Reader};
use cfn_guard::utils::writer::{WriteBuffer, Writer};
use cfn_guard::{CommandBuilder as _, ValidateBuilder};
use serde_json::{Value as Json, json};

/// What its command ends with when every rule holds, and when one doesn't.
const ANSWERED: [i32; 2] = [0, 19];

/// The report on one template under one file of rules; an error is in cfn-guard's words.
pub(crate) fn report(template: &str, rules: &str) -> Result<Json, String> {
    let payload = json!({ "data": [template], "rules": [rules] }).to_string();
    let mut reader = Reader::new(ReadBuffer::Cursor(Cursor::new(payload.into_bytes())));
    let (output, errors) = (WriteBuffer::Vec(Vec::new()), WriteBuffer::Vec(Vec::new()));
    let mut writer = Writer::new_with_err(output, errors).map_err(words)?;
    let command = ValidateBuilder::default()
        .payload(true)
        .structured(true)
        .show_summary(vec![ShowSummaryType::None])
        .output_format(OutputFormatType::JSON)
        .try_build()
        .map_err(words)?;
    let status = command.execute(&mut writer, &mut reader).map_err(words)?;
    if !ANSWERED.contains(&status) {
        return Err(writer.err_to_stripped().map_err(words)?);
    }
    let report: Json =
        serde_json::from_str(&writer.into_string().map_err(words)?).map_err(words)?;
    // One for each template.
    Ok(report.get(0).cloned().unwrap_or_default())
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}
