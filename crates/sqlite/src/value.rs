//! Values as columns hold them: instants as text that sorts, everything composite as JSON, codes as in the crate
//! `bulletin`. Excludes SQL, see `query.rs`.

use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use pipeline::port::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::unreadable;

/// An instant as text that sorts as instants do.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

pub(crate) fn read_instant(text: &str) -> Result<DateTime<Utc>, StoreError> {
    text.parse().map_err(|error| unreadable("a time", error))
}

pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| unreadable("a value", error))
}

pub(crate) fn from_json<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| unreadable(what, error))
}

pub(crate) fn read_code<T: FromStr>(what: &str, text: &str) -> Result<T, StoreError>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error| unreadable(what, error))
}
