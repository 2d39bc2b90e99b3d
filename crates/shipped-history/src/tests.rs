//! The embedded history against `data/cutoffs.csv`, and its encoding.

use proptest::prelude::*;

use super::*;

/// The lines of `data/cutoffs.csv` as this crate reads them back.
fn lines(history: &ShippedHistory) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    for (month, rows) in &history.months {
        for row in rows {
            let (status, date) = match row.reading {
                Reading::CutOff(CutOff::Current) => ("current", None),
                Reading::CutOff(CutOff::Unavailable) => ("unavailable", None),
                Reading::CutOff(CutOff::Date(date)) => ("date", Some(date)),
                Reading::Unreadable => ("unreadable", None),
            };
            lines.push(vec![
                month.to_string(),
                row.key.chart.code().to_owned(),
                row.key.category.preference().code().to_owned(),
                row.key.category.code().to_owned(),
                row.key.area.code().to_owned(),
                status.to_owned(),
                date.map(|date| date.to_string()).unwrap_or_default(),
                row.raw.value.to_string(),
                SHIPPED.to_owned(),
            ]);
        }
    }
    lines
}

#[test]
fn every_line_of_the_file_is_embedded_and_no_other() {
    let mut file = csv::Reader::from_path("../../data/cutoffs.csv").unwrap();
    let expected: Vec<Vec<String>> = file
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect();
    let found = lines(&ShippedHistory::load());
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert!(expected.len() >= 29_594, "{}", expected.len());
}

#[test]
fn the_embedded_file_stays_small() {
    assert!(CUTOFFS.len() <= 150_000, "{} bytes", CUTOFFS.len());
}

#[test]
fn damaged_bytes_are_refused() {
    let bytes = miniz_oxide::inflate::decompress_to_vec(CUTOFFS).unwrap();
    for length in (0..bytes.len()).step_by(997) {
        assert_eq!(encoding::decode(&bytes[..length]), None, "{length} bytes");
    }
    assert!(ShippedHistory::decode(&CUTOFFS[..CUTOFFS.len() / 2]).is_none());
}

#[test]
fn a_lost_column_is_missing_and_not_gone() {
    // On the page of August 2002 the family chart lacks the India column.
    let history = ShippedHistory::load();
    let month = "2002-08".parse().unwrap();
    let (bulletin, findings) = history.bulletin(month).unwrap();
    let key = RowKey {
        chart: "final_action".parse().unwrap(),
        category: "F3".parse().unwrap(),
        area: "INDIA".parse().unwrap(),
    };
    let row = bulletin.row(key).unwrap();
    assert!(row.missing_part().is_some());
    assert_eq!(history.row(month, key).as_ref(), Some(row));
    assert!(findings.iter().any(|finding| finding.kind() == "missing_column"));
}

#[test]
fn the_gap_reaches_to_the_month_after_the_present_one() {
    let history = ShippedHistory {
        months: BTreeMap::from([("2026-08".parse().unwrap(), Vec::new())]),
        stored_at: NEVER,
    };
    let gap = |present: &str| {
        history
            .gap(present.parse().unwrap())
            .map(|range| range.to_string())
    };
    assert_eq!(gap("2026-11").as_deref(), Some("2026-09..2026-12"));
    assert_eq!(gap("2026-08").as_deref(), Some("2026-09..2026-09"));
    assert_eq!(gap("2026-07"), None);
}

#[test]
fn the_only_irregular_path_is_right() {
    let of = |month: &str| path(month.parse().unwrap());
    assert!(of("2007-07").ends_with("/visa-bulletin/2007/july-2007-visa-bulletin.html"));
    assert!(of("2007-08").ends_with("/visa-bulletin/2007/visa-bulletin-for-august-2007.html"));
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(
        cells in prop::collection::btree_map(
            ("[a-z]{0,3}", "[A-Z]{0,3}", "[A-Z]{0,3}", 0..30_000_u64),
            (0..4_u8, -40_000..40_000_i64, ".{0,5}"),
            0..40,
        ),
    ) {
        let cells: Vec<Cell<'_>> = cells
            .iter()
            .map(|((chart, category, area, month), (kind, number, text))| Cell {
                month: *month,
                key: encoding::Key { chart, category, area },
                value: match kind {
                    0 => Value::Current,
                    1 => Value::Unavailable,
                    2 => Value::Unreadable(text),
                    _ => Value::Date(*number),
                },
            })
            .collect();
        let bytes = encoding::encode(cells.iter().copied());
        prop_assert_eq!(encoding::decode(&bytes), Some(cells));
    }

    #[test]
    fn a_date_keeps_its_day(year in 1900..2100_i64, month in 1..=12_i64, day in 1..=31_i64) {
        let Value::Date(number) = Value::date(year, month, day) else {
            unreachable!("it is a date");
        };
        prop_assert_eq!(Value::year_month_day(number), (year, month, day));
        let (year, month) = (year.cast_unsigned(), month.cast_unsigned());
        prop_assert_eq!(encoding::year_and_month(encoding::month(year, month)), (year, month));
    }
}
