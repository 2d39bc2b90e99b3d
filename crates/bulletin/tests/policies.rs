//! Filter policies let through exactly what their subscriptions want, within SNS's limits.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/history.rs"]
mod history;
#[path = "support/sns.rs"]
mod sns;

use bulletin::{
    Alert, Area, BulletinAlert, Case, CaseAlert, Category, Change, ChangeKind, Chart, FilterPolicy, Month,
    PolicyError, Subscription, When, attribute,
};
use chrono::{Days, NaiveDate};
use history::{CATEGORY, DAYS, any_history, columns, first_day};
use proptest::prelude::*;
use sns::{Policy, Published};

fn published(alert: &Alert) -> Published {
    alert
        .attributes()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), (value.data_type().to_owned(), value.text())))
        .collect()
}

fn alert(change: Change) -> Alert {
    Alert::Case(CaseAlert {
        change,
        page: "https://travel.state.gov/a-page.html".into(),
    })
}

fn any_when() -> impl Strategy<Value = When> {
    let movements = proptest::sample::subsequence(bulletin::Movements::CODES.to_vec(), 1..=4);
    prop_oneof![
        Just(When::Every),
        Just(When::Moves),
        Just(When::Corrected),
        movements.prop_map(|codes| When::Only(codes.join(",").parse().unwrap())),
        Just(When::Current),
        Just(When::Passes),
        Just(When::GoesBack),
        (0..12u16).prop_map(|days| When::Within { days }),
        any::<u16>().prop_map(|days| When::Within { days }),
    ]
}

