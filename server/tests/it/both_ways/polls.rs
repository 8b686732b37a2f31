//! Polls of every form that are answered at once.

use std::time::Duration;

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_server::log::Retention;
use holdline_shared::{Cursor, Epoch, Seq};

use super::{Conversation, Pair, poll};

/// Queries with every kind of value, most of them valid.
pub(super) fn queries(pair: &Pair) -> Vec<String> {
    let (head, old) = (pair.cursor(pair.hub.head()), pair.cursor(Seq(3)));
    let beyond = pair.cursor(Seq(pair.hub.head().0 + 1));
    let foreign = Cursor { epoch: Epoch(1), seq: Seq(1) };
    let many: String = (0..50).map(|n| format!("room=r{n}&")).collect();
    let mut queries = vec![
        "room=lobby&wait=0".to_owned(),
        "room=lobby&after=start".to_owned(),
        "room=lobby&after=start&wait=0".to_owned(),
        format!("room=lobby&after={old}"),
        format!("room=lobby&after={head}&wait=0"),
        format!("room=tea&after={old}&room=lobby"),
        format!("room=tea&after={old}&room=lobby&room=tea&room=lobby"),
        format!("room=*&after={old}"),
        format!("room=*&room=tea&after={old}"),
        "room=*&wait=0&after=now".to_owned(),
        format!("{many}wait=0"),
        format!("{many}room=lobby&wait=0"),
        "room=caf%C3%A9&after=start".to_owned(),
        "room=caf%c3%a9&after=start".to_owned(),
        "room=caf%E9&after=start&wait=0".to_owned(),
        "room=caf\u{e9}&after=start".to_owned(),
        "room=%6Cobby&after=start".to_owned(),
        "room=lob%by&wait=0".to_owned(),
        "room=lobby%&wait=0".to_owned(),
        "room=lobby%00&wait=0".to_owned(),
        "room=Lobby&after=start".to_owned(),
        "room=lo+bby&wait=0".to_owned(),
        "r%6Fom=lobby&wait=%30".to_owned(),
        format!("room=lobby&after={beyond}"),
        format!("room=lobby&after={foreign}"),
        "room=lobby&after=rubbish".to_owned(),
        "room=lobby&after=".to_owned(),
        "room=lobby&after=start&after=now&wait=0".to_owned(),
        "room=nowhere".to_owned(),
        format!("room=nowhere&after={foreign}"),
        "room=nowhere&room=lobby&wait=0".to_owned(),
        String::new(),
        "wait=0".to_owned(),
        "room=".to_owned(),
        "room=lobby&wait=x".to_owned(),
        "room=lobby&wait=-1".to_owned(),
        "room=lobby&wait=+0".to_owned(),
        "room=lobby&wait=99999999999".to_owned(),
        "room=lobby&wait=0&wait=".to_owned(),
        "room=lobby&wait=0&new=1".to_owned(),
        "room=lobby&wait=0&_=1700000000".to_owned(),
        "room=lobby&wait=0&random=0.17&_".to_owned(),
        "&&room=lobby&&wait=0&".to_owned(),
        "room=lobby&wait=0#fragment".to_owned(),
        "room=lobby&wait=0?".to_owned(),
        "room=lobby;wait=0&wait=0".to_owned(),
        "room=\"lobby\"&wait=0".to_owned(),
        "room=lobby&wait=0&here=lobby".to_owned(),
        "room=lobby&wait=0&presence=x".to_owned(),
    ];
    for path in ["/", "%", "//", "/x"] {
        queries.push(format!("room=lobby&wait=0&_={path}"));
    }
    for length in [1_900, 2_047, 2_048, 2_049, 7_000, 8_192, 20_000, 70_000] {
        queries.push(format!("room=lobby&wait=0&_={}", "x".repeat(length)));
    }
    queries
}

#[tokio::test]
async fn every_query_gets_the_same_answer() {
    let mut hub = HubConfig::default();
    hub.max_wait = Duration::from_millis(30);
    let pair = Pair::with(hub, ServeConfig::default()).await;
    for query in queries(&pair) {
        let said = pair.compare(&query, &Conversation::ending([poll(&query)])).await;
        assert!(said.starts_with("HTTP/1.1 "), "{query}: {said}");
        pair.compare(&query, &Conversation::ending([poll(&query)]).at_once()).await;
    }
    assert_eq!(pair.hub.held(), 0);
}

#[tokio::test]
async fn queries_on_one_connection_get_the_same_answers() {
    let mut hub = HubConfig::default();
    hub.max_wait = Duration::from_millis(30);
    let pair = Pair::with(hub, ServeConfig::default()).await;
    let mut polls = Vec::new();
    for query in queries(&pair) {
        // Without those after which the server closes the connection.
        if Conversation::ending([poll(&query)]).send_to(pair.plain.address).await.ends_with("ok\n") {
            polls.push(poll(&query));
        }
    }
    assert!(polls.len() > 40, "{} of them", polls.len());
    pair.compare("all polls", &Conversation::ending(polls.clone())).await;
    pair.compare("all polls at once", &Conversation::ending(polls).at_once()).await;
}

