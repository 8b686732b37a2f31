//! A publisher: performs one operation after another and repeats each until it is answered. Mostly publishes messages; now
//! and then edits or deletes one of its own, or reacts to any message.

mod author;
mod change;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use fastrand::Rng;
use holdline_shared::{Backoff, RoomName};
use tokio::sync::watch;
use tokio::time::sleep;

use self::author::{Author, pause};
use super::recent_messages::RecentMessages;
use crate::checker::{Ledger, Violation};
use crate::http::HttpClient;
use crate::session::ApiSession;

/// A publisher: its name, its rooms and its pace.
pub(crate) struct Publisher {
    pub(crate) http: HttpClient,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) rooms: Vec<RoomName>,
    /// The average pause between two messages.
    pub(crate) pace: Duration,
    pub(crate) rng: Rng,
    pub(crate) name: String,
    /// The session, unless it is to be made, which an open door allows.
    pub(crate) session: Option<ApiSession>,
    pub(crate) recent: Arc<RecentMessages>,
    /// Whether messages may expire before they are changed.
    pub(crate) has_retention: bool,
}

impl Publisher {
    /// Publishes until `stop` is true and the last request is answered.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let session = match self.session.take() {
            Some(session) => session,
            None => self.create_session().await,
        };
        let Self { http, ledger, rooms, pace, rng, name, recent, has_retention, .. } = self;
        let (own, reacted) = (VecDeque::new(), VecDeque::new());
        let mut author = Author { http, ledger, rng, name, recent, has_retention, session, own, reacted };
        let mut number = 0;
        while !*stop.borrow() {
            number += 1;
            if let Err(error) = perform(&mut author, &rooms, number).await {
                return author.ledger.report(Violation::Unclear, format!("{}: {error:#}", author.name));
            }
            let pause = pace.mul_f64(author.rng.f64() * 2.0);
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = sleep(pause) => {}
            }
        }
    }

    /// Creates the session, which has to survive every restart of the server.
    async fn create_session(&mut self) -> ApiSession {
        let mut backoff = Backoff::default();
        loop {
            if let Ok(session) = ApiSession::create(&self.http, &self.name).await {
                return session;
            }
            pause(&mut self.rng, &mut backoff, None).await;
        }
    }
}

/// Performs one operation: in two of three cases a publish.
async fn perform(author: &mut Author, rooms: &[RoomName], number: u32) -> Result<()> {
    match author.rng.u8(..24) {
        0..3 => author.edit(number).await,
        3 => author.delete().await,
        4..7 => author.react().await,
        7 => author.remove_reaction().await,
        _ => {
            let room = rooms[author.rng.usize(..rooms.len())].clone();
            author.publish(room, number).await
        }
    }
}
