//! The failure that every port to a store shares.

/// The failure of a store, queue or table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another writer changed it after it was read. Read again and retry.
    #[error("conflict: another process wrote {what}")]
    Conflict {
        /// The object of the write.
        what: String,
    },
    /// It is unreachable or busy. A retry can succeed.
    #[error("{what} is unavailable: {reason}")]
    Unavailable {
        /// The store.
        what: String,
        /// The reason.
        reason: String,
    },
    /// Its content is invalid, or it cannot be used at all. A retry cannot succeed.
    #[error("{what} cannot be used: {reason}")]
    Broken {
        /// The store, and the affected part of it.
        what: String,
        /// The reason and the remedy.
        reason: String,
    },
}
