//! The machine's tests: traces in text, one line an event and what the machine answered to it.
//!
//! `TIME EVENT => ANSWER`, time in seconds, the dice always thrown to 1. Entries are written by their `seq` alone.

use super::*;
use crate::{Entry, EntryKind, Epoch, Person, Presence, RoomName, Seq, Timestamp};

fn cursor(text: &str) -> Cursor {
    let (epoch, seq) = text.split_once('-').unwrap_or(("1", text));
    Cursor { epoch: Epoch(epoch.parse().unwrap()), seq: Seq(seq.parse().unwrap()) }
}

fn entry(seq: u64) -> Entry {
    let author = Person { id: "ada".parse().unwrap(), name: "Ada".parse().unwrap() };
    let kind = EntryKind::Delete { target: Seq(0) };
    Entry { seq: Seq(seq), room: RoomName::lobby(), at: Timestamp(0), author, kind }
}

/// `answered [SEQ,SEQ] CURSOR [wait=S] [presence=TAG]`, `refused STATUS [CODE] [retry=S]` and so on.
fn parse_event(words: &[&str]) -> Event {
    let option = |name: &str| words.iter().find_map(|w| w.strip_prefix(name)?.strip_prefix('='));
    match words[0] {
        "start" => Event::Start,
        "answered" => Event::Answered(Batch {
            entries: words[1]
                .trim_matches(['[', ']'])
                .split_terminator(',')
                .map(|s| entry(s.parse().unwrap()))
                .collect(),
            cursor: cursor(words[2]),
            wait: option("wait").map_or(25, |s| s.parse().unwrap()),
            presence: option("presence").map(|tag| Presence { tag: tag.to_owned(), ..Presence::default() }),
        }),
        "refused" => Event::Refused {
            status: words[1].parse().unwrap(),
            problem: words.get(2).and_then(|code| {
                let code = *ProblemCode::ALL.iter().find(|c| c.as_str() == *code)?;
                Some(Problem::new(code, "because"))
            }),
            retry_after: option("retry").map(|s| Duration::from_secs(s.parse().unwrap())),
        },
        "failed" => Event::Failed { why: "broken".to_owned() },
        "timed-out" => Event::TimedOut,
        "woke" => Event::Woke,
        "hurry" => Event::Hurry,
        "online" => Event::Online,
        "offline" => Event::Offline,
        "repaired" => Event::Repaired(cursor(words[1])),
        "renewed" => Event::Renewed,
        other => panic!("no such event: {other}"),
    }
}

fn render(step: &Step, status: &Status) -> String {
    let shown = step.deliver.as_ref().map_or(String::new(), |batch| {
        let seqs: Vec<_> = batch.entries.iter().map(|e| e.seq.to_string()).collect();
        format!("show [{}] ", seqs.join(","))
    });
    let next = match &step.next {
        Next::Keep => "keep".to_owned(),
        Next::Do(Action::Poll { after, wait, watchdog, presence }) => {
            assert_eq!(*watchdog, *wait + WATCHDOG_SLACK);
            let after = match after {
                After::At(c) => format!("{}-{}", c.epoch.0, c.seq),
                other => other.to_string(),
            };
            let presence = presence.as_ref().map(|tag| format!(" presence={tag}")).unwrap_or_default();
            format!("poll {after} wait={}{presence}", wait.as_secs())
        }
        Next::Do(Action::Sleep(pause)) => format!("sleep {}", pause.as_secs_f64()),
        Next::Do(Action::Repair) => "repair".to_owned(),
        Next::Do(Action::RenewSession) => "renew".to_owned(),
    };
    let status = match status {
        Status::Connecting => "connecting",
        Status::Live => "live",
        Status::Reconnecting { .. } => "reconnecting",
        Status::Retrying => "retrying",
        Status::Offline => "offline",
        Status::Refused { .. } => "refused",
        Status::Repairing => "repairing",
    };
    format!("{shown}{next} ({status})")
}

fn check(trace: &str) {
    let mut machine = Subscription::new(After::At(cursor("1-5")));
    for line in trace.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (given, expected) = line.split_once("=>").unwrap();
        let words: Vec<_> = given.split_whitespace().collect();
        let now = Duration::from_secs_f64(words[0].parse().unwrap());
        let step = machine.step(parse_event(&words[1..]), now, Dice::new(1.0));
        assert_eq!(render(&step, machine.status()), expected.trim(), "at: {line}");
    }
}

#[test]
fn shows_takes_the_cursor_and_polls_again_at_once() {
    check(
        "0  start               => poll 1-5 wait=25 (connecting)
         3  answered [6,7] 7    => show [6,7] poll 1-7 wait=25 (live)
         28 answered [] 9       => poll 1-9 wait=25 (live)
         30 answered [10] 10 presence=p1 => show [10] poll 1-10 wait=25 presence=p1 (live)
         31 answered [] 10 presence=p2   => show [] poll 1-10 wait=25 presence=p2 (live)",
    );
}

