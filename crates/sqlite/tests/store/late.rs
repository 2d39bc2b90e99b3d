//! Alerts that are sent later than they were due: after the end of their month, or after a correction.

use bulletin::{BulletinAlert, ChangeKind};

use super::*;

/// A channel with one recipient, who wants some alerts of EB-3 India, and every bulletin.
struct Reader {
    when: When,
    is_away: bool,
    got: RefCell<Vec<Alert>>,
}

impl Reader {
    fn of(when: When) -> Self {
        Self {
            when,
            is_away: true,
            got: RefCell::default(),
        }
    }

    /// The alerts of the case since the last call: revision, kind, and date.
    fn got(&self) -> Vec<(u32, ChangeKind, Option<CutOff>)> {
        let got = self.got.take();
        let of_case = got.iter().filter_map(|alert| match alert {
            Alert::Case(alert) => Some(&alert.change),
            Alert::Bulletin(_) => None,
        });
        of_case
            .map(|change| {
                let cell = change.charts.of(EB3_INDIA.chart).to.as_ref();
                (
                    change.revision,
                    change.kind,
                    cell.and_then(bulletin::Cell::cut_off),
                )
            })
            .collect()
    }
}

impl Channel for Reader {
    fn recipients(&self, alert: &Alert) -> Result<Vec<Recipient>, StoreError> {
        let subscription = Subscription {
            case: EB3_INDIA.case(),
            priority_date: Some("2012-08-01".parse().unwrap()),
            when: self.when,
            chart: None,
        };
        let is_wanted = match alert {
            Alert::Case(alert) => subscription.wants(&alert.change),
            Alert::Bulletin(_) => true,
        };
        let recipient = Recipient {
            key: "reader".into(),
            handle: 1,
        };
        Ok(is_wanted.then_some(recipient).into_iter().collect())
    }

    fn send_alert<'a>(&'a self, alert: &'a Alert, _: &'a Recipient) -> Sending<'a, Result<(), ChannelError>> {
        if self.is_away {
            return Box::pin(ready(Err(ChannelError::NotSent("away".into()))));
        }
        self.got.borrow_mut().push(alert.clone());
        Box::pin(ready(Ok(())))
    }
}

/// A store on this day of May, when the alerts of April are sent.
async fn begun(day: &str) -> (File, SqliteStore, FixedClock) {
    let file = File::new();
    let store = file.open();
    let clock = FixedClock::noon(day);
    feed(&store, &clock, &bulletin("2024-04", "2012-07-01"))
        .await
        .unwrap();
    deliver_changes(&store, &[&TestChannel::default()], &clock)
        .await
        .unwrap();
    (file, store, clock)
}

async fn stored(store: &SqliteStore, clock: &FixedClock, eb3_india: &str) {
    let parsed = feed(store, clock, &bulletin("2024-05", eb3_india)).await;
    assert!(matches!(parsed, Ok(Parsed::Stored { .. })), "{parsed:?}");
}

async fn deliver(store: &SqliteStore, reader: &Reader, clock: &FixedClock) -> usize {
    deliver_changes(store, &[reader], clock).await.unwrap().sent
}

#[tokio::test(flavor = "current_thread")]
async fn an_alert_that_was_due_before_its_month_ended_is_sent_after_it_once() {
    let (_file, store, clock) = begun("2024-05-31").await;
    let mut reader = Reader::of(When::Every);
    stored(&store, &clock, "2012-08-15").await;
    assert_eq!(deliver(&store, &reader, &clock).await, 0);
    clock.pass(Duration::hours(20));
    reader.is_away = false;
    assert_eq!(
        deliver(&store, &reader, &clock).await,
        2,
        "the case and the bulletin"
    );
    assert_eq!(reader.got(), [(0, ChangeKind::NewMonth, Some(day("2012-08-15")))]);
    clock.pass(Duration::hours(20));
    assert_eq!(deliver(&store, &reader, &clock).await, 0);
    assert_eq!(
        (store.waiting().unwrap(), store.dead_letters().unwrap()),
        ((0, 0), vec![])
    );
}

#[tokio::test(flavor = "current_thread")]
async fn a_dead_letter_of_a_month_that_is_over_is_retried_for_another_five_days() {
    let (_file, store, clock) = begun("2024-05-31").await;
    let mut reader = Reader::of(When::Every);
    stored(&store, &clock, "2012-08-15").await;
    deliver(&store, &reader, &clock).await;
    clock.pass(Duration::days(5));
    deliver(&store, &reader, &clock).await;
    assert_eq!(store.dead_letters().unwrap().len(), 2);
    assert_eq!(store.replay_dead_letters(None, clock.now()).unwrap(), 2);
    // The five days begin with the next failure.
    clock.pass(Duration::days(1));
    deliver(&store, &reader, &clock).await;
    clock.pass(Duration::hours(119));
    deliver(&store, &reader, &clock).await;
    assert_eq!(
        (store.dead_letters().unwrap().len(), store.waiting().unwrap().1),
        (0, 2)
    );
    clock.pass(Duration::hours(2));
    deliver(&store, &reader, &clock).await;
    assert_eq!(store.dead_letters().unwrap().len(), 2);

    store.replay_dead_letters(None, clock.now()).unwrap();
    reader.is_away = false;
    assert_eq!(deliver(&store, &reader, &clock).await, 2);
    assert_eq!(reader.got().len(), 1);
    assert!(store.dead_letters().unwrap().is_empty());
}

