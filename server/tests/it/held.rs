//! Ten thousand held polls on a separate server process: one message answers all of them.

use std::net::SocketAddr;

use futures_util::StreamExt;
use futures_util::stream::{self, FuturesUnordered};

use holdline_shared::Cursor;

use crate::support::{Connection, Process, within};

const POLLS: u64 = 10_000;
/// Open files that this process needs for other tests.
const OTHER_FILES: u64 = 1_000;
/// Connections that are opened at the same time; the kernel's accept queue holds about a thousand.
const AT_ONCE: usize = 200;

async fn polls(address: SocketAddr, after: Cursor) -> Connection {
    let mut connection = Connection::open(address).await;
    let path = format!("/api/v1/poll?room=lobby&after={after}&wait=120");
    connection.send("GET", &path, "", b"").await;
    connection
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_message_answers_ten_thousand_held_polls() {
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let count = POLLS.min(files.saturating_sub(OTHER_FILES));
    if count < POLLS {
        println!("the limit of {files} open files allows {count} held polls of {POLLS}");
    }
    let count = usize::try_from(count).unwrap();
    let server = Process::start(&["--log", "memory:", "--max-held", "1000000"]).await;
    let ada = server.person("Ada").await;
    let (address, cursor) = (server.address, ada.cursor().await);
    let mut held: Vec<_> =
        stream::iter(0..count).map(|_| polls(address, cursor)).buffer_unordered(AT_ONCE).collect().await;
    server.holds(count).await;

    // Disconnected polls are released, whatever the number of the others.
    let rest = held.split_off(count / 10);
    drop(held);
    server.holds(rest.len()).await;

    let start = std::time::Instant::now();
    let said = ada.says("hello, all of you").await;
    // An overloaded machine may cut a connection; the client retries with the same cursor.
    let mut cut = 0;
    let again = |address| async move {
        let mut poll = polls(address, cursor).await;
        (poll.reply().await.expect("an answer"), true)
    };
    let mut answers: FuturesUnordered<_> = rest
        .into_iter()
        .map(|mut poll| async move {
            match poll.reply().await {
                Some(reply) => (reply, false),
                None => again(address).await,
            }
        })
        .collect();
    let mut reached = 0;
    let first = serde_json::to_string(&said).unwrap();
    within("all answers", async {
        while let Some((reply, was_cut)) = answers.next().await {
            cut += usize::from(was_cut);
            assert!(reply.status == 200 && reply.text().contains(&first), "{}", reply.text());
            reached += 1;
        }
    })
    .await;
    assert_eq!(reached, count - count / 10);
    assert!(cut <= count / 1000, "{cut} connections were cut");
    println!("{reached} held polls were answered within {:?}", start.elapsed());
    server.holds(0).await;
}
