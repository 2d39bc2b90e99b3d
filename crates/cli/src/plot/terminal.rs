//! Draws a case's history with characters for a terminal. Excludes the layout that both pictures share, see
//! [`Picture`]. Start with [`terminal`].

use std::env;
use std::fmt::Write as _;

use bulletin::Chart;

mod canvas;

use self::canvas::Canvas;
use super::{Axis, Picture, Series, State, Tick, date_position, ordinal};

/// Below these sizes the picture is unreadable; above them it does not improve.
const WIDTHS: (usize, usize) = (40, 500);
const HEIGHTS: (usize, usize) = (12, 200);

/// The columns left of the axis: the length of the longest word there, plus a space.
const MARGIN: usize = "unavailable".len() + 1;

/// The history in at most `width` columns and `height` rows; less than 40 by 12 is treated as 40 by 12.
///
/// Final Action Dates are a solid line, Dates for Filing a dashed one. `C` is a band at the top and `U` one at the
/// bottom, with a row for each chart that was ever there; a column is marked if any of its months was. The priority
/// date is a level line whose label is the date. Lines join
/// bulletins at most 12 months apart, and break where a bulletin has no cut-off, `C` or `U`.
///
/// Drawn with braille dots and box lines, or in ASCII if the locale has another encoding than UTF-8. Colour codes
/// only with `colour`. Lines end in a newline, except the last.
pub(crate) fn terminal(series: &Series, width: usize, height: usize, colour: bool) -> String {
    draw(series, width, height, colour, Glyphs::of_locale())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Glyphs {
    Unicode,
    Ascii,
}

impl Glyphs {
    /// The glyphs for the first locale variable that is set, in the order of POSIX; Unicode if none is.
    fn of_locale() -> Self {
        let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        locale.map_or(Self::Unicode, |locale| Self::of(&locale))
    }

    fn of(locale: &str) -> Self {
        let locale = locale.to_ascii_lowercase();
        if locale.contains("utf-8") || locale.contains("utf8") {
            Self::Unicode
        } else {
            Self::Ascii
        }
    }

    /// The symbol of the chart in the bands and the legend.
    fn mark(self, chart: Chart) -> char {
        match (self, chart) {
            (Self::Unicode, Chart::FinalAction) => '━',
            (Self::Unicode, Chart::DatesForFiling) => '╍',
            (Self::Ascii, Chart::FinalAction) => '#',
            (Self::Ascii, Chart::DatesForFiling) => 'o',
        }
    }

    /// The line of the priority date.
    fn priority(self) -> char {
        match self {
            Self::Unicode => '┄',
            Self::Ascii => '-',
        }
    }

    /// The number of dots per character, horizontally and vertically.
    fn dots(self) -> (usize, usize) {
        match self {
            Self::Unicode => (2, 4),
            Self::Ascii => (1, 1),
        }
    }

    /// Vertical, vertical with a label, corner, horizontal, horizontal with a label.
    fn axis(self) -> [char; 5] {
        match self {
            Self::Unicode => ['│', '┤', '└', '─', '┬'],
            Self::Ascii => ['|', '+', '+', '-', '+'],
        }
    }
}

/// A character, and the chart whose colour it has.
type Glyph = (char, Option<Chart>);

fn draw(series: &Series, width: usize, height: usize, colour: bool, glyphs: Glyphs) -> String {
    let width = width.clamp(WIDTHS.0, WIDTHS.1);
    let height = height.clamp(HEIGHTS.0, HEIGHTS.1);
    let picture = Picture::of(series);
    let mut lines: Vec<Vec<Glyph>> = vec![plain(&picture.title)];
    let Some(months) = picture.months else {
        lines.push(plain("No bulletins to draw."));
        return finish(&lines, width, colour);
    };
    if picture.charts().next().is_none() {
        lines.push(plain("No bulletin has a cut-off to draw."));
        return finish(&lines, width, colour);
    }
    lines.extend(legend(&picture, glyphs, width));

    let plot = Plot {
        picture: &picture,
        months,
        columns: width - MARGIN - 1,
        glyphs,
    };
    let current = picture.charts_in(State::Current);
    let unavailable = picture.charts_in(State::Unavailable);
    let taken = lines.len() + current.len() + unavailable.len() + 2;
    // Space between the bands and the dates, if there is room.
    let gap = usize::from(height >= taken + 10);
    let gaps = gap * (usize::from(!current.is_empty()) + usize::from(!unavailable.is_empty()));
    let rows = (height - taken - gaps).max(1);
    let [upright, ..] = glyphs.axis();
    let blank = plain(&format!("{:>width$}{upright}", "", width = MARGIN));

    lines.extend(plot.band(State::Current, &current, "current "));
    if !current.is_empty() {
        lines.extend(std::iter::repeat_n(blank.clone(), gap));
    }
    lines.extend(plot.dates(rows));
    if !unavailable.is_empty() {
        lines.extend(std::iter::repeat_n(blank, gap));
    }
    lines.extend(plot.band(State::Unavailable, &unavailable, "unavailable "));
    lines.extend(plot.month_axis());
    finish(&lines, width, colour)
}

/// The names and symbols of the charts and the priority date, on more lines if one is too short.
fn legend(picture: &Picture, glyphs: Glyphs, width: usize) -> Vec<Vec<Glyph>> {
    let entry = |chart: Chart| {
        let mut entry = vec![(glyphs.mark(chart), Some(chart)); 3];
        entry.extend(plain(&format!(" {}", chart.name())));
        entry
    };
    let mut entries: Vec<Vec<Glyph>> = picture.charts().map(entry).collect();
    if picture.priority_date.is_some() {
        let level: String = std::iter::repeat_n(glyphs.priority(), 3).collect();
        entries.push(plain(&format!("{level} priority date")));
    }
    let mut lines = vec![plain(&format!("{:>width$} ", "cut-off ", width = MARGIN))];
    for (index, entry) in entries.into_iter().enumerate() {
        let used = lines.last().map_or(0, Vec::len);
        if index > 0 && used + 3 + entry.len() > width {
            lines.push(plain(&" ".repeat(MARGIN + 1)));
        } else if index > 0
            && let Some(line) = lines.last_mut()
        {
            line.extend(plain("   "));
        }
        if let Some(line) = lines.last_mut() {
            line.extend(entry);
        }
    }
    lines
}

/// The part of the picture right of the labels.
#[derive(Clone, Copy)]
struct Plot<'a> {
    picture: &'a Picture,
    months: Axis,
    columns: usize,
    glyphs: Glyphs,
}

