//! Test doubles for the ports: a fixed clock, a scripted source, a queue in memory and a recording channel.
//!
//! No stores: the stages are tested with real ones, and every store must pass [`contract`]. Only compiled with the
//! feature `testing`. Start reading at [`ScriptedSource`].

pub mod channel;
pub mod contract;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::future::ready;

use bulletin::{Alert, Bulletin, Chart, CutOff, Month, Preference, RowKey};
use bulletin_html::{month_of_path, predicted_path};
use bulletin_samples::{Layout, Page};
use chrono::{DateTime, Days, Duration, Utc};

use crate::port::{
    BulletinQueue, Channel, ChannelError, Clock, Fetched, PageLink, PageMessage, PageSource, Recipient,
    Sending, SourceError, StoreError,
};

/// A clock that moves only when a test moves it.
#[derive(Debug)]
pub struct FixedClock(Cell<DateTime<Utc>>);

impl FixedClock {
    /// A clock set to noon UTC of this day, such as `2024-03-13`.
    ///
    /// # Panics
    /// If the day is invalid.
    pub fn noon(day: &str) -> Self {
        #[expect(clippy::expect_used, reason = "an invalid day is a fault of the test")]
        let noon = format!("{day}T12:00:00Z")
            .parse()
            .expect("a day such as 2024-03-13");
        Self(Cell::new(noon))
    }

    /// Advances it.
    pub fn pass(&self, time: Duration) {
        self.0.set(self.0.get() + time);
    }

    /// Sets it to another instant.
    pub fn set(&self, now: DateTime<Utc>) {
        self.0.set(now);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.get()
    }
}

/// The answer of a host of a [`ScriptedSource`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It serves this page.
    Page(Vec<u8>),
    /// It is blocked.
    Blocked,
}

/// A source whose hosts give scripted answers. A host without an answer for a page does not find it.
#[derive(Debug)]
pub struct ScriptedSource<'a> {
    clock: &'a FixedClock,
    hosts: RefCell<Vec<(String, BTreeMap<Month, Answer>)>>,
    asked: RefCell<Vec<String>>,
}

impl<'a> ScriptedSource<'a> {
    /// A source with these hosts, asked in this order.
    pub fn new(clock: &'a FixedClock, hosts: &[&str]) -> Self {
        let hosts = hosts
            .iter()
            .map(|host| ((*host).to_owned(), BTreeMap::new()))
            .collect();
        Self {
            clock,
            hosts: RefCell::new(hosts),
            asked: RefCell::default(),
        }
    }

    /// Sets the answer of one host for a month.
    pub fn answer(&self, host: &str, month: Month, answer: Answer) {
        let mut hosts = self.hosts.borrow_mut();
        if let Some((_, answers)) = hosts.iter_mut().find(|(name, _)| name == host) {
            answers.insert(month, answer);
        }
    }

    /// Removes the page of this month from every host.
    pub fn withdraw(&self, month: Month) {
        for (_, answers) in self.hosts.borrow_mut().iter_mut() {
            answers.remove(&month);
        }
    }

    /// Serves this bulletin on every host, as a page in the layout of its month.
    pub fn publish(&self, bulletin: &Bulletin) {
        let names: Vec<String> = self.hosts.borrow().iter().map(|(name, _)| name.clone()).collect();
        for name in names {
            self.publish_on(&name, bulletin);
        }
    }

    /// Serves this bulletin on one host.
    pub fn publish_on(&self, host: &str, bulletin: &Bulletin) {
        self.answer(host, bulletin.month(), Answer::Page(page_of(bulletin)));
    }

    /// The hosts that were asked for pages since the last call of this method, in order.
    pub fn asked(&self) -> Vec<String> {
        self.asked.take()
    }
}

