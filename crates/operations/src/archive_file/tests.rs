//! Round trips of archive files, and files that are refused.

use bulletin::{Area, Category, Chart, CorrectedCell, CutOff, Finding, RawCell, Reading, Row, RowKey};
use chrono::{NaiveDate, TimeDelta};
use pipeline::{ArchivedRow, EarlierValue};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;

use super::assembly::read_whole;
use super::*;

const FORMATS: [ArchiveFormat; 2] = [ArchiveFormat::Csv, ArchiveFormat::JsonLines];

fn now() -> DateTime<Utc> {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn written(format: ArchiveFormat, bulletins: &[ArchivedBulletin]) -> Vec<u8> {
    let mut writer = ArchiveWriter::new(Vec::new(), format).unwrap();
    for bulletin in bulletins {
        writer.bulletin(bulletin).unwrap();
    }
    writer.finish().unwrap()
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,12}",
        select(vec![
            "",
            "=1+1",
            "+A1",
            "-1",
            "@x",
            "\"",
            ",",
            ";",
            "'",
            "a\"b,c",
            "U+2028 \u{2028}",
            "#REF!",
            "\\n"
        ])
        .prop_map(str::to_owned),
    ]
}

fn any_instant() -> impl Strategy<Value = DateTime<Utc>> {
    (0..800_000_000_000_000_i64).prop_map(|micros| now() - TimeDelta::microseconds(micros))
}

fn any_cut_off() -> impl Strategy<Value = Option<CutOff>> {
    prop_oneof![
        Just(None),
        Just(Some(CutOff::Current)),
        Just(Some(CutOff::Unavailable)),
        (0..15_000_i64).prop_map(|days| {
            let day = NaiveDate::from_ymd_opt(1985, 1, 1).unwrap() + TimeDelta::days(days);
            Some(CutOff::Date(day))
        }),
    ]
}

fn any_key() -> impl Strategy<Value = RowKey> {
    let areas: Vec<Area> = Area::every().collect();
    (
        select(Chart::ALL.to_vec()),
        select(Category::ALL.to_vec()),
        select(areas),
    )
        .prop_map(|(chart, category, area)| RowKey {
            chart,
            category,
            area,
        })
}

fn any_earlier() -> impl Strategy<Value = EarlierValue> {
    (any_cut_off(), any_text(), any_instant(), "[a-z.]{1,9}").prop_map(|(value, raw, replaced_at, host)| {
        EarlierValue {
            value,
            raw,
            replaced_at,
            host,
        }
    })
}

/// The value of a cell, its printed value and labels, and its host.
type AnyCell = (Option<CutOff>, [String; 3], String);

fn any_cell() -> impl Strategy<Value = (Option<AnyCell>, Vec<EarlierValue>)> {
    let current = (any_cut_off(), [any_text(), any_text(), any_text()], "[a-z.]{1,9}");
    (proptest::option::weighted(0.9, current), vec(any_earlier(), 0..3))
}

fn any_bulletin() -> impl Strategy<Value = ArchivedBulletin> {
    (
        btree_map(any_key(), any_cell(), 0..8),
        any_instant(),
        any_instant(),
        0..4_u32,
        vec(any_text(), 0..3),
        "[a-z.]{1,9}",
    )
        .prop_map(|(cells, fetched_at, first_seen, revision, texts, host)| {
            let rows: Vec<ArchivedRow> = cells
                .into_iter()
                .map(|(key, (current, earlier))| ArchivedRow {
                    key,
                    current: current.map(|(cut_off, [category, area, value], host)| {
                        let raw = RawCell {
                            category: category.into(),
                            area: area.into(),
                            value: value.into(),
                        };
                        let reading = cut_off.map_or(Reading::Unreadable, Reading::CutOff);
                        (Row { key, reading, raw }, host)
                    }),
                    earlier,
                })
                .collect();
            let corrected = rows
                .iter()
                .take(2)
                .map(|row| CorrectedCell {
                    key: row.key,
                    before: texts.first().cloned(),
                    after: None,
                })
                .collect();
            ArchivedBulletin {
                month: "2024-03".parse().unwrap(),
                path: bulletin_html::predicted_path("2024-03".parse().unwrap()),
                host,
                fetched_at,
                first_seen,
                revision,
                findings: texts.into_iter().map(|what| Finding::Layout { what }).collect(),
                corrected,
                rows,
            }
        })
}

