//! Subscribes: opens sessions and polls, and waits until the server holds all polls and has told everyone of everyone.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::{Load, Role};
use crate::peer::Position;
use crate::process::own_cpu;

/// Connections to open before the server gets time to accept them: fewer than the shortest backlog of a peer.
const CROWD: usize = 400;

/// Time within which all subscribers must know all people: twice the longest pause between two changes of presence.
const PRESENCE: Duration = Duration::from_secs(60);

impl Load {
    /// Opens the sessions of so many more subscribers, before anything is measured.
    pub(crate) fn open_sessions(&mut self, count: usize) -> Result<()> {
        let Self { peer, subscribers, .. } = self;
        peer.protocol.open_sessions(peer.running.address, *subscribers + count)
    }

    /// Adds so many subscribers, spread over the rooms. Returns, when the server holds all polls and all subscribers know
    /// all people, the CPU of the generator in nanoseconds.
    pub(crate) fn subscribe(&mut self, count: usize) -> Result<u64> {
        self.open_sessions(count)?;
        self.catch_up();
        let (mut own, mut start) = (0, own_cpu());
        for one in 0..count {
            let at = one % self.rooms.len();
            self.inhabited = self.inhabited.max(at + 1);
            let room = &mut self.rooms[at];
            room.members += 1;
            let position = Position { cursor: room.cursor, ..Position::default() };
            let (number, room) = (self.subscribers, u32::try_from(at)?);
            self.subscribers += 1;
            let place = self.ledger.place(room);
            let conn = self.open(Role::Subscriber { number, room, place, position })?;
            self.poll(conn)?;
            if one % CROWD == CROWD - 1 {
                own += own_cpu() - start;
                self.settle()?;
                start = own_cpu();
            }
        }
        own += own_cpu() - start;
        self.settle()?;
        self.await_presence()?;
        Ok(own)
    }

    /// Waits until every subscriber knows all people in its room: the server is idle between two changes of presence.
    fn await_presence(&mut self) -> Result<()> {
        let end = Instant::now() + PRESENCE;
        while self.peer.protocol.shows_presence() && !self.knows_presence() {
            self.run_once(Some(Duration::from_millis(50)))?;
            ensure!(Instant::now() < end, "some subscribers were not told who is here");
        }
        self.settle()
    }

    fn knows_presence(&self) -> bool {
        self.conns.iter().all(|conn| match &conn.role {
            Role::Subscriber { room, position, .. } => position.people == self.rooms[*room as usize].members,
            Role::Publisher { .. } => true,
        })
    }

    /// Lets new subscribers begin at the cursor of the present ones.
    fn catch_up(&mut self) {
        for conn in &self.conns {
            if let Role::Subscriber { room, position, .. } = &conn.role {
                let room = &mut self.rooms[*room as usize];
                // Where the first poll needs no cursor, a cursor belongs to one subscriber.
                if !room.cursor.bytes().is_empty() {
                    room.cursor = position.cursor;
                }
            }
        }
    }
}
