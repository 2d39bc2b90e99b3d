//! The items of the data table: their keys and attributes, written and read. Requests are in `store.rs` and
//! `write.rs`. Start at [`Key`].

use aws_sdk_dynamodb::types::AttributeValue;
use bulletin::{Area, Case, CutOff, Month, RawCell, Reading, Row, RowKey, Standing};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use pipeline::port::{StoreError, StoredRow, StoredStanding};
use pipeline::{BulletinRecord, EarlierValue, OFFICIAL_SITE};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::error::unreadable;
use crate::value::{Item, item_value, to_attribute};

/// The prefix of the partition key of a row item.
pub(crate) const ROW_PREFIX: &str = "FILING_TYPE#";
/// The prefix of the partition key of a row in an older layout, in which a partition is a bulletin. This
/// program never writes it.
pub(crate) const OLD_PREFIX: &str = "BULLETIN_DATE#";
/// The prefix of the partition key of a standing item.
pub(crate) const STANDING_PREFIX: &str = "STANDING#";
/// The prefix of the partition key of a bulletin item.
pub(crate) const BULLETIN_PREFIX: &str = "BULLETIN#";
/// The key of the single item that lists what is stored. It is both the partition key and the sort key.
pub(crate) const CATALOGUE: &str = "CATALOGUE";

const STANDING_SORT: &str = "STANDING";
const BULLETIN_SORT: &str = "BULLETIN";

/// The key of an item in the data table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    pub(crate) fn row(key: RowKey, month: Month) -> Self {
        Self {
            pk: row_partition(key),
            sk: row_sort(month),
        }
    }

    pub(crate) fn standing(case: Case) -> Self {
        let Case { category, area } = case;
        Self {
            pk: format!("{STANDING_PREFIX}CATEGORY#{category}#COUNTRY#{area}"),
            sk: STANDING_SORT.into(),
        }
    }

    pub(crate) fn bulletin(month: Month) -> Self {
        Self {
            pk: format!("{BULLETIN_PREFIX}{}", month.first_day()),
            sk: BULLETIN_SORT.into(),
        }
    }

    pub(crate) fn catalogue() -> Self {
        Self {
            pk: CATALOGUE.into(),
            sk: CATALOGUE.into(),
        }
    }

    pub(crate) fn item(&self) -> Item {
        Item::from([
            ("pk".into(), AttributeValue::S(self.pk.clone())),
            ("sk".into(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

/// The partition that holds the history of one cell.
pub(crate) fn row_partition(key: RowKey) -> String {
    let RowKey {
        chart,
        category,
        area,
    } = key;
    format!("{ROW_PREFIX}{chart}#CATEGORY#{category}#COUNTRY#{area}")
}

/// The sort key of a month's row. Sort keys of rows sort in the order of their months.
pub(crate) fn row_sort(month: Month) -> String {
    format!("BULLETIN_DATE#{}", month.first_day())
}

/// An instant as text. The texts sort in the order of the instants.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The state of a row item's cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Date,
    Current,
    Unavailable,
    Unreadable,
    /// A correction removed the cell from the page. The item remains, because it holds the earlier values.
    Gone,
}

impl Status {
    const ALL: [Self; 5] = [
        Self::Date,
        Self::Current,
        Self::Unavailable,
        Self::Unreadable,
        Self::Gone,
    ];

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Current => "current",
            Self::Unavailable => "unavailable",
            Self::Unreadable => "unreadable",
            Self::Gone => "gone",
        }
    }

    pub(crate) fn of(reading: Reading) -> Self {
        match reading {
            Reading::CutOff(CutOff::Date(_)) => Self::Date,
            Reading::CutOff(CutOff::Current) => Self::Current,
            Reading::CutOff(CutOff::Unavailable) => Self::Unavailable,
            Reading::Unreadable => Self::Unreadable,
        }
    }
}

/// A stored row item.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RowItem {
    pub(crate) key: RowKey,
    pub(crate) month: Month,
    /// `None` if the cell was removed.
    pub(crate) row: Option<Row>,
    pub(crate) version: u32,
    pub(crate) host: String,
    pub(crate) earlier: Vec<EarlierValue>,
}

/// The attributes that place a row item; a removed cell has them too.
pub(crate) fn place_attributes(key: RowKey, month: Month) -> Vec<(&'static str, AttributeValue)> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    vec![
        ("filing_type", text(key.chart.code())),
        ("category", text(key.category.code())),
        ("country", text(key.area.code())),
        ("bulletin_date", text(&month.first_day().to_string())),
    ]
}