#[test]
fn shows_nothing_twice_and_never_goes_back() {
    check(
        "0 start                  => poll 1-5 wait=25 (connecting)
         1 answered [4,5,6] 6     => show [6] poll 1-6 wait=25 (live)
         2 answered [5,6] 4       => poll 1-6 wait=25 (live)",
    );
}

#[test]
fn a_cut_of_a_held_poll_goes_on_at_once_with_a_shorter_hold() {
    check(
        "0    start             => poll 1-5 wait=25 (connecting)
         1    answered [] 6     => poll 1-6 wait=25 (live)
         11   refused 502       => poll 1-6 wait=0 (retrying)
         11.1 answered [] 6     => poll 1-6 wait=8 (live)
         16.1 failed            => poll 1-6 wait=0 (retrying)
         16.2 failed            => sleep 1 (reconnecting)
         17.2 woke              => poll 1-6 wait=0 (retrying)
         17.3 answered [7] 7    => show [7] poll 1-7 wait=4 (live)",
    );
}

#[test]
fn backs_off_when_there_is_nobody() {
    check(
        "0   start       => poll 1-5 wait=25 (connecting)
         0.1 failed      => sleep 0.5 (reconnecting)
         0.6 woke        => poll 1-5 wait=0 (retrying)
         0.7 failed      => sleep 1 (reconnecting)
         1.7 woke        => poll 1-5 wait=0 (retrying)
         1.8 refused 500 => sleep 2 (reconnecting)
         2   hurry       => poll 1-5 wait=0 (retrying)
         2.1 answered [] 6 => poll 1-6 wait=25 (live)
         2.2 failed      => sleep 0.5 (reconnecting)",
    );
}

#[test]
fn obeys_retry_after_with_jitter() {
    check(
        "0   start                             => poll 1-5 wait=25 (connecting)
         0.1 refused 429 rate_limited retry=10 => sleep 15 (reconnecting)
         15  woke                              => poll 1-5 wait=0 (retrying)
         16  refused 503 overloaded retry=1    => sleep 1.5 (reconnecting)
         18  woke                              => poll 1-5 wait=0 (retrying)
         19  refused 503 shutting_down         => sleep 2 (reconnecting)",
    );
}

#[test]
fn a_refusal_is_asked_again_after_a_second_and_slower_from_then() {
    check(
        "0 start                    => poll 1-5 wait=25 (connecting)
         1 refused 404 unknown_room => sleep 1 (refused)
         2 woke                     => poll 1-5 wait=0 (retrying)
         3 refused 404 unknown_room => sleep 2 (refused)
         5 woke                     => poll 1-5 wait=0 (retrying)
         6 refused 404              => sleep 4 (refused)",
    );
}

#[test]
fn renews_the_session_and_keeps_the_cursor() {
    check(
        "0 start                       => poll 1-5 wait=25 (connecting)
         1 refused 401 session_invalid => renew (connecting)
         2 failed                      => sleep 0.5 (reconnecting)
         3 woke                        => renew (reconnecting)
         4 renewed                     => poll 1-5 wait=0 (retrying)
         5 answered [6] 6              => show [6] poll 1-6 wait=25 (live)",
    );
}

#[test]
fn repairs_in_place() {
    check(
        "0 start                     => poll 1-5 wait=25 (connecting)
         1 refused 410 epoch_changed => repair (repairing)
         2 failed                    => sleep 0.5 (reconnecting)
         3 woke                      => repair (repairing)
         4 repaired 2-3              => poll 2-3 wait=0 (retrying)
         5 answered [4] 2-4          => show [4] poll 2-4 wait=25 (live)",
    );
}

#[test]
fn silence_is_a_network_error() {
    check(
        "0  start     => poll 1-5 wait=25 (connecting)
         35 timed-out => sleep 0.5 (reconnecting)
         36 woke      => poll 1-5 wait=0 (retrying)",
    );
}

#[test]
fn says_offline_and_wakes_on_online() {
    check(
        "0   start   => poll 1-5 wait=25 (connecting)
         0.1 failed  => sleep 0.5 (reconnecting)
         0.2 offline => keep (offline)
         0.6 woke    => poll 1-5 wait=0 (retrying)
         0.7 failed  => sleep 1 (offline)
         0.8 online  => poll 1-5 wait=0 (retrying)
         0.9 answered [] 5 => poll 1-5 wait=25 (live)
         1.0 online  => keep (live)",
    );
}

#[test]
fn news_of_a_replaced_action_changes_nothing() {
    check(
        "0   start         => poll 1-5 wait=25 (connecting)
         0.1 woke          => keep (connecting)
         0.2 repaired 1-9  => keep (connecting)
         0.3 failed        => sleep 0.5 (reconnecting)
         0.4 answered [6] 6 => keep (reconnecting)
         0.5 failed        => keep (reconnecting)",
    );
}

#[test]
fn follows_the_hold_that_the_server_grants() {
    check(
        "0 start                 => poll 1-5 wait=25 (connecting)
         1 answered [] 5 wait=10 => poll 1-5 wait=10 (live)
         2 answered [] 5 wait=60 => poll 1-5 wait=60 (live)",
    );
}
