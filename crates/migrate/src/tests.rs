//! Made-up bulletins in the layouts of older programs are read back as the same bulletins.

use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;

use aws_sdk_dynamodb::types::AttributeValue;
use bulletin::{Bulletin, Chart, CutOff, Month, Row};
use bulletin_samples::strategy::any_bulletin;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::item::Item;
use crate::word::Dictionary;

/// A row in an old layout, with codes or with labels as printed.
fn old_item(layout: Layout, month: Month, row: &Row, by_code: bool) -> Item {
    let raw = |label: &str| label.split_whitespace().collect::<Vec<_>>().join(" ");
    let (chart, category, area) = if by_code {
        let key = row.key;
        (
            key.chart.code().to_owned(),
            key.category.code().to_owned(),
            key.area.code().to_owned(),
        )
    } else {
        let chart = match row.key.chart {
            Chart::FinalAction => "Final Date",
            Chart::DatesForFiling => "Filing Date",
        };
        (chart.to_owned(), raw(&row.raw.category), raw(&row.raw.area))
    };
    let date = match row.reading.cut_off() {
        Some(CutOff::Date(date)) => date,
        _ => month.first_day(),
    };
    let (pk, sk, bulletin_date) = match layout {
        Layout::ByMonth => (
            format!("BULLETIN_DATE#{month}"),
            format!("FILING_TYPE#{chart}#COUNTRY#{area}#CATEGORY#{category}"),
            month.to_string(),
        ),
        Layout::ByLabel => (
            format!("FILING_TYPE#{chart}#CATEGORY#{category}#COUNTRY#{area}"),
            format!("BULLETIN_DATE#{}", month.first_day()),
            month.first_day().to_string(),
        ),
    };
    item(&[
        ("pk", &pk),
        ("sk", &sk),
        ("filing_type", &chart),
        ("category", &category),
        ("country", &area),
        ("bulletin_date", &bulletin_date),
        ("date", &date.to_string()),
    ])
}

fn item(attributes: &[(&str, &str)]) -> Item {
    let attributes = attributes.iter();
    attributes
        .map(|(name, text)| ((*name).to_owned(), AttributeValue::S((*text).to_owned())))
        .collect()
}

/// The items as a table keeps them: a later item replaces an earlier one with the same keys.
fn in_table(items: impl IntoIterator<Item = Item>) -> Vec<Item> {
    let keyed = items.into_iter().map(|item| {
        let key = |name: &str| item[name].as_s().unwrap().clone();
        ((key("pk"), key("sk")), item)
    });
    keyed.collect::<BTreeMap<_, _>>().into_values().collect()
}

fn any_written() -> impl Strategy<Value = (Bulletin, Layout, bool)> {
    let bulletin = select(&bulletin_samples::Layout::ALL[..]).prop_flat_map(any_bulletin);
    let layout = prop_oneof![Just(Layout::ByMonth), Just(Layout::ByLabel)];
    (bulletin, layout, any::<bool>())
}

proptest! {
    #[test]
    fn old_items_say_what_their_bulletin_did((bulletin, layout, by_code) in any_written(), at in any::<prop::sample::Index>()) {
        let month = bulletin.month();
        let items = in_table(bulletin.rows().map(|row| old_item(layout, month, row, by_code)));
        let survey = Survey::of(items.clone(), false);
        prop_assert_eq!(&survey.stray, &[]);
        prop_assert_eq!(survey.months.keys().collect::<Vec<_>>(), [&month]);
        let old = &survey.months[&month];
        prop_assert_eq!(old.refusals(), Vec::<String>::new());
        prop_assert_eq!(old.items.len(), items.len());
        prop_assert_eq!(old.disagreements(&bulletin), []);
        let dates = bulletin.rows().filter(|row| matches!(row.reading.cut_off(), Some(CutOff::Date(date)) if date != month.first_day()));
        if items.len() == bulletin.rows().len() {
            prop_assert_eq!(old.items.len() - old.lost(), dates.count());
        }
        if old.needs_its_page().is_empty() {
            prop_assert_eq!(CellDigest::of(&old.bulletin().unwrap()), CellDigest::of(&bulletin));
        }

        // One changed cell is reported.
        let changed = at.index(bulletin.rows().len());
        let rows = bulletin.rows().enumerate().map(|(index, row)| {
            let mut row = row.clone();
            if index == changed {
                let other = "1979-05-05".parse().unwrap();
                row.reading = bulletin::Reading::CutOff(CutOff::Date(other));
            }
            row
        });
        let other = Bulletin::new(month, rows).unwrap();
        let differs = old.disagreements(&other);
        let key = bulletin.rows().nth(changed).unwrap().key;
        // Of two rows that an old program wrote under one key, only one remains.
        let is_there = old.items.iter().any(|item| item.key() == Some(key));
        if is_there {
            prop_assert_eq!(differs.len(), 1);
            prop_assert_eq!(differs[0].key, key);
        }
    }
}

