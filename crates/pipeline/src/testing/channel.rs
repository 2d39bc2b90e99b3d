//! The contract of every channel. [`all`] runs its checks, each with a new [`TestChannel`].
//!
//! Excludes the texts of alerts, which belong to the crate `bulletin`, and the retries of one channel.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use bulletin::{Alert, Area, Bulletin, Case, Category, CutOff, Neighbours, Standing};
use chrono::{DateTime, NaiveDate, Utc};

use crate::alert::{DueAlert, alerts_of};
use crate::dispatch::Dispatcher;
use crate::port::{AlertMarks, Channel, ChannelError, Claim, Clock, Recipient, StoreError};
use crate::record::ChangeRecord;
use crate::testing::{FixedClock, bulletin_of};

/// A fault of the receiving side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The receiver refuses the alert permanently: [`ChannelError::Refused`].
    Refuses,
    /// The receiver certainly does not get the alert: [`ChannelError::NotSent`].
    Fails,
    /// The receiver may have got the alert, but does not answer: [`ChannelError::Unknown`].
    LosesAnswer,
}

/// A channel with a receiver that a test controls.
pub trait TestChannel {
    /// The channel under test.
    fn channel(&self) -> Box<dyn Channel + '_>;

    /// Makes the receiver fail once, at this alert. Returns false if the channel has no such fault.
    fn fail(&self, alert: &Alert, fault: Fault) -> bool;

    /// The ids of the alerts that the receiver got since the last call, in order.
    fn received(&self) -> Vec<String>;

    /// True if the channel selects the recipients of an alert. False if the receiving side does.
    fn selects_recipients(&self) -> bool {
        true
    }
}

/// Runs every check. `connect` returns a channel on which one recipient waits for each of these alerts, and for no
/// other.
///
/// # Panics
/// If the channel breaks the contract.
pub async fn all<T: TestChannel>(connect: impl Fn(&[Alert]) -> T) {
    let wanted = [Area::INDIA, Area::CHINA, Area::MEXICO].map(alert);
    an_alert_is_sent_once(&connect(&wanted), &wanted[0]).await;
    nobody_gets_an_unwanted_alert(&connect(&wanted));
    a_group_is_answered_in_order(&connect(&wanted), &wanted).await;
    for fault in [Fault::Refuses, Fault::Fails, Fault::LosesAnswer] {
        a_fault_is_the_right_error(&connect(&wanted), &wanted[0], fault).await;
    }
}

async fn an_alert_is_sent_once(test: &impl TestChannel, alert: &Alert) {
    let (channel, marks, clock) = (test.channel(), MemoryMarks::default(), clock());
    let dispatcher = Dispatcher {
        marks: &marks,
        clock: &clock,
        run: None,
    };
    let records = [vec![DueAlert::from(alert.clone())]];
    for sent in [1, 0] {
        let report = dispatcher.send(channel.as_ref(), &records).await.remove(0);
        assert_eq!(report.failures, []);
        assert_eq!((report.sent, report.sent_before), (sent, 1 - sent));
    }
    assert_eq!(test.received(), [id(alert)]);
}

fn nobody_gets_an_unwanted_alert(test: &impl TestChannel) {
    if test.selects_recipients() {
        let recipients = test.channel().recipients(&alert(Area::PHILIPPINES));
        assert_eq!(recipients, Ok(Vec::new()));
    }
}

async fn a_group_is_answered_in_order(test: &impl TestChannel, alerts: &[Alert; 3]) {
    let channel = test.channel();
    let recipients = alerts.each_ref().map(|alert| recipient(channel.as_ref(), alert));
    let group: Vec<(&Alert, &Recipient)> = alerts.iter().zip(&recipients).collect();
    let [first, second, third] = alerts;
    assert!(
        test.fail(second, Fault::Fails),
        "every channel can fail to send an alert"
    );
    let results = channel.send_group(&group).await;
    assert!(
        matches!(
            results.as_slice(),
            [Ok(()), Err(ChannelError::NotSent(_)), Ok(())]
        ),
        "{results:?}"
    );
    assert_eq!(test.received(), [id(first), id(third)]);
}

