//! Draws a case's history as an SVG document. Excludes the layout that both pictures share, see [`Picture`]. Start
//! with [`svg()`].

use bulletin::{Chart, CutOff, Month};
use chrono::NaiveDate;
use svg::Document;
use svg::node::element::{Circle, Description, Group, Line, Polyline, Rectangle, Text, Title};

mod band;

use self::band::Band;
use super::{Axis, Picture, Run, Series, State, date_position, ordinal};

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 540.0;
/// The sides of the plot, in pixels.
const LEFT: f64 = 108.0;
const RIGHT: f64 = 936.0;
const TOP: f64 = 84.0;
const BOTTOM: f64 = 472.0;
/// The height of one chart's lane in a band, and the space between a band and the dates.
const LANE: f64 = 14.0;
const GAP: f64 = 14.0;
/// The minimum width of a month for which each bulletin gets a dot.
const ROOM_FOR_DOTS: f64 = 12.0;

const INK: &str = "#222222";
const SOFT: &str = "#595959";
const GRID: &str = "#e3e3e3";
const BAND: &str = "#f2f2f2";

/// The history as a self-contained SVG document.
///
/// Final Action Dates are a solid blue line, Dates for Filing a dashed vermilion one (two colours of Okabe and Ito,
/// distinguishable with all kinds of colour vision). `C` is a band at the top and `U` one at the bottom, with a
/// lane for each chart that was ever there. Lines join bulletins at most 12 months apart, and break where a
/// bulletin has no cut-off, `C` or `U`; a bulletin that is not joined to another is a dot. If a month is wide
/// enough, every bulletin is a dot, so that missing months are visible. A tooltip shows the value of each bulletin
/// or stretch of a band.
pub(crate) fn svg(series: &Series) -> String {
    let picture = Picture::of(series);
    let document = sheet(&picture);
    let middle = (LEFT + RIGHT) / 2.0;
    let Some(months) = picture.months.filter(|_| picture.charts().next().is_some()) else {
        let words = text(middle, (TOP + BOTTOM) / 2.0, 16, &description(&picture));
        let words = words.set("text-anchor", "middle").set("fill", SOFT);
        return format!("{}\n", document.add(words));
    };
    let bands = [State::Current, State::Unavailable].map(|state| Band::of(&picture, state));
    let [current, unavailable] = &bands;
    let frame = Frame {
        months,
        dates: picture.dates,
        top: TOP + current.height_with_gap(),
        bottom: BOTTOM - unavailable.height_with_gap(),
    };
    let mut document = document.add(legend(&picture)).add(grid(&picture, &frame));
    for band in bands.iter().filter(|band| !band.charts.is_empty()) {
        document = document.add(band.drawn(&picture, &frame));
    }
    for curve in curves(&picture, &frame) {
        document = document.add(curve);
    }
    let note = "Lines join bulletins up to 12 months apart. They break where a bulletin has no date.";
    let level = round((frame.top + frame.bottom) / 2.0);
    document = document
        .add(text(middle, 510.0, 13, "bulletin").set("text-anchor", "middle"))
        .add(
            text(RIGHT, 530.0, 11, note)
                .set("text-anchor", "end")
                .set("fill", SOFT),
        )
        .add(
            text(0.0, 0.0, 13, "cut-off date")
                .set("transform", format!("translate(22 {level}) rotate(-90)"))
                .set("text-anchor", "middle"),
        );
    format!("{document}\n")
}

fn text(x: f64, y: f64, size: u8, words: &str) -> Text {
    Text::new(words)
        .set("x", round(x))
        .set("y", round(y))
        .set("font-size", size)
}

