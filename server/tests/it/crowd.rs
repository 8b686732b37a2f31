//! A thousand messages from ten fast publishers, and twenty listeners of each kind: every listener receives every
//! message exactly once and in order.

use std::process::Stdio;
use std::time::Duration;

use futures_util::future::join_all;
use holdline_server::hub::HubConfig;
use holdline_shared::{
    Action, After, Cursor, Event, Jitter, Next, PollQuery, RoomName, RoomSelection, Subscription,
};
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::events::Events;
use crate::support::{Client, Connection, Jar, Server, texts, until, within};

const SENDERS: usize = 10;
const EACH: usize = 100;
const MESSAGES: usize = SENDERS * EACH;
const OF_EACH_KIND: usize = 20;

/// Polls as the clients do, with the shared machine.
async fn machine(client: Client, from: Cursor) -> Vec<String> {
    let mut subscription = Subscription::new(After::At(from));
    let mut heard = Vec::new();
    let mut event = Event::Start;
    let start = tokio::time::Instant::now();
    while heard.len() < MESSAGES {
        let step = subscription.step(event, start.elapsed(), Jitter::new(0.5));
        if let Some(batch) = step.deliver {
            heard.extend(texts(&batch.entries).iter().map(|&text| text.to_owned()));
        }
        let Next::Do(Action::Poll { after, wait, .. }) = step.next else {
            panic!("nothing goes wrong here, but {:?}", step.next)
        };
        let mut query = PollQuery::new(RoomSelection::Named(vec![RoomName::lobby()]));
        (query.after, query.wait) = (after, Some(wait));
        event = Event::Answered(client.polls(&query.to_query_string()).await);
    }
    heard
}

/// Reads the stream of events.
async fn stream(client: Client, from: Cursor) -> Vec<String> {
    let mut events = Events::open(&client, "room=lobby", Some(from)).await;
    let mut heard = Vec::new();
    while heard.len() < MESSAGES {
        let batch = within("an event", events.next()).await.unwrap();
        heard.extend(texts(&batch.entries).iter().map(|&text| text.to_owned()));
    }
    heard
}

/// Subscribes as the tutorial's script does in a browser.
async fn page(mut connection: Connection, number: usize) -> Vec<String> {
    let mut jar = Jar::default();
    let mut heard = Vec::new();
    while heard.len() < MESSAGES {
        let reply = connection.get(&format!("/subscribe?random=0.{number}"), &jar.header()).await.expect(200);
        jar.take(&reply);
        heard.push(reply.text().to_owned());
    }
    heard
}

/// Polls with curl and a cookie jar.
async fn curl(server: String, number: usize, count: usize) -> Vec<String> {
    let url = format!("http://{server}/subscribe?random=curl{number}&n=[1-{count}]");
    let mut curl = Command::new("curl");
    // An empty name enables the jar without reading a file.
    curl.args(["--silent", "--show-error", "--noproxy", "*", "--cookie", "", "--write-out", "\\n", &url]);
    lines_of(curl, count).await
}

/// Polls with a shell loop around curl, with the jar in a file.
async fn shell_loop(server: String, jar: String, count: usize) -> Vec<String> {
    let script = r#"for n in $(seq "$3"); do curl -sS --noproxy '*' -b "$2" -c "$2" "http://$1/subscribe?random=1" && echo; done"#;
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "sh", &server, &jar, &count.to_string()]);
    lines_of(shell, count).await
}

async fn lines_of(mut command: Command, count: usize) -> Vec<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).kill_on_drop(true).output();
    let output = tokio::time::timeout(Duration::from_secs(240), output).await.expect("an end").unwrap();
    assert!(output.status.success());
    let lines: Vec<_> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), count);
    lines
}

const NO_CURL: &str = "there is no curl on this machine: its part is left out";

async fn has_curl() -> bool {
    let asked = Command::new("curl").arg("--version").stdout(Stdio::null()).status().await;
    asked.is_ok_and(|status| status.success())
}

/// Publishes from all senders at the same time.
async fn publish_from_all_senders(server: &Server, each: usize) {
    let people = join_all((0..SENDERS).map(async |n| server.person(&format!("Sender {n}")).await)).await;
    let mut speaking = JoinSet::new();
    for (sender, person) in people.into_iter().enumerate() {
        speaking.spawn(async move {
            for n in 0..each {
                person.says(&format!("sender {sender}, message {n}")).await;
            }
        });
    }
    speaking.join_all().await;
}

/// Reads all texts in log order.
async fn texts_in_log_order(server: &Server, from: Cursor) -> Vec<String> {
    let mut all = Vec::new();
    let mut cursor = from;
    loop {
        let batch = server.visitor().polls(&format!("room=lobby&after={cursor}&wait=0")).await;
        if batch.entries.is_empty() {
            return all;
        }
        all.extend(texts(&batch.entries).iter().map(|&text| text.to_owned()));
        cursor = batch.cursor;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_listener_receives_every_message_once_in_order() {
    let server = Server::sqlite(HubConfig::default()).await;
    let from = server.visitor().cursor().await;
    let mut listening = JoinSet::new();
    let with_curl = has_curl().await;
    if !with_curl {
        println!("{NO_CURL}");
    }
    for n in 0..OF_EACH_KIND {
        listening.spawn(machine(server.visitor(), from));
        listening.spawn(stream(server.visitor(), from));
        listening.spawn(page(server.connect().await, n));
        if with_curl {
            listening.spawn(curl(server.address.to_string(), n, MESSAGES));
        }
    }
    // Classic listeners start with their first request, so all must be connected before the first message.
    let all = listening.len();
    until("all are listening", || server.hub.held() == all).await;
    publish_from_all_senders(&server, EACH).await;
    let said = texts_in_log_order(&server, from).await;
    assert_eq!(said.len(), MESSAGES);
    let mut listeners = 0;
    while let Some(heard) = listening.join_next().await {
        assert_eq!(heard.unwrap(), said);
        listeners += 1;
    }
    assert_eq!(listeners, all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shell_loop_with_a_cookie_jar_receives_everything() {
    if !has_curl().await {
        println!("{NO_CURL}");
        return;
    }
    let server = Server::sqlite(HubConfig::default()).await;
    let from = server.visitor().cursor().await;
    let folder = tempfile::tempdir().unwrap();
    let mut listening = JoinSet::new();
    for n in 0..3 {
        let jar = folder.path().join(format!("jar{n}")).display().to_string();
        listening.spawn(shell_loop(server.address.to_string(), jar, 10 * SENDERS));
    }
    until("all are listening", || server.hub.held() == 3).await;
    publish_from_all_senders(&server, 10).await;
    let said = texts_in_log_order(&server, from).await;
    for heard in listening.join_all().await {
        assert_eq!(heard, said);
    }
}
