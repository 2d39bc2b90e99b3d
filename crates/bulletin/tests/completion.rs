//! Missing cells: which absence counts as a misprint, and which as a change.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use bulletin::{
    Area, Bulletin, Category, Chart, Completed, Context, Finding, MissingPart, Month, Preference, RawCell,
    Reading, Row, RowKey, complete,
};
use proptest::prelude::*;

const EMPLOYMENT: [Category; 3] = [Category::Eb1, Category::Eb2, Category::Eb3];
const FAMILY: [Category; 2] = [Category::F1, Category::F4];
const AREAS: [Area; 3] = [Area::ALL, Area::CHINA, Area::INDIA];

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn row(key: RowKey) -> Row {
    Row {
        key,
        reading: Reading::CutOff("2013-09-15".parse().unwrap()),
        raw: RawCell {
            category: key.category.code().into(),
            area: key.area.code().into(),
            value: "15SEP13".into(),
        },
    }
}

/// A bulletin of the cells that are kept.
fn page(text: &str, keep: impl Fn(&RowKey) -> bool) -> Bulletin {
    let keys = Chart::ALL.into_iter().flat_map(|chart| {
        EMPLOYMENT.into_iter().chain(FAMILY).flat_map(move |category| {
            AREAS.map(|area| RowKey {
                chart,
                category,
                area,
            })
        })
    });
    Bulletin::new(month(text), keys.filter(keep).map(row)).unwrap()
}

fn whole(text: &str) -> Bulletin {
    page(text, |_| true)
}

fn after<'a>(previous: &'a Bulletin) -> Context<'a> {
    Context {
        previous: Some(previous),
        ..Context::default()
    }
}

fn is_employment(key: &RowKey) -> bool {
    key.category.preference() == Preference::Employment
}

/// The cell of a column on the employment half of the Final Action chart.
fn in_column(area: Area) -> impl Fn(&RowKey) -> bool {
    move |key| key.chart == Chart::FinalAction && is_employment(key) && key.area == area
}

fn unknown_column() -> Finding {
    Finding::UnrecognisedColumn {
        chart: Chart::FinalAction,
        preference: Preference::Employment,
        label: "IND".into(),
        cells: Vec::new(),
    }
}

fn missing_column(area: Area) -> Finding {
    Finding::MissingColumn {
        chart: Chart::FinalAction,
        preference: Preference::Employment,
        area,
    }
}

/// The parts of the page that the completed bulletin lacks, by cell.
fn missing(completed: &Completed) -> Vec<(RowKey, MissingPart)> {
    completed
        .bulletin
        .rows()
        .filter_map(|row| Some((row.key, row.missing_part()?)))
        .collect()
}

#[test]
fn a_column_lost_on_one_chart_is_unreadable_there() {
    let february = whole("2026-02");
    let march = page("2026-03", |key| !in_column(Area::INDIA)(key));
    let completed = complete(&march, &[], after(&february));
    let keys: Vec<Category> = missing(&completed).iter().map(|(key, _)| key.category).collect();
    assert_eq!(keys, EMPLOYMENT);
    assert!(
        missing(&completed)
            .iter()
            .all(|(key, part)| { key.area == Area::INDIA && *part == MissingPart::Column })
    );
    assert_eq!(completed.findings, [missing_column(Area::INDIA)]);
    assert_eq!(completed.missing.len(), 3);
}

#[test]
fn a_column_that_leaves_every_chart_is_gone_unless_the_reader_expects_it() {
    let february = whole("2026-02");
    let march = page("2026-03", |key| key.area != Area::CHINA);
    let completed = complete(&march, &[], after(&february));
    assert!(missing(&completed).is_empty());
    assert!(
        completed
            .findings
            .iter()
            .all(|finding| matches!(finding, Finding::DroppedColumn { .. }))
    );
    assert_eq!(completed.findings.len(), 4);

    let completed = complete(&march, &[missing_column(Area::CHINA)], after(&february));
    assert_eq!(missing(&completed).len(), 3);
    assert!(completed.findings.contains(&missing_column(Area::CHINA)));
}

#[test]
fn a_chart_with_an_unknown_column_proves_nothing_about_its_others() {
    let february = whole("2026-02");
    let everywhere = page("2026-03", |key| key.area != Area::INDIA);
    let completed = complete(&everywhere, &[unknown_column()], after(&february));
    assert_eq!(
        missing(&completed).len(),
        3,
        "only the half chart with the unknown label"
    );

    // The same label a month later still proves nothing.
    let again = page("2026-04", |key| key.area != Area::INDIA);
    let completed = complete(&again, &[unknown_column()], after(&completed.bulletin));
    assert_eq!(missing(&completed).len(), 3);
}

