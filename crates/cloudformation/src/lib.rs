//! CloudFormation as a library. Knows nothing of games.

/// A CloudFormation template.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {}
