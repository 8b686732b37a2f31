//! `GET /api/v1/audit`: who changed what, the newest first, for admins of the server.

use holdline_shared::{Entry, Person, RoomName, Seq};
use serde::Serialize;
use utoipa::ToSchema;

use super::app::App;
use super::bans::require_admin;
use super::call::{Call, parse_seq};
use super::description::{Description, Parameter};
use super::error::ApiError;
use super::reply::Reply;
use crate::access::AuditLine;

/// The number of lines of a page, and of entries that are read at once.
const LINES: usize = 100;

/// The number of earlier entries among which those are looked for that tell more about a line: some months of a busy server.
const LOOK_BACK: usize = 10_000;

/// The answer.
#[derive(Serialize, ToSchema)]
struct AuditPage {
    entries: Vec<AuditLine>,
    /// Whether there are older lines.
    more: bool,
}

pub(crate) const AUDIT: Description = Description::new("Who changed what, the newest first; for admins")
    .for_people()
    .query(&[Parameter::optional::<Seq>("before", "Only changes before this one")])
    .answers::<AuditPage>(200);

/// Answers with a page of the changes that this admin may see: none of rooms that they may not read, but reports.
pub(crate) async fn audit(app: App, call: Call) -> Result<Reply, ApiError> {
    let [before] = call.parameters(["before"])?;
    let admin = require_admin(&app, &call)?.id.clone();
    let mut before = before.as_deref().map(parse_seq).transpose()?.unwrap_or(Seq(u64::MAX));
    // What was read, as far as it is shown or tells about what is shown, and the lines with the place of their entry in it.
    let (mut read, mut lines): (Vec<Entry>, Vec<(usize, AuditLine)>) = (Vec::new(), Vec::new());
    while lines.len() <= LINES {
        let next = app.hub.log().access_entries(before, LINES).await?;
        let Some(last) = next.last() else { break };
        before = last.seq;
        let access = app.access.snapshot();
        for entry in next {
            let line = AuditLine::new(&access, &admin, &entry);
            if line.is_some() || AuditLine::is_told_of_later(&entry) {
                lines.extend(line.map(|line| (read.len(), line)));
                read.push(entry);
            }
        }
    }
    let more = lines.len() > LINES;
    lines.truncate(LINES);
    let mut are_all = false;
    if lines.iter().any(|(place, _)| AuditLine::lacks_predecessor(&read[*place], &read[place + 1..])) {
        let further = app.hub.log().access_entries(before, LOOK_BACK).await?;
        are_all = further.len() < LOOK_BACK;
        read.extend(further.into_iter().filter(AuditLine::is_told_of_later));
    }
    let mut entries = Vec::with_capacity(lines.len());
    for (place, mut line) in lines {
        line.look_back(&read[place], &read[place + 1..], are_all);
        if let Some((room, seq)) = line.message()
            && let Some(author) = author_of(&app, &call, room, seq).await?
        {
            line.name_author(&author);
        }
        entries.push(line);
    }
    Ok(Reply::json(200, &AuditPage { entries, more })?)
}

/// The author of a message, if the admin may read it and it is still there.
async fn author_of(app: &App, call: &Call, room: &RoomName, seq: Seq) -> Result<Option<Person>, ApiError> {
    // A page of one message, read backwards from the next position, is the message if it exists.
    let next = Seq(seq.0.saturating_add(1));
    let Ok(history) = app.hub.history(&call.caller.scope(app)?, room, Some(next), 1, None).await? else {
        return Ok(None);
    };
    Ok(history.messages.into_iter().find(|message| message.seq == seq).map(|message| message.author))
}
