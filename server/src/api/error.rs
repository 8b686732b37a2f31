//! Errors of operations, and the problems that callers are told. The status of each code stands in the shared
//! crate's list of problems.

use holdline_shared::{
    InvalidCursor, InvalidEmoji, InvalidKey, InvalidNickname, InvalidPoll, InvalidRoomName, InvalidText,
    InvalidTopic, Problem, ProblemCode, RoomName,
};

use super::reply::{Reply, ReplyBody};
use crate::access::{Denied, visibility_of_name};
use crate::hub::{NotReady, PollError};
use crate::log::{LogError, Refusal};
use crate::repeated_line::RepeatedLine;

/// The value of `Retry-After`, in seconds, when the log is busy or failing, or when the server is stopping.
const RETRY_AFTER: u64 = 2;

/// A refused or failed operation.
#[derive(Debug)]
pub(crate) struct ApiError {
    problem: Box<Problem>,
    /// The time after which a retry may succeed, in seconds.
    retry_after: Option<u64>,
}

impl ApiError {
    /// Makes an error with this code and detail.
    pub(crate) fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self::from(Problem::new(code, detail))
    }

    /// Adds the number of seconds after which the client may retry.
    pub(super) fn with_retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    #[cfg(test)]
    pub(super) fn code(&self) -> ProblemCode {
        self.problem.code
    }

    /// The time after which a retry may succeed, in seconds.
    pub(super) fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }

    /// The problem that callers are told.
    pub(super) fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The error for a parameter that is missing, unknown or malformed.
    pub(crate) fn parameter(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::InvalidParameter, detail)
    }

    /// The error for a body with an unexpected media type.
    pub(super) fn media_type(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::UnsupportedMediaType, detail)
    }

    /// The error for a room that does not exist.
    pub(super) fn unknown_room(room: &RoomName) -> Self {
        // Rooms of such names are made by the server alone.
        let is_made_by_server = visibility_of_name(room).is_some();
        let room = room.as_str();
        let detail = if is_made_by_server {
            format!("there is no room {room:?}")
        } else {
            format!("there is no room {room:?}; PUT /api/v1/rooms/{room} makes it")
        };
        Self::new(ProblemCode::UnknownRoom, detail)
    }

    /// The error in plain text, for the classic routes.
    pub(super) fn into_plain(self) -> Reply {
        let detail = format!("{}\n", self.problem.detail);
        let body = ReplyBody::Whole(detail.into());
        Reply { media_type: Some("text/plain;charset=utf-8"), body, ..self.into() }
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        use ProblemCode::{LogUnavailable, Overloaded, ShuttingDown, StorageFull};
        let is_passing = matches!(problem.code, LogUnavailable | Overloaded | ShuttingDown | StorageFull);
        Self { problem: Box::new(problem), retry_after: is_passing.then_some(RETRY_AFTER) }
    }
}

impl From<ApiError> for Reply {
    fn from(error: ApiError) -> Self {
        let ApiError { problem, retry_after } = error;
        // A problem is made of strings and numbers; encoding it cannot fail.
        let json = serde_json::to_vec(&problem).unwrap_or_default();
        let mut reply = Self::new(problem.status, Some("application/problem+json"), json);
        reply.problem = Some(problem.code);
        if let Some(seconds) = retry_after {
            reply = reply.with("retry-after", seconds.to_string());
        }
        if problem.status == 401 { reply.with("www-authenticate", "Bearer") } else { reply }
    }
}

/// Converts errors of the shared crate, each with its own code.
macro_rules! invalid {
    ($($error:ty => $code:ident),* $(,)?) => {
        $(impl From<$error> for ApiError {
            fn from(error: $error) -> Self {
                Self::new(ProblemCode::$code, error.to_string())
            }
        })*
    };
}

invalid! {
    InvalidRoomName => InvalidRoom,
    InvalidNickname => InvalidNickname,
    InvalidText => InvalidText,
    InvalidTopic => InvalidTopic,
    InvalidKey => InvalidKey,
    InvalidEmoji => InvalidEmoji,
    InvalidCursor => InvalidCursor,
}