fn any_history() -> impl Strategy<Value = Vec<ArchivedBulletin>> {
    btree_set((2002..2026_i32, 1..=12_u32), 0..5).prop_flat_map(|months| {
        let count = months.len();
        (Just(months), vec(any_bulletin(), count)).prop_map(|(months, bulletins)| {
            let months = months
                .into_iter()
                .map(|(year, number)| Month::new(year, number).unwrap());
            months
                .zip(bulletins)
                .map(|(month, bulletin)| ArchivedBulletin { month, ..bulletin })
                .collect()
        })
    })
}

/// The number of bytes that these bulletins take before the end record.
fn length(format: ArchiveFormat, bulletins: &[ArchivedBulletin]) -> usize {
    let mut writer = ArchiveWriter::new(Vec::new(), format).unwrap();
    for bulletin in bulletins {
        writer.bulletin(bulletin).unwrap();
    }
    writer.moved(std::io::sink()).1.len()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn what_is_written_is_read_back(history in any_history()) {
        for format in FORMATS {
            let bytes = written(format, &history);
            prop_assert_eq!(&read(&bytes, format, now()).unwrap(), &history);
            prop_assert_eq!(&read_whole(&bytes, format, now()), &history);
        }
    }

    #[test]
    fn a_file_that_was_cut_off_is_known_and_gives_what_is_whole(history in any_history(), at in 0.0..1.0_f64) {
        for format in FORMATS {
            let bytes = written(format, &history);
            // The file is complete without its last line ending.
            let end = (at * (bytes.len() - 1) as f64) as usize;
            prop_assert!(read(&bytes[..end], format, now()).is_err());
            let whole = read_whole(&bytes[..end], format, now());
            prop_assert!(history.starts_with(&whole));
            let before_the_cut = (0..=history.len()).rev().find(|count| length(format, &history[..*count]) <= end);
            prop_assert!(whole.len() >= before_the_cut.unwrap_or(0));
        }
    }

    #[test]
    fn a_byte_that_was_changed_is_never_stored_as_another_cell(
        history in any_history(),
        at in 0.0..1.0_f64,
        byte in any::<u8>(),
    ) {
        for format in FORMATS {
            let mut bytes = written(format, &history);
            let index = (at * bytes.len() as f64) as usize;
            bytes[index] = byte;
            if let Ok(found) = read(&bytes, format, now()) {
                prop_assert_eq!(&found, &history);
            }
        }
    }

    #[test]
    fn anything_else_is_refused_without_a_panic(bytes in vec(any::<u8>(), 0..200)) {
        for format in FORMATS {
            prop_assert!(read(&bytes, format, now()).is_err());
            let mut with_heading = form::heading(format).into_bytes();
            with_heading.extend(&bytes);
            prop_assert!(read(&with_heading, format, now()).is_err());
        }
    }
}

fn cell(value: &str) -> ArchivedRow {
    let key = RowKey {
        chart: Chart::FinalAction,
        category: Category::Eb3,
        area: Area::INDIA,
    };
    ArchivedRow {
        key,
        current: Some((
            Row {
                key,
                reading: value.parse().map_or(Reading::Unreadable, Reading::CutOff),
                raw: RawCell {
                    category: "3rd".into(),
                    area: "INDIA".into(),
                    value: value.into(),
                },
            },
            "a.example.com".into(),
        )),
        earlier: Vec::new(),
    }
}

