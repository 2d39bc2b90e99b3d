//! The meaning of a filter policy: its subscriptions, reconstructed from the policy's words. Start at
//! [`Wanted::of_policy`].

use std::collections::{BTreeMap, BTreeSet};

use bulletin::{Area, Case, Category, Chart, FilterPolicy, Movements, Subscription, When};
use chrono::NaiveDate;
use serde_json::{Map, Value};

/// The longest time before a priority date that a policy is read as `within`, in days. A `within` policy is
/// identical to the policy of two subscriptions: one to a date, and one to the passing of an earlier date.
const FARTHEST: i64 = 366;

/// The alerts that a filter policy matches.
///
/// A policy holds days and movements, but not the subscriptions that it was built from. Everything that is
/// reconstructed here builds the same policy again; any other policy is [`Wanted::Other`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// All alerts of the topic.
    Everything,
    /// Cases of the topic's category.
    Cases(Vec<Subscription>),
    /// Only corrections of whole bulletins.
    CorrectedBulletins,
    /// Any other policy, as text. Another program or a person wrote it.
    Other(String),
}

impl Wanted {
    /// Parses the filter policy of a subscription to a category's topic, or to the topic of whole bulletins.
    pub fn of_policy(category: Option<Category>, policy: Option<&str>) -> Self {
        let Some(text) = policy.filter(|text| text.trim() != "{}") else {
            return Self::Everything;
        };
        let is_this = |other: Option<String>| match (other, serde_json::from_str::<Value>(text)) {
            (Some(other), Ok(policy)) => {
                serde_json::from_str::<Value>(&other).is_ok_and(|other| other == policy)
            }
            _ => false,
        };
        let read = match category {
            None => FilterPolicy::of_bulletins(When::Corrected)
                .is_ok_and(|policy| is_this(policy.json()))
                .then_some(Self::CorrectedBulletins),
            Some(category) => subscriptions(category, text)
                .filter(|read| FilterPolicy::of(read).is_ok_and(|policy| is_this(policy.json())))
                .map(Self::Cases),
        };
        read.unwrap_or_else(|| Self::Other(text.to_owned()))
    }
}

/// The words of a policy for one area.
#[derive(Debug, Default)]
struct Words {
    everything: bool,
    movement: BTreeSet<String>,
    crossed: BTreeSet<String>,
}

fn subscriptions(category: Category, text: &str) -> Option<Vec<Subscription>> {
    let policy: Map<String, Value> = serde_json::from_str(text).ok()?;
    let mut by_area: BTreeMap<Area, Words> = BTreeMap::new();
    for alternative in alternatives(&policy)? {
        for code in alternative.get("area")? {
            let area: Area = code.parse().ok()?;
            let words = by_area.entry(area).or_default();
            let (movement, crossed) = (alternative.get("movement"), alternative.get("crossed"));
            words.everything |= movement.is_none() && crossed.is_none();
            words.movement.extend(movement.into_iter().flatten().cloned());
            words.crossed.extend(crossed.into_iter().flatten().cloned());
        }
    }
    let mut all = Vec::new();
    for (area, words) in by_area {
        all.extend(of_area(Case { category, area }, &words)?);
    }
    Some(all)
}

/// The policy without `$or`: a message matches if it matches any one of these alternatives.
fn alternatives(policy: &Map<String, Value>) -> Option<Vec<BTreeMap<String, Vec<String>>>> {
    let mut plain = BTreeMap::new();
    for (name, values) in policy.iter().filter(|(name, _)| *name != "$or") {
        let values: Option<Vec<String>> = values
            .as_array()?
            .iter()
            .map(|value| Some(value.as_str()?.into()))
            .collect();
        plain.insert(name.clone(), values?);
    }
    let Some(members) = policy.get("$or") else {
        return Some(vec![plain]);
    };
    let mut all = Vec::new();
    for member in members.as_array()? {
        for mut alternative in alternatives(member.as_object()?)? {
            alternative.extend(plain.clone());
            all.push(alternative);
        }
    }
    Some(all)
}

fn of_area(case: Case, words: &Words) -> Option<Vec<Subscription>> {
    let subscription = |(when, priority_date), chart| Subscription {
        case,
        priority_date,
        when,
        chart,
    };
    if words.everything {
        return Some(vec![subscription((When::Every, None), None)]);
    }
    let [first, second] = Chart::ALL;
    let (of_first, of_second) = (of_chart(first, words)?, of_chart(second, words)?);
    let mut all = Vec::new();
    for one in &of_first {
        let chart = (!of_second.contains(one)).then_some(first);
        all.push(subscription(*one, chart));
    }
    for one in of_second.iter().filter(|one| !of_first.contains(one)) {
        all.push(subscription(*one, Some(second)));
    }
    Some(all)
}

/// The occasions on one chart, each with its priority date if it has one.
fn of_chart(chart: Chart, words: &Words) -> Option<Vec<(When, Option<NaiveDate>)>> {
    let prefix = format!("{chart}:");
    let of_chart = |words: &BTreeSet<String>| -> BTreeSet<String> {
        let mine = words.iter().filter_map(|word| word.strip_prefix(&prefix));
        mine.map(str::to_owned).collect()
    };
    let mut all = Vec::new();
    let moved = of_chart(&words.movement);
    let codes: Vec<&str> = Movements::CODES
        .into_iter()
        .filter(|code| moved.contains(*code))
        .collect();
    if codes.len() == Movements::CODES.len() {
        all.push((When::Moves, None));
    } else if !codes.is_empty() {
        all.push((When::Only(codes.join(",").parse().ok()?), None));
    } else if !moved.is_empty() {
        all.push((When::Corrected, None));
    }
    let crossed = of_chart(&words.crossed);
    let days = |direction: &str| -> BTreeSet<NaiveDate> {
        let words = crossed.iter().filter_map(|word| word.strip_prefix(direction));
        // Of decade, year, month and day, only the day is a date.
        words
            .filter_map(|word| NaiveDate::parse_from_str(word, "%Y-%m-%d").ok())
            .collect()
    };
    all.extend(of_days(&days("forward:"), &days("back:")));
    Some(all)
}

