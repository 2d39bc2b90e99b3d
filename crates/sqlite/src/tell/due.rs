//! The alerts that a change of the log asks for, as they are due when they are sent: a record may wait for long, and
//! what it says may be corrected meanwhile.

use bulletin::{Alert, CaseAlert, Change, ChangeKind, Standing, changes};
use chrono::{DateTime, Utc};
use pipeline::port::{AlertSink, BulletinStore, Clock, Recipient, StoreError};
use pipeline::{ChangeRecord, Notifier, mark};
use rusqlite::OptionalExtension;

use super::Nobody;
use crate::error::store_error;
use crate::store::{SqliteStore, from_json};

/// An alert to send, and who is not to get it.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) alert: Alert,
    /// The same alert in other forms: whoever got one of them is passed over.
    unless: Vec<Alert>,
}

/// An instant that has passed.
struct At(DateTime<Utc>);

impl Clock for At {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// The alerts that a record asks for which was written at this instant. A month that is over by now was not then.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn due(
    store: &SqliteStore,
    record: &ChangeRecord,
    written_at: DateTime<Utc>,
) -> Result<Vec<Due>, StoreError> {
    let then = Notifier {
        store,
        sink: &Nobody,
        clock: &At(written_at),
    };
    let mut due = Vec::new();
    for alert in then.alerts(record).await? {
        let newest = newest_revision(store, &alert).await?;
        if newest <= revision(&alert) {
            let unless = Vec::new();
            due.push(Due { alert, unless });
            continue;
        }
        tracing::info!(alert.id = %alert.id(), newest, "The bulletin was corrected before this alert was sent.");
        match (&alert, record) {
            // What it says of the cases is what stands there now. It does not come after its own correction.
            (Alert::Bulletin(_), _) => {
                let unless = forms(&alert, revision(&alert) + 1..=newest);
                due.push(Due { alert, unless });
            }
            // Whoever got none of the forms between is told of the newest as of news, and not of a date that was
            // withdrawn. Who got one waits for its correction, which is in the log too.
            (Alert::Case(case), ChangeRecord::Standing { before, .. }) => {
                let stored = store.standing(&case.change)?;
                let change = stored.and_then(|stored| newest_form(before.as_deref(), &stored, &case.change));
                if let Some(change) = change {
                    let page = case.page.clone();
                    let unless = forms(&alert, revision(&alert)..=newest - 1);
                    let alert = Alert::Case(CaseAlert { change, page });
                    due.push(Due { alert, unless });
                }
            }
            (Alert::Case(_), ChangeRecord::Bulletin { .. }) => {}
        }
    }
    Ok(due)
}

impl Due {
    /// Who waits for it on this way.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) async fn recipients<Sink: AlertSink>(
        &self,
        store: &SqliteStore,
        sink: &Sink,
    ) -> Result<Vec<Recipient>, StoreError> {
        let mut waiting = Vec::new();
        for recipient in sink.recipients(&self.alert).await? {
            let mut got_another = false;
            for form in &self.unless {
                got_another |= store.is_sent(&mark(form, &recipient))?;
            }
            if !got_another {
                waiting.push(recipient);
            }
        }
        Ok(waiting)
    }
}

/// Which form of what it is about the alert tells.
fn revision(alert: &Alert) -> u32 {
    match alert {
        Alert::Case(case) => case.change.revision,
        Alert::Bulletin(bulletin) => bulletin.revision,
    }
}

/// Which form of what this alert is about is stored.
async fn newest_revision(store: &SqliteStore, alert: &Alert) -> Result<u32, StoreError> {
    let stored = match alert {
        Alert::Case(case) => store
            .standing(&case.change)?
            .and_then(|standing| standing.entry(case.change.month).map(|entry| entry.revision)),
        Alert::Bulletin(bulletin) => store.record(bulletin.month).await?.map(|record| record.revision),
    };
    Ok(stored.unwrap_or_else(|| revision(alert)))
}

/// What the bulletin of this change does now, against what was known before the change.
fn newest_form(before: Option<&Standing>, stored: &Standing, change: &Change) -> Option<Change> {
    match change.kind {
        ChangeKind::NewMonth => Change::in_bulletin(stored, change.month),
        ChangeKind::Correction => changes(before, stored)
            .into_iter()
            .find(|newest| newest.month == change.month),
    }
}

/// The alert under other revisions: only what it is noted by is right.
fn forms(alert: &Alert, revisions: std::ops::RangeInclusive<u32>) -> Vec<Alert> {
    revisions
        .map(|revision| {
            let mut form = alert.clone();
            match &mut form {
                Alert::Case(case) => case.change.revision = revision,
                Alert::Bulletin(bulletin) => bulletin.revision = revision,
            }
            form
        })
        .collect()
}

impl SqliteStore {
    /// The standing of the case of this change.
    fn standing(&self, change: &Change) -> Result<Option<Standing>, StoreError> {
        let found: Option<String> = self
            .connection()
            .prepare_cached("SELECT standing FROM standing WHERE category = ? AND area = ?")
            .and_then(|mut statement| {
                statement
                    .query_row([change.case.category.code(), change.case.area.code()], |row| {
                        row.get(0)
                    })
                    .optional()
            })
            .map_err(store_error)?;
        found.map(|text| from_json("a standing", &text)).transpose()
    }
}
