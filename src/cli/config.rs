//! `liftform config`.

use std::fmt::Write as _;

use serde_json::{Value, json};
use topology::environment::{Layer, Origin};

use super::args::{ConfigArgs, ConfigCommand, OutputForm};
use super::context::Context;
use super::error::CliError;
use super::status::ExitStatus;
use super::{output, session};

pub(super) fn run(args: &ConfigArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let name = context.environment(&source)?;
    let compiled = session::compiled(context, &source, &name)?;
    let wanted = match &args.command {
        ConfigCommand::Render => "",
        ConfigCommand::Explain { key } => key.as_str(),
    };
    let found: Vec<_> = compiled
        .environment
        .provenance
        .iter()
        .filter(|(key, _)| concerns(key, wanted))
        .collect();
    if found.is_empty() {
        let message = format!("no setting of `{name}` is called `{wanted}`");
        let hint = format!("Run `liftform config render --env {name}` for all of them.");
        return Err(CliError::new(ExitStatus::Refused, message).hint(hint));
    }
    match context.output() {
        OutputForm::Text => output::text(&table(&found))?,
        OutputForm::Json | OutputForm::Jsonl => {
            let settings: Vec<_> = found
                .iter()
                .map(|(key, origin)| whole(key, origin))
                .collect();
            output::json(
                &json!({ "format_version": 1, "environment": name, "settings": settings }),
            )?;
        }
    }
    Ok(ExitStatus::Done)
}

/// Whether a setting is the wanted one, lies below it, or is what a region makes of it.
fn concerns(key: &str, wanted: &str) -> bool {
    let below = |key: &str| {
        let rest = key.strip_prefix(wanted);
        wanted.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let of_region = key
        .strip_prefix("regions.")
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(_, setting)| below(setting));
    below(key) || of_region
}

fn table(found: &[(&String, &Origin)]) -> String {
    let width = found
        .iter()
        .map(|(key, _)| key.len())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    for (key, origin) in found {
        let value = origin
            .value
            .as_str()
            .map_or_else(|| origin.value.to_string(), str::to_owned);
        // Writing to a string can't fail.
        let _ = writeln!(text, "{key:width$}  {value}  ({})", place(origin));
    }
    text
}

/// The layer, and the line where there is one.
fn place(origin: &Origin) -> String {
    let Origin {
        file, line, column, ..
    } = origin;
    match file.as_str() {
        "" => layer(origin.layer).to_owned(),
        _ => format!("{}, {file}:{line}:{column}", layer(origin.layer)),
    }
}

fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Default => "default",
        Layer::Base => "topology",
        Layer::Environment => "environment",
        Layer::Region => "region",
        Layer::Set => "--set",
    }
}

fn whole(key: &str, origin: &Origin) -> Value {
    let file = (!origin.file.is_empty()).then_some(&origin.file);
    json!({
        "key": key,
        "value": origin.value,
        "layer": layer(origin.layer),
        "file": file,
        "line": file.map(|_| origin.line),
        "column": file.map(|_| origin.column),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_is_found_with_what_lies_below_it_and_what_regions_make_of_it() {
        for key in [
            "fleets.arena",
            "fleets.arena.instance",
            "regions.eu-west-1.fleets.arena.instance",
        ] {
            assert!(concerns(key, "fleets.arena"), "{key}");
        }
        assert!(!concerns("fleets.arena-spot.spot", "fleets.arena"));
        assert!(concerns("anything", ""));
    }
}
