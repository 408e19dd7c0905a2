//! How a document looks: one model, several views.
//!
//! In: a [`Document`](crate::Document). Out: text. A view chooses words and leaves nothing out silently; JSON is the
//! document itself. Nothing in a view can steer a deployment.

mod line;
mod markdown;
mod text;
mod value;
mod words;

pub use line::{Colour, Width};
pub use markdown::{MAX_MARKDOWN, markdown};
pub use text::{Detail, Part, TextOptions, text};
pub use words::{totals, verdict};

#[cfg(test)]
pub(crate) mod tests;