impl PageSource for ScriptedSource<'_> {
    async fn links(&self) -> Result<Vec<PageLink>, SourceError> {
        let hosts = self.hosts.borrow();
        let months = hosts.iter().find_map(|(_, answers)| {
            let blocked = answers.values().any(|answer| *answer == Answer::Blocked);
            (!blocked).then(|| answers.keys().rev().copied().collect::<Vec<Month>>())
        });
        match months {
            Some(months) => Ok(months.into_iter().map(link_of).collect()),
            None => Err(SourceError::Blocked {
                path: "the index".into(),
                tried: "every host: blocked".into(),
            }),
        }
    }

    async fn page(&self, path: &str, avoid: Option<&str>) -> Result<Fetched, SourceError> {
        let month = month_of_path(path);
        let hosts = self.hosts.borrow();
        let mut order: Vec<_> = hosts.iter().collect();
        order.sort_by_key(|(name, _)| Some(name.as_str()) == avoid);
        let mut is_blocked = false;
        for (name, answers) in order {
            self.asked.borrow_mut().push(name.clone());
            match month.and_then(|month| answers.get(&month)) {
                Some(Answer::Page(body)) => {
                    return Ok(Fetched {
                        body: body.clone(),
                        host: name.clone(),
                        at: self.clock.now(),
                        by_hand: false,
                    });
                }
                Some(Answer::Blocked) => is_blocked = true,
                None => {}
            }
        }
        let (path, tried) = (path.to_owned(), "every host".to_owned());
        Err(if is_blocked {
            SourceError::Blocked { path, tried }
        } else {
            SourceError::NotFound { path, tried }
        })
    }
}

/// A queue in memory.
#[derive(Debug, Default)]
pub struct MemoryQueue(RefCell<VecDeque<PageMessage>>);

impl MemoryQueue {
    /// Removes and returns the oldest message.
    pub fn take(&self) -> Option<PageMessage> {
        self.0.borrow_mut().pop_front()
    }
}

impl BulletinQueue for MemoryQueue {
    async fn send(&self, message: &PageMessage) -> Result<(), StoreError> {
        self.0.borrow_mut().push_back(message.clone());
        Ok(())
    }
}

/// A channel that records every alert, and fails on request.
#[derive(Debug, Default)]
pub struct RecordingChannel {
    sent: RefCell<Vec<Alert>>,
    failures: RefCell<VecDeque<ChannelError>>,
}

impl RecordingChannel {
    /// Makes the next send fail with this error.
    pub fn fail_next(&self, error: ChannelError) {
        self.failures.borrow_mut().push_back(error);
    }

    /// The alerts sent since the last call of this method.
    pub fn take(&self) -> Vec<Alert> {
        self.sent.take()
    }
}

impl Channel for RecordingChannel {
    fn recipients(&self, _: &Alert) -> Result<Vec<Recipient>, StoreError> {
        Ok(vec![Recipient {
            key: "everybody".into(),
            handle: 0,
        }])
    }

    fn send_alert<'a>(&'a self, alert: &'a Alert, _: &'a Recipient) -> Sending<'a, Result<(), ChannelError>> {
        let failure = self.failures.borrow_mut().pop_front();
        if matches!(failure, None | Some(ChannelError::Unknown(_))) {
            self.sent.borrow_mut().push(alert.clone());
        }
        Box::pin(ready(failure.map_or(Ok(()), Err)))
    }

    fn group_size(&self) -> usize {
        10
    }
}

/// The link of a month's page at its predicted path.
pub fn link_of(month: Month) -> PageLink {
    PageLink {
        month,
        path: predicted_path(month),
    }
}

/// Renders a bulletin as a page in the layout of its month.
///
/// # Panics
/// If the month is before December 2001: no layout is known.
pub fn page_of(bulletin: &Bulletin) -> Vec<u8> {
    #[expect(
        clippy::expect_used,
        reason = "a month without a layout is a fault of the test"
    )]
    let page = Page::new(bulletin.clone()).expect("a month that has pages");
    page.render().into_bytes()
}

/// A bulletin with every row and column of its month's layout. `cut_off` returns the value of each cell. Dates for
/// Filing are ten days later, because identical charts are held.
///
/// # Panics
/// If the month is before December 2001: no layout is known.
pub fn bulletin_of(month: Month, mut cut_off: impl FnMut(RowKey) -> CutOff) -> Bulletin {
    #[expect(
        clippy::expect_used,
        reason = "a month without a layout is a fault of the test"
    )]
    let layout = Layout::of(month).expect("a month that has pages");
    let mut rows = Vec::new();
    for chart in layout.charts().iter().copied() {
        for preference in Preference::ALL {
            for category in Layout::categories(month, chart, preference) {
                for area in Layout::areas(month, preference) {
                    let key = RowKey {
                        chart,
                        category,
                        area,
                    };
                    let cut_off = match (chart, cut_off(key)) {
                        (Chart::DatesForFiling, CutOff::Date(date)) => CutOff::Date(date + Days::new(10)),
                        (_, cut_off) => cut_off,
                    };
                    rows.push(layout.row(month, key, cut_off));
                }
            }
        }
    }
    #[expect(clippy::expect_used, reason = "the rows and columns of a layout are unique")]
    Bulletin::new(month, rows).expect("unique cells")
}
