//! Small pages, written for one rule each.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "other tests use the rest")]
#[path = "shared/small.rs"]
mod small;

use bulletin::{Finding, UnreadableReason};
use bulletin_html::{MAX_PAGE_BYTES, Refusal, read_page, recognise};
use small::{
    ALL_CELLS, EMPLOYMENT, FAMILY, HEADINGS, kinds, moved, page, page_of, read, refusal, replace, tables,
    whole_page,
};

#[test]
fn a_page_without_slips_is_read_without_findings() {
    assert_eq!(kinds(9, str::to_owned), (vec![], ALL_CELLS));
    let read = read(&whole_page());
    let row = read.bulletin.rows().last().unwrap();
    assert_eq!(row.raw.category.to_string(), "5th Set Aside: Infrastructure (2%)");
    assert_eq!(row.raw.area.to_string(), "PHILIPPINES");
}

#[test]
fn a_title_row_a_caption_and_a_heading_of_rows_are_passed_over() {
    for (from, to) in [
        (
            "<tbody>",
            "<tbody><tr><td colspan=6>Family-Sponsored Preference</td></tr>",
        ),
        ("<tbody>", "<caption>Table 1</caption><tbody>"),
        (
            "<tr><td>F1<",
            "<tr><td>Family</td><td></td><td></td><td></td><td></td><td></td></tr><tr><td>F1<",
        ),
        (
            "<tr><td>F1<",
            "<tr><td>Family</td><td>C</td><td>C</td><td>C</td><td>C</td><td>C</td></tr><tr><td>F1<",
        ),
        ("<tr><td>F2A", "<tr><td>&nbsp;</td></tr><tr><td>F2A"),
        ("<td>Family-<br>Sponsored</td>", "<td>&nbsp;</td>"),
        (
            "<tr><td>Family",
            "<tr><td rowspan=2>Family-Sponsored</td><td colspan=5>Chargeability</td></tr><tr><td hidden>Family",
        ),
    ] {
        assert_eq!(kinds(0, replace(from, to)), (vec![], ALL_CELLS), "{to}");
    }
}

#[test]
fn footnote_marks_change_no_label() {
    for (from, to) in [
        (">F2A<", ">F2A*<"),
        (">F2A<", ">F2A<sup>1</sup><"),
        (">F2A<", "><b>F</b>2A<sup><a href='#n'>(2)</a></sup><"),
        (">F2A<", ">f&#173;2 A **<"),
        (">INDIA<", ">INDIA<sup>*</sup><"),
    ] {
        assert_eq!(kinds(1, replace(from, to)), (vec![], ALL_CELLS), "{to}");
    }
}

#[test]
fn a_slip_in_a_label_is_reported_and_seen_through() {
    for (chart, from, to) in [
        (2, "Other Workers", "Ohter Worker"),
        (3, "Infrastructure (2%)", "Infrastucture (3%, including RI, XY)"),
        (
            2,
            "(including C5, T5, I5, R5)",
            "(including C5, T5, I5, R5, NU, RU, NX)",
        ),
        (0, ">MEXICO<", ">MEXCO<"),
        (3, "CHINA- mainland born", "CHINA- mainland brn"),
    ] {
        assert_eq!(
            kinds(chart, replace(from, to)),
            (vec!["approximate_label"], ALL_CELLS),
            "{to}"
        );
    }
}

#[test]
fn an_unknown_row_is_left_out_with_its_cells() {
    for (chart, from, to) in [
        (2, ">1st<", ">6th<"),
        (1, ">F2B<", ">F2C<"),
        (2, "Certain Religious Workers", "Certain Workers"),
        (2, "Rural (20%)", "Urban (20%)"),
        (2, "Rural (20%)", "Rural (10%)"),
        (2, "Rural (20%)", "Rural (20%, including NH, RH)"),
        (2, "(including C5, T5, I5, R5)", "(including C5, R5)"),
        (
            2,
            "5th Unreserved<br>(including C5, T5, I5, R5)",
            "5th Regional Center",
        ),
        (
            2,
            "5th Unreserved<br>(including C5, T5, I5, R5)",
            "5th Regional Center (C5 and T5)",
        ),
        (
            2,
            "5th Unreserved<br>(including C5, T5, I5, R5)",
            "5th Non-Regional Center (I5 and R5)",
        ),
    ] {
        let (kinds, cells) = kinds(chart, replace(from, to));
        assert!(kinds.contains(&"unrecognised_row"), "{to}: {kinds:?}");
        assert!(!kinds.contains(&"approximate_label"), "{to}: {kinds:?}");
        assert_eq!(cells, ALL_CELLS - 5, "{to}");
    }
    let read = read(&page(0, replace(">F3<", ">F33<")));
    let cells = read.findings.iter().find_map(|finding| match finding {
        Finding::UnrecognisedRow { label, cells, .. } if label == "F33" => Some(cells.clone()),
        _ => None,
    });
    assert_eq!(cells.unwrap()[3], ("MEXICO".to_owned(), "15SEP00".to_owned()));
}

