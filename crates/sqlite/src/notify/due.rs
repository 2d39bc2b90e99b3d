//! The alerts of a change of the log, as they are due now. Excludes the rules, see [`due_alerts`].

use chrono::{DateTime, Utc};
use pipeline::port::{BulletinStore, StoreError};
use pipeline::{ChangeRecord, DueAlert, Stored, due_alerts, standings_for};

use crate::standing;
use crate::store::SqliteStore;

/// The alerts of a record that was written at this instant. A month that is finished by now was not then.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn due(
    store: &SqliteStore,
    record: &ChangeRecord,
    written_at: DateTime<Utc>,
) -> Result<Vec<DueAlert>, StoreError> {
    let stored = match record {
        ChangeRecord::Standing { after, .. } => Stored {
            standings: Vec::from_iter(standing::of_case(&store.connection(), after.case)?),
            record: None,
        },
        ChangeRecord::Bulletin { after, .. } => Stored {
            standings: standings_for(store, record, written_at).await?,
            record: store.record(after.month).await?,
        },
    };
    Ok(due_alerts(record, written_at, &stored))
}
