//! The beginning of a poll: its sender is found by the headers, unless they are known.

use bytes::Bytes;

use super::EventLoop;
use super::known_heads::KnownHead;
use crate::api::{self, ApiError, Caller, Poller, RequestId};
use crate::hub::{Begin, Completed, LogReads};
use crate::serve::fast_path::{FastPoll, HeaderSlots, LINE, is_plain_query, split};

impl EventLoop {
    /// Begins a poll, or hands the connection over with a request of another kind.
    pub(super) fn begin(&mut self, number: usize, bytes: &[u8]) {
        let Some(connection) = self.connections.get_mut(number) else { return };
        let (peer, known) = (connection.peer, connection.known_head.take());
        // Before the caller is found, so that a change meanwhile makes what was found void.
        let (revision, now) = (self.app.access_revision(), self.connections.now);
        let head = split(bytes).map(|(query, headers)| (query, self.fingerprints.of(headers)));
        if let (Some((query, fingerprint)), Some(known)) = (head, known)
            && known.is_of(fingerprint, revision, now)
            && (self.queries.knows(query) || is_plain_query(query))
        {
            return self.begin_known(number, query, known);
        }
        let mut slots = HeaderSlots::new();
        let Some(poll) = FastPoll::parse(bytes, &mut slots) else {
            return self.hand_over(number, Bytes::copy_from_slice(bytes));
        };
        let headers = poll.caller_headers(&self.app.config);
        let mut id = RequestId::given(&self.app.config, peer, headers.request_id);
        let fingerprint = head.map(|(_, fingerprint)| fingerprint).filter(|_| id.is_none());
        let _entered = request_span(number, &mut id).entered();
        if let Some(connection) = self.connections.get_mut(number) {
            connection.is_tls = headers.is_tls(&self.app.config, peer);
            connection.request_id = id.map(Box::new);
        }
        let caller = Caller::find(&self.app, peer, LINE, &headers, Some(&mut self.last_host));
        if caller.as_ref().is_ok_and(Caller::is_due) {
            // Its answer renews the session, which these loops cannot do.
            return self.hand_over(number, Bytes::copy_from_slice(bytes));
        }
        let poller = caller.and_then(|caller| {
            // An invalid query is reported before a missing right, as by the router.
            self.queries.parse(poll.query)?;
            Poller::of(&self.app, &caller)
        });
        match poller {
            Ok(poller) => {
                let begun = self.begin_poll(number, poll.query, &poller);
                if let Some(fingerprint) = fingerprint {
                    self.remember(number, KnownHead::new(fingerprint, poller, revision, now).into());
                }
                self.after_begin(number, begun);
            }
            Err(error) => self.connections.refuse(&self.app.hub, number, error),
        }
    }

    /// Begins a poll whose head is the same as that of the connection's last one.
    fn begin_known(&mut self, number: usize, query: &str, known: Box<KnownHead>) {
        let mut id = None;
        let _entered = request_span(number, &mut id).entered();
        if let Some(connection) = self.connections.get_mut(number) {
            connection.request_id = id.map(Box::new);
        }
        let begun = self.begin_poll(number, query, &known.poller);
        self.remember(number, known);
        self.after_begin(number, begun);
    }

    fn remember(&mut self, number: usize, known: Box<KnownHead>) {
        if let Some(connection) = self.connections.get_mut(number) {
            connection.known_head = Some(known);
        }
    }

    /// Holds a poll, unless it is complete at once.
    fn begin_poll(
        &mut self,
        number: usize,
        query: &str,
        poller: &Poller,
    ) -> Result<Option<Completed<u32>>, ApiError> {
        let (request, lease) = api::admit_poll(&self.app, poller, self.queries.parse(query)?)?;
        let (key, wait) = (u32::try_from(number).unwrap_or(u32::MAX), request.admitted.wait);
        match self.held.begin(key, request, self.connections.now)? {
            Begin::Held(id) => self.connections.hold(number, (id, lease), wait),
            Begin::Completed(completed) => return Ok(Some(completed)),
        }
        Ok(None)
    }

    fn after_begin(&mut self, number: usize, begun: Result<Option<Completed<u32>>, ApiError>) {
        match begun {
            Ok(None) => tracing::debug!("held"),
            Ok(Some(completed)) => self.answer(completed, &mut LogReads::default()),
            Err(error) => self.connections.refuse(&self.app.hub, number, error),
        }
    }
}

/// The span of a poll. Its id is made only where it is logged.
fn request_span(connection: usize, id: &mut Option<RequestId>) -> tracing::Span {
    tracing::debug_span!(
        "request",
        id = %id.get_or_insert_with(RequestId::make),
        connection,
        path = "/api/v1/poll"
    )
}
