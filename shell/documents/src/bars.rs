//! A picture of amounts that go up and down: one bar each, in the vector format of the web, for a
//! slide or a mail. Shown in light and dark.

use std::fmt::Write as _;

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bars {
    /// Above the bars.
    pub title: String,
    /// Below the bars.
    pub note: String,
    /// From top to bottom.
    pub bars: Vec<Bar>,
}

/// A bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// At its left.
    pub label: String,
    /// Its length; negative goes to the left.
    pub value: i64,
    /// The value in words, at its end.
    pub shown: String,
}

/// Pixels, all of them whole.
const LABELS: i64 = 300;
const CHART: i64 = 520;
const ROW: i64 = 26;
const HEAD: i64 = 64;
const FOOT: i64 = 44;
const MARGIN: i64 = 24;
/// Room for the value at the end of the longest bar.
const VALUE: i64 = 110;
/// Characters of a label that fit.
const LABEL_CHARS: usize = 40;

const STYLE: &str = "\
    svg{font:13px system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;background:#fff}\
    text{fill:#1f2328}.title{font-size:16px;font-weight:600}.note,.value{fill:#59636e}\
    .more{fill:#b35900}.less{fill:#1a7f5a}.axis{stroke:#c4cad1}\
    @media(prefers-color-scheme:dark){svg{background:#16191d}text{fill:#e6e9ec}\
    .note,.value{fill:#9aa4af}.more{fill:#e08a3c}.less{fill:#4fb98d}.axis{stroke:#434b54}}";

/// The picture, as SVG.
#[must_use]
pub fn svg(bars: &Bars) -> String {
    let rows = i64::try_from(bars.bars.len()).unwrap_or_default();
    let (width, height) = (MARGIN + LABELS + CHART + MARGIN, HEAD + rows * ROW + FOOT);
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{}\"><style>{STYLE}</style>\
         <text class=\"title\" x=\"{MARGIN}\" y=\"34\">{}</text>",
        escaped(&bars.title),
        escaped(&bars.title)
    );
    let scale = Scale::of(&bars.bars);
    let axis = MARGIN + LABELS + scale.left;
    for (place, bar) in (0..).zip(&bars.bars) {
        put_bar(&mut out, bar, axis, HEAD + place * ROW, &scale);
    }
    let _ = writeln!(
        out,
        "<line class=\"axis\" x1=\"{axis}\" x2=\"{axis}\" y1=\"{}\" y2=\"{}\"/>\
         <text class=\"note\" x=\"{MARGIN}\" y=\"{}\">{}</text></svg>",
        HEAD - 6,
        HEAD + rows * ROW,
        height - 18,
        escaped(&bars.note)
    );
    out
}

/// Where zero is, and how many pixels the longest bar may take.
struct Scale {
    /// Pixels from the left of the chart to zero.
    left: i64,
    longest: u64,
    pixels: i64,
}

impl Scale {
    fn of(bars: &[Bar]) -> Self {
        let longest = bars.iter().map(|bar| bar.value.unsigned_abs()).max().unwrap_or_default();
        let below = bars.iter().any(|bar| bar.value < 0);
        let above = bars.iter().any(|bar| bar.value > 0);
        let sides = i64::from(below) + i64::from(above);
        let pixels = (CHART - sides * VALUE) / sides.max(1);
        let left = if below { pixels + VALUE } else { 0 };
        Self { left, longest, pixels }
    }

    /// Whole pixels; at least one for what is not nothing.
    fn length(&self, value: i64) -> i64 {
        if value == 0 || self.longest == 0 {
            return 0;
        }
        let pixels = u128::from(value.unsigned_abs()) * u128::from(self.pixels.unsigned_abs());
        i64::try_from(pixels / u128::from(self.longest)).unwrap_or(self.pixels).max(1)
    }
}

fn put_bar(out: &mut String, bar: &Bar, axis: i64, top: i64, scale: &Scale) {
    let length = scale.length(bar.value);
    let (class, x) = if bar.value < 0 { ("less", axis - length) } else { ("more", axis) };
    let (anchor, at) = if bar.value < 0 { ("end", x - 8) } else { ("start", x + length + 8) };
    let _ = write!(
        out,
        "<text x=\"{MARGIN}\" y=\"{}\">{}</text>\
         <rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"{length}\" height=\"{}\" rx=\"2\"/>\
         <text class=\"value\" x=\"{at}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
        top + 17,
        escaped(&shortened(&bar.label)),
        top + 4,
        ROW - 8,
        top + 17,
        escaped(&bar.shown)
    );
}

fn shortened(label: &str) -> String {
    if label.chars().count() <= LABEL_CHARS {
        return label.to_owned();
    }
    let mut short: String = label.chars().take(LABEL_CHARS - 1).collect();
    short.push('…');
    short
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{Bar, Bars, svg};

    fn bar(label: &str, value: i64) -> Bar {
        Bar { label: label.to_owned(), value, shown: value.to_string() }
    }

    #[test]
    fn bars_keep_their_proportion_and_their_side() {
        let bars = vec![bar("A & B", 200), bar("C", 100), bar("D", -50), bar("E", 0)];
        let drawn = svg(&Bars { title: "<T>".to_owned(), note: String::new(), bars });
        assert!(drawn.contains("&lt;T&gt;") && drawn.contains("A &amp; B"));
        let widths: Vec<&str> = drawn.split("width=\"").skip(2).collect();
        let widths: Vec<i64> =
            widths.iter().filter_map(|it| it.split('"').next()?.parse().ok()).collect();
        assert_eq!(widths, [150, 75, 37, 0]);
        assert_eq!(drawn.matches("class=\"less\"").count(), 1);
    }

    #[test]
    fn nothing_to_draw_is_a_picture_too() {
        assert!(
            svg(&Bars { title: "T".to_owned(), note: "N".to_owned(), bars: vec![] })
                .ends_with("N</text></svg>\n")
        );
    }
}
