//! The fetch stage: polls the source and queues the pages that are due.
//!
//! It neither downloads bulletin pages nor reads them; that is the parse stage. The states of a link are in `link.rs`.
//! Start reading at [`Fetcher::fetch`].

use bulletin::{Month, MonthRange};
use bulletin_html::predicted_path;
use chrono::{DateTime, Datelike, Duration, Utc};

use crate::calendar::present_month;
use crate::link::LinkState;
use crate::port::{
    BulletinQueue, BulletinStore, Check, Clock, LinkTable, PageLink, PageMessage, PageSource, StoreError,
};

/// The time after which a queued link without a result is due again. Longer than all deliveries of its message
/// together.
const QUEUED_FOR: Duration = Duration::minutes(60);
/// The day of the month from which the next month's bulletin is overdue. From 2023 to 2025 bulletins were published
/// between the 6th and the 15th, in 2026 as late as the 29th.
const OVERDUE_FROM_DAY: u32 = 22;

/// Finds bulletins and queues the pages that are due.
#[derive(Debug)]
pub struct Fetcher<'a, Source, Store, Queue, Clock> {
    /// The source of the index.
    pub source: &'a Source,
    /// The bulletins and links.
    pub store: &'a Store,
    /// The queue of pages to parse.
    pub queue: &'a Queue,
    /// The time.
    pub clock: &'a Clock,
}

/// The result of a poll.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FetchReport {
    /// The months whose pages were queued.
    pub queued: Vec<Month>,
    /// The answers of the hosts if none served the index; `None` if one did.
    pub blocked: Option<String>,
    /// The month whose bulletin should be published by now and is not stored.
    pub overdue: Option<Month>,
    /// The month of the newest stored bulletin.
    pub newest: Option<Month>,
    /// Months of the backfill range that the index does not list.
    pub unavailable: Vec<Month>,
    /// Polled months that are not stored because the last fetch of their page failed. Their bulletins may be published.
    pub missing: Vec<Month>,
}

impl<Source, Store, Queue, C> Fetcher<'_, Source, Store, Queue, C>
where
    Source: PageSource,
    Store: BulletinStore + LinkTable,
    Queue: BulletinQueue,
    C: Clock,
{
    /// Polls the source once and queues the pages that are due:
    ///
    /// - every month after the newest stored one up to the next calendar month, listed or not;
    /// - the bulletin in force and every later one, again every few hours;
    /// - the missing months of `backfill`, once the newest bulletin is stored. History always fills in behind it.
    ///
    /// # Errors
    /// [`StoreError`] of the store or queue. Pages queued before the error stay queued; the others are still due.
    pub async fn fetch(&self, backfill: Option<MonthRange>) -> Result<FetchReport, StoreError> {
        let now = self.clock.now();
        let mut report = FetchReport::default();
        let listed = match self.source.links().await {
            Ok(links) => {
                self.store
                    .note_check(&Check {
                        at: now,
                        good: true,
                        note: "listed".into(),
                    })
                    .await?;
                Some(links)
            }
            Err(error) => {
                let note = error.answers();
                self.store
                    .note_check(&Check {
                        at: now,
                        good: false,
                        note: note.clone(),
                    })
                    .await?;
                report.blocked = Some(note);
                None
            }
        };
        let stored = self.store.months().await?;
        report.newest = stored.last().copied();
        report.overdue = overdue(now, &stored);
        for month in wanted(present_month(now), &stored, listed.as_deref()) {
            if !stored.contains(&month) && self.is_failing(month).await? {
                report.missing.push(month);
            }
            self.queue_if_due(month, listed.as_deref(), now, &mut report)
                .await?;
        }
        if let Some(range) = backfill
            && newest_is_stored(present_month(now), &stored, listed.as_deref())
        {
            for month in range.months().rev().filter(|month| !stored.contains(month)) {
                match &listed {
                    Some(links) if !links.iter().any(|link| link.month == month) => {
                        report.unavailable.push(month)
                    }
                    _ => {
                        self.queue_if_due(month, listed.as_deref(), now, &mut report)
                            .await?
                    }
                }
            }
            report.unavailable.reverse();
        }
        Ok(report)
    }

    /// True if the last fetch of the page failed. A refused page does not count: it was fetched.
    async fn is_failing(&self, month: Month) -> Result<bool, StoreError> {
        let link = self.store.link(month).await?;
        Ok(link.is_some_and(|link| {
            link.failures > 0 && matches!(link.state, LinkState::Due { .. } | LinkState::Queued { .. })
        }))
    }

    async fn queue_if_due(
        &self,
        month: Month,
        listed: Option<&[PageLink]>,
        now: DateTime<Utc>,
        report: &mut FetchReport,
    ) -> Result<(), StoreError> {
        let listed = listed
            .unwrap_or_default()
            .iter()
            .find(|link| link.month == month)
            .cloned();
        let is_listed = listed.is_some();
        let link = listed.unwrap_or_else(|| PageLink {
            month,
            path: predicted_path(month),
        });
        if report.queued.contains(&month) || !self.store.claim_link(&link, now, now + QUEUED_FOR).await? {
            return Ok(());
        }
        let trace = format!("{month}-{}", now.format("%Y%m%dT%H%M%S"));
        let message = PageMessage {
            link,
            trace,
            listed: is_listed,
        };
        self.queue.send(&message).await?;
        report.queued.push(month);
        Ok(())
    }
}

