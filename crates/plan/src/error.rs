//! Why an environment can't be planned.

/// An environment whose parts don't fit into stacks.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Two things of the topology get the same logical id.
    #[error(
        "two resources of stack `{stack}` would be called `{id}`: rename one of the things it is made of"
    )]
    DuplicateId {
        /// The stack.
        stack: String,
        /// The logical id.
        id: String,
    },
    /// CloudFormation doesn't know the operating system of a build.
    #[error("build `{build}` is for `{os}`, which CloudFormation doesn't know")]
    OperatingSystem {
        /// The build.
        build: String,
        /// The operating system.
        os: String,
    },
    /// A document that a stack carries could not be rendered.
    #[error("cannot render {document}")]
    Document {
        /// Which document.
        document: &'static str,
        /// Why.
        #[source]
        source: topology::documents::DocumentError,
    },
    /// The extension template could not be read.
    #[error("cannot read the extension template `{file}`")]
    Extension {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: cloudformation::ParseError,
    },
    /// Nobody would give a parameter of the extension its value.
    #[error(
        "parameter `{name}` of the extension template has no default, and nothing else sets it"
    )]
    ExtensionParameter {
        /// The parameter.
        name: String,
    },
    /// An override points nowhere.
    #[error("override `{path}` points to nothing: {reason}")]
    Override {
        /// The path as written.
        path: String,
        /// What is missing.
        reason: String,
    },
}