#[test]
fn every_label_of_every_layout_is_read_back() {
    let mut read = 0;
    for layout in bulletin_samples::Layout::ALL {
        let months = Month::new(2001, 12)
            .unwrap()
            .through(Month::new(2026, 12).unwrap());
        for month in months.filter(|month| layout.fits(*month)) {
            let bulletin = full_bulletin(layout, month);
            for layout in [Layout::ByMonth, Layout::ByLabel] {
                let items = in_table(bulletin.rows().map(|row| old_item(layout, month, row, false)));
                let old = &Survey::of(items, false).months[&month];
                assert_eq!(old.refusals(), Vec::<String>::new(), "{month}");
                assert_eq!(old.disagreements(&bulletin), [], "{month}");
                read += old.items.len();
            }
        }
    }
    assert!(read > 50_000, "{read}");
}

/// The real pages, if they are in the `shared` folder next to the repository.
fn real_pages() -> Vec<std::path::PathBuf> {
    let shared = std::env::var_os("VISA_BULLETIN_SHARED").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        std::path::PathBuf::from,
    );
    let mut folders = vec![shared.join("bulletins/pages")];
    let mut pages = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "html") {
                pages.push(path);
            }
        }
    }
    pages
}

#[test]
fn the_labels_of_real_pages_are_read_back() {
    let pages = real_pages();
    if pages.is_empty() {
        let _ = writeln!(std::io::stderr(), "skipped: ../shared is not here");
        return;
    }
    let mut read = 0;
    for page in pages {
        let Ok(page) = read_page(&std::fs::read(&page).unwrap(), None) else {
            continue;
        };
        let bulletin = page.bulletin;
        for layout in [Layout::ByMonth, Layout::ByLabel] {
            let items = in_table(
                bulletin
                    .rows()
                    .map(|row| old_item(layout, bulletin.month(), row, false)),
            );
            let survey = Survey::of(items, false);
            let old = &survey.months[&bulletin.month()];
            assert_eq!(old.refusals(), Vec::<String>::new(), "{}", bulletin.month());
            assert_eq!(old.disagreements(&bulletin), [], "{}", bulletin.month());
            read += old.items.len();
        }
    }
    assert!(read > 30_000, "{read}");
}

/// A bulletin with every row and column of its month, and a different value in each cell.
fn full_bulletin(layout: bulletin_samples::Layout, month: Month) -> Bulletin {
    let mut day = "1990-01-02".parse().unwrap();
    let mut rows = Vec::new();
    for chart in layout.charts().iter().copied() {
        for preference in bulletin::Preference::ALL {
            for category in bulletin_samples::Layout::categories(month, chart, preference) {
                for area in bulletin_samples::Layout::areas(month, preference) {
                    let key = bulletin::RowKey {
                        chart,
                        category,
                        area,
                    };
                    rows.push(layout.row(month, key, CutOff::Date(day)));
                    day = day + chrono::Days::new(1);
                }
            }
        }
    }
    Bulletin::new(month, rows).unwrap()
}

fn read(attributes: &[(&str, &str)]) -> super::item::Found {
    super::item::read(&item(attributes), true, &mut Dictionary::default())
}