#[test]
fn a_second_bulletin_without_the_column_confirms_that_it_is_gone() {
    let february = whole("2026-02");
    let lost = |key: &RowKey| !in_column(Area::INDIA)(key);
    let march = complete(&page("2026-03", lost), &[], after(&february)).bulletin;
    let completed = complete(&page("2026-04", lost), &[], after(&march));
    assert!(missing(&completed).is_empty());
    assert!(matches!(
        completed.findings[..],
        [Finding::DroppedColumn {
            area: Area::INDIA,
            ..
        }]
    ));
}

#[test]
fn a_row_lost_on_one_chart_is_unreadable_in_every_column() {
    let february = whole("2026-02");
    let march = page("2026-03", |key| {
        key.chart != Chart::FinalAction || key.category != Category::Eb2
    });
    let completed = complete(&march, &[], after(&february));
    assert_eq!(missing(&completed).len(), AREAS.len());
    assert!(
        missing(&completed)
            .iter()
            .all(|(_, part)| *part == MissingPart::Row)
    );
}

#[test]
fn without_an_earlier_bulletin_only_the_readers_findings_count() {
    let march = page("2026-03", |key| !in_column(Area::INDIA)(key));
    assert!(missing(&complete(&march, &[], Context::default())).is_empty());
    let completed = complete(&march, &[missing_column(Area::INDIA)], Context::default());
    assert_eq!(missing(&completed).len(), 3);
}

#[test]
fn an_operator_confirms_that_a_column_is_gone() {
    let february = whole("2026-02");
    let march = page("2026-03", |key| !in_column(Area::INDIA)(key));
    let first = complete(&march, &[], after(&february));
    let confirmed = Context {
        confirmed: &first.missing,
        ..after(&february)
    };
    let completed = complete(&march, &[], confirmed);
    assert!(missing(&completed).is_empty());
    assert!(matches!(
        completed.findings[..],
        [Finding::DroppedColumn {
            area: Area::INDIA,
            ..
        }]
    ));
}

#[test]
fn a_new_version_that_lost_a_column_keeps_the_stored_cells() {
    let february = whole("2026-02");
    let stored = whole("2026-03");
    let context = Context {
        stored: Some(&stored),
        ..after(&february)
    };
    let completed = complete(&page("2026-03", |key| !in_column(Area::INDIA)(key)), &[], context);
    assert_eq!(completed.bulletin, stored);
    assert_eq!(completed.findings, [missing_column(Area::INDIA)]);
}

#[test]
fn charts_that_are_copies_replace_nothing_that_is_stored() {
    let stored = whole("2026-03");
    let copied = Finding::IdenticalCharts {
        preference: Preference::Family,
    };
    let unreadable = stored.rows().cloned().map(|row| Row {
        reading: if is_employment(&row.key) {
            row.reading
        } else {
            Reading::Unreadable
        },
        ..row
    });
    let page = Bulletin::new(month("2026-03"), unreadable).unwrap();
    let context = Context {
        stored: Some(&stored),
        ..Context::default()
    };
    let completed = complete(&page, std::slice::from_ref(&copied), context);
    assert_eq!(completed.bulletin, stored);
    assert_eq!(completed.findings, [copied]);
}

fn any_page(text: &'static str) -> impl Strategy<Value = Bulletin> {
    let count = whole(text).rows().len();
    proptest::collection::vec(any::<bool>(), count).prop_map(move |kept| {
        let rows = whole(text)
            .rows()
            .zip(kept)
            .filter(|(_, kept)| *kept)
            .map(|(row, _)| row.clone())
            .collect::<Vec<_>>();
        Bulletin::new(month(text), rows).unwrap()
    })
}

proptest! {
    #[test]
    fn completing_twice_changes_nothing(before in any_page("2026-02"), now in any_page("2026-03")) {
        let once = complete(&now, &[], after(&before));
        let twice = complete(&once.bulletin, &once.findings, after(&before));
        prop_assert_eq!(&once.bulletin, &twice.bulletin);
        prop_assert_eq!(&once.findings, &twice.findings);
    }

    #[test]
    fn what_is_printed_is_never_changed(before in any_page("2026-02"), now in any_page("2026-03")) {
        let completed = complete(&now, &[], after(&before)).bulletin;
        for row in now.rows() {
            prop_assert_eq!(completed.row(row.key), Some(row));
        }
        for row in completed.rows().filter(|row| now.row(row.key).is_none()) {
            prop_assert!(row.missing_part().is_some());
            prop_assert_eq!(row.reading, Reading::Unreadable);
        }
    }
}
