//! The crowd: ten senders say a thousand things as fast as they can, while twenty listeners of each kind listen: the
//! client, the classic page, `holdline tail`, an event stream and curl in a loop. Each must hear everything exactly
//! once and in the order of the log.

mod ear;
mod tabs;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use holdline_e2e::{Look, Person, Server, eventually, eventually_within};

use ear::Ear;
use tabs::Tabs;

/// Listeners of each kind.
const LISTENERS: u8 = 20;

/// Of the twenty curls, those that are started again for every message. With all of them that is twenty thousand
/// processes, which passes, too, but takes two cores more than three minutes.
const STARTED_AGAIN: u8 = 4;

const SENDERS: usize = 10;
const MESSAGES: usize = 1_000;
const ROOM: &str = "crowd";

/// What is said until everybody listens.
const KNOCK: &str = "knock";

/// For a thousand messages on forty pages, drawn by however few cores.
const LONG_PATIENCE: Duration = Duration::from_secs(300);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_in_a_crowd_hears_everything_once_and_in_order() -> Result<()> {
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
        tails.push(Ear::tail(n, url)?);
        streams.push(Ear::events(n, url)?);
        let jar = folder.path().join(format!("jar-{n}"));
        curls.push(if n <= STARTED_AGAIN {
            Ear::curl(n, url, &jar)?
        } else {
            Ear::asking_curl(n, url, &jar)?
        });
    }
    let ears = [("tails", tails), ("event streams", streams), ("curls", curls)];
    println!("{:6.1} s to gather a crowd", start.elapsed().as_secs_f64());
    knock(url, [&chats, &classics], ears.iter().flat_map(|(_, ears)| ears)).await?;
    println!("{:6.1} s until all of it listens", start.elapsed().as_secs_f64());

    let start = Instant::now();
    let said = speak(url).await?;
    println!("{:6.1} s to say {MESSAGES} things", start.elapsed().as_secs_f64());
    // curl writes the end of a line together with the next one.
    Person::join(url, "Doorman").await?.say(ROOM, KNOCK).await?;
    for (name, ears) in &ears {
        for ear in ears {
            ear.until_heard(&said).await?;
        }
        println!("{:6.1} s until {} {name} have heard them", start.elapsed().as_secs_f64(), ears.len());
    }
    drop(ears);
    for (name, tabs) in [("classic pages", &classics), ("clients", &chats)] {
        tabs.until_shown(&said).await?;
        println!("{:6.1} s until {LISTENERS} {name} show them", start.elapsed().as_secs_f64());
    }
    chats.browser.must_be_quiet().await?;
    classics.browser.must_be_quiet().await
}

/// Knocks until everybody has heard it: what was said before a listener's first request is not for it.
async fn knock<'a>(url: &str, tabs: [&Tabs; 2], ears: impl Iterator<Item = &'a Ear> + Clone) -> Result<()> {
    let doorman = Person::join(url, "Doorman").await?;
    eventually("everybody to listen", async || {
        doorman.say(ROOM, KNOCK).await?;
        let deaf = ears.clone().filter(|ear| ear.has_heard_nothing());
        let mut deaf: Vec<_> = deaf.map(|ear| ear.name.clone()).collect();
        for tabs in tabs {
            deaf.extend(tabs.deaf().await?);
        }
        Ok(Look::at(deaf.is_empty(), || format!("no sign of {deaf:?}")))
    })
    .await
}

/// All senders speak at once, each as fast as the server acknowledges. What was said, in the order of the log.
async fn speak(url: &str) -> Result<Vec<String>> {
    let mut senders = tokio::task::JoinSet::new();
    for sender in 0..SENDERS {
        let person = Person::join(url, &format!("Sender {sender}")).await?;
        senders.spawn(async move {
            let mut said = Vec::new();
            for n in 0..MESSAGES / SENDERS {
                let text = format!("sender {sender}, message {n}");
                said.push((person.say(ROOM, &text).await?, text));
            }
            anyhow::Ok(said)
        });
    }
    let mut said = Vec::new();
    for sender in senders.join_all().await {
        said.extend(sender?);
    }
    said.sort_unstable();
    Ok(said.into_iter().map(|(_, text)| text).collect())
}

/// Waits until `heard` gives exactly this, knocks aside.
async fn until_heard(
    who: &str,
    said: &[String],
    mut heard: impl AsyncFnMut() -> Result<Vec<String>>,
) -> Result<()> {
    eventually_within(LONG_PATIENCE, &format!("{who} to hear everything once and in order"), async || {
        let mut heard = heard().await?;
        heard.retain(|text| text != KNOCK);
        let same = heard.iter().zip(said).take_while(|(heard, said)| heard == said).count();
        Ok(Look::at(heard == said, || {
            format!(
                "{} heard of {}, the first {same} right, then {:?}",
                heard.len(),
                said.len(),
                heard.get(same)
            )
        }))
    })
    .await
}