fn refused(attributes: &[(&str, &str)]) -> Unreadable {
    match read(attributes) {
        super::item::Found::Unreadable(unreadable) => unreadable,
        other => panic!("{other:?}"),
    }
}

const BY_LABEL: &str =
    "FILING_TYPE#Final Date#CATEGORY#3rd#COUNTRY#All Chargeability Areas Except Those Listed";

#[test]
fn what_cannot_be_read_is_named_with_its_key_and_attribute() {
    let sk = "FILING_TYPE#Final Date#COUNTRY#INDIA#CATEGORY#EB3";
    for (attributes, attribute, is_in) in [
        (&[("pk", "BULLETIN_DATE#2024-04"), ("sk", sk)][..], "date", true),
        (
            &[("pk", "BULLETIN_DATE#2024-04"), ("sk", sk), ("date", "soon")],
            "date",
            true,
        ),
        (
            &[
                ("pk", "BULLETIN_DATE#2024-04"),
                ("sk", sk),
                ("date", "2031-01-01"),
            ],
            "date",
            true,
        ),
        (
            &[
                ("pk", "BULLETIN_DATE#2024-04"),
                ("sk", "FILING_TYPE#Final Date#COUNTRY#INDIA"),
            ],
            "sk",
            true,
        ),
        (
            &[
                ("pk", "BULLETIN_DATE#2024-04"),
                ("sk", "FILING_TYPE#Final Date#COUNTRY#Narnia#CATEGORY#EB3"),
                ("date", "2012-01-01"),
            ],
            "sk",
            true,
        ),
        (
            &[
                ("pk", "BULLETIN_DATE#2024-04"),
                ("sk", sk),
                ("country", "CHINA"),
                ("date", "2012-01-01"),
            ],
            "country",
            true,
        ),
        (
            &[
                ("pk", "BULLETIN_DATE#2024-04"),
                ("sk", sk),
                ("category", "EB2"),
                ("date", "2012-01-01"),
            ],
            "category",
            true,
        ),
        (
            &[
                ("pk", "BULLETIN_DATE#2024-04"),
                ("sk", sk),
                ("bulletin_date", "2024-05-01"),
                ("date", "2012-01-01"),
            ],
            "bulletin_date",
            true,
        ),
        (
            &[("pk", "BULLETIN_DATE#next"), ("sk", sk), ("date", "2012-01-01")],
            "pk",
            false,
        ),
        (
            &[
                ("pk", "BULLETIN_DATE#next"),
                ("sk", sk),
                ("bulletin_date", "2024-04-01"),
                ("date", "2012-01-01"),
            ],
            "pk",
            true,
        ),
        (
            &[
                ("pk", BY_LABEL),
                ("sk", "BULLETIN_DATE#2024-04-10"),
                ("date", "2012-01-01"),
            ],
            "sk",
            false,
        ),
        (
            &[
                ("pk", "FILING_TYPE#Visa Date#CATEGORY#3rd#COUNTRY#INDIA"),
                ("sk", "BULLETIN_DATE#2024-04-01"),
                ("date", "2012-01-01"),
            ],
            "pk",
            true,
        ),
        (&[("pk", "user"), ("sk", "profile")], "pk", false),
        (
            &[
                ("pk", "FILING_TYPE#final_action#CATEGORY#EB3#COUNTRY#INDIA"),
                ("sk", "BULLETIN_DATE#2024-04-01"),
                ("date", "2012-01-01"),
            ],
            "version",
            true,
        ),
    ] {
        let unreadable = refused(attributes);
        assert_eq!(unreadable.attribute, attribute, "{attributes:?}: {unreadable}");
        assert_eq!(
            unreadable.months.contains(&"2024-04".parse().unwrap()),
            is_in,
            "{attributes:?}"
        );
        assert!(unreadable.to_string().contains(attributes[0].1), "{unreadable}");
    }
    let number = HashMap::from([
        ("pk".to_owned(), AttributeValue::S(BY_LABEL.into())),
        (
            "sk".to_owned(),
            AttributeValue::S("BULLETIN_DATE#2024-04-01".into()),
        ),
        ("date".to_owned(), AttributeValue::N("20120101".into())),
    ]);
    assert!(matches!(
        super::item::read(&number, true, &mut Dictionary::default()),
        super::item::Found::Unreadable(Unreadable {
            attribute: "date",
            ..
        })
    ));
    // Control characters are escaped.
    let odd = refused(&[("pk", "BULLETIN_DATE#\u{1b}[2J"), ("sk", sk), ("date", "\u{7}")]);
    assert!(!odd.to_string().contains('\u{1b}'), "{odd}");
}

