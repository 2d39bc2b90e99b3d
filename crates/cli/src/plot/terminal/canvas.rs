//! The dots of one chart, drawn as lines between points.

use super::{Glyphs, cell};

/// One chart's dots: per character two by four in braille, one in ASCII.
pub(super) struct Canvas {
    columns: usize,
    rows: usize,
    glyphs: Glyphs,
    bits: Vec<u8>,
}

impl Canvas {
    /// The bits that Unicode assigns to the dots, from U+2800 on, as `[down][across]`.
    const BRAILLE: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

    pub(super) fn new(columns: usize, rows: usize, glyphs: Glyphs) -> Self {
        Self {
            columns,
            rows,
            glyphs,
            bits: vec![0; columns * rows],
        }
    }

    pub(super) fn bits(&self, column: usize, row: usize) -> u8 {
        self.bits[row * self.columns + column]
    }

    pub(super) fn dot(&self, across: f64, down: f64) -> (i64, i64) {
        let (wide, high) = self.glyphs.dots();
        let x = cell(across, self.columns * wide);
        let y = cell(down, self.rows * high);
        (x as i64, y as i64)
    }

    pub(super) fn set(&mut self, (x, y): (i64, i64)) {
        let (wide, high) = self.glyphs.dots();
        let (x, y) = (x.unsigned_abs() as usize, y.unsigned_abs() as usize);
        self.bits[y / high * self.columns + x / wide] |= Self::BRAILLE[y % high][x % wide];
    }

    /// Joins the dots; a dashed line has three dots drawn and two left out in turn. ASCII lines differ in their
    /// characters and need no dashes.
    pub(super) fn line(&mut self, dots: &[(i64, i64)], dashed: bool) {
        let Some(first) = dots.first() else { return };
        self.set(*first);
        let dashed = dashed && self.glyphs == Glyphs::Unicode;
        let mut way = 0;
        for pair in dots.windows(2) {
            let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
            let steps = (to_x - x).abs().max((to_y - y).abs());
            for step in 1..=steps {
                way += 1;
                if !dashed || way % 5 < 3 {
                    let part = step as f64 / steps as f64;
                    let between = |from: i64, to: i64| from + ((to - from) as f64 * part).round() as i64;
                    self.set((between(x, to_x), between(y, to_y)));
                }
            }
        }
    }
}
