//! `holdline tail`: follows rooms and prints what happens there, one line each, until told to stop. Which requests that
//! takes and when is up to the subscription machine of the shared crate.

mod follow;
mod leap;
mod lines;
mod notice;
mod print;
mod recall;
mod source;
mod state;
mod stop;

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
use self::source::{Opening, Reach, Source};
use self::state::StateFile;
use self::stop::Stop;
use crate::client::{Patience, ServerOptions};
use crate::log::filled_in;

const EXAMPLES: &str = "\
Examples:
  holdline tail                              the lobby, from now on
  holdline tail -r lobby -r tea --last 10    two rooms, with what was said last
  holdline tail -r '*' --json | jq .         every room, for programs
  holdline tail -r tea | grep -m1 boiling    wait for a word
  holdline tail --json --state tea.cursor -r tea >> tea.jsonl
                                             a record that goes on where it stopped

Lost connections and server restarts are waited out; nothing is missed or doubled. A room that does \
not exist is waited for, too; nothing is made. Where the server no longer has everything, that is \
said on standard error, as is the cursor to go on from when interrupted.

Exit status: 0 when nobody reads the output any more; 129, 130 and 143 after SIGHUP, Ctrl-C and \
SIGTERM; 1 when the server refuses, what answers first is no Holdline server, or the output cannot \
be written.";

/// Follow rooms: print each message as a line.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Tail {
    /// A room to follow, from its beginning if it is not made yet; give it again for more, '*' for all [default: lobby]
    #[arg(short, long = "room", value_name = "ROOM")]
    rooms: Vec<Choice>,

    /// Begin after this cursor; `start` for everything there is [default: now]
    #[arg(long, value_name = "CURSOR", conflicts_with_all = ["last", "state"])]
    since: Option<After>,

    /// Begin with the last messages of each room, as they stand now
    #[arg(short = 'n', long, value_name = "NUMBER")]
    last: Option<usize>,

    /// Print each entry as one line of JSON
    #[arg(long)]
    json: bool,

    /// Keep the cursor in this file after everything printed, and go on from there the next time. Made for this user alone
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    #[command(flatten)]
    server: ServerOptions,
}

/// A room, or all of them.
#[derive(Debug, Clone)]
enum Choice {
    All,
    Room(RoomName),
}

impl FromStr for Choice {
    type Err = InvalidRoomName;
    fn from_str(text: &str) -> Result<Self, InvalidRoomName> {
        if text == "*" { Ok(Self::All) } else { RoomName::parse(text).map(Self::Room) }
    }
}

impl Tail {
    /// Follows, on a runtime of its own.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        // Signals are heard on a thread of their own, also while writing to a slow reader blocks this one.
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        runtime.context("no async runtime")?.block_on(async {
            let stop = Stop::listen(self.state.is_none())?;
            let progress = stop.progress();
            tokio::select! {
                ended = self.follow(progress) => match ended {
                    Err(error) if is_reader_gone(&error) => Ok(ExitCode::SUCCESS),
                    ended => ended.map(|()| ExitCode::SUCCESS),
                },
                code = stop.told() => Ok(code),
                () = reader_gone() => Ok(ExitCode::SUCCESS),
            }
        })
    }

    async fn follow(self, progress: stop::Progress) -> anyhow::Result<()> {
        let rooms = selection(self.rooms)?;
        let printer = Printer::new(self.json, rooms_differ(&rooms));
        let state = self.state.map(filled_in).transpose()?.map(StateFile::new);
        let kept = state.as_ref().map(StateFile::read).transpose()?.flatten();
        let source = Source::new(self.server.client()?, rooms);
        let patience = Patience::new(source.target(), None);
        let since = self.since.or(kept.map(After::At)).unwrap_or(After::Now);

        // Also with a cursor in hand: whether there is such a server should be known at once.
        let opening = match self.last {
            Some(count) if kept.is_none() => {
                patience.insist(async || source.gather(&Reach::Last(count)).await).await?
            }
            _ => Opening::at(patience.insist(async || source.now().await).await?),
        };
        let (after, seen_at) = match since {
            // Should the log be replaced before anything is printed, what came from now on is what counts.
            After::Now => (After::At(opening.cursor), now()),
            given => (given, Timestamp::default()),
        };
        let mut follower = Follower {
            machine: Subscription::new(after),
            notice: Notice::new(source.target()),
            source: &source,
            printer,
            state,
            progress,
            covered: opening.covered,
            seen_at,
            is_same_log: false,
            has_said_unreadable: false,
        };
        follower.show_history(&opening.messages)?;
        follower.run().await
    }
}

fn selection(choices: Vec<Choice>) -> anyhow::Result<RoomSelection> {
    let mut rooms = Vec::new();
    for choice in choices {
        match choice {
            Choice::All => return Ok(RoomSelection::All),
            Choice::Room(room) => rooms.push(room),
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

/// Whether lines of different rooms have to be told apart.
fn rooms_differ(rooms: &RoomSelection) -> bool {
    !matches!(rooms, RoomSelection::Named(names) if names.len() == 1)
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