fn any_subscription() -> impl Strategy<Value = Subscription> {
    // People of a country with a column, of one that shares a column, of one that never had any.
    let countries: Vec<Area> = columns()
        .into_iter()
        .chain(["GUATEMALA", "FRANCE"].map(|code| code.parse().unwrap()))
        .collect();
    let date = prop_oneof![
        1 => Just(None),
        8 => (0..DAYS + 4).prop_map(|day| Some(first_day() - Days::new(2) + Days::new(u64::from(day)))),
        1 => (1950..2100i32).prop_map(|year| NaiveDate::from_ymd_opt(year, 1, 1)),
    ];
    let chart = proptest::option::of(proptest::sample::select(Chart::ALL.to_vec()));
    (proptest::sample::select(countries), date, any_when(), chart).prop_map(
        |(area, priority_date, when, chart)| Subscription {
            case: Case {
                category: CATEGORY,
                area,
            },
            priority_date,
            when,
            chart,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn a_policy_lets_through_what_its_subscriptions_want_and_nothing_else(
        history in any_history(),
        subscriptions in proptest::collection::vec(proptest::collection::vec(any_subscription(), 1..4), 12),
    ) {
        let changes: Vec<(Change, Published)> = history
            .changes()
            .into_iter()
            .map(|change| (change.clone(), published(&alert(change))))
            .collect();
        for (_, attributes) in &changes {
            prop_assert_eq!(sns::fault(attributes), None);
        }
        for subscriptions in subscriptions {
            let policy = match FilterPolicy::of(&subscriptions) {
                Ok(policy) => policy,
                // One alone always is one; several may not be.
                Err(PolicyError::TooManyKeys { keys }) => {
                    prop_assert!(subscriptions.len() > 1 && keys > 5);
                    continue;
                }
                Err(PolicyError::TooManyCombinations { combinations }) => {
                    prop_assert!(subscriptions.len() > 1 && combinations > 150);
                    continue;
                }
                Err(other) => panic!("{other}"),
            };
            let json = policy.json().unwrap();
            let accepted = Policy::accepted(&json);
            prop_assert!(accepted.is_ok(), "{:?} {json}", accepted.err());
            let accepted = accepted.ok().unwrap();
            prop_assert_eq!(accepted.combinations(), policy.combinations());
            for (change, attributes) in &changes {
                let wanted = subscriptions.iter().any(|subscription| subscription.wants(change));
                prop_assert_eq!(
                    accepted.lets_through(attributes),
                    wanted,
                    "{} of {:?} with {:?}",
                    json, change, attributes
                );
            }
        }
    }

    #[test]
    fn the_numbers_say_the_same_as_the_words(
        history in any_history(),
        day in 0..DAYS,
        near in 0..8i64,
        chart in proptest::sample::select(Chart::ALL.to_vec()),
        area in proptest::sample::select(columns()),
    ) {
        let date = first_day() + Days::new(u64::from(day));
        let number = attribute::day_number(date);
        let (before, after) = (attribute::name::before(chart), attribute::name::after(chart));
        let subscription = |when| Subscription {
            case: Case { category: CATEGORY, area },
            priority_date: Some(date),
            when,
            chart: Some(chart),
        };
        // As docs/ALERTS.md writes them by hand. What cannot be read they do not tell.
        let passes = serde_json::json!({
            "area": [area],
            before: [{"numeric": ["<=", number]}],
            after: [{"numeric": [">", number]}],
        });
        let goes_back = serde_json::json!({
            "area": [area],
            before: [{"numeric": [">", number]}],
            after: [{"numeric": ["<=", number]}],
        });
        let comes_near = serde_json::json!({
            "area": [area],
            "$or": [
                {before: [{"numeric": ["<", number - near]}], after: [{"numeric": [">=", number - near]}]},
                {before: [{"numeric": ["<=", number]}], after: [{"numeric": [">", number]}]},
            ],
        });
        let near = u16::try_from(near).unwrap();
        for change in history.changes() {
            let attributes = published(&alert(change.clone()));
            if change.charts.of(chart).movement.is_none() {
                continue;
            }
            let lets = |policy: &serde_json::Value| {
                Policy::accepted(&policy.to_string()).unwrap().lets_through(&attributes)
            };
            prop_assert_eq!(lets(&passes), subscription(When::Passes).wants(&change), "{:?}", change);
            prop_assert_eq!(lets(&goes_back), subscription(When::GoesBack).wants(&change), "{:?}", change);
            let within = subscription(When::Within { days: near }).wants(&change);
            prop_assert_eq!(lets(&comes_near) || lets(&goes_back), within, "{:?}", change);
        }
    }
}

#[test]
fn the_random_changes_have_everything_in_them() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..200 {
        let history = any_history().new_tree(&mut runner).unwrap();
        for change in proptest::strategy::ValueTree::current(&history).changes() {
            for chart in Chart::ALL {
                let movement = change.charts.of(chart).movement;
                let code = movement.map_or("unreadable", bulletin::Movement::code);
                *seen.entry(format!("{} {code}", change.kind.code())).or_insert(0) += 1;
            }
        }
    }
    for kind in [ChangeKind::NewMonth, ChangeKind::Correction] {
        for code in bulletin::Movements::CODES
            .into_iter()
            .chain(["unchanged", "unreadable"])
        {
            let count = seen.get(&format!("{} {code}", kind.code())).copied().unwrap_or(0);
            assert!(count >= 10, "{} {code}: {count} times", kind.code());
        }
    }
}

fn of(area: &str, when: &str, priority_date: Option<&str>) -> Subscription {
    Subscription {
        case: Case {
            category: Category::Eb3,
            area: area.parse().unwrap(),
        },
        priority_date: priority_date.map(|date| date.parse().unwrap()),
        when: when.parse().unwrap(),
        chart: None,
    }
}

#[test]
fn policies_have_these_forms() {
    let one_chart = |subscription: Subscription| Subscription {
        chart: Some(Chart::FinalAction),
        ..subscription
    };
    let date = Some("2013-03-15");
    for (subscriptions, expected) in [
        (vec![of("INDIA", "every", None)], r#"{"area":["INDIA"]}"#),
        (
            vec![of("INDIA", "corrected", None)],
            r#"{"area":["INDIA"],"movement":["dates_for_filing:corrected","final_action:corrected"]}"#,
        ),
        (
            vec![one_chart(of("INDIA", "only:retrogressed", None))],
            r#"{"area":["INDIA"],"movement":["final_action:corrected","final_action:retrogressed","final_action:unreadable"]}"#,
        ),
        (
            vec![one_chart(of("INDIA", "passes", date))],
            r#"{"area":["INDIA"],"crossed":["final_action:forward:2010s","final_action:forward:2013","final_action:forward:2013-03","final_action:forward:2013-03-15","final_action:unreadable"]}"#,
        ),
        (
            vec![of("INDIA", "every", None), of("CHINA", "every", None)],
            r#"{"area":["CHINA","INDIA"]}"#,
        ),
        (
            vec![
                of("INDIA", "every", None),
                one_chart(of("CHINA", "goes-back", date)),
            ],
            r#"{"$or":[{"area":["CHINA"],"crossed":["final_action:back:2010s","final_action:back:2013","final_action:back:2013-03","final_action:back:2013-03-15","final_action:unreadable"]},{"area":["INDIA"]}]}"#,
        ),
    ] {
        assert_eq!(
            FilterPolicy::of(&subscriptions).unwrap().json().unwrap(),
            expected
        );
    }
    // The examples of the documentation.
    let docs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ALERTS.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    for subscription in [
        of("INDIA", "every", None),
        one_chart(of("INDIA", "corrected", None)),
        one_chart(of("INDIA", "only:retrogressed", None)),
        one_chart(of("INDIA", "passes", date)),
    ] {
        let policy = FilterPolicy::of(&[subscription]).unwrap().json().unwrap();
        assert!(docs.contains(&format!("`{policy}`")), "{policy}");
    }
    // Whatever crosses a date moves: who is told of what moves needs no more words.
    let moves = FilterPolicy::of(&[of("INDIA", "moves", None)]).unwrap();
    let both = FilterPolicy::of(&[of("INDIA", "moves", None), of("INDIA", "current", date)]).unwrap();
    assert_eq!(moves, both);
    let beside = FilterPolicy::of(&[of("INDIA", "corrected", None), of("INDIA", "current", date)]).unwrap();
    assert_eq!((beside.keys(), beside.combinations()), (3, 20));
}

#[test]
fn as_much_merges_as_the_documentation_says() {
    let date = |index: usize| format!("{}-03-1{index}", 1970 + 7 * index);
    let dates = |count: usize| -> Vec<Subscription> {
        (0..count)
            .map(|index| of("INDIA", "current", Some(&date(index))))
            .collect()
    };
    assert!(FilterPolicy::of(&dates(9)).is_ok());
    let everywhere = |count: usize, when: &str| {
        let areas = Area::every().take(count);
        let subscriptions: Vec<Subscription> = areas
            .map(|area| of(area.code(), when, Some("2013-03-15")))
            .collect();
        FilterPolicy::of(&subscriptions)
    };
    assert!(everywhere(8, "current").is_ok() && everywhere(9, "current").is_err());
    assert!(everywhere(7, "moves").is_ok() && everywhere(8, "moves").is_err());
}

#[test]
fn what_is_no_policy_is_refused_with_the_reason() {
    assert_eq!(FilterPolicy::of(&[]), Err(PolicyError::Nothing));
    let f1 = Subscription {
        case: Case {
            category: Category::F1,
            area: Area::INDIA,
        },
        ..of("INDIA", "every", None)
    };
    let refusal = FilterPolicy::of(&[of("INDIA", "every", None), f1]).unwrap_err();
    assert!(refusal.to_string().contains("EB3 and F1"), "{refusal}");

    let date = |year: u32| format!("{year}-03-15");
    let countries = ["INDIA", "CHINA", "MEXICO"].map(|area| of(area, "current", Some(&date(2013))));
    // The same date everywhere is one list of areas; three different ones are six keys.
    let combinations = FilterPolicy::of(&countries).unwrap().combinations();
    assert_eq!(combinations, 3 * 18);
    let different: Vec<Subscription> = ["INDIA", "CHINA", "MEXICO"]
        .iter()
        .zip(2013..)
        .map(|(area, year)| of(area, "current", Some(&date(year))))
        .collect();
    assert!(FilterPolicy::of(&different[..2]).is_ok());
    let refusal = FilterPolicy::of(&different).unwrap_err();
    assert_eq!(refusal, PolicyError::TooManyKeys { keys: 6 });
    assert!(refusal.to_string().contains("another address"), "{refusal}");

    let many: Vec<Subscription> = (2000..2020)
        .map(|year| of("INDIA", "current", Some(&date(year))))
        .collect();
    let refusal = FilterPolicy::of(&many).unwrap_err();
    assert!(
        matches!(refusal, PolicyError::TooManyCombinations { .. }),
        "{refusal}"
    );
}

#[test]
fn whole_bulletins_are_told_every_time_or_when_corrected() {
    let bulletin = |kind| {
        published(&Alert::Bulletin(BulletinAlert {
            month: Month::new(2024, 4).unwrap(),
            revision: 0,
            kind,
            changes: Vec::new(),
            corrected: Vec::new(),
            findings: Vec::new(),
            page: String::new(),
        }))
    };
    assert_eq!(FilterPolicy::of_bulletins(When::Every).unwrap().json(), None);
    let corrected = FilterPolicy::of_bulletins(When::Corrected)
        .unwrap()
        .json()
        .unwrap();
    let corrected = Policy::accepted(&corrected).unwrap();
    assert!(corrected.lets_through(&bulletin(ChangeKind::Correction)));
    assert!(!corrected.lets_through(&bulletin(ChangeKind::NewMonth)));
    assert!(FilterPolicy::of_bulletins(When::Moves).is_err());
}