/// The attributes of a row item's cell.
pub(crate) fn row_attributes(row: &Row) -> Vec<(&'static str, AttributeValue)> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let mut attributes = vec![
        ("status", text(Status::of(row.reading).code())),
        ("raw_category", text(&row.raw.category)),
        ("raw_country", text(&row.raw.area)),
        ("raw_value", text(&row.raw.value)),
    ];
    if let Reading::CutOff(CutOff::Date(date)) = row.reading {
        attributes.push(("date", AttributeValue::S(date.to_string())));
    }
    attributes
}

/// A value that a correction replaced, as the row item keeps it.
pub(crate) fn earlier_attribute(earlier: &EarlierValue) -> AttributeValue {
    let date = match earlier.value {
        Some(CutOff::Date(date)) => Some(date),
        _ => None,
    };
    let reading = earlier.value.map_or(Reading::Unreadable, Reading::CutOff);
    to_attribute(json!({
        "status": Status::of(reading).code(),
        "date": date,
        "raw_value": earlier.raw,
        "host": earlier.host,
        "replaced_at": earlier.replaced_at,
    }))
}

impl RowItem {
    /// The present value as an earlier value; `None` if the cell was removed.
    pub(crate) fn replaced(&self, at: DateTime<Utc>) -> Option<EarlierValue> {
        self.row.as_ref().map(|row| EarlierValue {
            value: row.reading.cut_off(),
            raw: row.raw.value.to_string(),
            replaced_at: at,
            host: self.host.clone(),
        })
    }
}

/// Parses a row item.
pub(crate) fn read_row(item: &Item) -> Result<RowItem, StoreError> {
    let fields = Fields::of("a row", item);
    let key = RowKey {
        chart: fields.code("filing_type")?,
        category: fields.code("category")?,
        area: fields.code("country")?,
    };
    let date: NaiveDate = fields.code("bulletin_date")?;
    let earlier = fields.1.get("earlier").and_then(Value::as_array);
    let reading = fields.reading()?;
    let row = match reading {
        None => None,
        Some(reading) => Some(Row {
            key,
            reading,
            raw: RawCell {
                category: fields.text("raw_category")?.into(),
                area: fields.text("raw_country")?.into(),
                value: fields.text("raw_value")?.into(),
            },
        }),
    };
    Ok(RowItem {
        key,
        month: Month::of(date),
        row,
        version: fields.version()?,
        host: fields.text("host")?.to_owned(),
        earlier: earlier
            .into_iter()
            .flatten()
            .map(read_earlier)
            .collect::<Result<_, _>>()?,
    })
}

/// The row as the stages know it; `None` if the cell was removed.
pub(crate) fn stored_row(item: &Item) -> Result<Option<StoredRow>, StoreError> {
    let RowItem { row, version, .. } = read_row(item)?;
    Ok(row.map(|row| StoredRow { row, version }))
}

fn read_earlier(value: &Value) -> Result<EarlierValue, StoreError> {
    let fields = Fields("an earlier value of a row", value.clone());
    Ok(EarlierValue {
        value: fields.reading()?.and_then(Reading::cut_off),
        raw: fields.text("raw_value")?.to_owned(),
        replaced_at: fields.code("replaced_at")?,
        host: fields.text("host")?.to_owned(),
    })
}

/// A standing item with its new version.
pub(crate) fn standing_item(standing: &Standing, version: u32) -> Result<Item, StoreError> {
    let mut item = to_item("a standing", standing)?;
    item.extend(Key::standing(standing.case).item());
    item.insert("version".into(), AttributeValue::N(version.to_string()));
    Ok(item)
}

/// Parses a standing item.
pub(crate) fn read_standing(item: &Item) -> Result<StoredStanding, StoreError> {
    let fields = Fields::of("a standing", item);
    Ok(StoredStanding {
        version: fields.version()?,
        standing: from_value("a standing", fields.1)?,
    })
}

