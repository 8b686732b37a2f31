//! Error bodies: RFC 9457 problem details with a closed list of codes. Status codes are chosen here and nowhere else.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Cursor;

/// An `application/problem+json` body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `urn:holdline:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code's meaning, the same for every occurrence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The code, on which programs branch.
    pub code: ProblemCode,
    /// An explanation of this occurrence and its remedy, for people.
    pub detail: String,
    /// The log's current head; with `epoch_changed` and `gap`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
}

impl Problem {
    /// A problem with this code and an explanation of this occurrence.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:holdline:problem:{code}"),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: detail.into(),
            cursor: None,
        }
    }

    /// Adds the log's head, from which the client continues after a repair.
    #[must_use]
    pub fn at(mut self, cursor: Cursor) -> Self {
        self.cursor = Some(cursor);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.detail, self.code)
    }
}

impl std::error::Error for Problem {}

/// Declares the closed list: code, text form, status, title.
macro_rules! problem_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal, $title:literal;)*) => {
        /// The kinds of problems.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum ProblemCode {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
            /// A code from a newer server. Never sent by this version; branch on the status instead.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl ProblemCode {
            /// The codes that this version sends.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code's text in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* Self::Unknown => "unknown" }
            }

            /// The HTTP status of an answer with this code.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* Self::Unknown => 500 }
            }

            /// The code's meaning in one line, for people.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* Self::Unknown => "Something that this version does not know" }
            }
        }
    };
}

problem_codes! {
    /// The body is not JSON.
    InvalidJson = "invalid_json", 400, "The body is not valid JSON";
    /// The body is JSON, but a field is missing or of the wrong type.
    InvalidBody = "invalid_body", 400, "The body does not have the expected fields";
    /// A parameter in the URL is missing, unknown or malformed.
    InvalidParameter = "invalid_parameter", 400, "A parameter is missing, unknown or malformed";
    /// The name is not a valid room name.
    InvalidRoom = "invalid_room", 400, "This is not a room name";
    /// The name is not a valid nickname.
    InvalidNickname = "invalid_nickname", 400, "This is not a nickname";
    /// The text is not a valid message text.
    InvalidText = "invalid_text", 400, "This cannot be a message";
    /// The text is not a valid topic.
    InvalidTopic = "invalid_topic", 400, "This cannot be a topic";
    /// The key is not a UUID.
    InvalidKey = "invalid_key", 400, "This is not a publish key";
    /// The text is not an emoji.
    InvalidEmoji = "invalid_emoji", 400, "This is not a reaction";
    /// The text is not a cursor of this log.
    InvalidCursor = "invalid_cursor", 400, "This is not a cursor of this log";
    /// The request's head breaks HTTP: no `Host`, several, or one that is no host.
    InvalidRequest = "invalid_request", 400, "This is not a valid HTTP request";
    /// Publishing needs a session.
    SessionRequired = "session_required", 401, "Say who you are first";
    /// The session's token is forged, damaged or from another server.
    SessionInvalid = "session_invalid", 401, "This session is not valid here";
    /// The caller is not the message's author, who alone may change or delete it.
    NotAuthor = "not_author", 403, "Only its author may do that";
    /// The caller's part in the room or on the server does not allow it; the detail says what would.
    NotAllowed = "not_allowed", 403, "You may not do that here";
    /// The person or the address was banned.
    Banned = "banned", 403, "You were banned from this server";
    /// A password, a passphrase or a link's code that does not work; the same answer whatever the reason.
    WrongSecret = "wrong_secret", 403, "This does not let you in";
    /// A page of another site sent the request.
    CrossSite = "cross_site", 403, "Requests from other sites are refused";
    /// The room does not exist.
    UnknownRoom = "unknown_room", 404, "There is no such room";
    /// The room has no such message.
    UnknownMessage = "unknown_message", 404, "There is no such message";
    /// The person does not exist here.
    UnknownPerson = "unknown_person", 404, "There is no such person";
    /// The invite, ban, token, hook or session does not exist.
    UnknownItem = "unknown_item", 404, "There is no such item";
    /// The URL's path does not exist.
    UnknownRoute = "unknown_route", 404, "There is nothing at this address";
    /// The path exists, but not with this method.
    MethodNotAllowed = "method_not_allowed", 405, "This address does not take this method";
    /// The client did not send its request in time.
    RequestTimeout = "request_timeout", 408, "The request did not arrive in time";
    /// The message was deleted.
    MessageDeleted = "message_deleted", 409, "The message was deleted";
    /// The name is somebody else's, or looks like it.
    NameTaken = "name_taken", 409, "This name is taken";
    /// The log was replaced or restored; cursors of the old log are not valid in this one.
    EpochChanged = "epoch_changed", 410, "The log is another one now";
    /// The log no longer has everything after this cursor.
    Gap = "gap", 410, "Entries after this cursor are gone";
    /// The body is larger than any valid request.
    BodyTooLarge = "body_too_large", 413, "The body is too large";
    /// The request is for a host name that this server does not answer to.
    UnknownHost = "unknown_host", 421, "This server does not answer to that host name";
    /// The body is not declared as JSON.
    UnsupportedMediaType = "unsupported_media_type", 415, "The body must be JSON";
    /// A limit is reached: rooms of the deployment, or emoji on one message.
    TooMany = "too_many", 422, "There are too many already";
    /// The visitor sent too many requests.
    RateLimited = "rate_limited", 429, "Too many requests";
    /// A defect in the server; the server's log has the details.
    Internal = "internal", 500, "Something went wrong in the server";
    /// The log cannot be written or read at the moment.
    LogUnavailable = "log_unavailable", 503, "The log is not available at the moment";
    /// The server is stopping.
    ShuttingDown = "shutting_down", 503, "The server is stopping";
    /// The server holds as many requests as its limit allows.
    Overloaded = "overloaded", 503, "The server is full";
    /// The disk is full.
    StorageFull = "storage_full", 507, "The server's disk is full";
}

impl fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_of_newer_server_becomes_unknown() {
        let json =
            r#"{"type":"urn:x","title":"New","status":418,"code":"teapot","detail":"short and stout"}"#;
        let problem: Problem = serde_json::from_str(json).unwrap();
        assert_eq!((problem.code, problem.status), (ProblemCode::Unknown, 418));
    }

    #[test]
    fn problem_round_trips_through_json_and_every_status_is_an_error() {
        for &code in ProblemCode::ALL {
            let problem = Problem::new(code, "why");
            let json = serde_json::to_string(&problem).unwrap();
            assert_eq!(serde_json::from_str::<Problem>(&json).unwrap(), problem);
            assert!((400..600).contains(&code.status()), "{code}");
        }
    }
}
