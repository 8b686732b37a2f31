//! `hot`: does one pure hot function a number of times, and nothing besides that depends on this number, so that somebody
//! may count its instructions from outside: `hot NAME TIMES`. Without arguments it says which there are, and how many
//! times are usual.

use std::hint::black_box;
use std::io::{self, Write as _};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use holdline_server::hot::{Lobby, Reader, Signer, Writer, is_ours};
use holdline_server::log::{Committed, Draft, DraftKind, Log as _, MemoryLog, Outcome};
use holdline_shared::{
    After, Batch, Cursor, Entry, EntryKind, Epoch, Event, Jitter, MessageText, Person, PollQuery, PublishKey,
    RoomName, Seq, Subscription, Timestamp,
};

/// One function.
struct Case {
    name: &'static str,
    /// So often that one time more or less does not matter.
    times: usize,
    run: fn(usize) -> Result<()>,
}

const fn case(name: &'static str, run: fn(usize) -> Result<()>) -> Case {
    Case { name, times: 1000, run }
}

const CASES: [Case; 17] = [
    case("poll recognized, its query the same as the last", poll),
    case("poll recognized, its query another", another_poll),
    case("publish recognized", publish),
    case("publish recognized, and who asks", publish_of_somebody),
    case("query of a poll from pairs", query),
    case("session checked, SHA-256 in software", session),
    case("text of 100 letters", text),
    case("text of 100 letters, some of them not ASCII", unusual_text),
    case("cursor parsed", cursor_parsed),
    case("cursor printed", cursor_printed),
    case("entry encoded", encode),
    case("append to the log in memory", append),
    case("answer to a publish", answer_publish),
    case("answer to a poll, the first", answer_first),
    case("answer to a poll, the same again", answer_again),
    Case { name: "round of 100 held polls", times: 50, run: round },
    case("step of a subscription, a batch of 10", step),
];

const POLL: &str = "GET /api/v1/poll?room=lobby&after=0123456789abcdef-4711&wait=25 HTTP/1.1\r\n\
    host: chat.example.org\r\nuser-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\
    accept: */*\r\naccept-language: en-US,en;q=0.5\r\naccept-encoding: gzip, deflate, br, zstd\r\n\
    referer: https://chat.example.org/\r\nconnection: keep-alive\r\n\
    cookie: holdline_session=h1.abcdefghijkmnpqr.QWRh.c2lnbmF0dXJl\r\nsec-fetch-dest: empty\r\n\
    sec-fetch-mode: cors\r\nsec-fetch-site: same-origin\r\npriority: u=4\r\n\r\n";

const PUBLISH: &str = "POST /api/v1/rooms/lobby/messages HTTP/1.1\r\nhost: chat.example.org\r\n\
    user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\naccept: */*\r\n\
    accept-language: en-US,en;q=0.5\r\naccept-encoding: gzip, deflate, br, zstd\r\n\
    referer: https://chat.example.org/\r\ncontent-type: application/json\r\ncontent-length: 68\r\n\
    origin: https://chat.example.org\r\nconnection: keep-alive\r\n\
    cookie: holdline_session=h1.abcdefghijkmnpqr.QWRh.c2lnbmF0dXJl\r\nsec-fetch-dest: empty\r\n\
    sec-fetch-mode: cors\r\nsec-fetch-site: same-origin\r\npriority: u=0\r\n\r\n\
    {\"key\":\"7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f\",\"text\":\"Hello, world\"}";

const CURSOR: &str = "0123456789abcdef-4711";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [name, times] = arguments.as_slice() {
        let case = CASES.iter().find(|case| case.name == name).context("there is no such function")?;
        return (case.run)(times.parse()?);
    }
    for Case { name, times, .. } in CASES {
        writeln!(io::stdout(), "{times} {name}")?;
    }
    Ok(())
}

/// Does it, sees that it succeeds, and keeps the compiler from seeing that nobody needs what comes of it.
fn repeat<T>(times: usize, mut once: impl FnMut(usize) -> Option<T>) -> Result<()> {
    for time in 0..times {
        black_box(once(time)).context("it did not succeed")?;
    }
    Ok(())
}

fn poll(times: usize) -> Result<()> {
    let mut reader = Reader::default();
    repeat(times, |_| reader.read(black_box(POLL.as_bytes())))
}

fn another_poll(times: usize) -> Result<()> {
    let mut reader = Reader::default();
    let polls = [POLL.to_owned(), POLL.replace("4711", "4712")];
    repeat(times, |time| reader.read(black_box(polls[time % 2].as_bytes())))
}

fn publish(times: usize) -> Result<()> {
    repeat(times, |_| is_ours(black_box(PUBLISH.as_bytes())).then_some(()))
}

