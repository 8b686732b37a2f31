//! Errors turned into answers, in one place. Which status a code has stands in the shared crate's list of problems.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use holdline_shared::{
    InvalidCursor, InvalidEmoji, InvalidKey, InvalidNickname, InvalidPoll, InvalidRoomName, InvalidText,
    InvalidTopic, Problem, ProblemCode, RoomName,
};

use crate::hub::PollError;
use crate::log::{LogError, Refusal};
use crate::repeated_line::RepeatedLine;

/// Seconds after which a client may try again when the log is busy or failing, or when the server is stopping.
const RETRY_AFTER: u64 = 2;

/// A problem on its way out.
#[derive(Debug)]
pub(crate) struct Failure {
    problem: Box<Problem>,
    /// Seconds, where trying again may help.
    retry_after: Option<u64>,
}

impl Failure {
    pub(super) fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self::from(Problem::new(code, detail))
    }

    /// The same for a client that shall come back after so many seconds.
    pub(super) fn with_retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    #[cfg(test)]
    pub(super) fn code(&self) -> ProblemCode {
        self.problem.code
    }

    /// Seconds after which to try again, where that may help.
    pub(super) fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }

    /// The problem that describes the failure.
    pub(super) fn problem(&self) -> &Problem {
        &self.problem
    }

    pub(super) fn parameter(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::InvalidParameter, detail)
    }

    pub(super) fn unknown_room(room: &RoomName) -> Self {
        let detail =
            format!("there is no room {room:?}; PUT /api/v1/rooms/{room} makes it", room = room.as_str());
        Self::new(ProblemCode::UnknownRoom, detail)
    }

    /// The same in plain text, for the classic routes.
    pub(super) fn into_plain(self) -> Response {
        let detail = self.problem.detail.clone();
        let (mut parts, _) = self.into_response().into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=utf-8"));
        Response::from_parts(parts, format!("{detail}\n").into())
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        use ProblemCode::{LogUnavailable, Overloaded, ShuttingDown, StorageFull};
        let is_passing = matches!(problem.code, LogUnavailable | Overloaded | ShuttingDown | StorageFull);
        Self { problem: Box::new(problem), retry_after: is_passing.then_some(RETRY_AFTER) }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self { problem, retry_after } = self;
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // A problem is made of strings and numbers; encoding it cannot fail.
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status, Body::from(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(retry_after.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds))));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // The metrics want the code, the classic routes the words.
        response.extensions_mut().insert(*problem);
        response
    }
}

/// An error of the shared crate has one code each.
macro_rules! invalid {
    ($($error:ty => $code:ident),* $(,)?) => {
        $(impl From<$error> for Failure {
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

impl From<InvalidPoll> for Failure {
    fn from(error: InvalidPoll) -> Self {
        match error {
            InvalidPoll::Room(error) => error.into(),
            InvalidPoll::Cursor(error) => error.into(),
            other => Self::parameter(other.to_string()),
        }
    }
}

impl From<LogError> for Failure {
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

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::UnknownRoom => ProblemCode::UnknownRoom,
            Refusal::UnknownMessage => ProblemCode::UnknownMessage,
            Refusal::NotAuthor => ProblemCode::NotAuthor,
            Refusal::MessageDeleted => ProblemCode::MessageDeleted,
            Refusal::TooManyRooms | Refusal::TooManyEmoji | Refusal::TooManyEdits => ProblemCode::TooMany,
        };
        Self::new(code, refusal.to_string())
    }
}

impl From<PollError> for Failure {
    fn from(error: PollError) -> Self {
        let detail = error.to_string();
        match error {
            PollError::UnknownRoom(room) => Self::unknown_room(&room),
            PollError::EpochChanged(cursor) => {
                Problem::new(ProblemCode::EpochChanged, detail).at(cursor).into()
            }
            PollError::Gap { cursor, .. } => Problem::new(ProblemCode::Gap, detail).at(cursor).into(),
            PollError::Overloaded => Self::new(ProblemCode::Overloaded, detail),
            PollError::Log(error) => error.into(),
        }
    }
}
