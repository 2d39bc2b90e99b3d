//! Priority dates as people write them.

use chrono::NaiveDate;

use crate::spelling::UnknownSpelling;

/// The accepted formats of a priority date: all have a year of four digits and an unambiguous order of month and day.
const FORMS: [&str; 5] = ["%Y-%m-%d", "%d %b %Y", "%d%b%Y", "%b %d, %Y", "%B %d, %Y"];

/// Parses a priority date as people write it: `2013-03-15`, `15 Mar 2013`, `15MAR2013`, `March 15, 2013`. Ambiguous
/// forms are refused: two-digit years, and day and month both in digits in another order.
///
/// # Errors
/// [`UnknownSpelling`], also for a day after `today` or before 1950.
pub fn parse_priority_date(text: &str, today: NaiveDate) -> Result<NaiveDate, UnknownSpelling> {
    let trimmed = text.trim();
    let date = FORMS
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(trimmed, form).ok())
        .ok_or_else(|| {
            UnknownSpelling::new(
                "priority date",
                text,
                ["2013-03-15".into(), "\"15 Mar 2013\"".into()],
            )
        })?;
    let refused = |reason: &str| {
        UnknownSpelling::new(
            "priority date",
            text,
            ["the date on your receipt, such as 2013-03-15".into()],
        )
        .because(format!("A priority date of {date} {reason}."))
    };
    if date > today {
        return Err(refused("is in the future"));
    }
    if date.format("%Y").to_string().as_str() < "1950" {
        return Err(refused("is before 1950"));
    }
    Ok(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_priority_date_is_read_only_where_it_has_one_meaning() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let march = NaiveDate::from_ymd_opt(2013, 3, 15).unwrap();
        for text in [
            "2013-03-15",
            "15 Mar 2013",
            "15MAR2013",
            "15mar2013",
            "March 15, 2013",
            " 2013-3-15 ",
        ] {
            assert_eq!(parse_priority_date(text, today), Ok(march), "{text}");
        }
        for text in [
            "",
            "03/15/2013",
            "15.3.2013",
            "15MAR13",
            "2013",
            "2013-02-30",
            "13-03-15",
            "2027-01-01",
            "0013-03-15",
        ] {
            assert!(parse_priority_date(text, today).is_err(), "{text}");
        }
    }
}
