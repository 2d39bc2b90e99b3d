//! The texts of alerts: every movement as a golden text, and the properties of any text.
//!
//! `UPDATE_GOLDEN=1 cargo test -p bulletin` rewrites the golden file; proofread it before you commit it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use bulletin::{
    Alert, Area, Bulletin, Case, CaseAlert, Category, Change, ChangeKind, Chart, CutOff, Movement,
    Neighbours, RawCell, Reading, Row, RowKey, Standing, Subscription, When, changes, text,
};
use chrono::NaiveDate;
use proptest::prelude::*;

#[path = "support/scene.rs"]
mod scene;
#[path = "support/schema.rs"]
mod schema;

#[path = "alert_texts/whole_bulletin.rs"]
mod whole_bulletin;

use scene::{AFTER_A_GAP, CASE, Cells, Coming, EVERYBODY, FILING, Print, TALES, change};

const PAGE: &str =
    "https://travel.state.gov/content/travel/en/legal/visa-law0/visa-bulletin/2024/a-page.html";

fn alert(change: Change) -> Alert {
    Alert::Case(CaseAlert {
        change,
        page: PAGE.into(),
    })
}

fn subscription() -> Subscription {
    let priority_date = NaiveDate::from_ymd_opt(2012, 7, 10);
    Subscription {
        case: CASE,
        priority_date,
        when: When::Moves,
        chart: None,
    }
}

