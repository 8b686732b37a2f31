//! `holdline tail`: follows rooms and prints each entry as a line until stopped. The shared subscription machine
//! decides which requests are sent and when.

mod follow;
mod lines;
mod notice;
mod print;
mod snippet_cache;
mod source;
mod state;
mod stop;
mod suspend;

use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::SystemTime;

use anyhow::{Context, ensure};
use clap::Args;
use holdline_shared::limits::ROOMS_PER_POLL;
use holdline_shared::{After, InvalidRoomName, RoomName, RoomSelection, Subscription, Timestamp};

use self::follow::Follower;
use self::notice::Notice;
use self::print::{Printer, is_reader_gone, reader_gone};
use self::source::{HistoryRange, HistorySnapshot, RoomSource};
use self::state::StateFile;
use self::stop::Stop;
use crate::client::{RetryPolicy, ServerOptions};
use crate::log::filled_in;

const EXAMPLES: &str = "\
Examples:
  holdline tail                              the lobby, from now on
  holdline tail -r lobby -r tea --last 10    two rooms, with their last messages
  holdline tail -r '*' --json | jq .         every room, for programs
  holdline tail -r tea | grep -m1 boiling    wait for a word
  holdline tail --json --state tea.cursor -r tea >> tea.jsonl
                                             a record that resumes where it stopped

Waits for the end of lost connections and server restarts; no entry is missed or doubled. Waits for \
missing rooms, too, and creates none. Gaps, where the server no longer has all entries, are reported \
on standard error, and so is the cursor to resume from after an interruption.

Exit status: 0 if the output was closed by its reader; 129, 130 and 143 after SIGHUP, Ctrl-C and \
SIGTERM; 1 if the server refuses, is not a Holdline server, or the output cannot be written.";

/// Follow rooms: print each message as a line.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Tail {
    /// A room to follow, from its beginning if it does not exist yet; repeat for more, '*' for all [default: lobby]
    #[arg(short, long = "room", value_name = "ROOM")]
    rooms: Vec<RoomChoice>,

    /// Begin after this cursor; `start` for everything there is [default: now]
    #[arg(long, value_name = "CURSOR", conflicts_with_all = ["last", "state"])]
    since: Option<After>,

    /// Begin with the last messages of each room, in their current state
    #[arg(short = 'n', long, value_name = "NUMBER")]
    last: Option<usize>,

    /// Print each entry as one line of JSON
    #[arg(long)]
    json: bool,

    /// Keep the cursor of everything printed in this file, and resume from it the next time. Accessible to this user only
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    #[command(flatten)]
    server: ServerOptions,
}

/// A room, or all of them.
#[derive(Debug, Clone)]
enum RoomChoice {
    All,
    Room(RoomName),
}

impl FromStr for RoomChoice {
    type Err = InvalidRoomName;
    fn from_str(text: &str) -> Result<Self, InvalidRoomName> {
        if text == "*" { Ok(Self::All) } else { RoomName::parse(text).map(Self::Room) }
    }
}

impl Tail {
    /// Follows the rooms, on a runtime of its own.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        // Signals are handled on another thread, also while writing to a slow reader blocks this one.
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        runtime.context("no async runtime")?.block_on(async {
            let stop = Stop::listen(self.state.is_none())?;
            let progress = stop.progress();
            tokio::select! {
                ended = self.follow(progress) => match ended {
                    Err(error) if is_reader_gone(&error) => Ok(ExitCode::SUCCESS),
                    ended => ended.map(|()| ExitCode::SUCCESS),
                },
                code = stop.stopped() => Ok(code),
                () = reader_gone() => Ok(ExitCode::SUCCESS),
            }
        })
    }

    async fn follow(self, progress: stop::Progress) -> anyhow::Result<()> {
        let rooms = selection(self.rooms)?;
        let printer = Printer::new(self.json, rooms_differ(&rooms));
        let state = self.state.map(filled_in).transpose()?.map(StateFile::new);
        let kept = state.as_ref().map(StateFile::read).transpose()?.flatten();
        let source = RoomSource::new(self.server.client()?, rooms);
        let retry = RetryPolicy::new(source.target(), None);
        let since = self.since.or(kept.map(After::At)).unwrap_or(After::Now);

        // Needed even with a cursor: an unreachable server should be reported at once.
        let snapshot = match self.last {
            Some(count) if kept.is_none() => {
                retry.run(async || source.read_history(&HistoryRange::Last(count)).await).await?
            }
            _ => HistorySnapshot::at(retry.run(async || source.now().await).await?),
        };
        let (after, seen_at) = match since {
            // If the log is replaced before anything was printed, only messages from now on count.
            After::Now => (After::At(snapshot.cursor), now()),
            given => (given, Timestamp::default()),
        };
        let mut follower = Follower {
            machine: Subscription::new(after),
            notice: Notice::new(source.target()),
            source: &source,
            printer,
            state,
            progress,
            seen: snapshot.seen,
            seen_at,
            is_same_log: false,
            has_reported_unreadable: false,
        };
        follower.show_history(&snapshot.messages)?;
        follower.run().await
    }
}

fn selection(choices: Vec<RoomChoice>) -> anyhow::Result<RoomSelection> {
    let mut rooms = Vec::new();
    for choice in choices {
        match choice {
            RoomChoice::All => return Ok(RoomSelection::All),
            RoomChoice::Room(room) => rooms.push(room),
        }
    }
    if rooms.is_empty() {
        rooms.push(RoomName::lobby());
    }
    rooms.sort_unstable();
    rooms.dedup();
    ensure!(rooms.len() <= ROOMS_PER_POLL, "at most {ROOMS_PER_POLL} rooms can be named; -r '*' follows all");
    Ok(RoomSelection::Named(rooms))
}

/// Whether the lines need the rooms' names.
fn rooms_differ(rooms: &RoomSelection) -> bool {
    !matches!(rooms, RoomSelection::Named(names) if names.len() == 1)
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
