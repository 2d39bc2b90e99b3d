//! The texts of every alert of every real month, compared with the cut-offs that they report.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where something goes wrong, and says what it looked at"
)]

#[path = "../../../crates/bulletin/tests/support/schema.rs"]
mod schema;

use std::collections::BTreeMap;

use bulletin::{Alert, CaseAlert, Change, Chart, ChartChange, CutOff, text};
use end_to_end::pages::{real_cells, real_pages, sample_months, shared};
use end_to_end::run;
use end_to_end::world::{World, release_day};
use pipeline::testing::FixedClock;
use serde_json::{Value, json};

/// The display name of the topics on AWS, and the prefix that SNS makes of it.
const DISPLAY_NAME: &str = "VisaBull";
const PREFIX: &str = "VisaBull> ";
/// The maximum size of an SNS message, in bytes.
const MOST_BYTES: usize = 256 * 1024;

/// The possible forms of a value in a line.
fn forms(change: &ChartChange) -> Vec<String> {
    let Some(cell) = &change.to else {
        return ["not listed", "no longer listed", "removed"]
            .map(str::to_owned)
            .into();
    };
    match cell.cut_off() {
        None => vec!["misprinted".into(), "has no ".into()],
        Some(CutOff::Current) => vec!["current".into()],
        Some(CutOff::Unavailable) => vec!["unavailable".into()],
        Some(CutOff::Date(date)) => vec![
            date.format("%d %b %Y").to_string(),
            date.format("%d%b%y").to_string(),
        ],
    }
}

/// The part of a line about this chart.
fn clause(line: &str, chart: Chart) -> Option<&str> {
    let name = match chart {
        Chart::FinalAction => "Final",
        Chart::DatesForFiling => "Filing",
    };
    let (_, verdicts) = line.split_once(": ")?;
    let verdicts = verdicts.trim_end_matches("Unofficial; see travel.state.gov");
    verdicts.split("; ").find(|clause| clause.starts_with(name))
}

/// The row of a chart in the table, and the lines below that belong to it.
fn rows(body: &str, chart: Chart) -> Option<String> {
    let mut lines = body
        .lines()
        .skip_while(|line| !(line.starts_with(chart.name()) && line.contains(" -> ")));
    let first = lines.next()?;
    let below: Vec<&str> = lines.take_while(|line| line.starts_with("        ")).collect();
    Some(format!("{first}\n{}", below.join("\n")))
}

fn dates(change: &ChartChange) -> Option<(chrono::NaiveDate, chrono::NaiveDate)> {
    let from = change.from?;
    let to = change.to.as_ref()?;
    // A date of another column is not comparable.
    (from.column == to.column).then_some(())?;
    Some((from.cut_off.date()?, to.cut_off()?.date()?))
}

/// True if fewer priority dates are current.
fn is_set_back(change: &ChartChange) -> bool {
    let rank = |cut_off: CutOff| match cut_off {
        CutOff::Unavailable => chrono::NaiveDate::MIN,
        CutOff::Date(date) => date,
        CutOff::Current => chrono::NaiveDate::MAX,
    };
    let from = change.from.map(|from| rank(from.cut_off));
    let to = change.to.as_ref().and_then(|cell| cell.cut_off()).map(rank);
    from.zip(to).is_some_and(|(from, to)| to < from)
}

