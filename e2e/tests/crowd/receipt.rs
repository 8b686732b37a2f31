//! The messages that listeners must receive, and their room.

use std::time::Duration;

use anyhow::Result;
use holdline_e2e::{Check, eventually_within};

pub(crate) const ROOM: &str = "crowd";

/// A message that is published until every listener has received it.
pub(crate) const PROBE: &str = "probe";

/// The time limit for a thousand messages on forty pages, on a machine with few cores.
const LONG_TIME_LIMIT: Duration = Duration::from_secs(300);

/// Waits until `received` returns exactly these texts, ignoring probes.
pub(crate) async fn until_received(
    who: &str,
    published: &[String],
    mut received: impl AsyncFnMut() -> Result<Vec<String>>,
) -> Result<()> {
    eventually_within(
        LONG_TIME_LIMIT,
        &format!("{who} to receive everything once and in order"),
        async || {
            let mut received = received().await?;
            received.retain(|text| text != PROBE);
            let same = received
                .iter()
                .zip(published)
                .take_while(|(received, published)| received == published)
                .count();
            Ok(Check::that(received == published, || {
                format!(
                    "{} received of {}, the first {same} right, then {:?}",
                    received.len(),
                    published.len(),
                    received.get(same)
                )
            }))
        },
    )
    .await
}
