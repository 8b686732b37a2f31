//! Measures the client as a visitor experiences it: the time until it is usable, and its frame rate in a room
//! of 100,000 messages, all of them loaded, while it is scrolled and while 50 new messages come each second.
//! The real server, a real headless browser, three runs, medians. Start with `cargo run -p holdline_e2e --bin
//! frames`, after `cargo xtask build`, with `HOLDLINE_BIN` naming the executable; a number as argument is
//! another size of the room, a second one another number of runs, and after them `start` or `drag` measures that alone.

mod script;

use std::env;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use holdline_e2e::{Browser, Chat, Device, Person, Server};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

/// The default number of runs.
const RUNS: usize = 3;

/// The default number of messages in the room.
const MESSAGES: usize = 100_000;

/// The number of people who fill the room.
const SPEAKERS: usize = 64;

/// The number of new messages per second, each from another person.
const RATE: u32 = 50;
const TALKERS: u32 = 5;

/// The duration of each measurement, in seconds.
const SECONDS: u32 = 20;

/// A visitor's equipment.
#[derive(Clone, Copy)]
struct Visitor {
    /// The name in the table.
    name: &'static str,
    /// The screen.
    device: Device,
    /// The factor by which the visitor's processor is slower than this machine's.
    slowness: u32,
    /// Bytes per second, and the round trip in milliseconds; `None` on this machine.
    path: Option<(u32, u32)>,
}

const VISITORS: [Visitor; 3] = [
    // Slow 4G and a cheap phone, as Lighthouse measures.
    Visitor { name: "start, slow phone", device: Device::PHONE, slowness: 4, path: Some((200_000, 150)) },
    // A phone with bad reception.
    Visitor { name: "start at 50 kB/s", device: Device::LAPTOP, slowness: 1, path: Some((50_000, 300)) },
    Visitor { name: "start", device: Device::LAPTOP, slowness: 1, path: None },
];

#[tokio::main]
async fn main() -> Result<()> {
    let number = |at, otherwise| env::args().nth(at).map_or(Ok(otherwise), |count| count.parse::<usize>());
    let messages = number(1, MESSAGES).context("not a number of messages")?;
    let count = number(2, RUNS).context("not a number of runs")?;
    let part = match env::args().nth(3).as_deref() {
        None => Part::All,
        Some("start") => Part::Start,
        Some("drag") => Part::Drag,
        Some(other) => bail!("{other:?} cannot be measured alone; start and drag can"),
    };
    let server = Server::start().await?;
    let room = format!("{}/r/long", server.url());
    let owner = Person::join(&server.url(), "Owner").await?;
    owner.make_room("long", "").await?;
    fill(&server.url(), messages).await?;
    say(&format!("{messages} messages are there"));
    let mut runs = Vec::new();
    for run in 1..=count {
        say(&format!("run {run} of {count}"));
        runs.push(measure(&server.url(), &room, part).await?);
        say(&table(&runs));
    }
    Ok(())
}

/// The part to measure.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// Everything.
    All,
    /// The start.
    Start,
    /// Dragging the scroll bar.
    Drag,
}

/// Named figures.
type Figures = Vec<(String, f64)>;

async fn measure(server: &str, room: &str, part: Part) -> Result<Figures> {
    let mut figures = Figures::new();
    let [phone, far_out, here] = VISITORS;
    if part != Part::Drag {
        start(room, phone, &mut figures).await?;
        start(room, far_out, &mut figures).await?;
    }
    let chat = start(room, here, &mut figures).await?;
    if part == Part::Start {
        return Ok(figures);
    }
    let run = async |what: &str, script: &str, arguments: Vec<Value>, figures: &mut Figures| {
        let before = metrics(&chat).await?;
        let value: Value = chat.browser.run(script, arguments).await?;
        let after = metrics(&chat).await?;
        note(figures, what, &value);
        for (name, label) in [("TaskDuration", "main thread busy, s"), ("ScriptDuration", "of it scripts, s")]
        {
            figures.push((format!("{what}: {label}"), find(&after, name) - find(&before, name)));
        }
        for (name, label, unit) in [("Nodes", "DOM nodes", 1.0), ("JSHeapUsedSize", "JS heap, kB", 1_000.0)] {
            figures.push((format!("{what}: {label}"), find(&after, name) / unit));
        }
        anyhow::Ok(())
    };
    run("load all", script::LOAD, vec![], &mut figures).await?;
    run("drag the bar", script::DRAG, vec![json!(SECONDS)], &mut figures).await?;
    if part == Part::Drag {
        return Ok(figures);
    }
    run("wheel, 60 px a frame", script::WHEEL, vec![json!(SECONDS), json!(60)], &mut figures).await?;
    let talking = talk(server).await?;
    run("50/s, at the end", script::STAY, vec![json!(SECONDS), json!(1)], &mut figures).await?;
    run("50/s, in the middle", script::STAY, vec![json!(SECONDS), json!(0.5)], &mut figures).await?;
    run("50/s, wheel", script::WHEEL, vec![json!(SECONDS), json!(60)], &mut figures).await?;
    drop(talking);
    Ok(figures)
}

