//! The alerts that a change asks for. Pure: no store, clock or channel.
//!
//! [`alerts_of`] gives the alerts as the change was written, [`due_alerts`] as they are due now, after corrections.
//! [`is_finished`](crate::is_finished) is the one rule that silences old months. Sending starts at [`Notifier`](crate::Notifier).

use std::ops::RangeInclusive;

use bulletin::{Alert, AlertId, BulletinAlert, CaseAlert, Change, ChangeKind, Standing, changes};
use bulletin_html::predicted_path;
use chrono::{DateTime, Utc};

use crate::OFFICIAL_SITE;
use crate::calendar::is_finished;
use crate::record::{BulletinRecord, ChangeRecord};

/// The stored state that a change is about.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// For a change of a standing, the one of its case; for a change of a bulletin, all of them.
    pub standings: Vec<Standing>,
    /// For a change of a bulletin, its record.
    pub record: Option<BulletinRecord>,
}

/// An alert to send, and the recipients that must not get it.
#[derive(Debug, Clone)]
pub struct DueAlert {
    /// The alert.
    pub alert: Alert,
    /// Other revisions of the same alert. A recipient that got one of them is skipped.
    pub unless: Vec<AlertId>,
}

impl From<Alert> for DueAlert {
    fn from(alert: Alert) -> Self {
        let unless = Vec::new();
        Self { alert, unless }
    }
}

/// The alerts that a change asked for at this instant. A summary is made of these standings.
pub fn alerts_of(change: &ChangeRecord, at: DateTime<Utc>, standings: &[Standing]) -> Vec<Alert> {
    let alerts: Vec<Alert> = match change {
        ChangeRecord::Standing { before, after } => changes(before.as_deref(), after)
            .into_iter()
            .map(case_alert)
            .collect(),
        ChangeRecord::Bulletin { .. } => summary(change, at, standings)
            .into_iter()
            .filter(|summary| !summary.changes.is_empty())
            .map(Alert::Bulletin)
            .collect(),
    };
    let is_news = |alert: &Alert| !is_finished(alert.month(), at);
    alerts.into_iter().filter(is_news).collect()
}

/// The alerts of a change that was written at this instant, as they are due now: a change may wait for long, and what
/// it says may be corrected meanwhile.
///
/// - A summary shows what is stored now. It is not sent after its own correction.
/// - A case alert is replaced by its newest revision, for recipients that got none of the revisions between. A recipient
///   that got one waits for the correction, which is a change too.
pub fn due_alerts(change: &ChangeRecord, written_at: DateTime<Utc>, stored: &Stored) -> Vec<DueAlert> {
    alerts_of(change, written_at, &stored.standings)
        .into_iter()
        .filter_map(|alert| due_alert(alert, change, stored))
        .collect()
}

fn due_alert(alert: Alert, change: &ChangeRecord, stored: &Stored) -> Option<DueAlert> {
    let revision = alert.revision();
    match &alert {
        Alert::Bulletin(_) => {
            let newest = stored.record.as_ref().map_or(revision, |record| record.revision);
            let unless = ids(&alert, revision + 1..=newest);
            Some(DueAlert { alert, unless })
        }
        Alert::Case(case) => {
            let is_of_case = |standing: &&Standing| standing.case == case.change.case;
            let Some(standing) = stored.standings.iter().find(is_of_case) else {
                return Some(alert.into());
            };
            let entry = standing.entry(case.change.month);
            let newest = entry.map_or(revision, |entry| entry.revision);
            if newest <= revision {
                return Some(alert.into());
            }
            let unless = ids(&alert, revision..=newest - 1);
            let alert = case_alert(newest_revision(change, standing, &case.change)?);
            Some(DueAlert { alert, unless })
        }
    }
}

/// The change that the bulletin makes now, compared with what was known before.
fn newest_revision(record: &ChangeRecord, stored: &Standing, change: &Change) -> Option<Change> {
    let before = match record {
        ChangeRecord::Standing { before, .. } => before.as_deref(),
        ChangeRecord::Bulletin { .. } => None,
    };
    match change.kind {
        ChangeKind::NewMonth => Change::in_bulletin(stored, change.month),
        ChangeKind::Correction => changes(before, stored)
            .into_iter()
            .find(|newest| newest.month == change.month),
    }
}

fn ids(alert: &Alert, revisions: RangeInclusive<u32>) -> Vec<AlertId> {
    revisions.map(|revision| alert.id_of_revision(revision)).collect()
}

fn case_alert(change: Change) -> Alert {
    let page = format!("{OFFICIAL_SITE}{}", predicted_path(change.month));
    Alert::Case(CaseAlert { change, page })
}

/// The summary of a bulletin: when it is stored, unless tracking begins with it or a later one was there before; and
/// when it is corrected. It has no changes if the standings do not reach back to its month.
pub fn summary(change: &ChangeRecord, at: DateTime<Utc>, standings: &[Standing]) -> Option<BulletinAlert> {
    let ChangeRecord::Bulletin { before, after } = change else {
        return None;
    };
    let kind = match before {
        None if after.came_in_order => ChangeKind::NewMonth,
        Some(before) if before.revision != after.revision => ChangeKind::Correction,
        _ => return None,
    };
    if is_finished(after.month, at) {
        return None;
    }
    let mut changes: Vec<Change> = standings
        .iter()
        .filter_map(|standing| Change::in_bulletin(standing, after.month))
        .collect();
    // Stores give standings in any order; the message is the same whichever store it is.
    changes.sort_unstable_by_key(|change| change.case);
    Some(BulletinAlert {
        month: after.month,
        revision: after.revision,
        kind,
        changes,
        corrected: after.corrected.clone(),
        findings: after.findings.clone(),
        page: format!("{OFFICIAL_SITE}{}", after.path),
    })
}
