use proptest::prelude::*;
use roxmltree::Document;

use super::super::tests::{any_series, series};
use super::*;

fn texts<'a>(document: &'a Document<'_>, name: &'a str) -> Vec<&'a str> {
    let nodes = document.descendants().filter(|node| node.has_tag_name(name));
    // The writer puts some contents on separate lines.
    nodes.filter_map(|node| node.text()).map(str::trim).collect()
}

fn dots(document: &Document<'_>) -> usize {
    let radii = document.descendants().filter_map(|node| node.attribute("r"));
    radii.filter(|radius| *radius == "2.5").count()
}

#[test]
fn the_title_is_escaped() {
    let drawn = svg(&series("EB3 <INDIA> & \"co\"\n\u{1}", &["2025-01 2013-11-01"]));
    let document = Document::parse(&drawn).unwrap();
    assert_eq!(texts(&document, "title")[0], "EB3 <INDIA> & \"co\"");
    assert!(drawn.contains("EB3 &lt;INDIA&gt; &amp; "));
}

#[test]
fn every_cell_can_be_read_from_the_picture() {
    let drawn = svg(&series(
        "EB3 INDIA",
        &[
            "2024-11 C",
            "2024-12 C 2013-01-01",
            "2025-01 U 2013-06-08",
            "2025-02 2012-11-01 -",
            "2025-03 2012-11-15 2013-06-08",
        ],
    ));
    let document = Document::parse(&drawn).unwrap();
    let titles = texts(&document, "title");
    assert_eq!(
        titles,
        [
            "EB3 INDIA",
            "Final Action Dates: all dates current (C), November 2024 to December 2024",
            "Final Action Dates: unavailable, January 2025",
            "December 2024, Dates for Filing: 01 Jan 2013",
            "January 2025, Dates for Filing: 08 Jun 2013",
            "March 2025, Dates for Filing: 08 Jun 2013",
            "February 2025, Final Action Dates: 01 Nov 2012",
            "March 2025, Final Action Dates: 15 Nov 2012",
        ]
    );
    let lines = document
        .descendants()
        .filter(|node| node.has_tag_name("polyline"));
    let dashes: Vec<_> = lines.map(|line| line.attribute("stroke-dasharray")).collect();
    assert_eq!(dashes, [Some("6 3"), Some("none")]);
    assert_eq!(dots(&document), 5);
    for word in [
        "current",
        "unavailable",
        "Final Action Dates",
        "Dates for Filing",
        "Jan 2025",
    ] {
        assert!(texts(&document, "text").contains(&word), "{word}");
    }
}

#[test]
fn in_a_long_history_only_a_lone_bulletin_is_a_dot() {
    let drawn = svg(&series(
        "F2A MEXICO",
        &[
            "2002-01 1994-11-01",
            "2002-02 1994-12-01",
            "2022-01 C",
            "2022-02 2019-05-01",
            "2022-03 C",
        ],
    ));
    let document = Document::parse(&drawn).unwrap();
    assert_eq!(dots(&document), 1);
}

#[test]
fn nothing_to_draw_is_said() {
    let drawn = svg(&series("T", &[]));
    let document = Document::parse(&drawn).unwrap();
    assert!(texts(&document, "text").contains(&"No bulletin has a cut-off to draw."));
}

proptest! {
    #[test]
    fn any_series_is_well_formed_and_has_no_wild_number(series in any_series()) {
        let drawn = svg(&series);
        let document = Document::parse(&drawn);
        prop_assert!(document.is_ok(), "{:?}", document.err());
        let document = document.unwrap();
        let numbers = document
            .descendants()
            .flat_map(|node| node.attributes())
            .filter(|attribute| ["x", "y", "x1", "y1", "x2", "y2", "cx", "cy"].contains(&attribute.name()));
        for attribute in numbers {
            let value: f64 = attribute.value().parse().unwrap();
            prop_assert!((0.0..=WIDTH).contains(&value), "{}", value);
        }
    }
}
