//! What an answer means. Pure: status, content type and text go in, and what the caller wanted or a [`Fault`] comes
//! out, so that every row of the protocol's table is tested on the host.

use std::time::Duration;

use holdline_shared::{Event, Problem};

use crate::json::{Decode, Json};

/// An answer, read to its end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Retry-After`.
    pub retry_after: Option<String>,
    /// The text.
    pub body: String,
}

/// Why there is no result.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// An answer with an error status.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The problem, when the answer was one.
        problem: Option<Problem>,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// No answer, or not what it should be; with the reason, for people.
    Failed(String),
}

impl Answer {
    /// The JSON of a success.
    pub fn json<T: Decode>(self) -> Result<T, Fault> {
        let json = Json::parse(&self.success()?);
        json.and_then(|json| T::decode(&json))
            .ok_or_else(|| Fault::Failed("the answer cannot be read".to_owned()))
    }

    /// The text of a success.
    pub fn success(self) -> Result<String, Fault> {
        if (200..300).contains(&self.status) {
            return Ok(self.body);
        }
        let is_problem = self.content_type.is_some_and(|kind| kind.starts_with("application/problem+json"));
        let problem = Json::parse(&self.body).filter(|_| is_problem).and_then(|json| Problem::decode(&json));
        let seconds = self.retry_after.and_then(|seconds| seconds.trim().parse().ok());
        Err(Fault::Refused { status: self.status, problem, retry_after: seconds.map(Duration::from_secs) })
    }
}

impl Fault {
    /// For people.
    pub fn text(&self) -> String {
        match self {
            Self::Refused { problem: Some(problem), .. } => problem.detail.clone(),
            Self::Refused { status, .. } => format!("the server answered with status {status}"),
            Self::Failed(why) => why.clone(),
        }
    }

    /// Whether trying again later may help without anybody changing anything.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Refused { status: 408 | 429 | 500.., .. })
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::Failed(_) => None,
        }
    }

    /// How long the server asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            Self::Failed(_) => None,
        }
    }
}

impl From<Fault> for Event {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused { status, problem, retry_after } => Self::Refused { status, problem, retry_after },
            Fault::Failed(why) => Self::Failed { why },
        }
    }
}

#[cfg(test)]
mod tests {
    use holdline_shared::ProblemCode;

    use super::*;
    use crate::json::Answered;

    fn answer(status: u16, content_type: &str, body: &str) -> Answer {
        Answer {
            status,
            content_type: Some(content_type.to_owned()),
            body: body.to_owned(),
            retry_after: None,
        }
    }

    #[test]
    fn a_batch_is_read() {
        let json = r#"{"entries":[],"cursor":"0000000000000001-7","wait":25}"#;
        assert_eq!(answer(200, "application/json", json).json::<Answered>().unwrap().batch.wait, 25);
    }

    #[test]
    fn a_page_that_pretends_success_is_a_failure() {
        let portal = answer(200, "text/html", "<h1>Log in to the hotel's network</h1>").json::<Answered>();
        assert!(matches!(portal, Err(Fault::Failed(_))));
    }

    #[test]
    fn a_problem_is_told_from_a_proxys_page() {
        let problem = Problem::new(ProblemCode::EpochChanged, "another log");
        let json = serde_json::to_string(&problem).unwrap();
        let refused = |answer: Answer| match answer.success().unwrap_err() {
            Fault::Refused { status, problem, retry_after } => (status, problem, retry_after),
            Fault::Failed(why) => panic!("{why}"),
        };
        let ours = refused(answer(410, "application/problem+json; charset=utf-8", &json));
        assert_eq!(ours, (410, Some(problem), None));
        assert_eq!(refused(answer(502, "text/html", "<h1>Bad gateway</h1>")), (502, None, None));
        assert_eq!(refused(answer(502, "application/problem+json", "{}")), (502, None, None));
        let busy = Answer { retry_after: Some("7".to_owned()), ..answer(503, "text/plain", "") };
        assert_eq!(refused(busy), (503, None, Some(Duration::from_secs(7))));
        let dated =
            Answer { retry_after: Some("Wed, 21 Oct 2026 07:28:00 GMT".to_owned()), ..Answer::default() };
        assert_eq!(refused(dated).2, None);
    }

    #[test]
    fn only_some_faults_pass_by_themselves() {
        let passes = |status| Fault::Refused { status, problem: None, retry_after: None }.is_passing();
        assert!([408, 429, 500, 502, 503, 507].into_iter().all(passes));
        assert!(![400, 401, 403, 404, 409, 413, 422].into_iter().any(passes));
        assert!(Fault::Failed(String::new()).is_passing());
    }
}