/// The white sheet with its heading.
fn sheet(picture: &Picture) -> Document {
    Document::new()
        .set("viewBox", (0, 0, WIDTH, HEIGHT))
        .set("width", WIDTH)
        .set("height", HEIGHT)
        .set("role", "img")
        .set("font-family", "Helvetica, Arial, 'Liberation Sans', sans-serif")
        .set("fill", INK)
        .add(Title::new(picture.title.as_str()))
        .add(Description::new().add(svg::node::Text::new(description(picture))))
        .add(
            Rectangle::new()
                .set("width", WIDTH)
                .set("height", HEIGHT)
                .set("fill", "#ffffff"),
        )
        .add(text(LEFT, 34.0, 20, &picture.title).set("font-weight", "bold"))
}

/// The part of the plot that holds the dates, and its axes.
struct Frame {
    months: Axis,
    dates: Option<Axis>,
    top: f64,
    bottom: f64,
}

impl Frame {
    fn x(&self, position: f64) -> f64 {
        LEFT + self.months.share(position) * (RIGHT - LEFT)
    }

    fn month(&self, month: Month) -> f64 {
        self.x(ordinal(month) as f64)
    }

    fn y(&self, day: NaiveDate) -> Option<f64> {
        let share = self.dates?.share(date_position(day));
        Some(self.bottom - share * (self.bottom - self.top))
    }

    fn spot(&self, (month, cut_off): &(Month, CutOff)) -> Option<(f64, f64)> {
        Some((self.month(*month), self.y(cut_off.date()?)?))
    }
}

fn colour(chart: Chart) -> &'static str {
    match chart {
        Chart::FinalAction => "#0072b2",
        Chart::DatesForFiling => "#d55e00",
    }
}

/// The dash pattern of the chart's line.
fn dashes(chart: Chart) -> &'static str {
    match chart {
        Chart::FinalAction => "none",
        Chart::DatesForFiling => "6 3",
    }
}

fn legend(picture: &Picture) -> Group {
    let mut group = Group::new().set("font-size", 14);
    let mut x = LEFT;
    for chart in picture.charts() {
        let sample = Line::new()
            .set("x1", x)
            .set("x2", x + 33.0)
            .set("y1", 59.0)
            .set("y2", 59.0)
            .set("stroke", colour(chart))
            .set("stroke-width", 3)
            .set("stroke-dasharray", dashes(chart));
        let name = Text::new(chart.name()).set("x", x + 42.0).set("y", 64.0);
        group = group.add(sample).add(name);
        x += 210.0;
    }
    group
}

/// The years and their grid lines.
fn grid(picture: &Picture, frame: &Frame) -> Group {
    let mut group = Group::new().set("font-size", 13);
    let rule = |x1: f64, y1: f64, x2: f64, y2: f64, stroke: &str| {
        Line::new()
            .set("x1", round(x1))
            .set("y1", round(y1))
            .set("x2", round(x2))
            .set("y2", round(y2))
            .set("stroke", stroke)
    };
    let label = |x: f64, y: f64, words: &str, anchor: &str| {
        Text::new(words)
            .set("x", round(x))
            .set("y", round(y))
            .set("text-anchor", anchor)
    };
    for tick in picture.month_ticks(13) {
        let x = frame.month(tick.month);
        group = group.add(rule(x, TOP, x, BOTTOM + 5.0, GRID)).add(label(
            x,
            BOTTOM + 20.0,
            &tick.label,
            "middle",
        ));
    }
    for tick in picture.date_ticks(12) {
        let Some(y) = frame.y(tick.month.first_day()) else {
            continue;
        };
        group = group.add(rule(LEFT - 5.0, y, RIGHT, y, GRID)).add(label(
            LEFT - 10.0,
            y + 4.5,
            &tick.label,
            "end",
        ));
    }
    group
        .add(rule(LEFT, TOP, LEFT, BOTTOM, SOFT))
        .add(rule(LEFT, BOTTOM, RIGHT, BOTTOM, SOFT))
}