async fn a_fault_is_the_right_error(test: &impl TestChannel, alert: &Alert, fault: Fault) {
    if !test.fail(alert, fault) {
        return;
    }
    let channel = test.channel();
    let recipient = recipient(channel.as_ref(), alert);
    let result = channel.send_alert(alert, &recipient).await;
    let is_right = match fault {
        Fault::Refuses => matches!(result, Err(ChannelError::Refused(_))),
        Fault::Fails => matches!(result, Err(ChannelError::NotSent(_))),
        Fault::LosesAnswer => matches!(result, Err(ChannelError::Unknown(_))),
    };
    assert!(is_right, "{fault:?} is {result:?}");
    let received = test.received();
    match fault {
        Fault::LosesAnswer => assert!(received.len() <= 1, "{received:?}"),
        Fault::Refuses | Fault::Fails => assert_eq!(received, [""; 0]),
    }
    // A retry succeeds, unless the refusal is permanent.
    let retried = channel.send_alert(alert, &recipient).await;
    match fault {
        Fault::Refuses => assert!(matches!(retried, Err(ChannelError::Refused(_))), "{retried:?}"),
        Fault::Fails | Fault::LosesAnswer => {
            assert_eq!(retried, Ok(()), "after {fault:?}");
            assert_eq!(test.received(), [id(alert)]);
        }
    }
}

fn id(alert: &Alert) -> String {
    alert.id().to_string()
}

fn recipient(channel: &dyn Channel, alert: &Alert) -> Recipient {
    let recipients = channel
        .recipients(alert)
        .unwrap_or_else(|error| panic!("{error}"));
    let [recipient] = recipients.as_slice() else {
        panic!("one recipient wants {}: {recipients:?}", alert.id())
    };
    recipient.clone()
}

fn clock() -> FixedClock {
    FixedClock::noon("2024-03-13")
}

/// The alert about EB-3 of an area in April 2024.
fn alert(area: Area) -> Alert {
    let category = Category::Eb3;
    let case = Case { category, area };
    let [before, after] = [("2024-03", 1), ("2024-04", 15)].map(|(month, day)| {
        let month = month.parse().unwrap_or_else(|error| panic!("{error}"));
        let date = NaiveDate::from_ymd_opt(2012, 5, day).unwrap_or_default();
        bulletin_of(month, |_| CutOff::Date(date))
    });
    let march = standing(None, case, &before);
    let change = ChangeRecord::Standing {
        after: Box::new(standing(Some(&march), case, &after)),
        before: Some(Box::new(march)),
    };
    let mut alerts = alerts_of(&change, clock().now(), &[]);
    assert_eq!(alerts.len(), 1, "{case:?} moved");
    alerts.remove(0)
}

fn standing(before: Option<&Standing>, case: Case, bulletin: &Bulletin) -> Standing {
    let neighbours = Neighbours {
        previous: before.map(|standing| standing.newest.month),
        next: None,
        loaded: &BTreeMap::new(),
        next_news: None,
        over: Neighbours::NONE_OVER,
        history: false,
    };
    match Standing::after(before, case, bulletin, neighbours) {
        Ok(Some(standing)) => standing,
        other => panic!("{case:?} has no standing: {other:?}"),
    }
}

/// Marks in memory. Claims never expire.
#[derive(Debug, Default)]
struct MemoryMarks {
    claimed: RefCell<BTreeSet<String>>,
    sent: RefCell<BTreeSet<String>>,
}

impl AlertMarks for MemoryMarks {
    async fn claim_alert(&self, mark: &str, _: DateTime<Utc>, _: DateTime<Utc>) -> Result<Claim, StoreError> {
        Ok(if self.sent.borrow().contains(mark) {
            Claim::Sent
        } else if self.claimed.borrow_mut().insert(mark.to_owned()) {
            Claim::Granted
        } else {
            Claim::InProgress
        })
    }

    async fn is_sent(&self, mark: &str) -> Result<bool, StoreError> {
        Ok(self.sent.borrow().contains(mark))
    }

    async fn sent(&self, mark: &str, _: DateTime<Utc>) -> Result<(), StoreError> {
        self.sent.borrow_mut().insert(mark.to_owned());
        Ok(())
    }

    async fn release(&self, mark: &str) -> Result<(), StoreError> {
        self.claimed.borrow_mut().remove(mark);
        Ok(())
    }
}
