//! The part of the contract about the first page of a bulletin that was shipped with the program.
//!
//! Pages that differ from another page are corrections: they are tested in the parent module.

use bulletin::{Bulletin, Finding};
use chrono::Duration;

use super::{EB3_INDIA, bulletin, day, feed, month, ok};
use crate::SHIPPED;
use crate::archive::{ArchivedBulletin, Imported};
use crate::parse::{Parsed, Parser};
use crate::port::{BulletinStore, Clock, LinkTable};
use crate::record::{ArchivedRow, BulletinRecord};
use crate::testing::{FixedClock, ScriptedSource, link_of};

/// A page that differs from what was shipped replaces it, and each difference is a finding. It is not a correction: the
/// revisions stay, and the shipped values are not kept. The next page that differs is one.
pub(super) async fn a_page_replaces_what_was_shipped<Store: BulletinStore + LinkTable>(store: &Store) {
    let clock = FixedClock::noon("2024-05-13");
    let shipped = ["2024-03", "2024-04", "2024-05"].map(|text| bulletin(text, day("2012-07-01")));
    for bulletin in shipped.iter().rev() {
        let imported = archived(bulletin, &clock).import(store, &clock).await;
        assert_eq!(imported, Ok(Imported::Stored));
    }
    let [march, april, may] = &shipped;
    clock.pass(Duration::hours(1));

    // It has the same cells.
    assert_eq!(feed(store, &clock, april).await, Parsed::Unchanged);
    let record = known(store, "2024-04").await;
    assert_eq!((record.host.as_str(), record.revision), ("by hand", 0));

    // It differs.
    let printed = bulletin("2024-05", day("2012-08-01"));
    let Parsed::Stored { record, changed } = feed(store, &clock, &printed).await else {
        panic!("a page counts more than what was shipped")
    };
    assert_eq!(
        (changed, record.revision, record.host.as_str()),
        (1, 0, "by hand")
    );
    assert_eq!(record.corrected, []);
    assert!(record.findings.contains(&difference()), "{:?}", record.findings);
    is_no_correction(store).await;

    // A second reading keeps the finding.
    assert_eq!(feed(store, &clock, &printed).await, Parsed::Unchanged);
    assert_eq!(known(store, "2024-05").await, *record);

    // From now on, what differs is a correction.
    let Parsed::Stored { record, .. } = feed(store, &clock, may).await else {
        panic!("a page that a person feeds is stored")
    };
    assert_eq!(record.revision, 1);
    assert_eq!(record.corrected.len(), 1);
    assert!(!record.findings.contains(&difference()), "{:?}", record.findings);
    let history = ok(store.history(EB3_INDIA, None, Some(1))).await;
    assert_eq!(history[0].earlier.len(), 1);

    Box::pin(a_fetched_page_needs_a_second_fetch(store, &clock, march)).await;
}

/// A host alone is not believed when it differs from what was shipped.
async fn a_fetched_page_needs_a_second_fetch<Store: BulletinStore + LinkTable>(
    store: &Store,
    clock: &FixedClock,
    shipped: &Bulletin,
) {
    let printed = bulletin("2024-03", day("2012-06-01"));
    let source = ScriptedSource::new(clock, &["travel.example.com", "mirror.example.com"]);
    let parser = Parser {
        source: &source,
        store,
        clock,
    };
    let link = link_of(shipped.month());
    source.publish(&printed);
    let Ok(Parsed::Held { differs, .. }) = Box::pin(parser.parse_link(&link)).await else {
        panic!("the page waits for a second fetch")
    };
    assert_eq!(differs, 1);
    clock.pass(Duration::minutes(11));
    let Ok(Parsed::Stored { record, .. }) = Box::pin(parser.parse_link(&link)).await else {
        panic!("the second fetch confirms it")
    };
    let is_difference = |finding: &Finding| finding.kind() == "differs_from_shipped";
    assert_eq!(record.revision, 0);
    assert_eq!(
        record
            .findings
            .iter()
            .filter(|finding| is_difference(finding))
            .count(),
        1
    );
}

fn difference() -> Finding {
    Finding::DiffersFromShipped {
        chart: EB3_INDIA.chart,
        category: EB3_INDIA.category,
        area: EB3_INDIA.area,
        shipped: Some("01JUL12".into()),
        page: Some("01AUG12".into()),
    }
}

async fn is_no_correction<Store: BulletinStore>(store: &Store) {
    for stored in ok(store.standings()).await {
        for entry in stored.standing.entries() {
            assert_eq!(entry.revision, 0, "{:?}", stored.standing.case);
        }
    }
    let history = ok(store.history(EB3_INDIA, None, None)).await;
    assert_eq!(history[0].row.reading.cut_off(), Some(day("2012-08-01")));
    assert!(history.iter().all(|row| row.earlier.is_empty()), "{history:?}");
}

async fn known<Store: BulletinStore>(store: &Store, text: &str) -> BulletinRecord {
    let record = ok(store.record(month(text))).await;
    record.unwrap_or_else(|| panic!("{text} is stored"))
}

/// The bulletin as the program ships it.
fn archived(bulletin: &Bulletin, clock: &FixedClock) -> ArchivedBulletin {
    let rows = bulletin.rows().map(|row| ArchivedRow {
        key: row.key,
        current: Some((row.clone(), SHIPPED.to_owned())),
        earlier: Vec::new(),
    });
    ArchivedBulletin {
        month: bulletin.month(),
        path: link_of(bulletin.month()).path,
        host: SHIPPED.to_owned(),
        fetched_at: clock.now(),
        first_seen: clock.now(),
        revision: 0,
        findings: Vec::new(),
        corrected: Vec::new(),
        rows: rows.collect(),
    }
}
