//! Publishes as fast as responses come, or at a fixed rate.

use std::time::Duration;

use anyhow::Result;

use super::{Load, Role};

/// The rate at which messages are sent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum PublishRate {
    /// Publishes as fast as responses come: each publisher sends as soon as its last message is acknowledged.
    BackToBack,
    /// A fixed number of messages per second, whatever the server does. Delays count from the planned time.
    PerSecond(u32),
}

/// Silence after which the missing deliveries count as lost.
const SILENCE: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(50);

impl Load {
    /// Publishes this many messages, over the rooms in turn, and waits until all are acknowledged and
    /// delivered. If nothing comes for [`SILENCE`], the rest counts as lost.
    pub(super) fn publish(&mut self, count: u64, pace: PublishRate) -> Result<()> {
        let (start, delivered) = (self.now(), self.count.delivered);
        let (mut published, mut expected, mut heard) = (0, 0, start);
        let silence = u64::try_from(SILENCE.as_nanos())?;
        let acknowledged = self.count.acknowledged;
        loop {
            let mut wait = LOOK;
            while published < count && !self.idle.is_empty() {
                let now = self.now();
                let due = match pace {
                    PublishRate::BackToBack => now,
                    PublishRate::PerSecond(rate) => start + published * 1_000_000_000 / u64::from(rate),
                };
                if due > now {
                    wait = Duration::from_nanos(due - now);
                    break;
                }
                expected += u64::from(self.publish_one(published, due)?);
                published += 1;
            }
            let arrived = self.count.delivered - delivered;
            if published == count && self.count.acknowledged - acknowledged == count && arrived >= expected {
                return Ok(());
            }
            if self.run_once(Some(wait))? {
                heard = self.now();
            } else if self.now() - heard > silence && published == count {
                return Ok(());
            }
        }
    }

    /// Sends the next message. Returns the number of its receivers.
    fn publish_one(&mut self, turn: u64, due: u64) -> Result<u32> {
        let Some(conn) = self.idle.pop() else { return Ok(0) };
        let Role::Publisher { number: publisher } = self.conns[conn].role else { return Ok(0) };
        // Rooms without subscribers are skipped.
        let room = usize::try_from(turn)? % self.inhabited.max(1);
        let members = self.rooms[room].members;
        let number = self.ledger.publish(u32::try_from(room)?, publisher, members);
        self.sent.push(due);
        let mut request = std::mem::take(&mut self.request);
        request.clear();
        self.peer.protocol.publish(&self.rooms[room].name, number, self.text_length, &mut request);
        let written = self.write(conn, &request);
        self.request = request;
        written.map(|()| members)
    }
}
