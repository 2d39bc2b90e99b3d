use bulletin::{Month, MonthRange};
use bulletin_html::predicted_path;
use chrono::{DateTime, Datelike, Duration, Utc};

use crate::link::LinkState;
use crate::port::{
    BulletinQueue, BulletinStore, Check, Clock, LinkTable, PageLink, PageMessage, PageSource, StoreError,
    present_month,
};

/// How long a queued link may go without a word before it is due again: longer than every attempt at its message
/// takes together.
const QUEUED_FOR: Duration = Duration::minutes(60);
/// The day of a month from which the next month's bulletin is called overdue. From 2023 to 2025 bulletins came out
/// between the 6th and the 15th, in 2026 as late as the 29th.
const OVERDUE_FROM_DAY: u32 = 22;

/// Finds bulletins and queues the pages that are due.
#[derive(Debug)]
pub struct Fetcher<'a, Source, Store, Queue, Clock> {
    /// Where pages come from.
    pub source: &'a Source,
    /// Where bulletins and links are.
    pub store: &'a Store,
    /// Where pages wait to be read.
    pub queue: &'a Queue,
    /// What time it is.
    pub clock: &'a Clock,
}

/// What a look at the source brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FetchReport {
    /// The months whose pages were queued.
    pub queued: Vec<Month>,
    /// Why the list of bulletins could not be had; `None` where it could.
    pub blocked: Option<String>,
    /// The month whose bulletin should be out by now and is not stored.
    pub overdue: Option<Month>,
    /// The newest bulletin stored.
    pub newest: Option<Month>,
    /// Months of the wanted history that the source does not have.
    pub unavailable: Vec<Month>,
    /// Months that are polled and not stored, because their page could not be had when it was last asked for. Such a
    /// bulletin may be out.
    pub missing: Vec<Month>,
}

impl<Source, Store, Queue, C> Fetcher<'_, Source, Store, Queue, C>
where
    Source: PageSource,
    Store: BulletinStore + LinkTable,
    Queue: BulletinQueue,
    C: Clock,
{
    /// Looks at the source once and queues what is due: every month after the newest stored up to next calendar
    /// month, whether the source lists it or not; the bulletin in force and every later one again after some hours;
    /// and of `backfill` what is not stored yet, but only once the newest bulletin is stored, so that history always
    /// fills in behind.
    ///
    /// # Errors
    /// [`StoreError`] of store or queue. What was queued until then stays queued; the rest is still due.
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
                let note = error.to_string();
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

    /// True if the page could not be had when it was last asked for. A page that was refused is another matter.
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

/// The months to look at, in the order in which they should be read.
fn wanted(present: Month, stored: &[Month], listed: Option<&[PageLink]>) -> Vec<Month> {
    let listed = |month: &Month| lists(listed, *month);
    let horizon = present.next();
    let Some(newest) = stored.last().copied() else {
        // Tracking begins with the newest bulletin that there is. Without a list, next month's page is tried and
        // this month's too.
        return match listed_newest(listed, horizon) {
            Some(newest) => vec![newest],
            None => vec![horizon, present],
        };
    };
    let mut months: Vec<Month> = newest.next().through(horizon).collect();
    // A bulletin that is out earlier than ever is on the list.
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

/// Whether the source gave its list, and the month is on it.
fn lists(listed: Option<&[PageLink]>, month: Month) -> bool {
    listed.is_some_and(|links| links.iter().any(|link| link.month == month))
}

fn listed_newest(listed: impl Fn(&Month) -> bool, horizon: Month) -> Option<Month> {
    let earliest = Month::new(2001, 12)?;
    earliest.through(horizon.next()).rev().find(listed)
}

/// Whether no newer bulletin can be had than those that are stored, as far as the source tells.
fn newest_is_stored(present: Month, stored: &[Month], listed: Option<&[PageLink]>) -> bool {
    let Some(newest) = stored.last().copied() else {
        return false;
    };
    let listed = |month: &Month| lists(listed, *month);
    listed_newest(listed, present.next()).is_none_or(|listed| listed <= newest)
}

/// Next month's bulletin, where it should be out by now and is not stored; or this month's. `stored` is in order.
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
    fn tracking_begins_with_the_newest_bulletin_listed() {
        let listed = links(&["2026-11", "2026-10", "2001-12"]);
        assert_eq!(texts(wanted(month("2026-11"), &[], Some(&listed))), ["2026-11"]);
        let listed = links(&["2026-12", "2026-11"]);
        assert_eq!(texts(wanted(month("2026-11"), &[], Some(&listed))), ["2026-12"]);
    }

    #[test]
    fn without_a_list_the_next_and_the_present_month_are_tried() {
        assert_eq!(texts(wanted(month("2026-11"), &[], None)), ["2026-12", "2026-11"]);
    }

    #[test]
    fn every_month_after_the_newest_is_looked_for_though_not_listed() {
        let stored = [month("2026-09")];
        let wanted = wanted(month("2026-11"), &stored, Some(&links(&["2026-09"])));
        assert_eq!(texts(wanted), ["2026-10", "2026-11", "2026-12"]);
    }

    #[test]
    fn the_bulletins_in_force_and_to_come_are_read_again() {
        let stored = [month("2026-10"), month("2026-12")];
        // November is in force and missing; October is history.
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