fn publish_of_somebody(times: usize) -> Result<()> {
    let mut reader = Reader::default();
    repeat(times, |_| reader.read(black_box(PUBLISH.as_bytes())))
}

fn query(times: usize) -> Result<()> {
    let pairs = [("room", "lobby"), ("after", CURSOR), ("wait", "25"), ("here", "lobby")];
    repeat(times, |_| PollQuery::from_pairs(black_box(pairs)).ok())
}

fn session(times: usize) -> Result<()> {
    let signer = Signer::default();
    let token = signer.sign(&ada()?);
    repeat(times, |_| signer.check(black_box(&token)))
}

fn text(times: usize) -> Result<()> {
    let text = letters("a lazy dog");
    repeat(times, |_| MessageText::parse(black_box(&text)).ok())
}

fn unusual_text(times: usize) -> Result<()> {
    let text = letters("ein Hündch");
    repeat(times, |_| MessageText::parse(black_box(&text)).ok())
}

fn cursor_parsed(times: usize) -> Result<()> {
    repeat(times, |_| black_box(CURSOR).parse::<Cursor>().ok())
}

fn cursor_printed(times: usize) -> Result<()> {
    let cursor: Cursor = CURSOR.parse()?;
    repeat(times, |_| Some(black_box(cursor).to_string()))
}

fn encode(times: usize) -> Result<()> {
    let entry = entry(4711)?;
    repeat(times, |_| Committed::encode(black_box(&entry).clone()).ok())
}

fn append(times: usize) -> Result<()> {
    let log = MemoryLog::new();
    let (author, text) = (ada()?, MessageText::parse(&letters("a lazy dog"))?);
    repeat(times, |time| {
        let kind = DraftKind::Message {
            key: PublishKey::from_bytes((time as u128).to_be_bytes()),
            text: text.clone(),
            reply_to: None,
            makes_room: false,
        };
        let draft = Draft { author: author.clone(), room: RoomName::lobby(), kind };
        match log.append(draft).as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(Outcome::Appended(entry))) => Some(entry),
            _ => None,
        }
    })
}

fn answer_publish(times: usize) -> Result<()> {
    let (mut writer, entry) = (Writer::default(), Committed::encode(entry(4711)?)?);
    repeat(times, |_| Some(writer.entry(black_box(&entry))))
}

fn answer_first(times: usize) -> Result<()> {
    let (mut writer, bodies) = (Writer::default(), [body(1), body(2)]);
    repeat(times, |time| Some(writer.batch(black_box(&bodies[time % 2]))))
}

fn answer_again(times: usize) -> Result<()> {
    let (mut writer, body) = (Writer::default(), body(1));
    repeat(times, |_| Some(writer.batch(black_box(&body))))
}

fn round(times: usize) -> Result<()> {
    let (mut lobby, text) = (Lobby::open()?, MessageText::parse(&letters("a lazy dog"))?);
    repeat(times, |_| (lobby.play(black_box(100), &text) == 100).then_some(()))
}

fn step(times: usize) -> Result<()> {
    const BATCH: u64 = 10;
    let entries: Vec<Entry> = (1..=BATCH).map(entry).collect::<Result<_>>()?;
    let cursor = Cursor { epoch: Epoch(1), seq: Seq(BATCH) };
    let mut batch = Batch { entries, cursor, wait: 25, presence: None, unreadable: 0 };
    let mut subscription = Subscription::new(After::At(Cursor { seq: Seq::START, ..cursor }));
    subscription.step(Event::Start, Duration::ZERO, Jitter::new(0.5));
    for time in 0..times {
        let now = Duration::from_secs(time as u64);
        let step = subscription.step(black_box(Event::Answered(batch)), now, Jitter::new(0.5));
        // What was delivered comes again as what follows it: neither copied nor made anew.
        batch = black_box(step).deliver.context("a batch is delivered")?;
        batch.cursor.seq.0 += BATCH;
        batch.entries.iter_mut().for_each(|entry| entry.seq.0 += BATCH);
    }
    Ok(())
}

fn ada() -> Result<Person> {
    Ok(Person { id: "abcdefghijkmnpqr".parse()?, name: "Ada Lovelace".parse()? })
}

/// A hundred letters, of these ten.
fn letters(ten: &str) -> String {
    ten.repeat(10)
}

fn entry(seq: u64) -> Result<Entry> {
    let text = Some(MessageText::parse(&letters("a lazy dog"))?);
    let kind = EntryKind::Message { key: PublishKey::from_bytes([7; 16]), text, reply_to: None };
    let at = Timestamp(1_780_000_000_000);
    Ok(Entry { seq: Seq(seq), room: RoomName::lobby(), at, author: ada()?, kind })
}

/// A batch of a few messages, as far as a head needs to know of it.
fn body(letter: u8) -> Bytes {
    vec![letter; 1000].into()
}
