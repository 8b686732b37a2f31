//! Parses the queries of polls, and keeps the last one: polls that are answered together come back together, with the same
//! query.

use holdline_shared::{InvalidPoll, PollQuery};

/// The last query, as text and parsed.
#[derive(Default)]
pub(super) struct Queries {
    last: Option<(String, PollQuery)>,
}

impl Queries {
    /// Whether this is the last query that was parsed.
    pub(super) fn knows(&self, text: &str) -> bool {
        self.last.as_ref().is_some_and(|(last, _)| last == text)
    }

    /// Parses a query.
    pub(super) fn parse(&mut self, text: &str) -> Result<&PollQuery, InvalidPoll> {
        let last = match self.last.take() {
            Some(last) if last.0 == text => last,
            _ => (text.to_owned(), PollQuery::from_pairs(form_urlencoded::parse(text.as_bytes()))?),
        };
        Ok(&self.last.insert(last).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_query_is_parsed_alike() {
        let mut queries = Queries::default();
        let first = queries.parse("room=tea&wait=5").unwrap().clone();
        assert_eq!(queries.parse("room=tea&wait=5"), Ok(&first));
        assert_ne!(queries.parse("room=tea&wait=6"), Ok(&first));
        assert!(queries.parse("room=").is_err());
        assert_eq!(queries.parse("room=tea&wait=5"), Ok(&first));
    }
}