/// A bulletin's item.
pub(crate) fn record_item(record: &BulletinRecord) -> Result<Item, StoreError> {
    let mut item = to_item("the record of a bulletin", record)?;
    if record.pending.is_none() {
        item.remove("pending");
    }
    item.extend(Key::bulletin(record.month).item());
    let url = format!("{OFFICIAL_SITE}{}", record.path);
    item.insert("url".into(), AttributeValue::S(url));
    Ok(item)
}

/// Parses a bulletin item.
pub(crate) fn read_record(item: &Item) -> Result<BulletinRecord, StoreError> {
    from_value("the record of a bulletin", item_value(item))
}

/// The contents of the catalogue: the months that are stored completely, and the countries whose column
/// appeared in no earlier bulletin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Catalogue {
    pub(crate) months: Vec<Month>,
    pub(crate) areas: Vec<Area>,
}

/// Parses the catalogue item.
pub(crate) fn read_catalogue(item: &Item) -> Result<Catalogue, StoreError> {
    Ok(Catalogue {
        months: read_set(item, "months")?,
        areas: read_set(item, "areas")?,
    })
}

fn read_set<T: std::str::FromStr + Ord>(item: &Item, name: &str) -> Result<Vec<T>, StoreError>
where
    T::Err: std::fmt::Display,
{
    let texts = match item.get(name) {
        Some(AttributeValue::Ss(texts)) => texts.as_slice(),
        _ => &[],
    };
    let mut values: Vec<T> = texts
        .iter()
        .map(|text| text.parse().map_err(|error| unreadable("the catalogue", error)))
        .collect::<Result<_, _>>()?;
    values.sort_unstable();
    Ok(values)
}

pub(crate) fn to_value<T: Serialize>(what: &str, value: &T) -> Result<Value, StoreError> {
    serde_json::to_value(value).map_err(|error| unreadable(what, error))
}

fn from_value<T: DeserializeOwned>(what: &str, value: Value) -> Result<T, StoreError> {
    serde_json::from_value(value).map_err(|error| unreadable(what, error))
}

fn to_item<T: Serialize>(what: &str, value: &T) -> Result<Item, StoreError> {
    match to_attribute(to_value(what, value)?) {
        AttributeValue::M(item) => Ok(item),
        _ => Err(unreadable(what, "it is no object")),
    }
}

/// The attributes of an item of this kind.
pub(crate) struct Fields(&'static str, Value);

impl Fields {
    pub(crate) fn of(what: &'static str, item: &Item) -> Self {
        Self(what, item_value(item))
    }

    pub(crate) fn text(&self, name: &str) -> Result<&str, StoreError> {
        self.1
            .get(name)
            .and_then(Value::as_str)
            .ok_or_else(|| unreadable(self.0, format!("{name} is missing")))
    }

    pub(crate) fn code<T: std::str::FromStr>(&self, name: &str) -> Result<T, StoreError>
    where
        T::Err: std::fmt::Display,
    {
        self.text(name)?
            .parse()
            .map_err(|error| unreadable(self.0, error))
    }

    pub(crate) fn number(&self, name: &str) -> Result<u32, StoreError> {
        self.1
            .get(name)
            .and_then(Value::as_u64)
            .and_then(|number| number.try_into().ok())
            .ok_or_else(|| unreadable(self.0, format!("{name} is missing")))
    }

    fn version(&self) -> Result<u32, StoreError> {
        self.number("version")
    }

    /// The reading of a cell; `None` if the cell was removed.
    fn reading(&self) -> Result<Option<Reading>, StoreError> {
        let code = self.text("status")?;
        let status = Status::ALL
            .into_iter()
            .find(|status| status.code() == code)
            .ok_or_else(|| unreadable(self.0, format!("its status is {code}")))?;
        Ok(Some(match status {
            Status::Date => Reading::CutOff(CutOff::Date(self.code("date")?)),
            Status::Current => Reading::CutOff(CutOff::Current),
            Status::Unavailable => Reading::CutOff(CutOff::Unavailable),
            Status::Unreadable => Reading::Unreadable,
            Status::Gone => return Ok(None),
        }))
    }
}