fn has_days(text: &str) -> bool {
    let words: Vec<&str> = text.split([' ', '(', ')', ',', '\n']).collect();
    let is_number = |word: &str| {
        let digits = word.trim_start_matches(['+', '-']);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let counted = words
        .windows(2)
        .any(|pair| is_number(pair[0]) && pair[1].starts_with("day"));
    let short = words
        .iter()
        .any(|word| word.strip_suffix('d').is_some_and(is_number));
    counted || short
}

fn check_case(alert: &Alert, told: &CaseAlert, json: &Value) {
    let change: &Change = &told.change;
    let (sms, subject, body) = (alert.sms(DISPLAY_NAME), alert.subject(), alert.body(None));
    for line in [&sms, &subject] {
        assert!(line.contains(change.month.name().get(..3).unwrap()), "{line}");
        assert!(line.contains(&change.month.year().to_string()), "{line}");
    }
    assert!(body.contains(&told.page) && body.contains("unofficial"), "{body}");
    assert!(
        body.contains(&format!("In force from {}", text::day(change.month.first_day()))),
        "{body}"
    );
    assert!(!body.to_lowercase().contains("you may file"), "{body}");
    for chart in Chart::ALL {
        let on = change.charts.of(chart);
        if on.from.is_none() && on.to.is_none() {
            continue;
        }
        let rows = rows(&body, chart).unwrap_or_else(|| panic!("no {} in {body}", chart.name()));
        let clauses = [clause(&sms, chart), clause(&subject, chart)];
        if on.moved() {
            for (clause, line) in clauses.iter().zip([&sms, &subject]) {
                let clause = clause.unwrap_or_else(|| panic!("no verdict on {} in {line}", chart.name()));
                assert!(
                    forms(on).iter().any(|form| clause.contains(form)),
                    "{:?} in {line}",
                    forms(on)
                );
            }
        }
        let texts: Vec<&str> = clauses.into_iter().flatten().chain([rows.as_str()]).collect();
        for text in texts {
            match dates(on) {
                None => assert!(!has_days(text), "days where there are no two dates: {text}"),
                Some((from, to)) => {
                    let days = (to - from).num_days();
                    if on.moved() && has_days(text) {
                        assert!(text.contains(&days.abs().to_string()), "{days}: {text}");
                    }
                }
            }
            if is_set_back(on) {
                for progress in [
                    "advanced",
                    "+",
                    "available again",
                    "now current",
                    "Now current",
                    "Current after all",
                ] {
                    assert!(!text.contains(progress), "a step back as {progress:?}: {text}");
                }
            }
        }
        if let Some((from, to)) = dates(on).filter(|(from, to)| to < from) {
            let days = (to - from).num_days();
            assert!(
                rows.contains(&format!("{days} day")) && rows.contains("retrogressed"),
                "{rows}"
            );
            assert!(body.contains("Until ") && body.contains(" applies."), "{body}");
        }
        let json = &json["charts"][chart.code()];
        let two_dates = dates(on).filter(|(from, to)| from != to);
        let days = two_dates.map_or(Value::Null, |(from, to)| (to - from).num_days().into());
        assert_eq!(json["days"], days, "{json}");
    }
    if change.charts.dates_for_filing.to.is_some() {
        assert!(body.contains("counts only if USCIS accepts it"), "{body}");
        assert!(body.contains(text::USCIS_CHARTS), "{body}");
    }
}

/// Checks one alert, and returns its size on SNS.
fn check(alert: &Alert, schema: &schema::Schema) -> usize {
    let (sms, subject) = (alert.sms(DISPLAY_NAME), alert.subject());
    let septets = text::septets(&sms).unwrap_or_else(|| panic!("not of the GSM alphabet: {sms}"));
    assert!(septets + PREFIX.len() <= 160, "{septets}: {sms}");
    assert!(subject.len() <= 99, "{subject}");
    assert!(
        subject.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
        "{subject:?}"
    );
    let json = alert.json();
    assert_eq!(schema.faults(&json), [""; 0], "{json:#}");
    assert_eq!(json["id"], alert.id().to_string());
    for (name, value) in alert.attributes() {
        let repeated = &json["attributes"][name];
        let repeated = repeated
            .as_str()
            .map_or_else(|| repeated.to_string(), str::to_owned);
        assert_eq!(repeated, value.text());
    }
    let bytes = bytes_on_sns(alert, &json);
    assert!(bytes <= MOST_BYTES, "{}: {bytes} bytes", alert.id());
    if let Alert::Case(told) = alert {
        check_case(alert, told, &json);
    }
    bytes
}

/// The size of a message on SNS: its texts, its subject and its attributes.
fn bytes_on_sns(alert: &Alert, json: &Value) -> usize {
    let texts = json!({
        "default": json.to_string(),
        "email": alert.body(None),
        "sms": alert.sms(DISPLAY_NAME),
    });
    let attributes = alert.attributes();
    let attributes = attributes
        .iter()
        .map(|(name, value)| name.len() + value.data_type().len() + value.text().len());
    texts.to_string().len() + alert.subject().len() + attributes.sum::<usize>()
}

/// Plays the pages in order and checks every alert.
async fn play(pages: &end_to_end::pages::Pages, least: usize) {
    let clock = FixedClock::noon("2001-01-01");
    let world = World::new(&clock, &["travel"]);
    let schema = schema::Schema::read("alert.schema.json");
    let (mut movements, mut largest, mut count) = (BTreeMap::new(), 0, 0);
    for (month, page) in pages {
        clock.set(release_day(*month));
        world.publish(&["travel"], *month, page);
        world.deliver([*month]).await;
        for alert in world.announce().await {
            count += 1;
            largest = largest.max(check(&alert, &schema));
            if let Alert::Case(told) = &alert {
                for chart in Chart::ALL {
                    let movement = told.change.charts.of(chart).movement;
                    let code = movement.map_or("unreadable", bulletin::Movement::code);
                    *movements.entry(code).or_insert(0) += 1;
                }
            }
        }
    }
    println!(
        "{} pages, {count} alerts, the largest of {largest} bytes; {movements:?}",
        pages.len()
    );
    assert!(count >= least, "{count} alerts");
}

#[test]
fn every_alert_of_every_real_month_is_true_and_fits() {
    let Some(bulletins) = shared() else { return };
    let pages = real_pages(&bulletins, real_cells(&bulletins).keys());
    run(play(&pages, 10_000));
}

#[test]
fn every_alert_of_the_samples_is_true_and_fits() {
    run(play(&sample_months().0, 500));
}