#[test]
fn items_of_today_are_told_by_their_codes() {
    let today = [
        ("pk", "FILING_TYPE#final_action#CATEGORY#EB3#COUNTRY#INDIA"),
        ("sk", "BULLETIN_DATE#2024-04-01"),
        ("version", "1"),
    ];
    assert_eq!(read(&today), super::item::Found::OfToday);
    for pk in [
        "CATALOGUE",
        "STANDING#CATEGORY#EB3#COUNTRY#INDIA",
        "BULLETIN#2024-04-01",
    ] {
        assert_eq!(read(&[("pk", pk), ("sk", "x")]), super::item::Found::OfToday);
    }
    let labelled = read(&[
        ("pk", BY_LABEL),
        ("sk", "BULLETIN_DATE#2024-04-01"),
        ("date", "2012-01-01"),
    ]);
    assert!(matches!(labelled, super::item::Found::Old(_)), "{labelled:?}");
}

/// The remaining meanings of a bare rank.
fn codes(items: &[(&str, &str)]) -> Vec<Vec<String>> {
    let month: Month = "2024-04".parse().unwrap();
    let items = items.iter().map(|(category, country)| {
        item(&[
            (
                "pk",
                &format!("FILING_TYPE#Final Date#CATEGORY#{category}#COUNTRY#{country}"),
            ),
            ("sk", "BULLETIN_DATE#2024-04-01"),
            ("date", "2012-01-01"),
        ])
    });
    let survey = Survey::of(items, true);
    let items = &survey.months[&month].items;
    items
        .iter()
        .map(|item| {
            item.categories
                .iter()
                .map(|category| category.code().to_owned())
                .collect()
        })
        .collect()
}

#[test]
fn a_bare_rank_is_one_category_only_where_the_other_has_its_own_name() {
    assert_eq!(codes(&[("3rd", "INDIA")]), [["F3", "EB3"]]);
    assert_eq!(
        codes(&[("3rd", "INDIA"), ("F1", "INDIA")]),
        [vec!["F3", "EB3"], vec!["F1"]]
    );
    assert_eq!(codes(&[("3rd", "INDIA"), ("F3", "MEXICO")]), [["EB3"], ["F3"]]);
    assert_eq!(codes(&[("3rd", "INDIA"), ("EB3", "MEXICO")]), [["F3"], ["EB3"]]);
    assert_eq!(codes(&[("2nd", "INDIA")]), [["EB2"]]);
    assert_eq!(
        codes(&[("3rd", "INDIA"), ("EB3", "MEXICO"), ("F3", "MEXICO")]),
        [vec!["F3", "EB3"], vec!["EB3"], vec!["F3"]]
    );
}

#[test]
fn two_items_of_one_cell_must_say_the_same() {
    let month: Month = "2024-04".parse().unwrap();
    for (date, refusals) in [("2012-01-01", 0), ("2012-01-08", 1), ("2024-04-01", 1)] {
        let items = [
            item(&[
                ("pk", BY_LABEL),
                ("sk", "BULLETIN_DATE#2024-04-01"),
                ("category", "EB3"),
                ("date", "2012-01-01"),
            ]),
            item(&[
                ("pk", "BULLETIN_DATE#2024-04"),
                ("sk", "FILING_TYPE#final_action#COUNTRY#ALL#CATEGORY#EB3"),
                ("date", date),
            ]),
        ];
        let survey = Survey::of(items, true);
        assert_eq!(survey.months[&month].refusals().len(), refusals, "{date}");
    }
}