impl Plot<'_> {
    /// The rows of a band, one for each chart; the word is next to the first.
    fn band(&self, state: State, charts: &[Chart], word: &str) -> Vec<Vec<Glyph>> {
        let [upright, labelled, ..] = self.glyphs.axis();
        let row = |(index, chart): (usize, &Chart)| {
            let (word, mark) = if index == 0 {
                (word, labelled)
            } else {
                ("", upright)
            };
            let mut line = plain(&format!("{word:>width$}{mark}", width = MARGIN));
            line.extend(self.lane(*chart, state));
            line
        };
        charts.iter().enumerate().map(row).collect()
    }

    /// One chart's row of a band: the columns with a month in this state.
    fn lane(&self, chart: Chart, state: State) -> Vec<Glyph> {
        let Self {
            picture,
            months,
            columns,
            glyphs,
        } = *self;
        let mut lane = vec![(' ', None); columns];
        for run in picture.runs_in(chart, state) {
            let Some(((first, _), (last, _))) = run.cells.first().zip(run.cells.last()) else {
                continue;
            };
            // As wide as the months, and at least the columns in which their dates would be.
            let middle = |month| cell(months.share(ordinal(month) as f64), columns);
            let edge = |position: f64| (months.share(position) * columns as f64).round() as usize;
            let start = edge(ordinal(*first) as f64 - 0.5).min(middle(*first));
            let end = edge(ordinal(*last) as f64 + 0.5).max(middle(*last) + 1);
            lane[start..end].fill((glyphs.mark(chart), Some(chart)));
        }
        lane
    }

    /// The rows with the lines of the dates, and the years next to them.
    fn dates(&self, rows: usize) -> Vec<Vec<Glyph>> {
        let Self {
            picture,
            months,
            columns,
            glyphs,
        } = *self;
        let [upright, labelled, ..] = glyphs.axis();
        let mut labels = vec![String::new(); rows];
        let mut lines = Vec::with_capacity(rows);
        let Some(dates) = picture.dates else {
            let empty = plain(&format!("{:>width$}{upright}", "", width = MARGIN));
            lines.resize(rows, empty);
            return lines;
        };
        for tick in picture.date_ticks(rows.div_ceil(2)) {
            let row = cell(1.0 - dates.share(date_position(tick.month.first_day())), rows);
            if labels[row].is_empty() {
                labels[row] = tick.label;
            }
        }
        let priority = picture.priority_date.map(|date| {
            let row = cell(1.0 - dates.share(date_position(date)), rows);
            labels[row] = date.to_string();
            row
        });
        let canvases = Chart::ALL.map(|chart| {
            let mut canvas = Canvas::new(columns, rows, glyphs);
            for run in picture.runs_in(chart, State::Dated) {
                let dot = |(month, cut_off): &(_, bulletin::CutOff)| {
                    let across = months.share(ordinal(*month) as f64);
                    let up = dates.share(date_position(cut_off.date()?));
                    Some(canvas.dot(across, 1.0 - up))
                };
                let dots: Vec<_> = run.cells.iter().filter_map(dot).collect();
                canvas.line(&dots, chart == Chart::DatesForFiling);
            }
            canvas
        });
        for (row, label) in labels.iter().enumerate() {
            let mark = if label.is_empty() { upright } else { labelled };
            let mut line = plain(&format!("{label:>width$} {mark}", width = MARGIN - 1));
            line.extend((0..columns).map(|column| {
                let [action, filing] = [&canvases[0], &canvases[1]].map(|canvas| canvas.bits(column, row));
                let chart = match (action, filing) {
                    (0, 0) if priority == Some(row) => return (glyphs.priority(), None),
                    (0, 0) => return (' ', None),
                    (0, _) => Chart::DatesForFiling,
                    _ => Chart::FinalAction,
                };
                let drawn = match glyphs {
                    Glyphs::Ascii => glyphs.mark(chart),
                    Glyphs::Unicode => char::from_u32(0x2800 + u32::from(action | filing)).unwrap_or(' '),
                };
                (drawn, Some(chart))
            }));
            lines.push(line);
        }
        lines
    }

    /// The axis of the months, and its labels.
    fn month_axis(&self) -> [Vec<Glyph>; 2] {
        let [_, _, corner, level, level_labelled] = self.glyphs.axis();
        let (months, columns) = (self.months, self.columns);
        let column = |tick: &Tick| cell(months.share(ordinal(tick.month) as f64), columns);
        let longest = if months.high - months.low > 48.0 { 4 } else { 8 };
        let ticks = self.picture.month_ticks(columns / (longest + 2));
        let mut axis = vec![level; columns];
        let mut labels: Vec<char> = format!("{:>width$} ", "bulletin ", width = MARGIN)
            .chars()
            .collect();
        for tick in &ticks {
            let end = MARGIN + 1 + columns;
            let length = tick.label.len();
            let start = (MARGIN + 1 + column(tick)).saturating_sub(length / 2);
            let start = start.clamp(MARGIN + 1, end - length);
            if start > MARGIN + 1 && start <= labels.len() {
                continue;
            }
            axis[column(tick)] = level_labelled;
            labels.resize(start, ' ');
            labels.extend(tick.label.chars());
        }
        let axis: String = axis.into_iter().collect();
        let axis = format!("{:>width$}{corner}{axis}", "", width = MARGIN);
        [plain(&axis), plain(&labels.into_iter().collect::<String>())]
    }
}