fn history() -> Vec<ArchivedBulletin> {
    ["2024-03", "2024-04"]
        .map(|month| ArchivedBulletin {
            month: month.parse().unwrap(),
            path: bulletin_html::predicted_path(month.parse().unwrap()),
            host: "a.example.com".into(),
            fetched_at: "2024-02-13T12:00:00Z".parse().unwrap(),
            first_seen: "2024-02-13T12:00:00.123456Z".parse().unwrap(),
            revision: 0,
            findings: Vec::new(),
            corrected: Vec::new(),
            rows: vec![cell("2012-07-01")],
        })
        .into()
}

#[test]
fn both_forms_are_as_they_are_described() {
    let json = String::from_utf8(written(ArchiveFormat::JsonLines, &history()[..1])).unwrap();
    let lines: Vec<&str> = json.lines().collect();
    assert_eq!(lines[0], r#"{"format":"visa-bulletin-archive","version":1}"#);
    assert_eq!(
        lines[2],
        "{\"record\":\"row\",\"month\":\"2024-03\",\"chart\":\"final_action\",\"category\":\"EB3\",\"area\":\"INDIA\",\
         \"value\":\"2012-07-01\",\"raw_category\":\"3rd\",\"raw_area\":\"INDIA\",\"raw_value\":\"2012-07-01\",\
         \"host\":\"a.example.com\"}"
    );
    let csv = String::from_utf8(written(ArchiveFormat::Csv, &history()[..1])).unwrap();
    assert!(
        csv.starts_with("visa-bulletin-archive-1,month,chart,category,area,value,"),
        "{csv}"
    );
    assert!(
        csv.contains(
            "\nrow,2024-03,final_action,EB3,INDIA,2012-07-01,3rd,INDIA,2012-07-01,a.example.com,,,,,,,,,,,\n"
        ),
        "{csv}"
    );
    // In both formats the digest covers the JSON Lines before the end record.
    let digest = |text: &str| {
        let mut hash = <sha2::Sha256 as sha2::Digest>::new();
        sha2::Digest::update(&mut hash, text);
        write::hex(hash)
    };
    let before = &json[..json.find("{\"record\":\"end\"").unwrap()];
    assert!(lines[3].contains(&digest(before)), "{}", lines[3]);
    assert!(csv.trim_end().ends_with(&digest(before)), "{csv}");
}

#[test]
fn a_file_that_a_spreadsheet_saved_again_is_read() {
    let csv = String::from_utf8(written(ArchiveFormat::Csv, &history())).unwrap();
    let saved = format!(
        "\u{feff}{}",
        csv.replace('\n', "\r\n").replace(",INDIA,", ",\"INDIA\",")
    );
    assert_eq!(
        read(saved.as_bytes(), ArchiveFormat::Csv, now()).unwrap(),
        history()
    );
    let json = String::from_utf8(written(ArchiveFormat::JsonLines, &history())).unwrap();
    let saved = json.replace('\n', "\r\n").replace("\":\"", "\": \"");
    assert_eq!(
        read(saved.as_bytes(), ArchiveFormat::JsonLines, now()).unwrap(),
        history()
    );
}

/// A text in the file of two bulletins, its replacement, and the resulting error.
const CHANGED: [(&str, &str, &str); 14] = [
    (
        "archive\",\"version\":1",
        "archive\",\"version\":2",
        "line 1: the file is of version \"2\"",
    ),
    (
        "visa-bulletin-archive",
        "something",
        "line 1: this is no file that `bulletin table export` wrote",
    ),
    (
        "\"value\":\"2012-07-01\"",
        "\"value\":\"01JUL12\"",
        "line 3, value: invalid cut-off \"01JUL12\"",
    ),
    (
        "\"value\":\"2012-07-01\"",
        "\"value\":\"2012-07-02\"",
        "line 2, digest: the cells of 2024-03 are not those",
    ),
    (
        "\"raw_value\":\"2012-07-01\"",
        "\"raw_value\":\"2012\"",
        "line 6, digest: the file was changed",
    ),
    (
        "\"raw_value\":\"2012-07-01\"",
        "\"raw_value\":\"\\u001b[31m\"",
        "line 3, raw_value: the control character U+001B",
    ),
    (
        "\"category\":\"EB3\"",
        "\"category\":\"EB9\"",
        "line 3, category: \"EB9\" cannot be read",
    ),
    (
        "\"month\":\"2024-04\",\"host",
        "\"month\":\"2024-03\",\"host",
        "line 4, month: the bulletin of 2024-03 stands in the file a second time",
    ),
    (
        "\"month\":\"2024-04\",\"host",
        "\"month\":\"2024-02\",\"host",
        "line 4, month: 2024-02 stands after 2024-03",
    ),
    (
        "\"month\":\"2024-04\",\"host",
        "\"month\":\"2028-02\",\"host",
        "line 4, month: 2028-02 lies too far ahead",
    ),
    (
        "\"fetched_at\":\"2024-02",
        "\"fetched_at\":\"2034-02",
        "line 2, fetched_at: 2034-02-13 12:00:00 UTC lies in the future",
    ),
    (
        "\"path\":\"/content",
        "\"path\":\"/else",
        "line 2, path: a bulletin's page lies below /content/",
    ),
    (
        "\"rows\":1",
        "\"rows\":2",
        "line 2, rows: the bulletin of 2024-03 has 2 rows, and 1 stand after it",
    ),
    (
        "\"revision\":0",
        "\"revison\":0",
        "line 2: there is no field \"revison\"",
    ),
];

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let json = String::from_utf8(written(ArchiveFormat::JsonLines, &history())).unwrap();
    for (from, to, says) in CHANGED {
        let changed = json.replacen(from, to, 1);
        assert_ne!(changed, json, "{from}");
        let error = read(changed.as_bytes(), ArchiveFormat::JsonLines, now()).unwrap_err();
        assert!(error.to_string().starts_with(says), "{from} to {to}: {error}");
    }
}