impl From<InvalidPoll> for ApiError {
    fn from(error: InvalidPoll) -> Self {
        match error {
            InvalidPoll::Room(error) => error.into(),
            InvalidPoll::Cursor(error) => error.into(),
            other => Self::parameter(other.to_string()),
        }
    }
}

impl From<LogError> for ApiError {
    fn from(error: LogError) -> Self {
        use ProblemCode::{LogUnavailable, Overloaded, ShuttingDown, StorageFull};
        match error {
            LogError::Refused(refusal) => refusal.into(),
            LogError::Busy => {
                Self::new(Overloaded, "the log has more to do than it can; send this again in a moment")
            }
            LogError::Full => {
                Self::new(StorageFull, "the server's disk is full; nothing new can be said until it is not")
            }
            LogError::Closed => {
                Self::new(ShuttingDown, "the server is stopping; send this again in a moment")
            }
            LogError::Unavailable(why) => {
                static LINE: RepeatedLine = RepeatedLine::new();
                if let Some(times) = LINE.count(1) {
                    tracing::error!(%why, times, "the log is not available");
                }
                Self::new(LogUnavailable, "the log cannot be used at the moment; send this again later")
            }
        }
    }
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> Self {
        let code = match denied {
            // The very answer for a room that never was.
            Denied::UnknownRoom => return Refusal::UnknownRoom.into(),
            Denied::UnknownPerson => ProblemCode::UnknownPerson,
            Denied::UnknownName => ProblemCode::UnknownItem,
            Denied::Banned => ProblemCode::Banned,
            Denied::WrongSecret => ProblemCode::WrongSecret,
            Denied::NameTaken | Denied::RoomNameTaken | Denied::AlreadyMember => ProblemCode::NameTaken,
            Denied::TooSoon { seconds } => {
                let error = Self::new(ProblemCode::RateLimited, denied.to_string());
                return error.with_retry_after(u64::from(seconds));
            }
            Denied::PasswordMissing => ProblemCode::InvalidBody,
            Denied::TooMany { .. } | Denied::TooManyHooks => ProblemCode::TooMany,
            _ => ProblemCode::NotAllowed,
        };
        Self::new(code, denied.to_string())
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::UnknownRoom => ProblemCode::UnknownRoom,
            Refusal::UnknownMessage => ProblemCode::UnknownMessage,
            Refusal::NotAuthor => ProblemCode::NotAuthor,
            Refusal::MessageDeleted => ProblemCode::MessageDeleted,
            Refusal::TooManyRooms | Refusal::TooManyEmoji | Refusal::TooManyEdits => ProblemCode::TooMany,
            Refusal::Denied(denied) => return denied.into(),
        };
        Self::new(code, refusal.to_string())
    }
}

impl From<PollError> for ApiError {
    fn from(error: PollError) -> Self {
        let detail = error.to_string();
        match error {
            PollError::UnknownRoom(room) => Self::unknown_room(&room),
            PollError::EpochChanged(cursor) => {
                Problem::new(ProblemCode::EpochChanged, detail).at(cursor).into()
            }
            PollError::Gap { cursor, .. } => Problem::new(ProblemCode::Gap, detail).at(cursor).into(),
            PollError::SessionOver => Self::new(ProblemCode::SessionInvalid, detail),
            PollError::Overloaded => Self::new(ProblemCode::Overloaded, detail),
            PollError::Log(error) => error.into(),
        }
    }
}

impl From<NotReady> for ApiError {
    fn from(reason: NotReady) -> Self {
        let code = match reason {
            NotReady::Closing => ProblemCode::ShuttingDown,
            _ => ProblemCode::LogUnavailable,
        };
        let detail = match reason {
            // The detail is for the server's own log only.
            NotReady::Log(LogError::Unavailable(_)) => {
                "the log cannot be written or read; the server's own log says why".to_owned()
            }
            reason => reason.to_string(),
        };
        Self::new(code, detail)
    }
}
