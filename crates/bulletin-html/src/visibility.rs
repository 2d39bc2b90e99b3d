//! The ways in which an element can be hidden. `style` and `style_sheet` find out which one applies.

/// The kind of hiding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hidden {
    /// Moved off the screen. The department's pages have decoy tables there.
    OffScreen,
    /// Takes no space: not displayed, or collapsed, as by a column toggle or an accordion.
    Removed,
    /// Takes space, but its content is invisible.
    Blank,
}
