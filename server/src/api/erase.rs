//! Erases an account: first its messages, if they are to go, then the account with its name in every entry.

use holdline_shared::{Person, PersonId, Seq};
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::description::Parameter;
use super::error::ApiError;
use crate::access::AccessChange;
use crate::log::{Draft, DraftKind, wall_clock};

/// The fate of an erased person's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum FateOfMessages {
    /// The messages stay, without the name.
    Keep,
    Remove,
}

impl FateOfMessages {
    /// The parameter that [`of_query`](Self::of_query) reads.
    pub(super) const PARAMETER: Parameter =
        Parameter::required::<Self>("messages", "Whether the messages stay, without the name, or go");

    /// Reads `?messages=keep|remove`. There is no default, because one of the two cannot be undone.
    pub(super) fn of_query(call: &Call) -> Result<Self, ApiError> {
        let mut pairs = call.query_pairs();
        match (pairs.next(), pairs.next()) {
            (Some((name, value)), None) if name == "messages" && value == "keep" => Ok(Self::Keep),
            (Some((name, value)), None) if name == "messages" && value == "remove" => Ok(Self::Remove),
            _ => Err(ApiError::parameter(
                "say what becomes of the messages: ?messages=keep or ?messages=remove",
            )),
        }
    }
}

/// Erases an account. A failure on the way leaves the account, and the rest is done by the next attempt.
pub(super) async fn erase(
    app: &App,
    by: &Person,
    person: &PersonId,
    messages: FateOfMessages,
) -> Result<(), ApiError> {
    let keep_messages = messages == FateOfMessages::Keep;
    let erased = AccessChange::Erased { person: person.clone(), keep_messages };
    // Before anything is deleted.
    app.access.load().check_change(by, &erased, wall_clock())?;
    if !keep_messages {
        remove_messages(app, person).await?;
    }
    app.hub.publish(Draft::access(by.clone(), erased)).await?;
    app.hub.leave(person);
    if !keep_messages {
        // Those that came meanwhile.
        remove_messages(app, person).await?;
    }
    Ok(())
}

/// Deletes the person's messages in all rooms, in the server's name: the person may have left some of the rooms.
async fn remove_messages(app: &App, author: &PersonId) -> Result<(), ApiError> {
    let mut after = Seq::START;
    loop {
        let messages = app.hub.log().messages_of(author.clone(), after).await?;
        let Some((_, last)) = messages.last() else { return Ok(()) };
        after = *last;
        for (room, target) in messages {
            let kind = DraftKind::Delete { target };
            app.hub.publish(Draft { author: Person::house(), room, kind }).await?;
        }
    }
}