#[test]
fn every_movement_reads_as_the_golden_file_says() {
    let mut text = String::new();
    for coming in Coming::ALL {
        let is_told = |name: &str| coming != Coming::NewAfterAGap || AFTER_A_GAP.contains(&name);
        for (name, before, now, everybody) in TALES.into_iter().filter(|(name, ..)| is_told(name)) {
            let title = format!(
                "{}: {name} ({} -> {})",
                coming.name(),
                before.join(", "),
                now.join(", ")
            );
            writeln!(text, "#### {title}").unwrap();
            let cells = [before, now].map(|own| Cells::new(own, everybody));
            match change(coming, &cells[0], &cells[1]).map(alert) {
                Some(alert) => {
                    writeln!(text, "{}", alert.headline()).unwrap();
                    writeln!(text, "SMS: {}", alert.sms("VisaBulletin")).unwrap();
                    writeln!(text, "Subject: {}", alert.subject()).unwrap();
                    let personal = alert.subject_for(&subscription());
                    writeln!(text, "Subject, with a date: {personal}").unwrap();
                    writeln!(text, "{}\n", alert.headline_for(&subscription())).unwrap();
                    writeln!(text, "{}\n", alert.body(Some(&subscription()))).unwrap();
                }
                None => writeln!(text, "no alert\n").unwrap(),
            }
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/alerts.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    for (number, (line, golden)) in text.lines().zip(golden.lines()).enumerate() {
        assert_eq!(line, golden, "line {}", number + 1);
    }
    assert_eq!(text.len(), golden.len(), "one text is longer than the other");
}

/// The change as it would be of another case.
fn of_case(mut change: Change, case: Case) -> Change {
    for chart in Chart::ALL {
        let chart_change = change.charts.of_mut(chart);
        let columns = [
            chart_change.from.as_mut().map(|from| &mut from.column),
            chart_change.to.as_mut().map(|cell| &mut cell.column),
            chart_change.replaced.as_mut().map(|cell| &mut cell.column),
        ];
        for column in columns
            .into_iter()
            .flatten()
            .filter(|column| **column == CASE.area)
        {
            *column = case.area;
        }
    }
    change.case = case;
    change
}

#[test]
fn good_news_for_a_priority_date_never_hides_bad_news_on_the_other_chart() {
    let areas = [
        "HONDURAS",
        "DOMINICAN_REPUBLIC",
        "EL_SALVADOR_GUATEMALA_HONDURAS",
        "INDIA",
    ];
    let areas = areas.map(|area| area.parse::<Area>().unwrap());
    let mut seen = 0;
    for (coming, (_, before, now, everybody)) in Coming::ALL
        .into_iter()
        .flat_map(|coming| TALES.map(|tale| (coming, tale)))
    {
        let cells = [before, now].map(|own| Cells::new(own, everybody));
        let Some(told) = change(coming, &cells[0], &cells[1]) else {
            continue;
        };
        for case in areas.into_iter().flat_map(|area| {
            Category::ALL.iter().map(move |category| Case {
                category: *category,
                area,
            })
        }) {
            let alert = alert(of_case(told.clone(), case));
            let subscription = Subscription {
                case,
                ..subscription()
            };
            let subject = alert.subject_for(&subscription);
            assert!(subject.len() < 100, "{subject}");
            let says = |line: &str| line.contains("CURRENT");
            assert_eq!(
                says(&alert.headline_for(&subscription)),
                says(&subject),
                "{subject}"
            );
            if !says(&subject) {
                continue;
            }
            for chart in Chart::ALL {
                let on = told.charts.of(chart);
                let rank = |cut_off: Option<CutOff>| match cut_off {
                    None => (0, None),
                    Some(CutOff::Unavailable) => (1, None),
                    Some(CutOff::Date(date)) => (2, Some(date)),
                    Some(CutOff::Current) => (3, None),
                };
                let to = on.to.as_ref().and_then(|cell| cell.cut_off());
                if on.from.is_some_and(|from| rank(to) < rank(Some(from.cut_off))) {
                    let name = if chart == Chart::FinalAction {
                        "Final"
                    } else {
                        "Filing"
                    };
                    let says = [
                        format!("{name} Action set back"),
                        format!("{name} set back"),
                        format!("{name} misprinted"),
                        format!("{name} not listed"),
                        format!("{name} no longer listed"),
                        format!("{name} Action no longer listed"),
                        format!("{name} NO"),
                    ];
                    let under = subject.contains("NO LONGER CURRENT") || subject.contains("NOT CURRENT");
                    assert!(
                        under || says.iter().any(|says| subject.contains(says)),
                        "{subject}"
                    );
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

fn any_print() -> impl Strategy<Value = Print> {
    prop_oneof![
        1 => Just(Print::Nothing),
        1 => "[ -~\u{1b}\r\n\t\u{202e}é]{0,90}"
            .prop_filter("a cut-off is none of these", |text| text.parse::<CutOff>().is_err())
            .prop_map(Print::Misprint),
        2 => Just(Print::CutOff(CutOff::Current)),
        2 => Just(Print::CutOff(CutOff::Unavailable)),
        6 => (734_000..734_900i32)
            .prop_map(|day| Print::CutOff(CutOff::Date(NaiveDate::from_num_days_from_ce_opt(day).unwrap()))),
    ]
}

fn any_cells() -> impl Strategy<Value = Cells> {
    let print = any_print;
    ([print(), print()], [print(), print()]).prop_map(|(own, everybody)| Cells { own, everybody })
}

proptest! {
    #[test]
    fn no_text_can_mislead(
        coming in proptest::sample::select(Coming::ALL.to_vec()),
        before in any_cells(),
        now in any_cells(),
    ) {
        let correction = coming.kind() == ChangeKind::Correction;
        let Some(change) = change(coming, &before, &now) else { return Ok(()) };
        let alert = alert(change.clone());
        let headlines = [alert.headline(), alert.headline_for(&subscription())];
        let body = alert.body(Some(&subscription()));
        let (sms, subject) = (alert.sms("VisaBulletin"), alert.subject());
        prop_assert!(text::septets(&sms).is_some_and(|septets| septets + "VisaBulletin> ".len() <= 160), "{sms}");
        prop_assert!(subject.len() < 100 && subject.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{subject}");

        for json in [alert.json(), alert.json_for(&subscription()), alert.json_in_short()] {
            let faults = schema::Schema::read("alert.schema.json").faults(&json);
            prop_assert!(faults.is_empty(), "{faults:?} in {json:#}");
        }
        let personal = alert.subject_for(&subscription());
        prop_assert!(personal.len() < 100 && personal.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{personal}");
        prop_assert!(personal.contains("EB-3 India") && personal.contains("Apr"), "{personal}");
        prop_assert_eq!(personal.starts_with("CORRECTED "), correction);
        for verdict in ["BECOMES CURRENT", "NO LONGER CURRENT", "NOT CURRENT AFTER ALL", "CURRENT AFTER ALL"] {
            prop_assert!(!headlines[1].contains(verdict) || personal.contains(verdict), "{personal}");
        }
        let is_current = |chart: &Chart| {
            let cut_off = change.month_before.as_ref()?.of(*chart).as_ref()?.cut_off()?;
            Some(cut_off.is_current(subscription().priority_date?))
        };
        let current_before = Chart::ALL.iter().filter(|chart| is_current(chart) == Some(true)).count();
        prop_assert!(headlines[1].matches("still current").count() <= current_before, "{}", headlines[1]);
        for headline in &headlines {
            prop_assert!(headline.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{headline:?}");
            prop_assert!(headline.contains("EB-3 India") && headline.contains("April 2024"), "{headline}");
            prop_assert_eq!(headline.starts_with("CORRECTED "), correction);
        }
        prop_assert!(body.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)), "{body:?}");
        for line in body.lines().filter(|line| !line.contains("https://") && !line.contains('"')) {
            prop_assert!(line.len() <= 80, "{line}");
        }
        prop_assert!(body.contains(PAGE) && body.contains("unofficial"));
        prop_assert!(!body.to_lowercase().contains("you may file") && !body.to_lowercase().contains("you can file"));
        for chart in Chart::ALL {
            let line = body.lines().find(|line| line.starts_with(chart.name()) && line.contains(" -> "));
            let Some(line) = line else { continue };
            let movement = change.charts.of(chart).movement;
            let two_dates = matches!(movement, Some(Movement::Advanced { .. } | Movement::Retrogressed { .. }));
            prop_assert!(two_dates || !line.contains(" days"), "{line}");
            if matches!(movement, Some(Movement::Retrogressed { .. } | Movement::BecameUnavailable)) {
                prop_assert!(!line.contains("advanced") && !line.contains("available again"), "{line}");
            }
        }
        if change.charts.dates_for_filing.to.is_some() {
            prop_assert!(body.contains("USCIS accepts"), "{body}");
        }
    }
}

#[test]
fn a_category_that_is_listed_no_more_names_what_rules_now() {
    let case = Case {
        category: Category::ScheduleA,
        area: Area::INDIA,
    };
    let page = |month: &str, category: Category, value: &str| {
        let row = Row {
            key: RowKey {
                chart: Chart::FinalAction,
                category,
                area: Area::INDIA,
            },
            reading: value.parse().map_or(Reading::Unreadable, Reading::CutOff),
            raw: RawCell {
                category: "a label".into(),
                area: "INDIA".into(),
                value: value.into(),
            },
        };
        Bulletin::new(month.parse().unwrap(), [row]).unwrap()
    };
    let first = page("2007-05", Category::ScheduleA, "2005-10-01");
    let second = page("2007-06", Category::Eb3, "2003-06-01");
    let stored = BTreeMap::from([(first.month(), first.clone())]);
    let neighbours = |previous| Neighbours {
        previous,
        next: None,
        loaded: &stored,
        next_news: None,
        over: Neighbours::NONE_OVER,
        history: false,
    };
    let before = Standing::after(None, case, &first, neighbours(None)).unwrap();
    let previous = Some(first.month());
    let after = Standing::after(before.as_ref(), case, &second, neighbours(previous)).unwrap();
    let told = changes(before.as_ref(), &after.unwrap());
    let alert = alert(told.into_iter().next().unwrap());
    assert_eq!(
        alert.sms("VisaBull"),
        "Schedule A India, June 2007: Final Action no longer listed, was 01 Oct 2005; listed now: EB-3. Unofficial; see \
         travel.state.gov"
    );
    let body = alert.body(None);
    assert!(
        body.contains("EB-3 India is listed instead: Final Action 01 Jun 2003."),
        "{body}"
    );
    assert!(
        body.contains("Until 31 May 2007, the bulletin for May 2007 applies."),
        "{body}"
    );
    let json = alert.json();
    assert_eq!(schema::Schema::read("alert.schema.json").faults(&json), [""; 0]);
    let successor = &json["withdrawn"]["successors"][0];
    assert_eq!(successor["case"]["category"], "EB3");
    assert_eq!(successor["charts"]["final_action"]["date"], "2003-06-01");
}

/// Text that a page could print to be taken for another message.
const SMUGGLED: &str = "C\r\nSubject: x\u{1b}[2J\u{2028}\u{202e}`\" -> 15 Jul 2099";

fn is_plain(line: &str) -> bool {
    line.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

#[test]
fn a_page_cannot_smuggle_lines_into_what_is_said_of_a_case() {
    for coming in Coming::ALL {
        for (before, now) in [("2012-07-01", SMUGGLED), (SMUGGLED, "2012-07-15")] {
            let cells = [before, now].map(|print| Cells::new([print, FILING], EVERYBODY));
            let alert = alert(change(coming, &cells[0], &cells[1]).unwrap());
            for line in [
                alert.subject(),
                alert.sms("VisaBull"),
                alert.headline(),
                alert.headline_for(&subscription()),
            ] {
                assert!(is_plain(&line), "{line:?}");
                assert!(
                    line.matches('"').count() <= 2,
                    "the page closes its quotes: {line}"
                );
            }
            assert!(
                text::septets(&alert.sms("VisaBull"))
                    .is_some_and(|septets| septets <= 160 - "VisaBull> ".len())
            );
            assert!(alert.subject().len() <= 99);
            assert!(alert.body(None).lines().all(is_plain), "{:?}", alert.body(None));
            // Machines get it as it is printed, in its own place.
            let faults = schema::Schema::read("alert.schema.json").faults(&alert.json());
            assert!(faults.is_empty(), "{faults:?}");
        }
    }
}

#[test]
fn every_name_is_ascii_and_grammatical() {
    for area in Area::every() {
        for category in Category::ALL.iter().copied() {
            assert!(is_plain(&text::case_name(Case { category, area })));
        }
        assert!(is_plain(&text::counted_under(area, Area::ALL)));
    }
    let brazil = "BRAZIL".parse().unwrap();
    assert_eq!(
        text::counted_under(brazil, Area::ALL),
        "Brazil is counted under All Chargeability Areas Except Those Listed"
    );
    let three = Area::EL_SALVADOR_GUATEMALA_HONDURAS;
    assert_eq!(
        text::counted_under(three, Area::ALL),
        "El Salvador, Guatemala and Honduras are counted under All Chargeability Areas Except Those Listed"
    );
}

#[test]
fn the_schema_refuses_what_it_does_not_describe() {
    let told = change(
        Coming::New,
        &Cells::new(["2012-07-01", "C"], EVERYBODY),
        &Cells::new(["2012-07-15", "C"], EVERYBODY),
    );
    let json = alert(told.unwrap()).json();
    assert_eq!(schema::Schema::read("alert.schema.json").faults(&json), [""; 0]);
    let mangled: [fn(&mut serde_json::Value); 6] = [
        |json| json["charts"]["final_action"]["days"] = "14".into(),
        |json| json["charts"]["final_action"]["movement"] = "moved".into(),
        |json| json["charts"]["final_action"]["before"]["date"] = "01JUL12".into(),
        |json| json["month"] = "2024-4".into(),
        |json| json["extra"] = true.into(),
        |json| json["attributes"]["final_action_after"] = 20_000_000.into(),
    ];
    for mangle in mangled {
        let mut other = json.clone();
        mangle(&mut other);
        assert!(
            !schema::Schema::read("alert.schema.json")
                .faults(&other)
                .is_empty(),
            "{other:#}"
        );
    }
}
