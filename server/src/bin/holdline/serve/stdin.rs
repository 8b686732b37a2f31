//! `--stdin ROOM`: pipes lines to whoever waits, and keeps them for who comes later.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use holdline_server::hub::Hub;
use holdline_server::log::{Draft, LogError, Outcome};
use holdline_shared::limits::{TEXT_BYTES, TEXT_GRAPHEMES};
use holdline_shared::{MessageText, Person, RoomName};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tracing::{error, info, warn};

/// Lines on their way into the log at once. The log takes them in the order in which they were handed in.
const IN_FLIGHT: usize = 256;
/// A line that is longer is taken in pieces, so that one without an end does not fill the memory.
const PIECE: u64 = 16 * 1024;
/// Between two tries of what the log could not take. The pipe waits meanwhile, and with it whoever writes into it.
const PAUSE: Duration = Duration::from_secs(1);

/// A line on its way.
struct Sent {
    draft: Draft,
    outcome: BoxFuture<'static, Result<Outcome, LogError>>,
}

/// Publishes every line until the input ends; the server goes on without it.
pub(super) async fn publish_lines(hub: Arc<Hub>, room: RoomName) {
    let mut input = BufReader::new(tokio::io::stdin());
    let mut sent: VecDeque<Sent> = VecDeque::new();
    let mut piece = Vec::new();
    let mut count = 0_u64;
    loop {
        match (&mut input).take(PIECE).read_until(b'\n', &mut piece).await {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => {
                error!(%error, "standard input cannot be read any more");
                break;
            }
        }
        // The bytes of a character that was cut in two stay for the next piece.
        let rest = piece.split_off(whole_characters(&piece));
        for text in messages(&String::from_utf8_lossy(&piece)) {
            while sent.len() >= IN_FLIGHT {
                settle(&hub, &mut sent).await;
            }
            count += 1;
            sent.push_back(send(&hub, Draft::say(Person::stdin(), room.clone(), text)));
        }
        piece = rest;
    }
    while !sent.is_empty() {
        settle(&hub, &mut sent).await;
    }
    info!(%room, lines = count, "standard input has ended; the chat goes on");
}

fn send(hub: &Hub, draft: Draft) -> Sent {
    let outcome = Box::pin(hub.publish(draft.clone()));
    Sent { draft, outcome }
}

/// Waits for the oldest line. When the log could not take it, all that are on their way are tried again in their order;
/// their keys keep those that were taken from being taken twice.
async fn settle(hub: &Hub, sent: &mut VecDeque<Sent>) {
    let Some(first) = sent.pop_front() else { return };
    match first.outcome.await {
        Ok(_) => {}
        Err(error @ (LogError::Busy | LogError::Full | LogError::Unavailable(_))) => {
            warn!(%error, "the log cannot take the lines of standard input; trying again");
            let mut again = vec![first.draft];
            for line in sent.drain(..) {
                if line.outcome.await.is_err() {
                    again.push(line.draft);
                }
            }
            tokio::time::sleep(PAUSE).await;
            sent.extend(again.into_iter().map(|draft| send(hub, draft)));
        }
        Err(error) => error!(%error, "a line of standard input was not published"),
    }
}

/// How many of these bytes are whole characters; all of them, when the last one is not just unfinished.
fn whole_characters(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => error.valid_up_to(),
        _ => bytes.len(),
    }
}

/// A line as messages: none when there is nothing to see, several when it is too long for one.
fn messages(line: &str) -> Vec<MessageText> {
    let clean: String = line.chars().filter(|&c| !c.is_control() || c == '\t').collect();
    let chars: Vec<char> = clean.chars().collect();
    // Four bytes is the longest character; a piece of this many is within both limits.
    let pieces = chars.chunks(TEXT_GRAPHEMES.min(TEXT_BYTES / 4));
    let texts = pieces.map(|piece| MessageText::parse(&piece.iter().collect::<String>()));
    texts.filter_map(|text| text.inspect_err(|why| skip(&why.to_string(), line)).ok()).collect()
}

fn skip(why: &str, line: &str) {
    if !line.trim().is_empty() {
        warn!(why, "a line of standard input was left out");
    }
}
