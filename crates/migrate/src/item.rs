//! Parses one item of a table and recognizes the layouts of older programs. Excludes the spelling of values, see
//! [`word`](super::word). Start with [`read`].

use std::collections::HashMap;
use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;
use bulletin::{Area, Category, Chart, Month, RawCell, RowKey};

use crate::word::{self, Dictionary, OldValue, shown};

/// An item of a table: its attributes by name.
pub(super) type Item = HashMap<String, AttributeValue>;

/// The layout of an old table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layout {
    /// One partition per bulletin: `pk=BULLETIN_DATE#2024-04`, `sk=FILING_TYPE#..#COUNTRY#..#CATEGORY#..`.
    ByMonth,
    /// One partition per cell, with the labels as printed: `pk=FILING_TYPE#Final Date#CATEGORY#3rd#COUNTRY#..`,
    /// `sk=BULLETIN_DATE#2024-04-01`.
    ByLabel,
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ByMonth => "by month",
            Self::ByLabel => "by label",
        })
    }
}

/// One row as an older program stored it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldItem {
    /// Its partition key.
    pub pk: String,
    /// Its sort key.
    pub sk: String,
    /// Its layout.
    pub layout: Layout,
    /// The month of its bulletin.
    pub month: Month,
    /// Its chart.
    pub chart: Chart,
    /// Its category; two if its label names one in each half of a chart.
    pub categories: Vec<Category>,
    /// Its area.
    pub area: Area,
    /// Its value.
    pub value: OldValue,
    /// The labels and the value as stored in the item.
    pub raw: RawCell,
}

impl OldItem {
    /// The cells that it may be: one, or two for a bare rank.
    pub fn keys(&self) -> impl Iterator<Item = RowKey> {
        self.categories.iter().map(|category| RowKey {
            chart: self.chart,
            category: *category,
            area: self.area,
        })
    }

    /// Its cell; `None` if it may be one of two.
    pub fn key(&self) -> Option<RowKey> {
        let mut keys = self.keys();
        keys.next().filter(|_| keys.next().is_none())
    }
}

/// An item that cannot be parsed or has an unknown layout. It is not moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its partition key.
    pub pk: String,
    /// Its sort key.
    pub sk: String,
    /// The attribute that cannot be parsed.
    pub attribute: &'static str,
    /// The reason.
    pub why: String,
    /// The months that it may belong to.
    pub months: Vec<Month>,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the item pk=\"{}\", sk=\"{}\": {}: {}",
            shown(&self.pk),
            shown(&self.sk),
            self.attribute,
            self.why
        )
    }
}

/// The kind of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// An item of the present layout.
    OfToday,
    /// A row of an old layout.
    Old(OldItem),
    /// Any other item.
    Unreadable(Unreadable),
}

/// Parses an item. `own` is true for the table of the present layout, in which an item with the key of a row must
/// be a row.
pub(super) fn read(item: &Item, own: bool, dictionary: &mut Dictionary) -> Found {
    let (pk, sk) = (text(item, "pk"), text(item, "sk"));
    if pk == "CATALOGUE" || pk.starts_with("STANDING#") || pk.starts_with("BULLETIN#") {
        return Found::OfToday;
    }
    let read = Words::of(pk, sk).and_then(|words| {
        if words.is_row_of_today(pk, sk, dictionary) && (own || item.contains_key("version")) {
            return match item.contains_key("version") {
                true => Ok(Found::OfToday),
                false => Err((
                    "version",
                    "it stands where a row of today's layout belongs, and is none. Take it away, and the bulletin's \
                     own row can be stored there"
                        .to_owned(),
                )),
            };
        }
        words.item(item, dictionary).map(Found::Old)
    });
    read.unwrap_or_else(|(attribute, why)| {
        Found::Unreadable(Unreadable {
            pk: pk.to_owned(),
            sk: sk.to_owned(),
            attribute,
            why,
            months: months(item, pk, sk),
        })
    })
}

/// The attribute that cannot be parsed, and the reason.
type Refused = (&'static str, String);

/// The words of an old item's key.
struct Words<'a> {
    layout: Layout,
    chart: &'a str,
    category: &'a str,
    area: &'a str,
    month: &'a str,
}

