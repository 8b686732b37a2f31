//! Warns in the server's own log when the headers of a proxy that is not trusted are ignored: its operator has to learn of the
//! flag. At most once an hour, as anybody can send these headers.

use std::net::IpAddr;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// The pause between two lines.
const PAUSE: Duration = Duration::from_secs(60 * 60);

/// The time of the last warning.
#[derive(Default)]
pub(super) struct IgnoredHeaders(Mutex<Option<Instant>>);

impl IgnoredHeaders {
    /// Warns, if it is time, that headers from this peer were ignored.
    pub(super) fn warn(&self, peer: Option<IpAddr>) {
        if self.is_due() {
            let peer = peer.map_or_else(|| "an unknown address".to_owned(), |peer| peer.to_string());
            tracing::warn!(
                %peer,
                "Forwarded or X-Forwarded-* headers were ignored; if a proxy of yours sent them, start with --trusted-proxy and its address"
            );
        }
    }

    fn is_due(&self) -> bool {
        let (now, mut last) = (Instant::now(), self.0.lock());
        let is_due = last.is_none_or(|last| now.saturating_duration_since(last) >= PAUSE);
        if is_due {
            *last = Some(now);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn warning_is_written_once_an_hour() {
        let ignored = IgnoredHeaders::default();
        assert!(ignored.is_due() && !ignored.is_due());
        tokio::time::advance(PAUSE).await;
        assert!(ignored.is_due() && !ignored.is_due());
    }
}
