//! Compresses what is asked for once, by gzip: history, lists, documents, the page under a prefix. Answers to held requests
//! are small, and many connections share their bytes; the client's files are compressed when they are built.

use axum::handler::{Handler, Layered};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;

use crate::api::App;

/// The size in bytes from which an answer is compressed: a smaller one is one packet either way.
const SMALLEST: u16 = 1_024;

/// A handler whose answers are compressed for clients that take it.
pub(super) fn compressed<H: Handler<T, App>, T: 'static>(
    handler: H,
) -> Layered<CompressionLayer<SizeAbove>, H, T, App> {
    let layer = CompressionLayer::new().quality(CompressionLevel::Fastest);
    handler.layer(layer.compress_when(SizeAbove::new(SMALLEST)))
}
