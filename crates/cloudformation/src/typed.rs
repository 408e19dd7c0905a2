//! What every generated type has in common; the generated code only adds names.

pub(crate) use crate::properties::Properties;

/// Defines a structure over a JSON object.
macro_rules! structure {
    ($kind:literal, $name:ident) => {
        #[doc = concat!("`", stringify!($name), "` of `", $kind, "`.")]
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name(crate::typed::Properties);

        impl From<$name> for crate::Value<$name> {
            fn from(structure: $name) -> Self {
                Self::from_json(structure.into())
            }
        }

        impl From<$name> for ::serde_json::Value {
            fn from(structure: $name) -> Self {
                Self::Object(structure.0.into_map())
            }
        }
    };
}

/// Defines a resource: a structure that a template can hold.
macro_rules! resource {
    ($kind:literal, $name:ident, $attributes:expr) => {
        #[doc = concat!("The resource type `", $kind, "`.")]
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name(crate::typed::Properties);

        impl $name {
            /// The type's name in a template.
            pub const KIND: &'static str = $kind;
            /// Names that `Fn::GetAtt` takes.
            pub const ATTRIBUTES: &'static [&'static str] = &$attributes;
        }

        impl From<$name> for crate::Resource {
            fn from(resource: $name) -> Self {
                Self::new($kind, resource.0.into_map())
            }
        }
    };
}

/// Defines a closed list of strings.
macro_rules! choice {
    ($kind:literal, $name:ident, { $($variant:ident = $text:literal),+ $(,)? }) => {
        #[doc = concat!("`", stringify!($name), "` of `", $kind, "`.")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $(
                #[doc = concat!("`", $text, "`.")]
                $variant
            ),+
        }

        impl $name {
            /// Every value, in the schema's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The string that stands in a template.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }

            /// The value with this string, if there is one.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == name)
            }
        }

        impl From<$name> for crate::Value<$name> {
            fn from(choice: $name) -> Self {
                Self::from_json(choice.as_str().into())
            }
        }

        impl From<$name> for ::serde_json::Value {
            fn from(choice: $name) -> Self {
                choice.as_str().into()
            }
        }
    };
}

pub(crate) use {choice, resource, structure};
