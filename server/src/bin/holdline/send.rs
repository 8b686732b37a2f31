//! `holdline send`: publishes its arguments as one message, or each line of standard input as one.

mod lines;

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, anyhow};
use clap::Args;
use holdline_shared::{InvalidText, MessageText, PublishKey, PublishRequest, RoomName};
use tokio::io::BufReader;

use self::lines::next_line;
use crate::client::{Client, Patience, ServerOptions, Unanswered, say};

const EXAMPLES: &str = "\
Examples:
  holdline send the build is green
  holdline send -r tea 'Green or black?'
  tail -f deploy.log | holdline send -r deploys --nickname deploy-bot

Each message is sent until the server confirms it, and appears once however often that takes. Empty \
lines of standard input are skipped.

Exit status: 0 when everything was sent, 1 when something was refused or the time was over.";

/// For a single message, which somebody waits for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Send a message, or each line of standard input.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Send {
    /// The room to speak in; made if there is none
    #[arg(short, long, value_name = "ROOM", default_value_t = RoomName::lobby())]
    room: RoomName,

    /// Give up on a message after this time without an answer
    /// [default: 30 for a message on the command line, never for standard input]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    timeout: Option<u32>,

    #[command(flatten)]
    server: ServerOptions,

    /// What to say, as one message; without it, each line of standard input is a message
    #[arg(value_name = "TEXT")]
    text: Vec<String>,
}

impl Send {
    /// Sends everything, on a runtime of its own.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().context("no async runtime")?;
        let code = runtime.block_on(self.send());
        // A read of standard input may still be under way; nobody waits for it.
        runtime.shutdown_background();
        code
    }

    async fn send(self) -> anyhow::Result<ExitCode> {
        let client = self.server.client()?;
        let is_single = !self.text.is_empty();
        let limit = self.timeout.map(|seconds| Duration::from_secs(seconds.into()));
        let patience = Patience::new(client.address(), limit.or(is_single.then_some(PATIENCE)));
        if is_single {
            let text = MessageText::parse(&self.text.join(" "))?;
            publish(&client, &patience, &self.room, new_key()?, text).await?;
            return Ok(ExitCode::SUCCESS);
        }
        send_lines(&client, &patience, &self.room).await
    }
}

/// One message after the other: the next is sent when the one before is in the log, so their order is certain.
async fn send_lines(client: &Client, patience: &Patience, room: &RoomName) -> anyhow::Result<ExitCode> {
    if std::io::stdin().is_terminal() {
        say(format_args!("each line you type is sent to {room}; Ctrl-D ends"));
    }
    let mut input = BufReader::new(tokio::io::stdin());
    let mut code = ExitCode::SUCCESS;
    let mut number = 0_u64;
    while let Some(line) = next_line(&mut input).await.context("cannot read standard input")? {
        number += 1;
        let outcome = match MessageText::parse(&line) {
            Err(InvalidText::Empty) => continue,
            Err(invalid) => Err(invalid.to_string()),
            Ok(text) => match publish(client, patience, room, new_key()?, text).await {
                Ok(()) => Ok(()),
                Err(Unanswered::Refused(trouble)) => Err(trouble.to_string()),
                Err(gave_up @ Unanswered::GaveUp { .. }) => {
                    return Err(gave_up).context(format!("line {number} is not confirmed, nor what follows"));
                }
            },
        };
        if let Err(why) = outcome {
            say(format_args!("line {number} was not sent: {why}"));
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

async fn publish(
    client: &Client,
    patience: &Patience,
    room: &RoomName,
    key: PublishKey,
    text: MessageText,
) -> Result<(), Unanswered> {
    let request = PublishRequest { key, text, reply_to: None };
    patience.insist(async || client.publish(room, &request).await).await
}

/// One key for all attempts at a message: that is what makes trying again harmless.
fn new_key() -> anyhow::Result<PublishKey> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)
        .map_err(|why| anyhow!("the operating system gives no random numbers: {why}"))?;
    Ok(PublishKey::from_random(random))
}
