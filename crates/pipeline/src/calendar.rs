//! The calendar of bulletins: which month is in force, over or news at an instant.

use bulletin::Month;
use chrono::{DateTime, Duration, Utc};

/// The month whose bulletin is in force at this instant in Washington, at UTC-5 all year. In summer the month changes
/// an hour late, which is harmless.
pub fn present_month(now: DateTime<Utc>) -> Month {
    Month::of((now - Duration::hours(5)).date_naive())
}

/// True if a month had ended at this instant. A finished month alerts nobody, on this day and all later ones.
pub fn is_finished(month: Month, at: DateTime<Utc>) -> bool {
    month < present_month(at)
}

/// True if a month that is not stored would be news when `newest` is the newest stored one: then the pipeline
/// stores and reports it.
pub fn is_news(month: Month, newest: Option<Month>, at: DateTime<Utc>) -> bool {
    newest.is_some_and(|newest| newest < month) && !is_finished(month, at)
}
