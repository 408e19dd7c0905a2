//! What a change does, as people and pipelines get to see it.
//!
//! In: facts about changes, from template diffs or change sets. Out: a [`Document`] and its views, the approvals it
//! needs, and plan files that pin it. Never: I/O, AWS, the terminal. The same document gives the same bytes.
//!
//! | module | what it holds |
//! |---|---|
//! | [`model`] | the document: one [`Review`] per environment, one [`StackReview`] per stack |
//! | [`mod@forecast`] | from two templates to a review of their stack |
//! | [`change_set`] | what CloudFormation says in a change set, over a forecast |
//! | [`mod@fold`] | stacks that change in the same way |
//! | [`approval`] | which risks somebody has to answer for, and whether somebody has |
//! | [`plan_file`] | a review on disk that pins change sets, and whether it still holds |
//! | [`schema`] | JSON Schemas of documents and plan files |
//! | [`sessions`] | how many game sessions a change ends |
//! | [`secret`] | values that no view may show |
//! | [`view`] | text for terminals and Markdown for pull requests |

pub mod approval;
pub mod change_set;
pub mod fold;
pub mod forecast;
mod game;
pub mod model;
pub mod plan_file;
pub mod schema;
pub mod secret;
pub mod sessions;
#[cfg(test)]
mod testing;
pub mod view;

pub use approval::{Allowance, Decision, Need, Risk, UpTo};
pub use change_set::ChangeSet;
pub use fold::fold;
pub use forecast::{Pair, forecast};
pub use model::{Document, FORMAT_VERSION, Review, StackReview};
pub use plan_file::{PlanFile, Stale};
pub use secret::Secrets;
