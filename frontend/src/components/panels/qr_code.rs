//! A link as a QR code for another device's camera.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};
use yew::prelude::*;

use crate::words;

/// The width of the light margin that cameras need around a code, in modules.
const QUIET: i32 = 4;

/// The picture; nothing for a link that is too long for one.
pub(super) fn qr_code(link: &str) -> Html {
    let Ok(code) = QrCode::encode_text(link, QrCodeEcc::Medium) else { return Html::default() };
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        for x in (0..size).filter(|&x| code.get_module(x, y)) {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    let width = size + 2 * QUIET;
    html! {
        <svg class="qr" viewBox={format!("0 0 {width} {width}")} role="img" aria-label={words::QR_CODE}>
            <path d={path} />
        </svg>
    }
}
