//! The meaning of a response. Pure: takes status, content type and text, and returns the value that the caller wants or
//! a [`Fault`], so that every row of the protocol's table is tested on the host.

use std::time::Duration;

use holdline_shared::{Event, Problem, ProblemCode};
use serde::de::DeserializeOwned;

use crate::words;

/// A response whose body was read completely.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The HTTP status; 0 for a redirect, which browsers hide.
    pub status: u16,
    /// The `Content-Type`.
    pub content_type: Option<String>,
    /// The time in `Retry-After`, from now.
    pub retry_after: Option<Duration>,
    /// The body's text.
    pub body: String,
}

/// The reason for a missing result.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// A response with an error status.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The problem, if the response contained one.
        problem: Option<Problem>,
        /// The time that the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// A response from somebody else: the login page of a proxy or of a network. Reloading the page leads there.
    SignInNeeded,
    /// No response, or one that cannot be read; with the reason, for people.
    Failed(String),
}

impl Answer {
    /// Parses the JSON of a success.
    pub fn json<T: DeserializeOwned>(self) -> Result<T, Fault> {
        let body = self.success()?;
        serde_json::from_str(&body).map_err(|_| Fault::Failed(words::ANSWER_UNREADABLE.to_owned()))
    }

    /// Returns the text of a success.
    pub fn success(self) -> Result<String, Fault> {
        let has_type = |kind: &str| self.content_type.as_ref().is_some_and(|given| given.starts_with(kind));
        let is_problem = has_type("application/problem+json");
        let problem = is_problem.then(|| serde_json::from_str(&self.body).ok()).flatten();
        match self.status {
            200..300 if !has_type("text/html") => Ok(self.body),
            0 | 200..=399 => Err(Fault::SignInNeeded),
            401 | 403 | 407 | 511 if problem.is_none() => Err(Fault::SignInNeeded),
            // The page of a proxy that does not reach the server: a retry may help. With others it refuses the request
            // itself, and would do so again.
            status @ (404 | 405 | 410 | 421) if has_type("text/html") => {
                Err(Fault::Failed(words::proxy_answered_with(status)))
            }
            status => Err(Fault::Refused { status, problem, retry_after: self.retry_after }),
        }
    }
}

impl Fault {
    /// The reason, for people.
    pub fn text(&self) -> String {
        match self {
            Self::Refused { problem: Some(problem), .. } => problem.detail.clone(),
            Self::Refused { status, .. } => words::answered_with(*status),
            Self::SignInNeeded => words::LOGIN_PAGE_ANSWERED.to_owned(),
            Self::Failed(why) => why.clone(),
        }
    }

    /// Whether a later retry may help without any change by anybody.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::SignInNeeded | Self::Refused { status: 408 | 429 | 500.., .. })
    }

    /// The problem's code, when the server has answered with one.
    pub fn code(&self) -> Option<ProblemCode> {
        if let Self::Refused { problem: Some(problem), .. } = self { Some(problem.code) } else { None }
    }

    /// Whether the server does not know who asks.
    pub fn lacks_session(&self) -> bool {
        matches!(self, Self::Refused { status: 401, .. })
    }

    /// The fault of a missing room, for a page that knows without a request that the room is missing.
    pub fn missing_room() -> Self {
        let problem = Problem::new(ProblemCode::UnknownRoom, String::new());
        Self::Refused { status: problem.status, problem: Some(problem), retry_after: None }
    }

    /// Whether the room does not exist, or is hidden from the reader.
    pub fn is_missing_room(&self) -> bool {
        self.code() == Some(ProblemCode::UnknownRoom)
    }

    /// Turns the fault of a missing room into a gap. A room that was polled and no longer exists was deleted, or
    /// belonged to another log: the remedy is the same as after a gap.
    #[must_use]
    pub fn with_missing_room_as_gap(self) -> Self {
        match self {
            Self::Refused { problem: Some(problem), .. } if problem.code == ProblemCode::UnknownRoom => {
                let (code, status) = (ProblemCode::Gap, ProblemCode::Gap.status());
                let problem = Some(Problem { code, status, ..problem });
                Self::Refused { status, problem, retry_after: None }
            }
            other => other,
        }
    }

    /// The time that the server asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        if let Self::Refused { retry_after, .. } = self { *retry_after } else { None }
    }
}