fn of_days(forward: &BTreeSet<NaiveDate>, back: &BTreeSet<NaiveDate>) -> Vec<(When, Option<NaiveDate>)> {
    let mut passed: BTreeSet<NaiveDate> = forward.difference(back).copied().collect();
    let mut all = Vec::new();
    for date in forward.intersection(back) {
        // `within` lists the date itself, and the day before the first day that is near.
        let near = passed.range(..*date).next_back().copied();
        let near = near.filter(|near| (*date - *near).num_days() <= FARTHEST);
        let days = near.and_then(|near| u16::try_from((*date - near).num_days() - 1).ok());
        let when = match (near, days) {
            (Some(near), Some(days)) => {
                passed.remove(&near);
                When::Within { days }
            }
            _ => When::Current,
        };
        all.push((when, Some(*date)));
    }
    all.extend(passed.into_iter().map(|date| (When::Passes, Some(date))));
    all.extend(back.difference(forward).map(|date| (When::GoesBack, Some(*date))));
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(area: &str, date: Option<&str>, when: &str, chart: Option<Chart>) -> Subscription {
        Subscription {
            case: Case {
                category: Category::Eb3,
                area: area.parse().unwrap(),
            },
            priority_date: date.map(|date| date.parse().unwrap()),
            when: when.parse().unwrap(),
            chart,
        }
    }

    fn read(subscriptions: &[Subscription]) -> Wanted {
        let policy = FilterPolicy::of(subscriptions).unwrap();
        Wanted::of_policy(Some(Category::Eb3), policy.json().as_deref())
    }

    #[test]
    fn a_policy_says_what_it_was_made_of() {
        let date = Some("2013-03-15");
        let filing = Some(Chart::DatesForFiling);
        for subscription in [
            one("INDIA", None, "every", None),
            one("INDIA", None, "moves", None),
            one("INDIA", None, "moves", filing),
            one("BRAZIL", None, "corrected", None),
            one("INDIA", None, "only:retrogressed,became_unavailable", filing),
            one("INDIA", date, "current", None),
            one("INDIA", date, "passes", filing),
            one("INDIA", date, "goes-back", None),
            one("INDIA", date, "within:60d", None),
            one("INDIA", date, "within:0d", filing),
        ] {
            assert_eq!(read(&[subscription]), Wanted::Cases(vec![subscription]));
        }
        let two = [
            one("CHINA", date, "within:60d", None),
            one("INDIA", date, "current", None),
        ];
        assert_eq!(read(&two), Wanted::Cases(two.to_vec()));
        let two_dates = [
            one("INDIA", Some("2010-01-01"), "passes", None),
            one("INDIA", date, "current", None),
        ];
        let Wanted::Cases(read) = read(&two_dates) else {
            panic!("it is read");
        };
        assert!(
            read.len() == 2 && two_dates.iter().all(|one| read.contains(one)),
            "{read:?}"
        );
    }

    #[test]
    fn what_somebody_else_wrote_is_not_guessed() {
        for policy in [
            r#"{"area":["INDIA"],"month":["2026-01"]}"#,
            r#"{"area":[{"prefix":"IN"}]}"#,
            r#"{"area":["ATLANTIS"]}"#,
            r#"{"area":["INDIA"],"crossed":["final_action:forward:2013"]}"#,
            r#"{"area":["INDIA"],"movement":["final_action:advanced"]}"#,
            r#"{"kind":["correction"]}"#,
            "[]",
            "{",
        ] {
            let read = Wanted::of_policy(Some(Category::Eb3), Some(policy));
            assert_eq!(read, Wanted::Other(policy.into()));
        }
        assert_eq!(Wanted::of_policy(None, None), Wanted::Everything);
        let corrected = Some(r#"{ "kind": ["correction"] }"#);
        assert_eq!(Wanted::of_policy(None, corrected), Wanted::CorrectedBulletins);
    }

    fn any_subscription() -> impl Strategy<Value = Subscription> {
        let area = prop::sample::select(vec!["INDIA", "CHINA", "BRAZIL"]);
        let when = prop::sample::select(vec![
            "every",
            "moves",
            "corrected",
            "only:advanced",
            "only:retrogressed,withdrawn",
            "current",
            "passes",
            "goes-back",
            "within:60d",
            "within:1d",
            "within:9000d",
        ]);
        let chart = prop::option::of(prop::sample::select(Chart::ALL.to_vec()));
        (area, when, 0..400i64, chart).prop_map(|(area, when, days, chart)| {
            let mut subscription = one(area, Some("2013-03-15"), when, chart);
            subscription.priority_date = subscription
                .priority_date
                .map(|date| date + chrono::Duration::days(days));
            subscription
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn every_policy_of_ours_is_read_as_what_makes_it_again(
            subscriptions in prop::collection::vec(any_subscription(), 1..5),
        ) {
            if let Ok(policy) = FilterPolicy::of(&subscriptions) {
                let Wanted::Cases(read) = Wanted::of_policy(Some(Category::Eb3), policy.json().as_deref()) else {
                    return Err(TestCaseError::fail(format!("{policy:?} is not read")));
                };
                prop_assert_eq!(FilterPolicy::of(&read).unwrap(), policy);
            }
        }
    }
}
