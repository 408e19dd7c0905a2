//! `liftform graph`.

use serde_json::json;

use super::args::{GraphArgs, GraphForm, OutputForm};
use super::context::Context;
use super::error::CliError;
use super::status::ExitStatus;
use super::{output, session};
use crate::ops::graph::Graph;

pub(super) fn run(args: &GraphArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let name = context.environment(&source)?;
    let compiled = session::compiled(context, &source, &name)?;
    let graph = Graph::of(&compiled.environment);
    if context.output() == OutputForm::Text {
        output::text(&match args.format {
            GraphForm::Text => graph.text(),
            GraphForm::Mermaid => graph.mermaid(),
            GraphForm::Dot => graph.dot(),
        })?;
    } else {
        output::json(&json!({ "format_version": 1, "nodes": graph.nodes, "edges": graph.edges }))?;
    }
    Ok(ExitStatus::Done)
}