impl<'a> Words<'a> {
    fn of(pk: &'a str, sk: &'a str) -> Result<Self, Refused> {
        let (layout, cell, in_key, month) = if let Some(month) = pk.strip_prefix(MONTH) {
            (Layout::ByMonth, sk, "sk", month)
        } else if pk.starts_with("FILING_TYPE#") {
            (Layout::ByLabel, pk, "pk", sk.strip_prefix(MONTH).unwrap_or(sk))
        } else {
            return Err(("pk", "no layout that is known here has such a key".into()));
        };
        let parts: Vec<&str> = cell.split('#').collect();
        let word = |name: &str| {
            let mut named = parts.chunks(2).filter(|pair| pair[0] == name);
            named.next().and_then(|pair| pair.get(1)).copied()
        };
        match (word("FILING_TYPE"), word("CATEGORY"), word("COUNTRY")) {
            (Some(chart), Some(category), Some(area)) if parts.len() == 6 => Ok(Self {
                layout,
                chart,
                category,
                area,
                month,
            }),
            _ => Err((
                in_key,
                "it is not made of FILING_TYPE, CATEGORY and COUNTRY, each once and with its value".into(),
            )),
        }
    }

    /// The keys that hold the words of the cell and the month.
    fn parts(&self) -> (&'static str, &'static str) {
        match self.layout {
            Layout::ByMonth => ("sk", "pk"),
            Layout::ByLabel => ("pk", "sk"),
        }
    }

    /// True if this is the key of a row in the present layout, in which labels are codes.
    fn is_row_of_today(&self, pk: &str, sk: &str, dictionary: &mut Dictionary) -> bool {
        let (Ok(chart), Ok(categories), Ok(area), Ok(month)) = (
            dictionary.chart(self.chart),
            dictionary.categories(self.category),
            dictionary.area(self.area),
            word::month(self.month),
        ) else {
            return false;
        };
        let [category] = categories[..] else {
            return false;
        };
        pk == format!("FILING_TYPE#{chart}#CATEGORY#{category}#COUNTRY#{area}")
            && sk == format!("{MONTH}{}", month.first_day())
    }

    /// The item as a row.
    fn item(&self, item: &Item, dictionary: &mut Dictionary) -> Result<OldItem, Refused> {
        let (cell, of_month) = self.parts();
        let month = same(item, of_month, self.month, "bulletin_date", word::month)?;
        let chart = same(item, cell, self.chart, "filing_type", |text| {
            dictionary.chart(text)
        })?;
        let area = same(item, cell, self.area, "country", |text| dictionary.area(text))?;
        let mut categories = dictionary.categories(self.category).map_err(|why| (cell, why))?;
        if let Some(other) = attribute(item, "category")? {
            let others = dictionary.categories(other).map_err(|why| ("category", why))?;
            categories.retain(|category| others.contains(category));
            if categories.is_empty() {
                return Err(disagrees("category", other, self.category));
            }
        }
        let date = attribute(item, "date")?.ok_or_else(|| ("date", "it is missing".to_owned()))?;
        let value = word::value(date, month).map_err(|why| ("date", why))?;
        Ok(OldItem {
            pk: text(item, "pk").to_owned(),
            sk: text(item, "sk").to_owned(),
            layout: self.layout,
            month,
            chart,
            categories,
            area,
            value,
            raw: RawCell {
                category: self.category.into(),
                area: self.area.into(),
                value: date.into(),
            },
        })
    }
}

/// The prefix of the key, or part of a key, that names the month.
const MONTH: &str = "BULLETIN_DATE#";

/// The value of the key, provided that the attribute has the same value or is absent.
fn same<T: PartialEq>(
    item: &Item,
    in_key: &'static str,
    word: &str,
    name: &'static str,
    mut read: impl FnMut(&str) -> Result<T, String>,
) -> Result<T, Refused> {
    let value = read(word).map_err(|why| (in_key, why))?;
    if let Some(other) = attribute(item, name)?
        && read(other).map_err(|why| (name, why))? != value
    {
        return Err(disagrees(name, other, word));
    }
    Ok(value)
}

fn disagrees(name: &'static str, attribute: &str, key: &str) -> Refused {
    let why = format!(
        "\"{}\" is not what its key says, \"{}\"",
        shown(attribute),
        shown(key)
    );
    (name, why)
}

/// The text of an attribute, if it is present.
fn attribute<'a>(item: &'a Item, name: &'static str) -> Result<Option<&'a str>, Refused> {
    match item.get(name) {
        None => Ok(None),
        Some(AttributeValue::S(text)) => Ok(Some(text)),
        Some(_) => Err((name, "it is no text".into())),
    }
}

/// The text of a key; empty if it is not a text.
fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item.get(name)
        .and_then(|value| value.as_s().ok())
        .map_or("", String::as_str)
}

/// Every month that an unreadable item may belong to.
fn months(item: &Item, pk: &str, sk: &str) -> Vec<Month> {
    let keys = [pk, sk].into_iter().filter_map(|key| key.strip_prefix(MONTH));
    let words = keys.chain([text(item, "bulletin_date")]);
    let mut months: Vec<Month> = words.filter_map(|word| word::month(word).ok()).collect();
    months.sort_unstable();
    months.dedup();
    months
}
