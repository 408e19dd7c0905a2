//! `liftform explain`.

use serde_json::json;

use super::args::{ExplainArgs, OutputForm};
use super::context::Context;
use super::error::CliError;
use super::output;
use super::status::ExitStatus;
use crate::ops::compile::Explanation;

pub(super) fn run(args: &ExplainArgs, context: &Context) -> Result<ExitStatus, CliError> {
    match &args.code {
        Some(code) => one(code, context)?,
        None => all(&context.compiler().explanations(), context)?,
    }
    Ok(ExitStatus::Done)
}

fn one(code: &str, context: &Context) -> Result<(), CliError> {
    let Some(found) = context.compiler().explain(code) else {
        let message = format!("no diagnostic has the code `{code}`");
        let hint = match is_of_aws(code) {
            true => {
                "Codes like that are rules of AWS: https://github.com/aws-cloudformation/cloudformation-validate"
            }
            false => "`liftform explain` lists all codes.",
        };
        return Err(CliError::new(ExitStatus::Usage, message).hint(hint));
    };
    match context.output() {
        OutputForm::Text => output::text(&page(&found)),
        OutputForm::Json => output::json(&json!({ "format_version": 1, "explanation": found })),
        OutputForm::Jsonl => output::json_line(&found),
    }
}

/// AWS's rules are called like `E3002`: how bad it is, and four digits.
fn is_of_aws(code: &str) -> bool {
    let digits = code.strip_prefix(['F', 'E', 'W', 'I', 'f', 'e', 'w', 'i']);
    digits.is_some_and(|digits| {
        digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

fn all(explanations: &[Explanation], context: &Context) -> Result<(), CliError> {
    match context.output() {
        OutputForm::Text => {
            let lines = explanations
                .iter()
                .map(|known| format!("{}  {}\n", known.code, known.title));
            output::text(&lines.collect::<String>())
        }
        OutputForm::Json => {
            output::json(&json!({ "format_version": 1, "explanations": explanations }))
        }
        OutputForm::Jsonl => explanations.iter().try_for_each(output::json_line),
    }
}

/// Title, text, and where a file can show it the problem and its fix.
fn page(found: &Explanation) -> String {
    let mut page = format!("{}: {}\n\n{}\n", found.code, found.title, found.text);
    for (what, text) in [
        ("For example", &found.example),
        ("Write instead", &found.fix),
    ] {
        if !text.is_empty() {
            let lines = text.lines().map(|line| format!("    {line}\n"));
            page += &format!("\n{what}:\n\n{}", lines.collect::<String>());
        }
    }
    page
}