#[tokio::test(flavor = "current_thread")]
async fn a_withdrawn_date_is_not_sent_after_its_correction() {
    let (_file, store, clock) = begun("2024-05-10").await;
    let mut reader = Reader::of(When::Moves);
    stored(&store, &clock, "2012-08-15").await;
    deliver(&store, &reader, &clock).await;
    clock.pass(Duration::minutes(1));
    stored(&store, &clock, "2012-07-15").await;
    reader.is_away = false;
    assert_eq!(
        deliver(&store, &reader, &clock).await,
        2,
        "the first revision waits"
    );
    let bulletins: Vec<u32> = reader
        .got
        .borrow()
        .iter()
        .filter_map(revision_of_bulletin)
        .collect();
    assert_eq!(bulletins, [1]);
    assert_eq!(
        reader.got(),
        [(1, ChangeKind::Correction, Some(day("2012-07-15")))]
    );
    clock.pass(Duration::hours(1));
    assert_eq!(deliver(&store, &reader, &clock).await, 0);
    assert_eq!(store.waiting().unwrap(), (0, 0));
}

fn revision_of_bulletin(alert: &Alert) -> Option<u32> {
    match alert {
        Alert::Bulletin(BulletinAlert { revision, .. }) => Some(*revision),
        Alert::Case(_) => None,
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_recipient_without_an_alert_gets_the_corrected_date_once() {
    let (_file, store, clock) = begun("2024-05-10").await;
    let mut reader = Reader::of(When::Moves);
    for date in ["2012-08-15", "2012-07-15", "2012-07-20"] {
        stored(&store, &clock, date).await;
        deliver(&store, &reader, &clock).await;
        clock.pass(Duration::minutes(1));
    }
    clock.pass(Duration::hours(1));
    reader.is_away = false;
    deliver(&store, &reader, &clock).await;
    assert_eq!(reader.got(), [(2, ChangeKind::NewMonth, Some(day("2012-07-20")))]);
    assert_eq!(store.waiting().unwrap(), (0, 0));
}

/// The priority date is current in both versions, so this recipient does not want the correction.
#[tokio::test(flavor = "current_thread")]
async fn a_recipient_who_does_not_want_the_correction_misses_nothing() {
    for (when, corrected, sent) in [
        (
            When::Current,
            "2012-08-20",
            vec![(1, ChangeKind::NewMonth, Some(day("2012-08-20")))],
        ),
        (When::Passes, "2012-07-15", vec![]),
    ] {
        let (_file, store, clock) = begun("2024-05-10").await;
        let mut reader = Reader::of(when);
        stored(&store, &clock, "2012-08-15").await;
        deliver(&store, &reader, &clock).await;
        clock.pass(Duration::minutes(1));
        stored(&store, &clock, corrected).await;
        reader.is_away = false;
        deliver(&store, &reader, &clock).await;
        assert_eq!(reader.got(), []);
        clock.pass(Duration::hours(1));
        deliver(&store, &reader, &clock).await;
        assert_eq!(reader.got(), sent, "{when}");
        assert_eq!(store.waiting().unwrap(), (0, 0));
    }
}

/// A recipient who got the first revision waits for the correction, any other for the new month.
#[tokio::test(flavor = "current_thread")]
async fn a_recipient_of_the_first_revision_gets_the_correction() {
    let (_file, store, clock) = begun("2024-05-10").await;
    let mut reader = Reader::of(When::Moves);
    stored(&store, &clock, "2012-08-15").await;
    // The alert is sent, but the change stays in the log.
    deliver(&store, &reader, &clock).await;
    clock.pass(Duration::minutes(1));
    let case = EB3_INDIA.case();
    let mark = format!(
        "CATEGORY#{}#COUNTRY#{}#2024-05#0#reader",
        case.category, case.area
    );
    AlertMarks::claim_alert(&store, &mark, clock.now(), clock.now())
        .await
        .unwrap();
    store.sent(&mark, clock.now()).await.unwrap();
    stored(&store, &clock, "2012-07-15").await;
    clock.pass(Duration::hours(1));
    reader.is_away = false;
    deliver(&store, &reader, &clock).await;
    assert_eq!(
        reader.got(),
        [(1, ChangeKind::Correction, Some(day("2012-07-15")))]
    );
}
