//! Load tests: many machines after a restart of the server, and machines against servers that only answer with errors.

use super::*;
use crate::{Cursor, Epoch, Problem, ProblemCode, Seq};

/// A reproducible source of jitter (`SplitMix64`).
struct JitterSource(u64);

impl JitterSource {
    fn next(&mut self) -> Jitter {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Jitter::new(f64::from(u32::try_from((z ^ (z >> 31)) >> 32).unwrap()) / f64::from(u32::MAX))
    }
}

fn cursor() -> Cursor {
    Cursor { epoch: Epoch(1), seq: Seq(5) }
}

fn empty() -> Event {
    let entries = Vec::new();
    let (presence, memberships) = (None, None);
    Event::Answered(Batch { entries, cursor: cursor(), wait: 25, presence, memberships, unreadable: 0 })
}

fn failed() -> Event {
    Event::Failed { why: "connection refused".to_owned() }
}

fn refused(status: u16, code: Option<ProblemCode>, retry_after: Option<u64>) -> Event {
    let problem = code.map(|code| Problem::new(code, "because"));
    Event::Refused { status, problem, retry_after: retry_after.map(Duration::from_secs) }
}

/// Simulates 10,000 clients that hold polls when the server stops at second 10, until it is back at `back`. Returns the
/// highest number of polls that reach the server within a tenth of a second, and the time at which the last client is
/// live again.
fn restart(end: &Event, back: Duration) -> (usize, Duration) {
    const CLIENTS: usize = 10_000;
    let gone = Duration::from_secs(10);
    let mut jitter = JitterSource(0);
    let mut tenths = vec![0; 1200];
    let mut last = gone;
    for _ in 0..CLIENTS {
        let mut machine = Subscription::new(After::At(cursor()));
        machine.step(Event::Start, Duration::ZERO, jitter.next());
        let (mut now, mut event) = (gone, end.clone());
        loop {
            let Next::Do(action) = machine.step(event, now, jitter.next()).next else { panic!("idle") };
            event = match action {
                Action::Sleep(pause) => {
                    now += pause;
                    Event::Woke
                }
                _ if now < back => failed(),
                Action::Poll { wait, .. } => {
                    tenths[usize::try_from(now.as_millis() / 100).unwrap()] += 1;
                    if !wait.is_zero() {
                        break;
                    }
                    // A regular poll is answered a moment later; the next one is held.
                    now += Duration::from_millis(5);
                    empty()
                }
                Action::Repair | Action::RenewSession => panic!("the server asked for neither"),
            };
        }
        last = last.max(now);
    }
    (tenths.into_iter().max().unwrap_or_default(), last)
}

#[test]
fn ten_thousand_clients_reconnect_spread_over_time() {
    // Each client sends two polls: a regular one and a held one.
    for (end, back, most, until) in [
        // A graceful stop, replaced at once: the clients spread over two seconds.
        (empty(), 10.0, 700, 12.0),
        (empty(), 11.0, 2_600, 20.0),
        (empty(), 15.0, 800, 45.0),
        // A killed server: the immediate first retry fails.
        (failed(), 10.3, 2_600, 20.0),
        (failed(), 12.0, 1_500, 30.0),
        (failed(), 20.0, 500, 50.0),
    ] {
        let (worst, last) = restart(&end, Duration::from_secs_f64(back));
        let last = last.as_secs_f64();
        assert!(worst <= most, "{worst} polls in a tenth of a second; {end:?}, back at {back}");
        assert!(last <= until, "the last came back at {last}; {end:?}, back at {back}");
    }
}

/// Simulates a minute in which this event follows every poll at once. Returns the number of polls.
fn polls_in_a_minute(hostile: &Event) -> usize {
    let mut machine = Subscription::new(After::At(cursor()));
    let (mut now, mut polls, mut event) = (Duration::ZERO, 0, Event::Start);
    let mut jitter = JitterSource(0);
    while now < Duration::from_secs(60) {
        let Next::Do(action) = machine.step(event, now, jitter.next()).next else { panic!("idle") };
        event = match action {
            Action::Poll { .. } => {
                polls += 1;
                now += Duration::from_millis(1);
                hostile.clone()
            }
            Action::Sleep(pause) => {
                now += pause;
                Event::Woke
            }
            Action::Repair => Event::Repaired(cursor()),
            Action::RenewSession => Event::Renewed,
        };
    }
    polls
}

#[test]
fn polls_per_minute_are_bounded_for_every_error() {
    let foreign = Cursor { epoch: Epoch(2), seq: Seq(5) };
    for hostile in [
        empty(),
        Event::Answered(Batch {
            entries: Vec::new(),
            cursor: foreign,
            wait: 0,
            presence: None,
            memberships: None,
            unreadable: 0,
        }),
        failed(),
        refused(401, Some(ProblemCode::SessionRequired), None),
        refused(404, Some(ProblemCode::UnknownRoom), None),
        refused(410, Some(ProblemCode::Gap), None),
        refused(429, None, None),
        refused(429, None, Some(0)),
        refused(500, None, None),
        refused(502, None, None),
        refused(503, None, Some(1)),
    ] {
        let polls = polls_in_a_minute(&hostile);
        assert!((2..=80).contains(&polls), "{polls} polls in a minute, each answered {hostile:?}");
    }
}
