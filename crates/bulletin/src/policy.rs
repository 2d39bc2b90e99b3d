//! Filter policies of SNS: the meaning of a subscription in the only language in which SNS can filter messages.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use serde_json::{Map, Value};

use crate::area::Area;
use crate::attribute::{corrected_word, crossed_word, movement_code_word, movement_word, name};
use crate::band::{self, Direction};
use crate::category::Category;
use crate::change::ChangeKind;
use crate::chart::Chart;
use crate::movement::Movements;
use crate::subscription::{Subscription, When};

/// A filter policy of SNS, of scope `MessageAttributes`, that lets through exactly the alerts of its subscriptions.
///
/// Its limits are those of the Amazon SNS Developer Guide, *Filter policy constraints* and *AND/OR logic*: at most
/// [`MOST_KEYS`](Self::MOST_KEYS) keys, [`MOST_COMBINATIONS`](Self::MOST_COMBINATIONS) combinations and
/// [`MOST_BYTES`](Self::MOST_BYTES) bytes. The guide does not say if a key in several members of an `$or` counts once;
/// here each one counts, so that the answer does not matter.
///
/// ```
/// use bulletin::{FilterPolicy, Subscription};
///
/// let subscription = Subscription {
///     case: bulletin::Case { category: "EB3".parse().unwrap(), area: "INDIA".parse().unwrap() },
///     priority_date: None,
///     when: "corrected".parse().unwrap(),
///     chart: Some("final_action".parse().unwrap()),
/// };
/// let policy = FilterPolicy::of(&[subscription]).unwrap();
/// assert_eq!(
///     policy.json().unwrap(),
///     r#"{"area":["INDIA"],"movement":["final_action:corrected"]}"#
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterPolicy {
    policy: Map<String, Value>,
}

/// The reason why subscriptions cannot be one filter policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// There are no subscriptions.
    #[error("no subscription to build a filter policy from")]
    Nothing,
    /// The categories have separate topics.
    #[error(
        "{one} and {other} have separate topics: each needs its own subscription, and the same address can have both"
    )]
    SeveralTopics {
        /// The first category.
        one: Category,
        /// Another category.
        other: Category,
    },
    /// The filters of the areas differ too much.
    #[error(
        "together they need {keys} keys of a filter policy, and SNS allows {}: use the same filter for each country (such \
         as --when moves), or another address for one of them",
        FilterPolicy::MOST_KEYS
    )]
    TooManyKeys {
        /// The number of keys needed.
        keys: usize,
    },
    /// The lists have too many values.
    #[error(
        "together they need {combinations} combinations of values of a filter policy, and SNS allows {}: use fewer \
         priority dates or countries, or another address for some of them",
        FilterPolicy::MOST_COMBINATIONS
    )]
    TooManyCombinations {
        /// The number of combinations needed.
        combinations: usize,
    },
    /// A filter that is not available for whole bulletins.
    #[error("whole bulletins allow only two filters: --when every and --when corrected")]
    NotForBulletins {
        /// The filter.
        when: When,
    },
}

impl FilterPolicy {
    /// The most keys of a policy ("a filter policy can have a maximum of five keys").
    pub const MOST_KEYS: usize = 5;
    /// The most combinations: the product of the numbers of values of all keys, summed over the members of an `$or`.
    pub const MOST_COMBINATIONS: usize = 150;
    /// The most bytes of a policy.
    pub const MOST_BYTES: usize = 256 * 1024;

    /// The policy of one subscriber to one category's topic. Several subscriptions are merged, because SNS subscribes
    /// the same address to a topic only once: it lets through the alerts that one of them wants, and no others.
    ///
    /// # Errors
    /// [`PolicyError`] if SNS's limits do not allow that, or the categories differ.
    pub fn of(subscriptions: &[Subscription]) -> Result<Self, PolicyError> {
        let first = subscriptions.first().ok_or(PolicyError::Nothing)?.case.category;
        let other = subscriptions.iter().find(|one| one.case.category != first);
        if let Some(other) = other.map(|one| one.case.category) {
            return Err(PolicyError::SeveralTopics { one: first, other });
        }
        let mut by_area: BTreeMap<Area, Wanted> = BTreeMap::new();
        for subscription in subscriptions {
            let wanted = by_area.entry(subscription.case.area).or_default();
            wanted.add(subscription);
        }
        // Areas of which the same is wanted share their keys.
        let mut by_wanted: BTreeMap<Wanted, Vec<Area>> = BTreeMap::new();
        for (area, wanted) in by_area {
            by_wanted.entry(wanted.without_repeats()).or_default().push(area);
        }
        let members = by_wanted
            .iter()
            .map(|(wanted, areas)| wanted.policy(areas))
            .collect();
        Self::checked(any_of(Map::new(), members))
    }

    /// The policy of a subscriber to the topic of whole bulletins: [`When::Every`] or [`When::Corrected`].
    ///
    /// # Errors
    /// [`PolicyError::NotForBulletins`] for anything else.
    pub fn of_bulletins(when: When) -> Result<Self, PolicyError> {
        match when {
            When::Every => Ok(Self { policy: Map::new() }),
            When::Corrected => Self::checked(key(name::KIND, [ChangeKind::Correction.code().to_owned()])),
            when => Err(PolicyError::NotForBulletins { when }),
        }
    }