/// The index of the part of `count` equal parts that contains this share of the whole.
fn cell(share: f64, count: usize) -> usize {
    ((share * count as f64) as usize).min(count.saturating_sub(1))
}

fn plain(text: &str) -> Vec<Glyph> {
    text.chars().map(|c| (c, None)).collect()
}

/// The lines as text, none longer than `width`, without trailing spaces.
fn finish(lines: &[Vec<Glyph>], width: usize, colour: bool) -> String {
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let line = &line[..line.len().min(width)];
        let end = line
            .iter()
            .rposition(|(c, _)| *c != ' ')
            .map_or(0, |last| last + 1);
        let mut now = None;
        for (c, chart) in &line[..end] {
            // A space is invisible: it keeps the colour before it.
            if colour && *chart != now && *c != ' ' {
                now = *chart;
                let code = match now {
                    None => "0",
                    Some(Chart::FinalAction) => BLUE,
                    Some(Chart::DatesForFiling) => ORANGE,
                };
                // Writing to a string cannot fail.
                let _ = write!(text, "\u{1b}[{code}m");
            }
            text.push(*c);
        }
        if now.is_some() {
            text.push_str("\u{1b}[0m");
        }
    }
    text
}

/// Current, dates, unavailable, an earlier date, and advances; both charts in the last months.
const BLUE: &str = "38;5;32";
const ORANGE: &str = "38;5;166";

#[cfg(test)]
mod tests;
