//! The texts of alerts about a whole bulletin.

use bulletin::{Alert, BulletinAlert, ChangeKind, Chart, CorrectedCell, Finding, RowKey};

use crate::scene::{CASE, Cells, Coming, EVERYBODY, change};
use crate::{PAGE, SMUGGLED, is_plain, schema};

fn of_bulletin(kind: ChangeKind, printed: &str) -> BulletinAlert {
    let cells = |own| Cells::new(own, EVERYBODY);
    let new = |before, now| change(Coming::New, &cells(before), &cells(now)).unwrap();
    let (first, second) = ("2012-07-01", "2012-07-15");
    BulletinAlert {
        month: "2024-04".parse().unwrap(),
        revision: u32::from(kind == ChangeKind::Correction),
        kind,
        changes: vec![
            new([first, second], [second, second]),
            new([second, second], ["C", "U"]),
        ],
        corrected: vec![CorrectedCell {
            key: RowKey {
                chart: Chart::FinalAction,
                category: CASE.category,
                area: CASE.area,
            },
            before: Some(printed.into()),
            after: Some("15JUL12".into()),
        }],
        findings: vec![Finding::Layout { what: printed.into() }],
        page: PAGE.into(),
    }
}

#[test]
fn a_page_cannot_smuggle_lines_into_what_is_said_of_a_bulletin() {
    for kind in [ChangeKind::NewMonth, ChangeKind::Correction] {
        let alert = Alert::Bulletin(of_bulletin(kind, SMUGGLED));
        assert!(is_plain(&alert.subject()) && is_plain(&alert.sms("VisaBull")));
        assert!(alert.body(None).lines().all(is_plain), "{:?}", alert.body(None));
        for json in [alert.json(), alert.json_in_short()] {
            let faults = schema::Schema::read("alert.schema.json").faults(&json);
            assert!(faults.is_empty(), "{faults:?}");
        }
    }
}

#[test]
fn a_summary_groups_what_moved_counts_what_did_not_and_names_what_was_corrected() {
    let new = Alert::Bulletin(of_bulletin(ChangeKind::NewMonth, "01JUL12")).body(None);
    let expected = "\
Visa Bulletin for April 2024 is out: 2 of 2 cases moved
In force from 01 Apr 2024 to 30 Apr 2024.

Final Action Dates:
  Advanced (1):
    EB-3 India: 01 Jul 2012 -> 15 Jul 2012  +14 days
  All dates current (C) (1):
    EB-3 India: 15 Jul 2012 -> all dates current (C)
  Unchanged: 0

Dates for Filing:
  Unavailable (1):
    EB-3 India: 15 Jul 2012 -> unavailable
  Unchanged: 1

Problems on the page (1):
  01JUL12

Which chart USCIS accepts for adjustment of status: https://www.uscis.gov/visabulletininfo
";
    assert!(new.starts_with(expected), "{new}");
    let corrected = Alert::Bulletin(of_bulletin(ChangeKind::Correction, "01JUL12")).body(None);
    let expected = "\
Visa Bulletin for April 2024 was corrected: 1 cell
In force from 01 Apr 2024 to 30 Apr 2024.
The State Department corrected this bulletin after publication.

Corrected (1):
  EB-3 India, Final Action Dates: \"15JUL12\", previously \"01JUL12\"

Changes from the previous bulletin, as corrected:
";
    assert!(corrected.starts_with(expected), "{corrected}");
    assert!(corrected.contains(PAGE) && corrected.contains("unofficial"));
}
