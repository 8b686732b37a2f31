//! Ten senders publish a thousand messages as fast as they can, to twenty listeners of each kind: the client,
//! the classic page, `holdline tail`, an event stream and curl in a loop. Each listener must receive every
//! message exactly once and in log order.

mod listener;
mod receipt;
mod tabs;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Instant;

use anyhow::{Context as _, Result};
use holdline_e2e::{Check, Person, Server, eventually};

use listener::Listener;
use receipt::{PROBE, ROOM};
use tabs::Tabs;

/// The number of listeners of each kind.
const LISTENERS: u8 = 20;

/// The number of curls that are restarted for every message; the others repeat requests in one process. If all twenty
/// were restarted, the test would start twenty thousand processes and take more than three minutes on two cores.
const STARTED_AGAIN: u8 = 4;

const SENDERS: usize = 10;
const MESSAGES: usize = 1_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_listener_in_a_crowd_receives_everything_once_and_in_order() -> Result<()> {
    // A browser opens six connections to a host, so each page gets an address of its own.
    let addresses = (1..=2 * LISTENERS + 1).map(|n| SocketAddr::from((Ipv4Addr::new(127, 0, 0, n), 0)));
    let server = Server::start_on(addresses.collect()).await?;
    let urls = server.urls();
    let (url, pages) = urls.split_first().context("no address")?;
    Person::join(url, "Host").await?.make_room(ROOM, "The crowd").await?;
    let (chats, classics) = pages.split_at(LISTENERS.into());

    let start = Instant::now();
    let (chats, classics) = tokio::try_join!(Tabs::chats(chats), Tabs::classics(classics))?;
    let folder = tempfile::tempdir()?;
    let (mut tails, mut streams, mut curls) = (Vec::new(), Vec::new(), Vec::new());
    for n in 1..=LISTENERS {
        tails.push(Listener::tail(n, url)?);
        streams.push(Listener::events(n, url)?);
        let jar = folder.path().join(format!("jar-{n}"));
        curls.push(if n <= STARTED_AGAIN {
            Listener::curl(n, url, &jar)?
        } else {
            Listener::repeating_curl(n, url, &jar)?
        });
    }
    let listeners = [("tails", tails), ("event streams", streams), ("curls", curls)];
    println!("{:6.1} s to gather a crowd", start.elapsed().as_secs_f64());
    probe_until_all_listen(url, [&chats, &classics], listeners.iter().flat_map(|(_, listeners)| listeners))
        .await?;
    println!("{:6.1} s until all of it listens", start.elapsed().as_secs_f64());

    let start = Instant::now();
    let published = publish_all(url).await?;
    println!("{:6.1} s to say {MESSAGES} things", start.elapsed().as_secs_f64());
    // curl writes the line break after a text together with the next text.
    Person::join(url, "Prober").await?.say(ROOM, PROBE).await?;
    for (name, listeners) in &listeners {
        for listener in listeners {
            listener.until_received(&published).await?;
        }
        println!(
            "{:6.1} s until {} {name} have received them",
            start.elapsed().as_secs_f64(),
            listeners.len()
        );
    }
    drop(listeners);
    for (name, tabs) in [("classic pages", &classics), ("clients", &chats)] {
        tabs.until_shown(&published).await?;
        println!("{:6.1} s until {LISTENERS} {name} show them", start.elapsed().as_secs_f64());
    }
    chats.browser.must_be_quiet().await?;
    classics.browser.must_be_quiet().await
}

/// Publishes probes until every listener has received one: a classic listener misses whatever is published before its
/// first request.
async fn probe_until_all_listen<'a>(
    url: &str,
    tabs: [&Tabs; 2],
    listeners: impl Iterator<Item = &'a Listener> + Clone,
) -> Result<()> {
    let prober = Person::join(url, "Prober").await?;
    eventually("everybody to listen", async || {
        prober.say(ROOM, PROBE).await?;
        let silent = listeners.clone().filter(|listener| listener.has_received_nothing());
        let mut silent: Vec<_> = silent.map(|listener| listener.name.clone()).collect();
        for tabs in tabs {
            silent.extend(tabs.silent().await?);
        }
        Ok(Check::that(silent.is_empty(), || format!("no sign of {silent:?}")))
    })
    .await
}

/// Publishes from all senders at once, each as fast as the server acknowledges. Returns the texts in log
/// order.
async fn publish_all(url: &str) -> Result<Vec<String>> {
    let mut senders = tokio::task::JoinSet::new();
    for sender in 0..SENDERS {
        let person = Person::join(url, &format!("Sender {sender}")).await?;
        senders.spawn(async move {
            let mut published = Vec::new();
            for n in 0..MESSAGES / SENDERS {
                let text = format!("sender {sender}, message {n}");
                published.push((person.say(ROOM, &text).await?, text));
            }
            anyhow::Ok(published)
        });
    }
    let mut published = Vec::new();
    for sender in senders.join_all().await {
        published.extend(sender?);
    }
    published.sort_unstable();
    Ok(published.into_iter().map(|(_, text)| text).collect())
}
