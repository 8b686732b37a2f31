//! A sheet to draw on: size, colours, type, which follow the reader's light or dark page.

use std::fmt::Write as _;

pub(super) const WIDTH: f64 = 720.0;

/// Colours that can be told apart, on white and on black, by people who see red and green alike.
pub(super) const COLOURS: [&str; 6] = ["#0b84a5", "#f6a21e", "#9c5fb5", "#3f9b57", "#ca472f", "#8a8f98"];

/// A drawing in the making.
pub(super) struct Paper {
    body: String,
    height: f64,
}

impl Paper {
    pub(super) fn new(height: f64) -> Self {
        Self { body: String::new(), height }
    }

    pub(super) fn text(&mut self, x: f64, y: f64, class: &str, text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        self.add(format_args!("<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\">{text}</text>\n"));
    }

    pub(super) fn bar(&mut self, x: f64, y: f64, width: f64, height: f64, colour: &str) {
        self.add(format_args!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"2\" fill=\"{colour}\"/>\n"
        ));
    }

    pub(super) fn rule(&mut self, from: (f64, f64), to: (f64, f64)) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.add(format_args!(
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" class=\"rule\"/>\n"
        ));
    }

    /// A line through these points, with a dot on each.
    pub(super) fn path(&mut self, points: &[(f64, f64)], colour: &str) {
        let mut through = String::new();
        for (x, y) in points {
            // Writing to memory does not fail.
            write!(through, "{x:.1},{y:.1} ").unwrap_or_default();
        }
        let through = through.trim_end();
        self.add(format_args!(
            "<polyline points=\"{through}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n"
        ));
        for (x, y) in points {
            self.add(format_args!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>\n"));
        }
    }

    /// The finished sheet.
    pub(super) fn done(self, title: &str) -> String {
        let Self { body, height } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
             height=\"{height}\" role=\"img\" aria-label=\"{title}\">\n\
             <style>\n\
             text {{ font: 13px system-ui, sans-serif; fill: #1f2328; }}\n\
             .title {{ font-weight: 600; }}\n\
             .end {{ text-anchor: end; }}\n\
             .middle {{ text-anchor: middle; }}\n\
             .rule {{ stroke: #8a8f98; stroke-opacity: 0.4; }}\n\
             @media (prefers-color-scheme: dark) {{ text {{ fill: #e6edf3; }} }}\n\
             </style>\n{body}</svg>\n"
        )
    }

    fn add(&mut self, what: std::fmt::Arguments<'_>) {
        self.body.write_fmt(what).unwrap_or_default();
    }
}

/// A figure as short as it can be said.
pub(super) fn short(value: f64) -> String {
    match value {
        value if value >= 1e6 => format!("{:.0}M", value / 1e6),
        value if value >= 1e4 => format!("{:.0}k", value / 1e3),
        value if value >= 100.0 || (value >= 1.0 && value.fract() == 0.0) => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}
