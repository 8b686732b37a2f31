//! What can become of a request other than an answer: it was refused, or it failed on the way.

use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use holdline_shared::{Event, Problem, ProblemCode};
use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER};
use thiserror::Error;

/// Why there is no answer.
#[derive(Debug, Error)]
pub(crate) enum Trouble {
    /// An error status came.
    #[error("{}", Words(*.status, .problem.as_deref(), .location.as_deref()))]
    Refused {
        /// The status.
        status: u16,
        /// What the server says about it; proxies say other things.
        problem: Option<Box<Problem>>,
        /// The answer's `Retry-After`.
        retry_after: Option<Duration>,
        /// Where a redirection points.
        location: Option<String>,
    },
    /// Nothing came, or not what should have.
    #[error("{why}")]
    Failed {
        /// For people.
        why: String,
    },
}

impl Trouble {
    /// From an answer with an error status.
    pub(super) fn refused(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        Self::Refused {
            status,
            problem: serde_json::from_slice(body).ok(),
            retry_after: text(RETRY_AFTER).and_then(|s| s.parse().ok()).map(Duration::from_secs),
            location: text(LOCATION).map(str::to_owned),
        }
    }

    /// The status, when there was one.
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::Failed { .. } => None,
        }
    }

    /// The problem's code, when there was one.
    pub(crate) fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Refused { problem: Some(problem), .. } => Some(problem.code),
            _ => None,
        }
    }

    /// Whether the same request would be refused again: the request is at fault, not the moment.
    pub(crate) fn is_final(&self) -> bool {
        self.status().is_some_and(|status| (300..500).contains(&status) && !matches!(status, 408 | 425 | 429))
    }
}

impl From<reqwest::Error> for Trouble {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::Failed { why: "no answer in time".to_owned() };
        }
        let error = error.without_url();
        // The outer errors say that a request failed; the innermost says why.
        let mut innermost = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            innermost = inner.to_string();
            source = inner.source();
        }
        Self::Failed { why: innermost }
    }
}

impl From<Trouble> for Event {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused { status, problem, retry_after, .. } => {
                Self::Refused { status, problem: problem.map(|problem| *problem), retry_after }
            }
            Trouble::Failed { why } => Self::Failed { why },
        }
    }
}

/// A refusal in words: the server's own if it has any.
struct Words<'a>(u16, Option<&'a Problem>, Option<&'a str>);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(_, Some(problem), _) => f.write_str(&problem.detail),
            Self(300..400, None, Some(location)) => {
                write!(f, "the server is elsewhere, it points to {location}; give that address with --server")
            }
            Self(status @ 400..500, None, _) => {
                write!(f, "the server answered with status {status}; is it a Holdline server?")
            }
            Self(status, None, _) => write!(f, "the server answered with status {status}"),
        }
    }
}
