//! The reasons why a change or a message is not allowed.

use std::time::{Duration, UNIX_EPOCH};

use holdline_shared::Timestamp;
use thiserror::Error;

/// The reason why somebody may not do what they asked for. A retry changes nothing until somebody else allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Denied {
    /// The room does not exist, or the caller may not know that it does.
    #[error("there is no such room; make it first")]
    UnknownRoom,
    /// A room of this name cannot be made.
    #[error("a room of this name cannot be made; choose another name")]
    RoomNameTaken,
    /// The id is no account's and no member's.
    #[error("there is no such person here")]
    UnknownPerson,
    /// The id is no invite's, ban's, token's, hook's or session's.
    #[error("there is nothing of this id; it may have been removed already")]
    UnknownName,
    /// The person, or the address, is banned.
    #[error("you were banned from this server")]
    Banned,
    /// An admin of the server may do that, and nobody else.
    #[error("only an admin of this server may do that")]
    AdminsOnly,
    /// An admin of the room may do that, and nobody else.
    #[error("only an admin of this room may do that")]
    RoomAdminsOnly,
    /// A guest may not do that.
    #[error("guests cannot do that; become a member first, with a passphrase or an invite")]
    MembersOnly,
    /// The person alone may do that.
    #[error("only this person may do that")]
    OwnOnly,
    /// The person may do that, and an admin of the server.
    #[error("only this person, or an admin of this server, may do that")]
    OwnOrAdminOnly,
    /// Somebody wants to write again before their time is over.
    #[error("nobody ends or shortens their own silence; another admin of this room can")]
    OwnSilence,
    /// The invite is used up, expired, revoked or was never made, or a password or passphrase is wrong; the same answer for
    /// all.
    #[error("this does not let you in: it is wrong, or not valid any more")]
    WrongSecret,
    /// The invite of a room's admin was used by somebody whom the door has not let in.
    #[error(
        "this link leads into a room, for people who are in already; come in first, then open the link again"
    )]
    ComeInFirst,
    /// A guest cannot be an admin of a room.
    #[error("an admin of a room needs an account, and this person is a guest")]
    AdminIsGuest,
    /// A bot cannot be an admin of the server.
    #[error("a bot cannot be an admin; a member who signs in can")]
    AdminIsBot,
    /// The person has as many as one may have.
    #[error("there are {most} {what}, as many as one person may have; end one of them first")]
    TooMany {
        /// The things of which there are too many.
        what: &'static str,
        /// The number.
        most: usize,
    },
    /// The name is, or looks like, somebody else's.
    #[error("this name is taken, or looks like one that is; choose another one")]
    NameTaken,
    /// The room is archived.
    #[error("this room is archived; it can be read, but nothing new is said in it")]
    Archived,
    /// The room is locked.
    #[error("this room is locked for now; its admins can unlock it")]
    Locked,
    /// The room's admins alone may write.
    #[error("only the admins of this room write here")]
    AdminsWrite,
    /// Guests may not write here.
    #[error("guests can read this room, but only members write here; become a member first")]
    MembersWrite,
    /// The person may not write for a time.
    #[error("you may not write in this room{}", until_date(Some(*until)))]
    Muted {
        /// The end of that time.
        until: Timestamp,
    },
    /// The person wrote a moment ago.
    #[error("this room is in slow mode; wait {seconds} s before the next message")]
    TooSoon {
        /// The time that is left, in seconds.
        seconds: u32,
    },
    /// The person was removed and may not come back yet.
    #[error("you were removed from this room and may not come back yet; an admin of the room can add you")]
    Barred,
    /// The last admin would be gone.
    #[error("this would leave nobody who could change it back; make somebody else an admin first")]
    LastAdmin,
    /// The lobby is always there, for everybody.
    #[error("the lobby stays, and stays public; it can get a title and rules for writing")]
    LobbyStays,
    /// A direct room stays as it was opened, and no other becomes one.
    #[error(
        "a direct room stays as it was opened, and no other room becomes one; leave it, or make a new room"
    )]
    DirectStays,
    /// A direct room has two to ten people.
    #[error("a direct room has two to ten people; make a private room for more")]
    TooManyPeople,
    /// A direct room has no webhooks.
    #[error("the people of a direct room are among themselves; make a private room to have webhooks")]
    NoHooks,
    /// The room has as many webhooks as a room may have.
    #[error("this room has as many webhooks as a room may have; remove one first")]
    TooManyHooks,
    /// The account is a member already.
    #[error("this person has an account already")]
    AlreadyMember,
    /// The door needs a password.
    #[error("a password door needs a password")]
    PasswordMissing,
}

/// The last second that has a date in HTTP's form, at the end of the year 9999. It stands for ever, as in the page.
const LAST_DATE: u64 = 253_402_300_799;

/// The words for an end: " until Fri, 27 Nov 2026 19:22:00 GMT", or " for good" without one. A server does not know its readers' time
/// zones.
pub(super) fn until_date(until: Option<Timestamp>) -> String {
    let seconds = until.map(|Timestamp(until)| until / 1_000).filter(|seconds| *seconds < LAST_DATE);
    seconds.map_or(" for good".to_owned(), |seconds| {
        format!(" until {}", httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_has_words() {
        let until = |until| until_date(Some(Timestamp(until)));
        assert_eq!(until(1_795_807_320_000), " until Fri, 27 Nov 2026 19:22:00 GMT");
        assert_eq!(until((LAST_DATE - 1) * 1_000), " until Fri, 31 Dec 9999 23:59:58 GMT");
        for forever in [until(LAST_DATE * 1_000), until(u64::MAX), until_date(None)] {
            assert_eq!(forever, " for good");
        }
    }
}
