//! Who says whether a change set may be executed that could be made only after others were approved.

use review::Need;

use super::Prepared;

/// Compares with what was approved, or asks.
pub trait Approve {
    /// Whether what was prepared now may be executed; the error is what nobody approved.
    ///
    /// # Errors
    ///
    /// When it risks more than what was approved, and nobody agrees.
    fn approve(&self, prepared: &Prepared) -> Result<(), Need>;
}

/// Agrees to everything, as in a local cloud.
#[derive(Clone, Copy, Debug)]
pub struct Everything;

impl Approve for Everything {
    fn approve(&self, _prepared: &Prepared) -> Result<(), Need> {
        Ok(())
    }
}
