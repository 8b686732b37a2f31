//! Tests of the machine as traces in text: each line has an event and the expected step.
//!
//! `TIME EVENT => STEP`, time in seconds, jitter always 1. Entries are written as their `seq`.

mod other_cases;
mod protocol_table;

use super::*;
use crate::{
    Cursor, Entry, EntryKind, Epoch, Person, Presence, Problem, ProblemCode, RoomName, Seq, Timestamp,
};

fn cursor(text: &str) -> Cursor {
    let (epoch, seq) = text.split_once('-').unwrap_or(("1", text));
    Cursor { epoch: Epoch(epoch.parse().unwrap()), seq: Seq(seq.parse().unwrap()) }
}

fn entry(seq: u64) -> Entry {
    let author = Person { id: "ada".parse().unwrap(), name: "Ada".parse().unwrap() };
    let kind = EntryKind::Delete { target: Seq(0) };
    Entry { seq: Seq(seq), room: RoomName::lobby(), at: Timestamp(0), author, kind }
}

/// Parses `answered [SEQ,SEQ] CURSOR [wait=S] [presence=TAG] [memberships=SEQ]`, `refused STATUS [CODE] [retry=S]` and
/// so on.
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
            memberships: option("memberships").map(|seq| Seq(seq.parse().unwrap())),
            unreadable: 0,
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
        "suspended" => Event::Suspended,
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
        Next::Do(Action::Poll { after, wait, watchdog, presence, memberships }) => {
            assert_eq!(*watchdog, *wait + WATCHDOG_SLACK);
            let after = match after {
                After::At(c) => format!("{}-{}", c.epoch.0, c.seq),
                other => other.to_string(),
            };
            let presence = presence.as_ref().map(|tag| format!(" presence={tag}")).unwrap_or_default();
            let memberships = match memberships {
                Seq(0) => String::new(),
                Seq(seq) => format!(" memberships={seq}"),
            };
            format!("poll {after} wait={}{presence}{memberships}", wait.as_secs())
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
    check_from(Subscription::new(After::At(cursor("1-5"))), trace);
}

fn check_from(mut machine: Subscription, trace: &str) {
    for line in trace.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (given, expected) = line.split_once("=>").unwrap();
        let words: Vec<_> = given.split_whitespace().collect();
        let now = Duration::from_secs_f64(words[0].parse().unwrap());
        let step = machine.step(parse_event(&words[1..]), now, Jitter::new(1.0));
        assert_eq!(render(&step, machine.status()), expected.trim(), "at: {line}");
    }
}
