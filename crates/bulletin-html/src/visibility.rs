//! The ways in which an element can be hidden. `style` and `style_sheet` find out which one applies.

/// How an element is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hidden {
    /// It is moved off the screen. The department's pages keep decoy tables there.
    OffScreen,
    /// It takes no room: not displayed, or collapsed to nothing, as by a column toggle or an accordion.
    Removed,
    /// It takes its room, but nothing is seen in it.
    Blank,
}