impl From<Fault> for Event {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused { status, problem, retry_after } => Self::Refused { status, problem, retry_after },
            other => Self::Failed { why: other.text() },
        }
    }
}

#[cfg(test)]
mod tests {
    use holdline_shared::Batch;

    use super::*;

    fn answer(status: u16, content_type: &str, body: &str) -> Answer {
        let (content_type, body) = (Some(content_type.to_owned()), body.to_owned());
        Answer { status, content_type, body, retry_after: None }
    }

    fn refused(answer: Answer) -> (u16, Option<Problem>, Option<Duration>) {
        match answer.success().unwrap_err() {
            Fault::Refused { status, problem, retry_after } => (status, problem, retry_after),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn batch_is_read() {
        let json = r#"{"entries":[],"cursor":"0000000000000001-7","wait":25}"#;
        assert_eq!(answer(200, "application/json", json).json::<Batch>().unwrap().wait, 25);
        let cut = answer(200, "application/json", &json[..20]).json::<Batch>();
        assert!(matches!(cut, Err(Fault::Failed(_))));
    }

    #[test]
    fn login_page_of_a_proxy_is_recognised() {
        for (status, kind) in [
            (200, "text/html"),
            (0, ""),
            (302, "text/html"),
            (401, "text/html"),
            (403, "text/html; charset=utf-8"),
            (511, ""),
        ] {
            let page = answer(status, kind, "<h1>Log in to the hotel's network</h1>");
            assert_eq!(page.json::<Batch>(), Err(Fault::SignInNeeded), "{status} {kind}");
        }
    }

    #[test]
    fn problem_is_told_from_the_page_of_a_proxy() {
        let problem = Problem::new(ProblemCode::EpochChanged, "another log");
        let json = serde_json::to_string(&problem).unwrap();
        let ours = refused(answer(410, "application/problem+json; charset=utf-8", &json));
        assert_eq!(ours, (410, Some(problem), None));
        assert_eq!(refused(answer(502, "text/html", "<h1>Bad gateway</h1>")), (502, None, None));
        assert_eq!(refused(answer(502, "application/problem+json", "{}")), (502, None, None));
        let wait = Some(Duration::from_secs(7));
        let busy = Answer { retry_after: wait, ..answer(503, "text/plain", "") };
        assert_eq!(refused(busy), (503, None, wait));
        let session = Problem::new(ProblemCode::SessionRequired, "who are you?");
        let json = serde_json::to_string(&session).unwrap();
        assert!(answer(401, "application/problem+json", &json).success().unwrap_err().lacks_session());
    }

    #[test]
    fn page_of_a_proxy_that_does_not_find_the_server_is_no_refusal() {
        let page = |status| answer(status, "text/html", "<h1>Not here</h1>").success().unwrap_err();
        assert!([404, 405, 408, 410, 421, 429].into_iter().all(|status| page(status).is_passing()));
        // The message is too long for the proxy, or has a word that it does not like.
        assert!(![400, 406, 413, 451].into_iter().any(|status| page(status).is_passing()));
        assert_eq!(page(404).code(), None);
    }

    #[test]
    fn fault_of_a_missing_room_is_what_the_server_would_answer() {
        let problem = Problem::new(ProblemCode::UnknownRoom, "there is no room");
        let json = serde_json::to_string(&problem).unwrap();
        let fault = answer(404, "application/problem+json", &json).success().unwrap_err();
        assert!(fault.is_missing_room() && Fault::missing_room().is_missing_room());
        assert!(!Fault::missing_room().is_passing(), "nobody asks again");
        assert!(!answer(404, "text/plain", "").success().unwrap_err().is_missing_room());
    }

    #[test]
    fn only_some_faults_pass_by_themselves() {
        let passes = |status| Fault::Refused { status, problem: None, retry_after: None }.is_passing();
        assert!([408, 429, 500, 502, 503, 507].into_iter().all(passes));
        assert!(![400, 401, 403, 404, 409, 413, 422].into_iter().any(passes));
        assert!(Fault::Failed(String::new()).is_passing() && Fault::SignInNeeded.is_passing());
    }
}