/// Measures the start of the page in a fresh browser.
async fn start(room: &str, visitor: Visitor, figures: &mut Figures) -> Result<Chat> {
    let browser = Browser::start_on(visitor.device).await?;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script::PAGE })).await?;
    // The page's policy forbids workers, which the measurement needs.
    browser.devtools("Page.setBypassCSP", json!({ "enabled": true })).await?;
    browser.devtools("Performance.enable", json!({})).await?;
    browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": visitor.slowness })).await?;
    if let Some((bytes, latency)) = visitor.path {
        let conditions = json!({ "offline": false, "latency": latency, "downloadThroughput": bytes, "uploadThroughput": bytes });
        browser.devtools("Network.enable", json!({})).await?;
        browser.devtools("Network.emulateNetworkConditions", conditions).await?;
    }
    let chat = Chat::open_in(browser, room).await?;
    chat.until("the messages", |screen| !screen.messages.is_empty()).await?;
    let value: Value = chat.browser.run(script::START, vec![]).await?;
    note(figures, visitor.name, &value);
    Ok(chat)
}

/// Reads Chromium's performance counters.
async fn metrics(chat: &Chat) -> Result<Value> {
    chat.browser.devtools("Performance.getMetrics", json!({})).await
}

fn find(metrics: &Value, name: &str) -> f64 {
    let all = metrics["metrics"].as_array().into_iter().flatten();
    all.filter(|metric| metric["name"] == name)
        .find_map(|metric| metric["value"].as_f64())
        .unwrap_or_default()
}

fn note(figures: &mut Figures, what: &str, value: &Value) {
    let fields = value.as_object().into_iter().flatten();
    figures.extend(fields.filter_map(|(name, value)| Some((format!("{what}: {name}"), value.as_f64()?))));
}

/// Publishes this many messages, from many people at the same time, so that they share group commits.
async fn fill(server: &str, messages: usize) -> Result<()> {
    let mut speaking = JoinSet::new();
    for speaker in 0..SPEAKERS {
        let server = server.to_owned();
        speaking.spawn(async move {
            let person = Person::join(&server, &format!("Speaker {speaker}")).await?;
            for n in (speaker..messages).step_by(SPEAKERS) {
                let more = if n % 9 == 0 {
                    ", and because it is a longer one it goes on for a second line of it, or a third"
                } else {
                    ""
                };
                person.say("long", &format!("message {n} of a long conversation{more}")).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(spoken) = speaking.join_next().await {
        spoken??;
    }
    Ok(())
}

/// Publishes until dropped.
async fn talk(server: &str) -> Result<JoinSet<Result<()>>> {
    let mut talking = JoinSet::new();
    for talker in 0..TALKERS {
        let person = Person::join(server, &format!("Talker {talker}")).await?;
        talking.spawn(async move {
            let mut beat = interval(Duration::from_secs(1) * TALKERS / RATE);
            beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
            for n in 0.. {
                beat.tick().await;
                person.say("long", &format!("new message {n}")).await?;
            }
            Ok(())
        });
    }
    Ok(talking)
}

/// A line for each figure: the median, and the values of all runs.
fn table(runs: &[Figures]) -> String {
    let mut table = vec!["| figure | median | runs |".to_owned(), "|---|---|---|".to_owned()];
    for (at, (name, _)) in runs.first().into_iter().flatten().enumerate() {
        let mut values: Vec<f64> = runs.iter().filter_map(|run| Some(run.get(at)?.1)).collect();
        let all: Vec<_> = values.iter().map(|value| format!("{value:.1}")).collect();
        values.sort_by(f64::total_cmp);
        table.push(format!("| {name} | {:.1} | {} |", values[values.len() / 2], all.join(", ")));
    }
    table.join("\n")
}

#[expect(clippy::print_stdout, reason = "a person waits for the figures")]
fn say(line: &str) {
    println!("{line}");
}
