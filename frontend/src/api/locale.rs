//! The reader's [`Locale`], from the browser's own knowledge of languages and time zones.

use std::cell::LazyCell;

use holdline_shared::Timestamp;
use js_sys::{Array, Function, Intl::DateTimeFormat, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::base::object;
use super::wall_clock;
use crate::state::{Day, Locale};

thread_local! {
    // Making a formatter is a hundred times the work of using it.
    static TIME: LazyCell<DateTimeFormat> = const { LazyCell::new(|| format(&[("hour", "2-digit".into()), ("minute", "2-digit".into())])) };
    static DATE: LazyCell<DateTimeFormat> = const {
        LazyCell::new(|| format(&[("weekday", "long".into()), ("day", "numeric".into()), ("month", "long".into()), ("year", "numeric".into())]))
    };
    static SEGMENTER: LazyCell<Option<JsValue>> = const { LazyCell::new(segmenter) };
}

/// The reader's own.
pub fn locale() -> Locale {
    Locale {
        now: wall_clock,
        day: local_day,
        time: |at| TIME.with(|format| write(format, at)),
        date: |at| DATE.with(|format| write(format, at)),
        machine: |at| date(at).to_iso_string().into(),
        count,
    }
}

fn format(options: &[(&str, JsValue)]) -> DateTimeFormat {
    DateTimeFormat::new(&Array::new(), &object(options))
}

fn write(format: &DateTimeFormat, at: Timestamp) -> String {
    let text = format.format().call1(&JsValue::UNDEFINED, &date(at));
    text.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 stay exact for 285,000 years")]
fn date(at: Timestamp) -> js_sys::Date {
    js_sys::Date::new(&JsValue::from_f64(at.0 as f64))
}

fn local_day(at: Timestamp) -> Day {
    #[expect(clippy::cast_possible_truncation, reason = "an offset is at most a day of minutes")]
    let offset = date(at).get_timezone_offset() as i64;
    let minutes = i64::try_from(at.0 / 60_000).unwrap_or_default() - offset;
    Day(minutes.div_euclid(24 * 60))
}

/// Characters as people see them where the browser can tell, code points elsewhere.
fn count(text: &str) -> usize {
    let segments = SEGMENTER.with(|segmenter| {
        let segmenter = segmenter.as_ref()?;
        let segment: Function = Reflect::get(segmenter, &"segment".into()).ok()?.dyn_into().ok()?;
        segment.call1(segmenter, &text.into()).ok()
    });
    segments.map_or_else(|| text.chars().count(), |all| Array::from(&all).length() as usize)
}

fn segmenter() -> Option<JsValue> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let class: Function = Reflect::get(&intl, &"Segmenter".into()).ok()?.dyn_into().ok()?;
    Reflect::construct(&class, &Array::new()).ok()
}
