//! Lines over two axes that grow tenfold from mark to mark.

use super::paper::{COLOURS, Paper, WIDTH, short};

const HEIGHT: f64 = 360.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 52.0;

/// One peer's.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
}

/// `y` against `x`.
pub(super) fn lines(x: &str, y: &str, lines: &[Line]) -> String {
    let mut paper = Paper::new(HEIGHT);
    paper.text(8.0, 20.0, "title", &format!("{y}, by {x}"));
    let points = || lines.iter().flat_map(|line| &line.points);
    let across = Axis::over(points().map(|point| point.0), LEFT, WIDTH - RIGHT);
    let up = Axis::over(points().map(|point| point.1), HEIGHT - BOTTOM, TOP);
    for mark in across.marks() {
        paper.rule((across.place(mark), TOP), (across.place(mark), HEIGHT - BOTTOM));
        paper.text(across.place(mark), HEIGHT - BOTTOM + 18.0, "middle", &short(mark));
    }
    for mark in up.marks() {
        paper.rule((LEFT, up.place(mark)), (WIDTH - RIGHT, up.place(mark)));
        paper.text(LEFT - 6.0, up.place(mark) + 4.0, "end", &short(mark));
    }
    paper.text(f64::midpoint(LEFT, WIDTH - RIGHT), HEIGHT - 10.0, "middle", x);
    let mut label = TOP + 10.0;
    for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        let drawn: Vec<_> = line.points.iter().map(|(x, y)| (across.place(*x), up.place(*y))).collect();
        if drawn.is_empty() {
            continue;
        }
        paper.path(&drawn, colour);
        paper.bar(WIDTH - RIGHT + 12.0, label - 9.0, 12.0, 10.0, colour);
        paper.text(WIDTH - RIGHT + 30.0, label, "start", &line.name);
        label += 22.0;
    }
    paper.done(y)
}

/// From a power of ten to another.
struct Axis {
    low: i32,
    high: i32,
    from: f64,
    to: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let (mut low, mut high) = (i32::MAX, i32::MIN);
        for value in values.filter(|value| *value > 0.0) {
            #[expect(clippy::cast_possible_truncation, reason = "a logarithm is small")]
            let power = (value.log10().floor() as i32, value.log10().ceil() as i32);
            (low, high) = (low.min(power.0), high.max(power.1));
        }
        if low > high {
            (low, high) = (0, 1);
        }
        Self { low, high: high.max(low + 1), from, to }
    }

    fn marks(&self) -> impl Iterator<Item = f64> + use<> {
        (self.low..=self.high).map(|power| 10_f64.powi(power))
    }

    fn place(&self, value: f64) -> f64 {
        let (low, high) = (f64::from(self.low), f64::from(self.high));
        let share = (value.max(f64::MIN_POSITIVE).log10() - low) / (high - low);
        self.from + share.clamp(0.0, 1.0) * (self.to - self.from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_holds_all_values_between_powers_of_ten() {
        let axis = Axis::over([20.0, 700.0].into_iter(), 0.0, 100.0);
        assert_eq!(axis.marks().collect::<Vec<_>>(), [10.0, 100.0, 1000.0]);
        assert!((axis.place(100.0) - 50.0).abs() < 1e-9);
        assert!((axis.place(10_000.0) - 100.0).abs() < 1e-9);
    }

    #[test]
    fn a_line_has_its_name() {
        let line = Line { name: "floor".into(), points: vec![(1.0, 2.0), (10.0, 3.0)] };
        let drawing = lines("messages/s", "p50 ms", &[line]);
        assert!(drawing.contains(">floor</text>") && drawing.contains("<polyline"));
    }
}
