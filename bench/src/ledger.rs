//! Counts losses, duplicates and violations of order, for every peer and in every scenario.
//!
//! A room's order is that of its fastest subscriber. All others must see the same order, each message once; and messages of
//! one publisher must come in the order in which they were sent.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// Violations of the promise, in messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tally {
    /// Messages that should have been seen.
    pub(crate) expected: u64,
    /// Messages that a subscriber never saw who should have.
    pub(crate) lost: u64,
    /// Messages that the same subscriber saw again.
    pub(crate) doubled: u64,
    /// Messages that a subscriber saw later than their place in the order.
    pub(crate) disordered: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.expected += other.expected;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.disordered += other.disordered;
    }
}

impl Tally {
    /// Whether the promise was kept.
    pub(crate) fn is_clean(self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.disordered == 0
    }
}

/// The position of a message that nobody has seen.
const UNSEEN: u32 = u32::MAX;

/// The messages of a run, by number, and the order of each room.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    rooms: Vec<Vec<u32>>,
    messages: Vec<Message>,
    doubled: u64,
    disordered: u64,
}

#[derive(Debug)]
struct Message {
    room: u32,
    publisher: u32,
    place: u32,
    /// Subscribers of the room when the message was published.
    audience: u32,
}

/// The progress of one subscriber in its room.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Position at which the subscription began.
    start: u32,
    at: u32,
    /// Messages that were skipped and not seen since.
    missed: Vec<u32>,
}

impl Ledger {
    /// Makes a ledger of so many rooms.
    pub(crate) fn new(rooms: usize) -> Self {
        Self { rooms: vec![Vec::new(); rooms], ..Self::default() }
    }

    /// Records the next message. Returns its number.
    pub(crate) fn publish(&mut self, room: u32, publisher: u32, audience: u32) -> u32 {
        self.messages.push(Message { room, publisher, place: UNSEEN, audience });
        u32::try_from(self.messages.len() - 1).unwrap_or(UNSEEN)
    }

    /// The progress of a new subscriber of this room, when all its messages have been seen.
    pub(crate) fn place(&self, room: u32) -> Progress {
        let start = u32::try_from(self.rooms[room as usize].len()).unwrap_or(UNSEEN);
        Progress { start, at: start, missed: Vec::new() }
    }

    /// Records that a subscriber sees a message. Returns whether the message is new to the subscriber.
    pub(crate) fn see(&mut self, room: u32, place: &mut Progress, number: u32) -> bool {
        let order = &mut self.rooms[room as usize];
        if order.get(place.at as usize) == Some(&number) {
            place.at += 1;
            return true;
        }
        let Some(message) = self.messages.get_mut(number as usize).filter(|message| message.room == room)
        else {
            // A message of another room, or of nobody, counts as a duplicate.
            self.doubled += 1;
            return false;
        };
        let at = place.at;
        if message.place == UNSEEN {
            message.place = u32::try_from(order.len()).unwrap_or(UNSEEN);
            order.push(number);
        } else if message.place < at {
            let missed = place.missed.iter().position(|missed| *missed == number);
            let Some(missed) = missed else {
                self.doubled += 1;
                return false;
            };
            place.missed.swap_remove(missed);
            self.disordered += 1;
            return true;
        }
        place.missed.extend_from_slice(&order[at as usize..message.place as usize]);
        place.at = message.place + 1;
        true
    }

    /// Sums up, with the progress of all subscribers, after the last delivery.
    pub(crate) fn close<'a>(&self, subscribers: impl Iterator<Item = &'a Progress>) -> Tally {
        let expected: u64 = self.messages.iter().map(|message| u64::from(message.audience)).sum();
        let seen: u64 =
            subscribers.map(|place| u64::from(place.at - place.start) - place.missed.len() as u64).sum();
        Tally {
            expected,
            lost: expected.saturating_sub(seen),
            doubled: self.doubled,
            disordered: self.disordered + self.against_publishers(),
        }
    }

    /// Messages that stand before an earlier one of the same publisher.
    fn against_publishers(&self) -> u64 {
        let publishers = self.messages.iter().map(|message| message.publisher + 1).max().unwrap_or(0);
        let mut wrong = 0;
        for order in &self.rooms {
            let mut last: Vec<Option<u32>> = vec![None; publishers as usize];
            for number in order {
                let last = &mut last[self.messages[*number as usize].publisher as usize];
                wrong += u64::from(last.is_some_and(|last| last > *number));
                *last = Some(*number);
            }
        }
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Publishes three messages, shows these to two subscribers, and returns losses, duplicates and disorder.
    fn tally(seen: [&[u32]; 2]) -> (u64, u64, u64) {
        let mut ledger = Ledger::new(1);
        for _ in 0..3 {
            ledger.publish(0, 0, 2);
        }
        let places = seen.map(|numbers| {
            let mut place = Progress::default();
            for number in numbers {
                ledger.see(0, &mut place, *number);
            }
            place
        });
        let tally = ledger.close(places.iter());
        assert_eq!(tally.expected, 6);
        (tally.lost, tally.doubled, tally.disordered)
    }

    #[test]
    fn complete_delivery_counts_nothing() {
        assert_eq!(tally([&[0, 1, 2], &[0, 1, 2]]), (0, 0, 0));
    }

    #[test]
    fn loss_is_counted_at_every_position() {
        assert_eq!(tally([&[0, 1, 2], &[0, 2]]), (1, 0, 0));
        assert_eq!(tally([&[0, 1, 2], &[0, 1]]), (1, 0, 0));
        assert_eq!(tally([&[1, 2], &[1, 2]]), (2, 0, 0));
        assert_eq!(tally([&[], &[]]), (6, 0, 0));
    }

    #[test]
    fn loss_of_the_fastest_subscriber_is_counted() {
        // The first skips 1; so the second sees it after 2 was seen, which is against both orders.
        assert_eq!(tally([&[0, 2], &[0, 1, 2]]), (1, 0, 2));
    }

    #[test]
    fn duplicate_is_counted() {
        assert_eq!(tally([&[0, 1, 2], &[0, 1, 1, 2]]), (0, 1, 0));
        assert_eq!(tally([&[0, 0, 1, 2], &[0, 1, 2]]), (0, 1, 0));
        assert_eq!(tally([&[0, 1, 2, 77], &[0, 1, 2]]), (0, 1, 0));
    }

    #[test]
    fn order_is_that_of_all_subscribers_and_of_the_publisher() {
        assert_eq!(tally([&[0, 1, 2], &[0, 2, 1]]), (0, 0, 1));
        // Both agree, but the publisher sent 1 before 2.
        assert_eq!(tally([&[0, 2, 1], &[0, 2, 1]]), (0, 0, 1));
    }

    #[test]
    fn rooms_have_orders_of_their_own() {
        let mut ledger = Ledger::new(2);
        let (here, there) = (ledger.publish(0, 0, 1), ledger.publish(1, 0, 1));
        let (mut one, mut other) = (Progress::default(), Progress::default());
        assert!(ledger.see(0, &mut one, here));
        assert!(ledger.see(1, &mut other, there));
        assert!(!ledger.see(1, &mut other, here), "a message of another room");
        assert_eq!(ledger.close([&one, &other].into_iter()).doubled, 1);
    }
}
