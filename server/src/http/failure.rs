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

/// Seconds after which a client may try again when the log is busy or failing.
const RETRY_AFTER: &str = "2";

/// A problem on its way out.
#[derive(Debug)]
pub(crate) struct Failure(Box<Problem>);

impl Failure {
    pub(super) fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self(Box::new(Problem::new(code, detail)))
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
        let response = self.into_response();
        let problem = response.extensions().get::<Problem>();
        let detail = problem.map(|problem| problem.detail.clone()).unwrap_or_default();
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=utf-8"));
        Response::from_parts(parts, format!("{detail}\n").into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let problem = *self.0;
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // A problem is made of strings and numbers; encoding it cannot fail.
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status, Body::from(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if matches!(
            problem.code,
            ProblemCode::LogUnavailable | ProblemCode::Overloaded | ProblemCode::StorageFull
        ) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // The metrics want the code, the classic routes the words.
        response.extensions_mut().insert(problem);
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
                Self::new(Overloaded, "too many publishes at once; send this one again in a moment")
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
            Refusal::TooManyRooms | Refusal::TooManyEmoji => ProblemCode::TooMany,
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
                Self(Box::new(Problem::new(ProblemCode::EpochChanged, detail).at(cursor)))
            }
            PollError::Gap { cursor, .. } => {
                Self(Box::new(Problem::new(ProblemCode::Gap, detail).at(cursor)))
            }
            PollError::Overloaded => Self::new(ProblemCode::Overloaded, detail),
            PollError::Log(error) => error.into(),
        }
    }
}