/// The lines of both charts and of the priority date, and the tooltips over them.
fn curves(picture: &Picture, frame: &Frame) -> Vec<Group> {
    // The solid line comes last, so that it does not look dashed where both charts have the same dates.
    const ORDER: [Chart; 2] = [Chart::DatesForFiling, Chart::FinalAction];
    let runs = |chart| picture.runs_in(chart, State::Dated).map(move |run| (chart, run));
    let lines = ORDER.into_iter().flat_map(runs);
    let mut curves: Vec<Group> = lines.map(|(chart, run)| line(run, chart, frame)).collect();
    if let Some((date, y)) = picture
        .priority_date
        .and_then(|date| Some((date, frame.y(date)?)))
    {
        curves.push(priority(date, y));
    }
    curves.extend(ORDER.map(|chart| hints(picture, chart, frame)));
    curves
}

/// A run of dates: a line, with a dot for each bulletin if there is room, or a single dot for a single bulletin.
fn line(run: &Run, chart: Chart, frame: &Frame) -> Group {
    let spots: Vec<(f64, f64)> = run.cells.iter().filter_map(|cell| frame.spot(cell)).collect();
    let mut group = Group::new()
        .set("stroke", colour(chart))
        .set("stroke-width", 2)
        .set("stroke-linejoin", "round");
    if spots.len() > 1 {
        let points: Vec<String> = spots
            .iter()
            .map(|(x, y)| format!("{},{}", round(*x), round(*y)))
            .collect();
        let line = Polyline::new()
            .set("points", points.join(" "))
            .set("fill", "none")
            .set("stroke-dasharray", dashes(chart));
        group = group.add(line);
    }
    if spots.len() == 1 || frame.x(frame.months.low + 1.0) - LEFT >= ROOM_FOR_DOTS {
        let fill = match chart {
            Chart::FinalAction => colour(chart),
            Chart::DatesForFiling => "#ffffff",
        };
        for (x, y) in spots {
            let dot = Circle::new().set("cx", round(x)).set("cy", round(y));
            group = group.add(dot.set("r", 2.5).set("fill", fill));
        }
    }
    group
}

/// The priority date: a level line with its label.
fn priority(date: NaiveDate, y: f64) -> Group {
    let words = format!("priority date {date}");
    let level = Line::new()
        .set("x1", LEFT)
        .set("x2", RIGHT)
        .set("y1", round(y))
        .set("y2", round(y))
        .set("stroke", INK)
        .set("stroke-dasharray", "2 3");
    let label = Text::new(words)
        .set("x", RIGHT - 4.0)
        .set("y", round(y - 5.0))
        .set("font-size", 13)
        .set("text-anchor", "end");
    Group::new().add(level).add(label)
}

/// An invisible spot over every date, with a tooltip.
fn hints(picture: &Picture, chart: Chart, frame: &Frame) -> Group {
    let mut group = Group::new().set("fill-opacity", 0);
    for cell in picture.runs_in(chart, State::Dated).flat_map(|run| &run.cells) {
        let Some((x, y)) = frame.spot(cell) else { continue };
        let words = format!("{}, {}: {}", cell.0.title(), chart.name(), cell.1.words());
        let spot = Circle::new().set("cx", round(x)).set("cy", round(y)).set("r", 4);
        group = group.add(spot.add(Title::new(words)));
    }
    group
}

/// The description of the picture for screen readers.
fn description(picture: &Picture) -> String {
    let cells = || {
        Chart::ALL
            .into_iter()
            .flat_map(|chart| picture.runs.of(chart).iter().flat_map(|run| &run.cells))
    };
    let first = cells().map(|(month, _)| *month).min();
    let last = cells().map(|(month, _)| *month).max();
    let Some((first, last)) = first.zip(last) else {
        return "No bulletin has a cut-off to draw.".into();
    };
    let names: Vec<&str> = picture.charts().map(Chart::name).collect();
    format!(
        "{} in the bulletins of {} to {}.",
        names.join(" and "),
        first.title(),
        last.title()
    )
}

/// Rounds to a tenth of a pixel, to keep the file small.
fn round(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests;
