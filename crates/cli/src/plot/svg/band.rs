//! The bands of `C` and `U`.

use bulletin::Chart;
use svg::node::element::{Group, Line, Rectangle, Title};

use super::super::{Picture, Run, State, ordinal};
use super::{BAND, BOTTOM, Frame, GAP, LANE, LEFT, RIGHT, TOP, colour, dashes, round, text};

/// The band of one state, at the top or at the bottom, with a lane for each chart that was ever there.
pub(super) struct Band {
    state: State,
    pub(super) charts: Vec<Chart>,
    word: &'static str,
    top: f64,
}

impl Band {
    pub(super) fn of(picture: &Picture, state: State) -> Self {
        let charts = picture.charts_in(state);
        let (word, top) = if state == State::Current {
            ("current", TOP)
        } else {
            ("unavailable", BOTTOM - charts.len() as f64 * LANE)
        };
        Self {
            state,
            charts,
            word,
            top,
        }
    }

    fn height(&self) -> f64 {
        self.charts.len() as f64 * LANE
    }

    /// The height, with the space between the band and the dates.
    pub(super) fn height_with_gap(&self) -> f64 {
        if self.charts.is_empty() {
            0.0
        } else {
            self.height() + GAP
        }
    }

    pub(super) fn drawn(&self, picture: &Picture, frame: &Frame) -> Group {
        let centre = self.top + self.height() / 2.0;
        let mut group = Group::new()
            .add(
                Rectangle::new()
                    .set("x", LEFT)
                    .set("y", self.top)
                    .set("width", RIGHT - LEFT)
                    .set("height", self.height())
                    .set("fill", BAND),
            )
            .add(
                text(LEFT - 10.0, centre + 4.5, 13, self.word)
                    .set("text-anchor", "end")
                    .set("font-style", "italic"),
            );
        for (index, chart) in self.charts.iter().enumerate() {
            let y = self.top + LANE * (index as f64 + 0.5);
            for run in picture.runs_in(*chart, self.state) {
                group = group.add(stretch(run, *chart, frame, y));
            }
        }
        group
    }
}

/// A run of `C` or `U` in its lane, as wide as its months.
fn stretch(run: &Run, chart: Chart, frame: &Frame, y: f64) -> Group {
    let Some(((first, cut_off), (last, _))) = run.cells.first().zip(run.cells.last()) else {
        return Group::new();
    };
    let when = if first == last {
        first.title()
    } else {
        format!("{} to {}", first.title(), last.title())
    };
    let bar = Line::new()
        .set("x1", round(frame.x(ordinal(*first) as f64 - 0.5)))
        .set("x2", round(frame.x(ordinal(*last) as f64 + 0.5)))
        .set("y1", round(y))
        .set("y2", round(y))
        .set("stroke", colour(chart))
        .set("stroke-width", 7)
        .set("stroke-dasharray", dashes(chart))
        .add(Title::new(format!(
            "{}: {}, {when}",
            chart.name(),
            cut_off.words()
        )));
    Group::new().add(bar)
}