#[test]
fn what_is_wrong_with_bytes_and_lines_is_named_too() {
    let csv = written(ArchiveFormat::Csv, &history());
    let says = |bytes: &[u8], expected: &str| {
        let error = read(bytes, ArchiveFormat::Csv, now()).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    };
    let text = String::from_utf8(csv.clone()).unwrap();
    let latin = [text.split("row,").next().unwrap().as_bytes(), b"row,2024-03,\xe9"].concat();
    says(&latin, "line 3: byte 13 of it is no UTF-8");
    says(
        text.replacen(",3rd,", ",3rd,,", 1).as_bytes(),
        "line 3: 22 cells stand here",
    );
    let huge = text.replacen("2012-07-01,a", &format!("{},a", "x".repeat(2 << 20)), 1);
    says(huge.as_bytes(), "line 3: the line has 2097");
    let open = text.replacen(",3rd,", ",\"3rd,", 1);
    says(open.as_bytes(), "line 3: ");
    says(
        text.replacen("archive-1", "archive-7", 1).as_bytes(),
        "line 1: the file is of version \"7\"",
    );
    says(
        text.replacen("raw_area,", "", 1).as_bytes(),
        "line 1: the columns after the first must be month,",
    );
    says(
        format!("{text}{}", text.lines().last().unwrap()).as_bytes(),
        "line 7: something stands after the end",
    );
    says(b"", "line 1: the file is empty");
    says(
        &written(ArchiveFormat::JsonLines, &history()),
        "line 1: this is no file that",
    );
    let cut = &text[..text.rfind("end,").unwrap()];
    says(cut.as_bytes(), "line 5: the file breaks off after this line");
}

#[test]
fn the_ending_of_a_name_says_the_form() {
    assert_eq!(
        ArchiveFormat::of(Path::new("a/history.CSV")),
        Some(ArchiveFormat::Csv)
    );
    assert_eq!(
        ArchiveFormat::of(Path::new("history.jsonl")),
        Some(ArchiveFormat::JsonLines)
    );
    assert_eq!(ArchiveFormat::of(Path::new("history.txt")), None);
    assert_eq!(ArchiveFormat::of(Path::new("csv")), None);
}