/// The months to poll, in the order in which to parse them.
fn wanted(present: Month, stored: &[Month], listed: Option<&[PageLink]>) -> Vec<Month> {
    let listed = |month: &Month| lists(listed, *month);
    let horizon = present.next();
    let Some(newest) = stored.last().copied() else {
        // Tracking begins with the newest bulletin. Without an index, both possible pages are tried.
        return match listed_newest(listed, horizon) {
            Some(newest) => vec![newest],
            None => vec![horizon, present],
        };
    };
    let mut months: Vec<Month> = newest.next().through(horizon).collect();
    // A bulletin that is published unusually early.
    months.extend(
        horizon
            .next()
            .through(horizon.next())
            .filter(|month| listed(month) && *month > newest),
    );
    months.extend(
        present
            .through(newest)
            .filter(|month| stored.contains(month) || *month == present),
    );
    months
}

/// True if the index was fetched and lists the month.
fn lists(listed: Option<&[PageLink]>, month: Month) -> bool {
    listed.is_some_and(|links| links.iter().any(|link| link.month == month))
}

fn listed_newest(listed: impl Fn(&Month) -> bool, horizon: Month) -> Option<Month> {
    let earliest = Month::new(2001, 12)?;
    earliest.through(horizon.next()).rev().find(listed)
}

/// True if the index lists no bulletin newer than the newest stored one.
fn newest_is_stored(present: Month, stored: &[Month], listed: Option<&[PageLink]>) -> bool {
    let Some(newest) = stored.last().copied() else {
        return false;
    };
    let listed = |month: &Month| lists(listed, *month);
    listed_newest(listed, present.next()).is_none_or(|listed| listed <= newest)
}

/// The month of the bulletin that should be published by now and is not stored: this month's or next month's.
/// `stored` is sorted.
pub fn overdue(now: DateTime<Utc>, stored: &[Month]) -> Option<Month> {
    let present = present_month(now);
    if stored.last().is_none_or(|newest| *newest < present) {
        return Some(present);
    }
    let late = (now - Duration::hours(5)).day() >= OVERDUE_FROM_DAY;
    (late && !stored.contains(&present.next())).then(|| present.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    fn links(months: &[&str]) -> Vec<PageLink> {
        months
            .iter()
            .map(|text| PageLink {
                month: month(text),
                path: predicted_path(month(text)),
            })
            .collect()
    }

    fn texts(months: Vec<Month>) -> Vec<String> {
        months.iter().map(Month::to_string).collect()
    }

    #[test]
    fn tracking_begins_with_the_newest_listed_bulletin() {
        let listed = links(&["2026-11", "2026-10", "2001-12"]);
        assert_eq!(texts(wanted(month("2026-11"), &[], Some(&listed))), ["2026-11"]);
        let listed = links(&["2026-12", "2026-11"]);
        assert_eq!(texts(wanted(month("2026-11"), &[], Some(&listed))), ["2026-12"]);
    }

    #[test]
    fn without_an_index_the_next_and_the_present_month_are_tried() {
        assert_eq!(texts(wanted(month("2026-11"), &[], None)), ["2026-12", "2026-11"]);
    }

    #[test]
    fn every_month_after_the_newest_is_polled_even_if_not_listed() {
        let stored = [month("2026-09")];
        let wanted = wanted(month("2026-11"), &stored, Some(&links(&["2026-09"])));
        assert_eq!(texts(wanted), ["2026-10", "2026-11", "2026-12"]);
    }

    #[test]
    fn bulletins_in_force_and_upcoming_are_polled_again() {
        let stored = [month("2026-10"), month("2026-12")];
        // November is in force and missing; October is over.
        assert_eq!(
            texts(wanted(month("2026-11"), &stored, None)),
            ["2026-11", "2026-12"]
        );
    }

    #[test]
    fn history_waits_until_the_newest_bulletin_is_stored() {
        let listed = links(&["2026-12", "2026-11"]);
        assert!(!newest_is_stored(
            month("2026-11"),
            &[month("2026-11")],
            Some(&listed)
        ));
        assert!(newest_is_stored(
            month("2026-11"),
            &[month("2026-12")],
            Some(&listed)
        ));
        assert!(!newest_is_stored(month("2026-11"), &[], Some(&listed)));
    }

    #[test]
    fn a_bulletin_is_overdue_late_in_the_month() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let stored = [month("2026-11")];
        assert_eq!(overdue(at("2026-11-21T12:00:00Z"), &stored), None);
        assert_eq!(
            overdue(at("2026-11-22T12:00:00Z"), &stored),
            Some(month("2026-12"))
        );
        assert_eq!(
            overdue(at("2026-12-02T12:00:00Z"), &stored),
            Some(month("2026-12"))
        );
        assert_eq!(overdue(at("2026-11-22T12:00:00Z"), &[month("2026-12")]), None);
    }
}