#[test]
fn a_new_country_has_its_column_and_any_other_is_left_out() {
    let renamed = |to: &'static str| kinds(0, replace(">INDIA<", to));
    // Next to all the others it is a new column; in place of one, its cells may be the missing column's.
    let added = |table: &str| {
        let mut labels = true;
        let rows = table.split_inclusive("</tr>");
        rows.map(|row| {
            let cell = if std::mem::take(&mut labels) {
                "Bangladesh"
            } else {
                "01JAN00"
            };
            row.replace("</tr>", &format!("<td>{cell}</td></tr>"))
        })
        .collect()
    };
    assert_eq!(kinds(0, added), (vec!["new_column"], ALL_CELLS + 5));
    for to in [
        ">Bangladesh<",
        ">Hong Kong<",
        ">ASIA<",
        "><",
        ">INDIA MEXICO<",
        " colspan=1 >IND1A<",
    ] {
        assert_eq!(
            renamed(to),
            (vec!["unrecognised_column", "missing_column"], ALL_CELLS - 5),
            "{to}"
        );
    }
}

#[test]
fn one_label_for_two_columns_is_none_of_them() {
    let alter = |table: &str| table.replace("<td>INDIA</td><td>MEXICO</td>", "<td colspan=2>INDIA</td>");
    let unrecognised = ["unrecognised_column"; 2].into_iter();
    let expected: Vec<&str> = unrecognised.chain(["missing_column"; 2]).collect();
    assert_eq!(kinds(0, alter), (expected, ALL_CELLS - 10));
    // Another label is INDIA, so the one that is only near it must mean something else.
    assert_eq!(
        kinds(0, replace(">MEXICO<", ">INDIAA<")).0,
        ["unrecognised_column", "missing_column"]
    );
    assert_eq!(
        kinds(0, replace(">F3<", ">F1<")).0,
        ["conflicting_cells"; 5]
            .into_iter()
            .chain(["repeated_row", "missing_row"])
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_row_that_does_not_fit_its_columns_is_not_shifted() {
    let from = "<td>08JAN15</td><td>08JAN15</td><td>08JAN15</td><td>22NOV04</td><td>01MAR12</td>";
    for to in [
        "<td>08JAN15</td>",
        "<td>08JAN15</td><td>08JAN15</td><td colspan=2>08JAN15</td><td>22NOV04</td><td>01MAR12</td>",
        "<td>08JAN15</td><td>08JAN15</td><td>08JAN15</td><td>08JAN15</td><td>22NOV04</td><td>01MAR12</td>",
        "<td colspan=2>08JAN15</td><td>08JAN15</td><td>22NOV04</td>",
        "<td>08JAN15</td><td style=display:none>08JAN15</td><td>08JAN15</td><td>22NOV04</td><td>01MAR12</td>",
    ] {
        let (kinds, cells) = kinds(0, replace(from, to));
        assert_eq!(
            (kinds.first(), cells),
            (Some(&"ragged_row"), ALL_CELLS - 5),
            "{to}"
        );
    }
    // The row below has no room for a cell from above.
    let (kinds, cells) = kinds(0, replace("<td>08JAN15</td>", "<td rowspan=2>08JAN15</td>"));
    assert_eq!(
        (kinds, cells),
        (vec!["unreadable_cell", "ragged_row"], ALL_CELLS - 6)
    );
}

#[test]
fn a_misprinted_cell_is_kept_as_printed_and_left_out() {
    for (text, raw, reason) in [
        ("8JAN15", "8JAN15", UnreadableReason::NotACutOff),
        ("", "", UnreadableReason::Blank),
        ("&nbsp;<br>", "", UnreadableReason::Blank),
        ("31FEB15", "31FEB15", UnreadableReason::NoSuchDay),
        ("08FEB25", "08FEB25", UnreadableReason::AfterTheBulletin),
        ("08JAN15<sup>1</sup>", "08JAN151", UnreadableReason::NotACutOff),
        ("08JAN1<sup>5</sup>", "08JAN15", UnreadableReason::NotACutOff),
        ("<s>08JAN15</s>", "08JAN15", UnreadableReason::StruckThrough),
        (
            "<s>08JAN15</s> 15JAN15",
            "08JAN15 15JAN15",
            UnreadableReason::StruckThrough,
        ),
        (
            "<span style='text-decoration: line-through'>C</span>",
            "C",
            UnreadableReason::StruckThrough,
        ),
        (
            "C<table><tr><td>U</td></tr></table>",
            "C U",
            UnreadableReason::NotACutOff,
        ),
        ("08<br>JAN15", "08 JAN15", UnreadableReason::NotACutOff),
        ("<i hidden>08JAN15</i>", "", UnreadableReason::Blank),
    ] {
        let read = read(&page(0, |table| table.replacen("08JAN15", text, 1)));
        let [
            Finding::UnreadableCell {
                raw: found,
                reason: why,
                ..
            },
        ] = &read.findings[..]
        else {
            panic!("{text}: {:?}", read.findings);
        };
        assert_eq!((found.as_str(), *why), (raw, reason), "{text}");
    }
    for text in [
        "<b>08</b>JAN<font size=2>15</font>",
        "08<!-- -->JAN15&nbsp;",
        "<p>08&shy;JAN15</p>",
        "08JAN15<sup></sup>",
        "08JAN15<i style='display:none'>*</i>",
    ] {
        let read = read(&page(0, |table| table.replacen("08JAN15", text, 1)));
        assert_eq!(read.findings, [], "{text}");
    }
}

#[test]
fn an_area_later_than_all_others_is_reported() {
    assert_eq!(
        kinds(
            0,
            replace("<td>08JAN15</td><td>08JAN15</td>", "<td>08JAN15</td><td>C</td>")
        )
        .0,
        ["later_than_all"]
    );
}

#[test]
fn every_chart_must_stand_under_its_own_heading() {
    let tables = tables();
    let charts: Vec<(&str, &str)> = HEADINGS
        .into_iter()
        .zip(tables.iter().map(String::as_str))
        .collect();
    let kind = |charts: &[(&str, &str)]| refusal(&page_of("Visa Bulletin For January 2025", charts)).kind();
    for at in 0..4 {
        let mut fewer = charts.clone();
        fewer.remove(at);
        assert_eq!(kind(&fewer), "chart_missing", "{at}");
        let mut unheaded = charts.clone();
        unheaded[at].0 = "The chart below";
        assert_eq!(kind(&unheaded), "chart_missing", "{at}");
        let other = moved(&tables[at], -2);
        let mut twice = charts.clone();
        twice.insert(at, (HEADINGS[at], &other));
        assert_eq!(kind(&twice), "chart_twice", "{at}");
        let mut one_more = charts.clone();
        one_more.insert(at + 1, ("", &other));
        assert_eq!(kind(&one_more), "chart_twice", "{at}");
        let mut contradicted = charts.clone();
        contradicted[at].1 = &tables[3 - at];
        assert_eq!(kind(&contradicted), "heading_contradicted", "{at}");
    }
    let mut headings = charts.clone();
    (headings[2].0, headings[3].0) = (HEADINGS[3], HEADINGS[2]);
    assert_eq!(kind(&headings), "charts_swapped");
    assert_eq!(kind(&[("", "<table><tr><td>C</td></tr></table>")]), "no_charts");
}

#[test]
fn filing_dates_before_final_action_dates_are_swapped_charts() {
    let earlier = FAMILY
        .replace("08JAN15", "08JAN14")
        .replace("01JAN22", "01JAN21")
        .replace("01AUG07", "01AUG06");
    let charts = [
        (HEADINGS[0], FAMILY),
        (HEADINGS[1], earlier.as_str()),
        (HEADINGS[2], EMPLOYMENT),
        (HEADINGS[3], EMPLOYMENT),
    ];
    let refusal = refusal(&page_of("Visa Bulletin For January 2025", &charts));
    assert!(
        matches!(
            refusal,
            Refusal::ChartsSwapped {
                earlier: 9,
                compared: 9,
                ..
            }
        ),
        "{refusal:?}"
    );
}

#[test]
fn before_october_2015_there_is_one_chart_of_each_preference() {
    let family = moved(FAMILY, -10);
    let employment = moved(EMPLOYMENT, -20)
        .replace(
            "5th Unreserved<br>(including C5, T5, I5, R5)",
            "5th Non-Regional Center (C5 and T5)",
        )
        .replace("5th Set Aside:<br>Rural (20%)", "5th Regional Center (I5 and R5)");
    let set_aside = employment.find("<tr><td>5th Set").unwrap();
    let employment = format!("{}</table>", &employment[..set_aside]);
    let old = page_of(
        "Visa Bulletin For September 2015",
        &[("A. STATUTORY NUMBERS", &family), ("", &employment)],
    );
    let read = read(&old);
    assert_eq!(read.findings, []);
    assert_eq!(read.bulletin.rows().len(), 5 * 5 + 8 * 5);
    let titled = page_of(
        "Visa Bulletin For January 2015",
        &[
            ("Priority Dates for Employment-Based Immigrant Visas", &family),
            ("", &employment),
        ],
    );
    assert_eq!(refusal(&titled).kind(), "heading_contradicted");
    let lacking = page_of("Visa Bulletin For January 2015", &[("", &employment)]);
    assert_eq!(refusal(&lacking).kind(), "chart_missing");
    let new = page_of(
        "Visa Bulletin For October 2015",
        &[("A. STATUTORY NUMBERS", &family), ("", &employment)],
    );
    assert_eq!(refusal(&new).kind(), "chart_missing");
}

#[test]
fn a_table_in_another_section_is_passed_over() {
    let html = whole_page().replace(
        "</body>",
        &format!("<p>E. MOVEMENT IN THE COMING MONTHS</p>{FAMILY}</body>"),
    );
    let read = read(&html);
    assert_eq!(
        read.findings.iter().map(Finding::kind).collect::<Vec<_>>(),
        ["layout"]
    );
    assert_eq!(read.bulletin.rows().len(), ALL_CELLS);
    let unheaded = whole_page().replace("</body>", &format!("{FAMILY}</body>"));
    assert_eq!(refusal(&unheaded).kind(), "chart_twice");
}

#[test]
fn charts_can_stand_in_a_table_of_layout() {
    let html = whole_page()
        .replace("<body>", "<body><table><tr><td>")
        .replace("</body>", "</td></tr></table></body>");
    assert_eq!(read(&html).findings, []);
    assert_eq!(read(&html).bulletin.rows().len(), ALL_CELLS);
}

#[test]
fn a_heading_can_stand_in_the_table_s_first_row_on_two_lines_or_before_prose() {
    let in_row = whole_page()
        .replace(
            "<p><b><u>A. FINAL ACTION DATES FOR FAMILY-SPONSORED PREFERENCE CASES</u></b></p>",
            "",
        )
        .replacen(
            "<tbody>",
            "<tbody><tr><th colspan=6>A. FINAL ACTION DATES FOR FAMILY-SPONSORED PREFERENCE CASES</th></tr>",
            1,
        );
    assert_eq!(read(&in_row).findings, []);
    let before_prose = whole_page().replace("</u></b></p>\n<p>", "</u></b> ");
    assert_eq!(read(&before_prose).findings, []);
    let on_two_lines = whole_page().replace("DATES FOR FAMILY", "DATES FOR<br>FAMILY");
    assert_eq!(read(&on_two_lines).findings, []);
}

#[test]
fn what_is_no_page_is_refused_as_blocked() {
    let large = vec![b'<'; MAX_PAGE_BYTES + 1];
    for (body, kind) in [
        (&b""[..], "empty"),
        (b" \r\n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"<html><head></head><body> <img src=x> </body></html>", "empty"),
        (b"\x1f\x8b\x08\x00abc", "binary"),
        (b"%PDF-1.7 abc", "binary"),
        (b"\0\x01\x02\x03\x04 <p>", "binary"),
        (b"<html><head><title>Just a moment...</title></head><body>x</body></html>", "challenge"),
        (b"<html><head><title>Access Denied</title></head><body><h1>Access Denied</h1></body></html>", "challenge"),
        (b"<html><body><script src='/cdn-cgi/challenge-platform/h/b/orchestrate/jsch/v1'></script>x</body></html>", "challenge"),
        (b"<META HTTP-EQUIV=\"Refresh\" content='0; url=/x'><p>moved</p>", "challenge"),
        (b"<title>Page Not Found</title><p>Sorry", "not_found"),
        (b"<title>404</title><p>Sorry", "not_found"),
        (b"<title>503 Service Unavailable</title><p>x", "error_page"),
        (b"Not Found", "not_found"),
        (
            b"<title>Travel</title><h1>Sorry</h1>The page you are looking for has moved.",
            "not_found",
        ),
        (b"<script>window.location = '/?x'</script>", "challenge"),
        (b"{\"error\":\"forbidden\"}", "error_page"),
        (&large, "too_large"),
    ] {
        let refusal = read_page(body, None).unwrap_err();
        assert_eq!(refusal.kind(), kind, "{refusal}");
        assert!(refusal.is_blocked(), "{refusal}");
        assert_eq!(refusal.is_not_found(), kind == "not_found");
        assert!(kind == "empty" || recognise(body).is_err());
    }
    for refusal in [
        refusal("<title>Visa Bulletin For March 2026</title><p>x</p></body>"),
        refusal("<p>hello</p>"),
    ] {
        assert!(!refusal.is_blocked(), "{refusal}");
    }
    // A genuine page can contain the markers of a challenge.
    let guarded = whole_page().replace(
        "</body>",
        "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script></body>",
    );
    assert_eq!(read(&guarded).findings, []);
}

#[test]
fn a_page_that_breaks_off_is_refused() {
    let html = whole_page();
    let last_chart = html.rfind("</table>").unwrap();
    for cut in (0..html.len()).step_by(13) {
        match read_page(&html.as_bytes()[..cut], None) {
            Ok(read) => {
                assert!(cut >= last_chart + 8, "{cut}");
                assert_eq!(read.bulletin.rows().len(), ALL_CELLS);
            }
            Err(refusal) => assert!(cut < last_chart + 8, "{cut}: {refusal}"),
        }
    }
    assert_eq!(refusal(&html[..last_chart - 30]).kind(), "truncated");
}

#[test]
fn hostile_pages_take_no_more_than_their_size() {
    let started = std::time::Instant::now();
    let half_a_million = |text: &str| text.repeat(MAX_PAGE_BYTES / 8 / text.len());
    let row = "<tr><td>1st<td>C<td>C<td>01JAN99";
    let chart = format!("<table><tr><td><td>INDIA<td>MEXICO<td>x{row}{row}{row}</table>");
    for text in [
        "<table>",
        "<table><tr><td>",
        "<td>",
        "<tr><td>INDIA",
        "</table>",
        "<div hidden>",
        "<table hidden><tr><td>",
        "<p>A. FINAL ACTION DATES FOR",
        "B. DATES FOR FILING FAMILY EMPLOYMENT<br>",
        "<sup><s>",
        "<table><tr><td>INDIA<tr><td>1st<td>C",
        "&nbsp;",
        "<a href=/content/visa-bulletin-for-may-2020.html>",
        "<a b=",
        "<!--",
        "<title>",
        "<svg>",
        "<td colspan=1000 rowspan=1000>x",
        "\u{301}",
        &chart,
    ] {
        let body = half_a_million(text);
        for prefix in [
            "",
            "<title>Visa Bulletin for May 2020</title>",
            "<title>Visa Bulletin for May 2020</title><table><tr><td><td>INDIA",
        ] {
            let body = format!("{prefix}{body}");
            assert!(read_page(body.as_bytes(), None).is_err());
            let _ = bulletin_html::read_index(body.as_bytes());
        }
    }
    let seconds = started.elapsed().as_secs();
    assert!(seconds < 60, "{seconds} s");
}
