//! Alerts in one line of limited length: an SMS, the subject of an e-mail.
//!
//! Parts are dropped in a fixed order until the line fits: cut-offs that did not move; long names; the previous value;
//! long forms of dates; the number of days and the column; last the note that the message is unofficial and the page to
//! check. The case, the bulletin and the verdict on each chart that moved are never dropped.

use crate::change::Change;
use crate::chart::Chart;
use crate::text;
use crate::text::name::{short_month, short_name};
use crate::text::verdict::{Form, chart_verdict};

/// The septets of one SMS in the GSM 7-bit alphabet (3GPP TS 23.038).
pub const SMS_SEPTETS: usize = 160;
/// The longest subject that SNS accepts: it must be shorter than 100 characters.
pub const SUBJECT_CHARACTERS: usize = 99;

/// The number of septets of a text in the GSM 7-bit alphabet; `None` if a character is not in it.
pub fn septets(text: &str) -> Option<usize> {
    text.chars()
        .map(|c| match c {
            '^' | '{' | '}' | '\\' | '[' | '~' | ']' | '|' => Some(2),
            '`' => None,
            ' '..='~' | '\n' => Some(1),
            _ => None,
        })
        .sum()
}

/// The purpose of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// The only text that its recipient reads.
    Sms,
    /// The line above a text with the details.
    Subject,
}

/// The change in one line of at most `most` septets.
pub(crate) fn case_line(change: &Change, line: Line, most: usize) -> String {
    let looking = LEVELS.map(|level| Level {
        where_to_look: true,
        ..level
    });
    let levels = looking.into_iter().filter(|_| line == Line::Sms).chain(LEVELS);
    let mut last = String::new();
    for level in levels {
        last = line_of(change, level);
        if septets(&last).is_some_and(|septets| septets <= most) {
            break;
        }
    }
    last
}

/// The amount of detail of a line.
#[derive(Debug, Clone, Copy)]
struct Level {
    /// True to include charts that did not move.
    unmoved: bool,
    /// The form of the verdict on each chart, and of the name of the case.
    form: Form,
    where_to_look: bool,
}

/// The levels without the page to check, the most detailed first.
const LEVELS: [Level; 6] = {
    let all = Level {
        unmoved: true,
        form: Form::WHOLE,
        where_to_look: false,
    };
    let moved = Level {
        unmoved: false,
        ..all
    };
    let named_short = Form {
        long_names: false,
        ..Form::WHOLE
    };
    let now = Form {
        old: false,
        ..named_short
    };
    let dated_short = Form {
        long_dates: false,
        ..now
    };
    let verdict = Form {
        details: false,
        ..dated_short
    };
    [
        all,
        moved,
        Level {
            form: named_short,
            ..moved
        },
        Level { form: now, ..moved },
        Level {
            form: dated_short,
            ..moved
        },
        Level {
            form: verdict,
            ..moved
        },
    ]
};

fn line_of(change: &Change, level: Level) -> String {
    let is_news = |chart: &Chart| change.charts.of(*chart).corrected();
    let any = Chart::ALL.iter().any(is_news);
    let verdicts: Vec<String> = Chart::ALL
        .into_iter()
        .filter(|chart| level.unmoved || !any || is_news(chart))
        .filter_map(|chart| chart_verdict(change, chart, level.form))
        .collect();
    let verdicts = if verdicts.is_empty() {
        "not listed".to_owned()
    } else {
        verdicts.join("; ")
    };
    let corrected = text::correction_mark(change.kind);
    let look = if level.where_to_look {
        ". Unofficial; see travel.state.gov"
    } else {
        ""
    };
    let (name, month) = if level.form.long_names {
        (text::case_name(change.case), change.month.title())
    } else {
        (short_name(change.case), short_month(change.month))
    };
    // What took its place, while there is room for what held before.
    let now = if level.form.old {
        text::listed_now(change)
    } else {
        String::new()
    };
    format!("{corrected}{name}, {month}: {verdicts}{now}{look}")
}

#[cfg(test)]
mod tests;