    /// The policy in SNS's notation; `None` if every alert is wanted, so that no policy is needed.
    pub fn json(&self) -> Option<String> {
        (!self.policy.is_empty()).then(|| Value::Object(self.policy.clone()).to_string())
    }

    /// The number of keys, with each member of an `$or` counted separately.
    pub fn keys(&self) -> usize {
        keys(&self.policy)
    }

    /// The number of combinations of values.
    pub fn combinations(&self) -> usize {
        combinations(&self.policy)
    }

    fn checked(policy: Map<String, Value>) -> Result<Self, PolicyError> {
        let policy = Self { policy };
        let (keys, combinations) = (policy.keys(), policy.combinations());
        if keys > Self::MOST_KEYS {
            Err(PolicyError::TooManyKeys { keys })
        } else if combinations > Self::MOST_COMBINATIONS {
            Err(PolicyError::TooManyCombinations { combinations })
        } else {
            // 150 values of at most 40 bytes each are far from the most bytes.
            Ok(policy)
        }
    }
}

/// The filter of one area: everything, or alerts with one of these words in one of the attributes.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Wanted {
    everything: bool,
    movement: BTreeSet<String>,
    crossed: BTreeSet<String>,
}

impl Wanted {
    fn add(&mut self, subscription: &Subscription) {
        let date = subscription.priority_date;
        for chart in subscription.charts() {
            match (subscription.when, date) {
                (When::Every, _) => self.everything = true,
                (When::Corrected, _) => {
                    self.movement.insert(corrected_word(chart));
                }
                (When::Only(movements), _) => {
                    self.movement.extend(news(chart, movements.codes()));
                }
                (When::Current, Some(date)) => {
                    self.cross(chart, Direction::Forward, date);
                    self.cross(chart, Direction::Back, date);
                }
                (When::Passes, Some(date)) => self.cross(chart, Direction::Forward, date),
                (When::GoesBack, Some(date)) => self.cross(chart, Direction::Back, date),
                (When::Within { days }, Some(date)) => {
                    self.cross(chart, Direction::Forward, date);
                    self.cross(chart, Direction::Back, date);
                    // A cut-off comes near where it reaches the first day that is near: it goes over the day before.
                    let before_near = date.checked_sub_days(Days::new(u64::from(days) + 1));
                    self.cross(chart, Direction::Forward, before_near.unwrap_or(NaiveDate::MIN));
                }
                (When::Moves | When::Current | When::Passes | When::GoesBack | When::Within { .. }, _) => {
                    self.movement.extend(news(chart, Movements::CODES.into_iter()));
                }
            }
        }
    }

    fn cross(&mut self, chart: Chart, direction: Direction, date: NaiveDate) {
        let words = band::words_of(date);
        self.crossed
            .extend(words.iter().map(|word| crossed_word(chart, direction, word)));
        self.crossed.insert(movement_word(chart, None));
    }

    /// Removes words that others make redundant: a cut-off that crosses a date moves.
    fn without_repeats(mut self) -> Self {
        if self.everything {
            return Self {
                everything: true,
                ..Self::default()
            };
        }
        for chart in Chart::ALL {
            if news(chart, Movements::CODES.into_iter()).all(|word| self.movement.contains(&word)) {
                let prefix = format!("{chart}:");
                self.crossed.retain(|word| !word.starts_with(&prefix));
            }
        }
        self
    }

    fn policy(&self, areas: &[Area]) -> Map<String, Value> {
        let of_areas = key(name::AREA, areas.iter().map(|area| area.code().to_owned()));
        let members = [(name::MOVEMENT, &self.movement), (name::CROSSED, &self.crossed)]
            .into_iter()
            .filter(|(_, words)| !words.is_empty())
            .map(|(name, words)| key(name, words.iter().cloned()))
            .collect();
        any_of(of_areas, members)
    }
}

/// The words of these movements on a chart, of an unreadable cell, and of a correction.
fn news<'a>(chart: Chart, codes: impl Iterator<Item = &'a str>) -> impl Iterator<Item = String> {
    codes
        .map(move |code| movement_code_word(chart, code))
        .chain([movement_word(chart, None), corrected_word(chart)])
}

fn key(name: &str, values: impl IntoIterator<Item = String>) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), values.into_iter().collect::<Vec<_>>().into())])
}

/// The key whose members are alternatives.
const OR: &str = "$or";

/// A policy with these keys and one of the members. SNS accepts an `$or` only with two or more members.
fn any_of(mut keys: Map<String, Value>, mut members: Vec<Map<String, Value>>) -> Map<String, Value> {
    if members.len() > 1 {
        keys.insert(OR.to_owned(), members.into());
    } else if let Some(only) = members.pop() {
        keys.extend(only);
    }
    keys
}

fn members(policy: &Map<String, Value>) -> Option<impl Iterator<Item = &Map<String, Value>>> {
    let members = policy.get(OR)?.as_array()?;
    Some(members.iter().filter_map(Value::as_object))
}

fn plain(policy: &Map<String, Value>) -> impl Iterator<Item = usize> {
    policy
        .iter()
        .filter(|(name, _)| *name != OR)
        .map(|(_, values)| values.as_array().map_or(1, Vec::len))
}

fn keys(policy: &Map<String, Value>) -> usize {
    plain(policy).count() + members(policy).map_or(0, |members| members.map(keys).sum())
}

fn combinations(policy: &Map<String, Value>) -> usize {
    let product = plain(policy).product::<usize>();
    product * members(policy).map_or(1, |members| members.map(combinations).sum())
}
