//! Reads the bodies of requests, bounded in size and time.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use holdline_shared::ProblemCode;
use holdline_shared::limits::BODY_BYTES;
use http_body_util::BodyExt as _;

use crate::api::ApiError;

/// The time limit for a body; the longest valid one takes a second at modem speed.
const READ_TIMEOUT: Duration = Duration::from_secs(20);

/// The number of bytes of an oversized body that are read and discarded: a client that is still sending does
/// not see an earlier answer.
const DRAINED_BYTES: usize = 16 << 20;

/// Reads the whole body.
pub(super) async fn read(body: Body) -> Result<Bytes, ApiError> {
    tokio::time::timeout(READ_TIMEOUT, collect(body)).await.unwrap_or_else(|_| {
        let detail = format!("the body did not arrive within {} seconds", READ_TIMEOUT.as_secs());
        Err(ApiError::new(ProblemCode::RequestTimeout, detail))
    })
}

async fn collect(mut body: Body) -> Result<Bytes, ApiError> {
    let (mut kept, mut size) = (BytesMut::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|error| ApiError::parameter(format!("the body could not be read: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        size += data.len();
        if size <= BODY_BYTES {
            kept.extend_from_slice(&data);
        } else if size > DRAINED_BYTES {
            break;
        }
    }
    if size > BODY_BYTES {
        let detail = format!("a request body has at most {BODY_BYTES} bytes");
        return Err(ApiError::new(ProblemCode::BodyTooLarge, detail));
    }
    Ok(kept.freeze())
}
