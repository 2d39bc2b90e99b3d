//! The change of the column under which a case is listed.

use crate::change::{Change, ChartChange};

/// The change of the column that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// The same column.
    Same,
    /// The area no longer has its own column.
    Dropped,
    /// The area now has its own column.
    Added,
}

impl Column {
    /// The effect of the bulletin, or of its correction, on the column.
    pub(super) fn of(change: &Change, chart_change: &ChartChange) -> Self {
        let own = change.case.area;
        let had = match &chart_change.replaced {
            Some(replaced) => Some(replaced.column),
            None => chart_change.from.map(|from| from.column),
        };
        match (had, chart_change.to.as_ref().map(|cell| cell.column)) {
            (Some(had), Some(has)) if had == own && has != own => Self::Dropped,
            (Some(had), Some(has)) if had != own && has == own => Self::Added,
            _ => Self::Same,
        }
    }
}
