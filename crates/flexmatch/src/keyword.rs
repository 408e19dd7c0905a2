//! Enumerations whose variants are words of the language.

/// An enumeration that is written as a word.
pub(crate) trait Keyword: Copy + 'static {
    /// Every word with its variant.
    const ALL: &'static [(&'static str, Self)];

    /// The variant that a word stands for.
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, variant)| *variant)
    }
}

/// Defines an enumeration together with its words, so that the two can't drift apart.
macro_rules! keywords {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`")] $(#[$variant_meta])* $variant,)+
        }

        impl $crate::keyword::Keyword for $name {
            const ALL: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),+];
        }

        impl $name {
            /// The word that stands for it in a rule set.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use keywords;