#[tokio::test]
async fn entries_that_are_not_cached_are_read_from_the_log() {
    let mut hub = HubConfig::default();
    hub.recent_bytes = 1_000;
    let pair = Pair::with(hub, ServeConfig::default()).await;
    for number in 0..600 {
        pair.says("lobby", &format!("message {number}")).await;
    }
    let conversation = |after: Seq| {
        let cursor = pair.cursor(after);
        let queries =
            ["lobby", "*", "tea", "tea&room=lobby"].map(|room| format!("room={room}&after={cursor}&wait=0"));
        Conversation::ending(queries.map(|query| poll(&query)))
    };
    let head = pair.hub.head().0;
    for seq in [0, 1, 2, 5, 100, head - 501, head - 500, head - 20, head - 3, head - 1, head] {
        pair.compare("a backlog", &conversation(Seq(seq))).await;
    }
    // Retention makes a gap.
    let keep = Retention { age: None, per_room: Some(20) };
    while pair.hub.log().prune(keep).await.unwrap() {}
    let said = pair.compare("a gap", &conversation(Seq(5))).await;
    assert!(said.contains("HTTP/1.1 410 Gone"), "{said}");
    pair.compare("the beginning", &conversation(Seq(0))).await;
}

#[tokio::test]
async fn presence_is_the_same() {
    let mut hub = HubConfig::default();
    hub.grace = Duration::from_secs(600);
    let pair = Pair::with(hub, ServeConfig::default()).await;
    let tag = pair.lobby().await.tag;
    let token = pair.token.clone();
    let credentials = [
        format!("Authorization: Bearer {token}"),
        format!("authorization: bearer   {token} "),
        format!("Cookie: holdline_session={token}"),
        format!("Cookie: a=b; holdline_session={token}; c=d"),
        format!("Cookie: a=b\r\nCookie: holdline_session={token}"),
        format!("Cookie: holdline_session=x\r\nAuthorization: Bearer {token}"),
        format!("Authorization: Bearer x\r\nCookie: holdline_session={token}"),
        format!("Authorization: Basic x\r\nCookie: holdline_session={token}"),
        format!("Authorization: Bearer {token}\r\nAuthorization: Bearer x"),
        format!("Authorization: Bearer {token}\u{e9}"),
        format!("Cookie: holdline_session={token}; \u{e9}=1"),
        "Authorization: Bearer".to_owned(),
        "Authorization: Bearer x".to_owned(),
        "Cookie: holdline_session=".to_owned(),
        "Accept: */*".to_owned(),
    ];
    for credentials in &credentials {
        let polls = [
            "room=lobby&here=lobby&wait=0".to_owned(),
            format!("room=lobby&here=lobby&wait=0&presence={tag}"),
            "room=lobby&here=lobby&after=start".to_owned(),
            format!("room=lobby&here=lobby&after=start&presence={tag}"),
            "room=*&here=lobby".to_owned(),
            "room=lobby&here=lobby&here=nowhere&wait=0".to_owned(),
            "room=lobby&here=nowhere".to_owned(),
            "room=nowhere&here=lobby".to_owned(),
            "room=lobby&here=".to_owned(),
        ];
        let polls = polls.map(|query| {
            format!("GET /api/v1/poll?{query} HTTP/1.1\r\nHost: localhost\r\n{credentials}\r\n\r\n")
        });
        pair.compare(credentials, &Conversation::ending(polls)).await;
    }
    let said = pair.compare("Ada", &Conversation::ending([poll("room=lobby&here=lobby&wait=0")])).await;
    assert!(said.contains("session_required"), "{said}");
    assert_eq!(pair.lobby().await.tag, tag, "nobody came or went");
}

/// Commits more than the cache keeps while polls are held: they are answered with the messages, and not as if
/// the server were stopping.
#[tokio::test]
async fn held_polls_whose_entries_were_evicted_are_answered_from_the_log() {
    const MESSAGES: usize = 50;
    let folder = tempfile::tempdir().unwrap();
    let log = holdline_server::log::SqliteLog::open(&folder.path().join("holdline.db")).unwrap();
    let mut config = HubConfig::default();
    config.recent_bytes = 0;
    let hub = holdline_server::hub::Hub::open_with(std::sync::Arc::new(log), config).await.unwrap();
    let loops = super::Way::loops(hub.clone(), ServeConfig::default()).await;
    let plain = super::Way::plain(hub.clone(), ServeConfig::default()).await;
    let mut ada = plain.visitor();
    ada.enters("Ada").await;
    ada.makes_room("tea").await;
    for round in 0..5 {
        let after = ada.cursor().await;
        let mut polls = Vec::new();
        for way in [&loops, &plain] {
            for query in ["room=lobby", "room=*", "room=lobby&room=tea"] {
                let (client, query) = (way.visitor(), format!("{query}&after={after}"));
                let what = format!("{}: {query}", way.name);
                polls.push(tokio::spawn(async move { (what, client.polls(&query).await) }));
            }
        }
        crate::support::until("all are held", || hub.held() == polls.len()).await;
        let publishes = (0..MESSAGES).map(|number| {
            let text = format!("{round} {number}").parse().unwrap();
            hub.publish(holdline_server::log::Draft::say(
                ada.person().clone(),
                "lobby".parse().unwrap(),
                text,
            ))
        });
        for outcome in futures_util::future::join_all(publishes.collect::<Vec<_>>()).await {
            outcome.unwrap();
        }
        for poll in polls {
            let (what, batch) = poll.await.unwrap();
            let texts = crate::support::texts(&batch.entries);
            assert_eq!(texts.first().copied(), Some(format!("{round} 0").as_str()), "{what}: {texts:?}");
        }
    }
}
