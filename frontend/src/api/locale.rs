//! The reader's [`Locale`], from the browser's own knowledge of languages and time zones.

use std::cell::{OnceCell, RefCell};

use holdline_shared::Timestamp;
use js_sys::{Array, Function, Intl::DateTimeFormat, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::wall_clock;
use crate::state::{Day, Locale};

/// The formatters, created on first use and kept: creating one costs a hundred times as much as using it.
#[derive(Default)]
struct Formats {
    time: OnceCell<DateTimeFormat>,
    date: OnceCell<DateTimeFormat>,
    moment: OnceCell<DateTimeFormat>,
    segmenter: OnceCell<Option<JsValue>>,
}

thread_local! {
    static FORMATS: RefCell<Formats> = RefCell::default();
}

/// Returns the reader's current locale, in the current time zone. `edition` distinguishes it from the previous one.
pub fn locale(edition: u32) -> Locale {
    FORMATS.take();
    Locale {
        edition,
        now: wall_clock,
        day: local_day,
        time: |at| FORMATS.with_borrow(|formats| write(formats.time.get_or_init(time), at)),
        date: |at| FORMATS.with_borrow(|formats| write(formats.date.get_or_init(long_date), at)),
        moment: |at| FORMATS.with_borrow(|formats| write(formats.moment.get_or_init(moment), at)),
        machine: |at| date(at).to_iso_string().into(),
        zone,
        time_in,
        count,
    }
}

/// Returns the local day and the offset from UTC in minutes: a change of either requires a new render.
pub fn day_and_zone() -> (Day, i64) {
    (local_day(wall_clock()), zone_offset(wall_clock()))
}

fn time() -> DateTimeFormat {
    format(&[("hour", "2-digit"), ("minute", "2-digit")])
}

fn long_date() -> DateTimeFormat {
    format(&[("weekday", "long"), ("day", "numeric"), ("month", "long"), ("year", "numeric")])
}

fn moment() -> DateTimeFormat {
    format(&[("dateStyle", "full"), ("timeStyle", "medium")])
}

fn format(options: &[(&str, &str)]) -> DateTimeFormat {
    let object = Object::new();
    for (name, value) in options {
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    DateTimeFormat::new(&Array::new(), &object)
}

fn time_in(zone: &str, at: Timestamp) -> Option<String> {
    let options = Object::new();
    for (name, value) in [("hour", "2-digit"), ("minute", "2-digit"), ("timeZone", zone)] {
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&options, &name.into(), &value.into());
    }
    // A browser throws if it does not know the zone.
    let class: Function = Reflect::get(&intl()?, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
    let format = Reflect::construct(&class, &Array::of2(&JsValue::UNDEFINED, &options)).ok()?;
    Some(write(&format.unchecked_into(), at))
}

fn write(format: &DateTimeFormat, at: Timestamp) -> String {
    let text = format.format().call1(&JsValue::UNDEFINED, &date(at));
    text.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 stay exact for 285,000 years")]
fn date(at: Timestamp) -> js_sys::Date {
    js_sys::Date::new(&JsValue::from_f64(at.0 as f64))
}

#[expect(clippy::cast_possible_truncation, reason = "an offset is at most a day of minutes")]
fn zone_offset(at: Timestamp) -> i64 {
    date(at).get_timezone_offset() as i64
}

fn local_day(at: Timestamp) -> Day {
    let minutes = i64::try_from(at.0 / 60_000).unwrap_or_default() - zone_offset(at);
    Day(minutes.div_euclid(24 * 60))
}

/// Counts characters as people see them if the browser can, or else code points.
fn count(text: &str) -> usize {
    let segments = FORMATS.with_borrow(|formats| {
        let segmenter = formats.segmenter.get_or_init(segmenter).as_ref()?;
        let segment: Function = Reflect::get(segmenter, &"segment".into()).ok()?.dyn_into().ok()?;
        segment.call1(segmenter, &text.into()).ok()
    });
    segments.map_or_else(|| text.chars().count(), |all| Array::from(&all).length() as usize)
}

fn segmenter() -> Option<JsValue> {
    let class: Function = Reflect::get(&intl()?, &"Segmenter".into()).ok()?.dyn_into().ok()?;
    Reflect::construct(&class, &Array::new()).ok()
}

fn intl() -> Option<JsValue> {
    Reflect::get(&js_sys::global(), &"Intl".into()).ok()
}

fn zone() -> String {
    let options = format(&[]).resolved_options();
    Reflect::get(&options, &"timeZone".into()).ok().and_then(|zone| zone.as_string()).unwrap_or_default()
}
