//! `holdline send`: publishes its arguments as one message, or each line of standard input as a message.

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, anyhow};
use clap::Args;
use holdline_shared::{MessageText, PublishKey, PublishRequest, RoomName};
use tokio::io::BufReader;

use crate::client::{Client, GaveUp, RetryPolicy, ServerOptions, say};
use crate::input::{Lines, plain};

const EXAMPLES: &str = "\
Examples:
  holdline send the build is green
  holdline send -r tea 'Green or black?'
  tail -f deploy.log | holdline send -r deploys --nickname deploy-bot

Each message is repeated until the server confirms it, and appears only once. Empty lines of standard \
input are skipped; a line that is too long becomes several messages. Colours and other control \
characters are removed; of a line that overwrites itself, such as a progress bar, the last state is \
sent.

Exit status: 0 if everything was sent; 1 if the server refused a message, the time limit passed or the \
server is not a Holdline server; 129, 130 and 143 after SIGHUP, Ctrl-C and SIGTERM.";

/// The time limit for a single message, whose sender is waiting.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Send a message, or each line of standard input.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Send {
    /// The room of the messages; created if it does not exist
    #[arg(short, long, value_name = "ROOM", default_value_t = RoomName::lobby())]
    room: RoomName,

    /// Give up on a message after this time without an answer
    /// [default: 30 for a message on the command line, never for standard input]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    timeout: Option<u32>,

    #[command(flatten)]
    server: ServerOptions,

    /// The text of one message; without it, each line of standard input is a message
    #[arg(value_name = "TEXT")]
    text: Vec<String>,
}

impl Send {
    /// Sends all messages, on a runtime of its own.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().context("no async runtime")?;
        let code = runtime.block_on(self.send());
        // Does not wait for a blocked read of standard input.
        runtime.shutdown_background();
        code
    }

    async fn send(self) -> anyhow::Result<ExitCode> {
        let client = self.server.client()?;
        let is_single = !self.text.is_empty();
        let limit = self.timeout.map(|seconds| Duration::from_secs(seconds.into()));
        let retry = RetryPolicy::new(client.target(), limit.or(is_single.then_some(TIME_LIMIT)));
        if is_single {
            let text = MessageText::parse(&plain(&self.text.join(" ")))?;
            publish(&client, &retry, &self.room, new_key()?, text).await?;
            return Ok(ExitCode::SUCCESS);
        }
        send_lines(&client, &retry, &self.room).await
    }
}

/// Publishes one message after another: the next is sent once the one before is in the log, so their order is certain.
async fn send_lines(client: &Client, retry: &RetryPolicy, room: &RoomName) -> anyhow::Result<ExitCode> {
    if std::io::stdin().is_terminal() {
        say(format_args!("each line you type is sent to {room}; Ctrl-D ends"));
    }
    let mut lines = Lines::new(BufReader::new(tokio::io::stdin()));
    let mut code = ExitCode::SUCCESS;
    while let Some(line) = lines.next().await.context("cannot read standard input")? {
        let (number, what) = (line.number, if line.messages.len() > 1 { "a part of line" } else { "line" });
        for text in line.messages {
            match publish(client, retry, room, new_key()?, text).await {
                Ok(()) => {}
                Err(GaveUp::Refused(error)) if !error.is_about_the_server() => {
                    say(format_args!("{what} {number} was not sent: {error}"));
                    code = ExitCode::FAILURE;
                }
                Err(gave_up) => {
                    return Err(gave_up)
                        .context(format!("{what} {number} is not confirmed, nor are the lines after it"));
                }
            }
        }
    }
    Ok(code)
}

async fn publish(
    client: &Client,
    retry: &RetryPolicy,
    room: &RoomName,
    key: PublishKey,
    text: MessageText,
) -> Result<(), GaveUp> {
    let request = PublishRequest { key, text, reply_to: None };
    retry.run(async || client.publish(room, &request).await).await
}

/// Makes a key, used for all attempts at a message, so that retries are idempotent.
fn new_key() -> anyhow::Result<PublishKey> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)
        .map_err(|why| anyhow!("the operating system gives no random numbers: {why}"))?;
    Ok(PublishKey::from_random(random))
}
